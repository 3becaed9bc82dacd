//! The state that every handler shares.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::budget::{Budget, Share};
use super::health::Health;
use super::job::{Job, Outcome, job};
use super::metrics::Metrics;
use super::pool::{Caller, Pool, SLOW};
use super::problem::Refused;
use super::rate_limit::RateLimiter;
use super::token_cache::TokenCache;
use super::worker_pool::WorkerPool;
use super::write_queue::WriteQueue;
use crate::hosted::{self, Hosted, Refusal};
use takk_api::Code;
use takk_oidc::{Elsewhere, Issuers};
use takk_project::config::Limits;
use takk_vault::PasswordHashing;

/// How many issuers are asked at once.
const ASKING: usize = 8;
/// How many passwords are hashed at once, each in 19 MiB of its own, and how many more may wait.
const HASHING: usize = 2;
const HASHING_ROOM: usize = 16;
/// How much work that takes long may wait, and how much of it for one person.
const SLOW_ROOM: usize = 64;
const SLOW_EACH: usize = 16;
/// How many bytes of bodies may be on their way in each direction, and how many of one person, beside the first of each that are free.
const BODIES: usize = 16 << 20;
const BODIES_EACH: usize = 6 << 20;
const ANSWERS: usize = 48 << 20;
const ANSWERS_EACH: usize = 16 << 20;

/// What every handler has at hand.
#[derive(Clone)]
pub(super) struct App(Arc<Parts>);

struct Parts {
    pool: Pool,
    write_queue: WriteQueue,
    metrics: Metrics,
    rate_limiter: RateLimiter,
    /// Tokens and sessions that were good, and tokens with which something may be sent.
    known: TokenCache,
    senders: TokenCache,
    limits: Limits,
    sign_ins: SignIns,
    health: Health,
    asking: Arc<Semaphore>,
    hashing: WorkerPool<PasswordHashing>,
    /// Where work is done that takes long, how much of it each person has there, and whether the whole audit log is read.
    slow: WorkerPool<()>,
    slow_shares: Budget,
    walking: Budget,
    /// Bodies that come, and answers that go.
    bodies: Budget,
    answers: Budget,
}

/// Where people and programs come in.
pub(super) struct SignIns {
    /// The address that others reach the server under.
    pub public_url: String,
    pub issuers: Issuers,
    /// Where people sign in beside here.
    pub elsewhere: Option<Elsewhere>,
    /// Who may vouch for programs.
    pub ci_issuers: Vec<String>,
}

impl App {
    pub(crate) fn new(
        pool: Pool,
        write_queue: WriteQueue,
        limits: Limits,
        sign_ins: SignIns,
    ) -> takk_model::error::Result<Self> {
        Ok(Self(Arc::new(Parts {
            pool,
            write_queue,
            metrics: Metrics::new(),
            rate_limiter: RateLimiter::new(limits.failures_per_minute),
            known: TokenCache::new(),
            senders: TokenCache::new(),
            limits,
            sign_ins,
            health: Health::default(),
            asking: Arc::new(Semaphore::new(ASKING)),
            hashing: WorkerPool::open("hashing", HASHING, HASHING_ROOM)?,
            slow: WorkerPool::open("slow", SLOW, SLOW_ROOM)?,
            slow_shares: Budget::new(usize::MAX, SLOW_EACH),
            walking: Budget::new(1, 1),
            bodies: Budget::new(BODIES, BODIES_EACH),
            answers: Budget::new(ANSWERS, ANSWERS_EACH),
        })))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The address that others reach the server under.
    pub(crate) fn public_url(&self) -> &str {
        &self.0.sign_ins.public_url
    }

    /// Where people sign in beside here.
    pub(crate) fn elsewhere(&self) -> Option<&Elsewhere> {
        self.0.sign_ins.elsewhere.as_ref()
    }

    /// Who may vouch for programs.
    pub(crate) fn ci_issuers(&self) -> &[String] {
        &self.0.sign_ins.ci_issuers
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Who failed to sign in how often.
    pub(crate) fn rate_limiter(&self) -> &RateLimiter {
        &self.0.rate_limiter
    }

    /// Which tokens and sessions were good when they were last looked at.
    pub(crate) fn known(&self) -> &TokenCache {
        &self.0.known
    }

    /// With which tokens something could be sent when they were last looked at.
    pub(crate) fn senders(&self) -> &TokenCache {
        &self.0.senders
    }

    /// What bodies may take that come.
    pub(crate) fn bodies(&self) -> &Budget {
        &self.0.bodies
    }

    /// What answers may take that go.
    pub(crate) fn answers(&self) -> &Budget {
        &self.0.answers
    }

    /// Where requests for values wait to be served together.
    pub(crate) fn write_queue(&self) -> &WriteQueue {
        &self.0.write_queue
    }

    /// Hashes a password, on a thread that has the memory for it. Whoever asks has counted the attempt already.
    pub(crate) async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut PasswordHashing) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        self.0.hashing.run(work).await
    }

