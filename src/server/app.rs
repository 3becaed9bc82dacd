//! What every handler has at hand.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::desk::Desk;
use super::failures::Failures;
use super::known::Known;
use super::metrics::Metrics;
use super::pool::Pool;
use super::problem::Refused;
use crate::config::Limits;
use crate::oidc::{self, Elsewhere, Issuers};
use crate::ops::hosted::{self, Asked, Hosted, Refusal};
use crate::secrets::Given;
use crate::wire::Code;

/// How many issuers are asked at once.
const ASKING: usize = 8;
/// How much work that takes long is done at once.
const SLOW: usize = 2;

/// What every handler has at hand.
#[derive(Clone)]
pub(super) struct App(Arc<Parts>);

struct Parts {
    pool: Pool,
    desk: Desk,
    metrics: Metrics,
    failures: Failures,
    known: Known,
    limits: Limits,
    arrivals: Arrivals,
    /// Turns at asking issuers.
    asking: Arc<Semaphore>,
    /// Turns at work that takes long.
    slow: Arc<Semaphore>,
}

/// Where people and programs come in.
pub(super) struct Arrivals {
    /// The address that others reach the server under.
    pub public_url: String,
    /// Who vouches for them.
    pub issuers: Issuers,
    /// Where people sign in beside here.
    pub elsewhere: Option<Elsewhere>,
    /// Who may vouch for programs.
    pub ci_issuers: Vec<String>,
}

impl App {
    pub fn new(pool: Pool, desk: Desk, limits: Limits, arrivals: Arrivals) -> Self {
        let failures = Failures::new(limits.failures_per_minute);
        Self(Arc::new(Parts {
            pool,
            desk,
            metrics: Metrics::new(),
            failures,
            known: Known::new(),
            limits,
            arrivals,
            asking: Arc::new(Semaphore::new(ASKING)),
            slow: Arc::new(Semaphore::new(SLOW)),
        }))
    }

    /// The bounds.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The address that others reach the server under.
    pub fn public_url(&self) -> &str {
        &self.0.arrivals.public_url
    }

    /// Where people sign in beside here.
    pub fn elsewhere(&self) -> Option<&Elsewhere> {
        self.0.arrivals.elsewhere.as_ref()
    }

    /// Who may vouch for programs.
    pub fn ci_issuers(&self) -> &[String] {
        &self.0.arrivals.ci_issuers
    }

    /// The counters.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Who failed to sign in how often.
    pub fn failures(&self) -> &Failures {
        &self.0.failures
    }

    /// Which tokens were good when they were last looked at.
    pub fn known(&self) -> &Known {
        &self.0.known
    }

    /// Gives or takes values, with their row in the audit log.
    pub async fn ask(&self, asked: Asked) -> Result<Given, Refused> {
        Ok(self.0.desk.ask(asked).await?)
    }

    /// Does something that takes the machine a while and has nothing to do with the store, a few of them at once.
    pub async fn slowly<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        in_turn(&self.0.slow, work).await
    }

    /// Asks who somebody is elsewhere, which waits for the network.
    pub async fn ask_issuers<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Issuers) -> oidc::Result<T> + Send + 'static,
    ) -> Result<oidc::Result<T>, Refusal> {
        let app = self.clone();
        in_turn(&self.0.asking, move || work(&app.0.arrivals.issuers)).await
    }

    /// Does something with the store, on a thread that may wait.
    pub async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Hosted) -> hosted::Result<T> + Send + 'static,
    ) -> Result<T, Refused> {
        let turn = self.0.pool.turn().await?;
        let app = self.clone();
        // The turn ends with the work, also where nobody waits for the answer any more.
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            app.0.pool.run(work)
        });
        let panicked =
            |error: tokio::task::JoinError| Refusal::new(Code::Internal, "takk made a mistake").caused_by(error.to_string());
        Ok(done.await.map_err(panicked)??)
    }
}

/// Does something on a thread that may wait, when there is a turn.
async fn in_turn<T: Send + 'static>(turns: &Arc<Semaphore>, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    let ended = |cause: String| Refusal::new(Code::Internal, "takk made a mistake").caused_by(cause);
    let turn = Arc::clone(turns).acquire_owned().await.map_err(|error| ended(error.to_string()))?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.map_err(|error| ended(error.to_string()))
}