    /// Does something with the store that takes the machine a while, on threads of its own. One person has a few places there.
    pub(crate) async fn slowly<T: Send + 'static>(
        &self,
        person: i64,
        work: impl FnOnce(&mut Hosted) -> hosted::Result<T> + Send + 'static,
    ) -> Result<T, Refused> {
        let (job, outcome) = job(work);
        self.do_slowly(person, job).await?;
        Ok(outcome.take()?)
    }

    async fn do_slowly(&self, person: i64, job: Job) -> Result<(), Refused> {
        let mut share = self.0.slow_shares.share(Some(person));
        share.take(1)?;
        let app = self.clone();
        let done = self.0.slow.run(move |()| {
            let _share = share;
            app.0.pool.run(job)
        });
        Ok(done.await??)
    }

    /// The right to read the whole audit log: one at a time has it.
    pub(crate) fn walk(&self) -> Result<Share, Refusal> {
        let mut share = self.0.walking.share(None);
        share.take(1).map_err(|_| Refusal::busy())?;
        Ok(share)
    }

    /// Whether the store can be used. It has a connection of its own for this, and waits behind nobody.
    pub(crate) async fn ready(&self) -> Result<(), Refusal> {
        let app = self.clone();
        let look = move || {
            let (job, outcome) = job(Hosted::ready);
            app.0.pool.run(job)?;
            outcome.take()
        };
        self.0.health.look(look).await
    }

    /// Asks who somebody is elsewhere, which waits for the network.
    pub(crate) async fn ask_issuers<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Issuers) -> takk_oidc::Result<T> + Send + 'static,
    ) -> Result<takk_oidc::Result<T>, Refusal> {
        let app = self.clone();
        in_turn(&self.0.asking, move || work(&app.0.sign_ins.issuers)).await
    }

    /// Does something with the store, on a thread that may wait.
    pub(crate) fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Hosted) -> hosted::Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, Refused>> + Send {
        self.work_as(Caller::Known, work)
    }

    /// The same for somebody of whom nothing is known yet.
    pub(crate) fn work_of_stranger<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Hosted) -> hosted::Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, Refused>> + Send {
        self.work_as(Caller::Stranger, work)
    }

    /// The same for whoever has a token or a session: for a stranger as long as it is not known to be good.
    pub(crate) fn work_of<T: Send + 'static>(
        &self,
        hash: &[u8],
        work: impl FnOnce(&mut Hosted) -> hosted::Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, Refused>> + Send {
        self.work_as(if self.known().find(hash).is_some() { Caller::Known } else { Caller::Stranger }, work)
    }

    fn work_as<T: Send + 'static>(
        &self,
        caller: Caller,
        work: impl FnOnce(&mut Hosted) -> hosted::Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, Refused>> + Send {
        let (job, outcome) = job(work);
        self.outcome_of(caller, job, outcome)
    }

    async fn outcome_of<T: Send>(&self, caller: Caller, job: Job, outcome: Outcome<T>) -> Result<T, Refused> {
        self.in_turn_of(caller, job).await?;
        Ok(outcome.take()?)
    }

    /// The turn ends with the job, also where nobody waits for the answer any more.
    async fn in_turn_of(&self, caller: Caller, job: Job) -> Result<(), Refused> {
        let turn = self.0.pool.turn(caller).await?;
        let app = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            app.0.pool.run(job)
        });
        let panicked =
            |error: tokio::task::JoinError| Refusal::new(Code::Internal, "internal error").caused_by(error.to_string());
        Ok(done.await.map_err(panicked)??)
    }
}

/// Does something on a thread that may wait, when there is a turn.
async fn in_turn<T: Send + 'static>(turns: &Arc<Semaphore>, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    let ended = |cause: String| Refusal::new(Code::Internal, "internal error").caused_by(cause);
    let turn = Arc::clone(turns).acquire_owned().await.map_err(|error| ended(error.to_string()))?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.map_err(|error| ended(error.to_string()))
}
