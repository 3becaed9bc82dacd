//! The state that every handler shares.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::response::Response;
use tokio::sync::Semaphore;

use super::budget::{Budget, Share};
use super::events::{self, Format, Teller};
use super::health::Health;
use super::job::{Job, Outcome, job};
use super::metrics::Metrics;
use super::pool::{Caller, PROVISIONING, Pool, SLOW};
use super::problem::Refused;
use super::rate_limit::{Attempts, RateLimiter};
use super::token_cache::TokenCache;
use super::worker_pool::WorkerPool;
use super::write_queue::WriteQueue;
use crate::hosted::{self, Hosted, Refusal};
use takk_api::{Code, ResourceEvent};
use takk_oidc::{Elsewhere, Issuers};
use takk_project::config::Limits;
use takk_vault::PasswordHashing;

/// How many requests to issuers may run at the same time.
const ASKING: usize = 8;
/// How many passwords may be hashed at the same time, each in 19 MiB of memory, and how many more may wait.
const HASHING: usize = 2;
const HASHING_ROOM: usize = 16;
/// How many addresses a person may try in a minute.
const CONNECTION_TESTS: u32 = 10;
/// How many slow jobs may wait, in total and for each person.
const SLOW_ROOM: usize = 64;
const SLOW_EACH: usize = 16;
/// How many jobs that wait for other servers may wait themselves, in total and for each person.
const PROVISIONING_ROOM: usize = 32;
const PROVISIONING_EACH: usize = 4;
/// How many bytes of bodies may be in transit in each direction, in total and for each person, not counting the first bytes of each.
const BODIES: usize = 16 << 20;
const BODIES_EACH: usize = 6 << 20;
const ANSWERS: usize = 48 << 20;
const ANSWERS_EACH: usize = 16 << 20;

/// The state that every handler shares.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    pool: Pool,
    write_queue: WriteQueue,
    metrics: Metrics,
    rate_limiter: RateLimiter,
    /// Valid tokens and sessions, and tokens with permission to write.
    known: TokenCache,
    senders: TokenCache,
    limits: Limits,
    sign_ins: SignIns,
    health: Health,
    asking: Arc<Semaphore>,
    hashing: WorkerPool<PasswordHashing>,
    /// Counts the addresses that each person tries.
    connection_tests: Attempts<i64>,
    /// Runs slow jobs, with the limit for each person, and a lock for verifying the whole audit log.
    slow: WorkerPool<()>,
    slow_shares: Budget,
    walking: Budget,
    /// Runs what waits for other servers, with the limit for each person.
    provisioning: WorkerPool<()>,
    provisioning_shares: Budget,
    /// The memory for request and response bodies.
    bodies: Budget,
    answers: Budget,
}

/// Where people and programs sign in.
pub(super) struct SignIns {
    /// The server's public URL.
    pub public_url: String,
    pub issuers: Issuers,
    /// The OpenID Connect provider, if there is one.
    pub elsewhere: Option<Elsewhere>,
    /// The issuers of tokens for CI jobs.
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
            connection_tests: Attempts::new(CONNECTION_TESTS, Duration::from_mins(1)),
            slow: WorkerPool::open("slow", SLOW, SLOW_ROOM)?,
            slow_shares: Budget::new(usize::MAX, SLOW_EACH),
            walking: Budget::new(1, 1),
            provisioning: WorkerPool::open("provisioning", PROVISIONING, PROVISIONING_ROOM)?,
            provisioning_shares: Budget::new(usize::MAX, PROVISIONING_EACH),
            bodies: Budget::new(BODIES, BODIES_EACH),
            answers: Budget::new(ANSWERS, ANSWERS_EACH),
        })))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The server's public URL.
    pub fn public_url(&self) -> &str {
        &self.0.sign_ins.public_url
    }

    /// The OpenID Connect provider, if there is one.
    pub fn elsewhere(&self) -> Option<&Elsewhere> {
        self.0.sign_ins.elsewhere.as_ref()
    }

    /// The issuers of tokens for CI jobs.
    pub fn ci_issuers(&self) -> &[String] {
        &self.0.sign_ins.ci_issuers
    }

    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Counts failed sign-ins.
    pub fn rate_limiter(&self) -> &RateLimiter {
        &self.0.rate_limiter
    }

    /// Counts an address that a person tries. If there were too many, they have to wait.
    pub fn count_connection_test(&self, person: i64) -> Result<(), Refusal> {
        match self.0.connection_tests.count(&person, Instant::now()) {
            Some(seconds) => {
                let detail = format!("you can test {CONNECTION_TESTS} connections in a minute");
                Err(Refusal::new(Code::TooMany, detail).retry_after(seconds).hint(format!("try again in {seconds} seconds")))
            }
            None => Ok(()),
        }
    }

    /// Tokens and sessions that were valid when last checked.
    pub fn known(&self) -> &TokenCache {
        &self.0.known
    }

    /// Tokens that had permission to write when last checked.
    pub(crate) fn senders(&self) -> &TokenCache {
        &self.0.senders
    }

    /// The memory for request bodies.
    pub(crate) fn bodies(&self) -> &Budget {
        &self.0.bodies
    }

    /// The memory for response bodies.
    pub(crate) fn answers(&self) -> &Budget {
        &self.0.answers
    }

    /// Batches requests for values.
    pub fn write_queue(&self) -> &WriteQueue {
        &self.0.write_queue
    }

    /// Hashes a password on a thread with the memory for it. The caller has already counted the attempt.
    pub async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut PasswordHashing) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        self.0.hashing.run(work).await
    }

    /// Runs a slow job with the store on separate threads. Each person may have a few there.
    pub async fn slowly<T: Send + 'static>(
        &self,
        person: i64,
        work: impl FnOnce(&mut Hosted) -> hosted::Result<T> + Send + 'static,
    ) -> Result<T, Refused> {
        let (job, outcome) = job(work);
        self.run_on(&self.0.slow, &self.0.slow_shares, person, job).await?;
        Ok(outcome.take()?)
    }

    /// The same for a job that waits for a server on which something is provisioned.
    pub async fn provisioning<T: Send + 'static>(
        &self,
        person: i64,
        work: impl FnOnce(&mut Hosted) -> hosted::Result<T> + Send + 'static,
    ) -> Result<T, Refused> {
        let (job, outcome) = job(work);
        self.run_on(&self.0.provisioning, &self.0.provisioning_shares, person, job).await?;
        Ok(outcome.take()?)
    }

    async fn run_on(&self, pool: &WorkerPool<()>, shares: &Budget, person: i64, job: Job) -> Result<(), Refused> {
        let mut share = shares.share(Some(person));
        share.take(1)?;
        let app = self.clone();
        let done = pool.run(move |()| {
            let _share = share;
            app.0.pool.run(job)
        });
        Ok(done.await??)
    }

    /// A response that tells what such a job does while it does it.
    pub(crate) fn telling(
        &self,
        person: i64,
        format: Format,
        work: impl FnOnce(&mut Hosted, &Teller) -> hosted::Result<()> + Send + 'static,
    ) -> Result<Response, Refused> {
        let mut share = self.0.provisioning_shares.share(Some(person));
        share.take(1)?;
        let (teller, response) = events::response(format);
        let app = self.clone();
        self.0.provisioning.start(move |()| {
            let _share = share;
            let telling = teller.clone();
            let (job, outcome) = job(move |hosted: &mut Hosted| work(hosted, &telling));
            if let Err(refusal) = app.0.pool.run(job).and_then(|()| outcome.take()) {
                let failure = hosted::resources::failure(&refusal);
                match format {
                    Format::Lines => teller.tell(&ResourceEvent::Stopped { failure }),
                    Format::ServerSentEvents => teller.send(format!("event: error\ndata: {}\n\n", failure.detail)),
                }
            }
        })?;
        Ok(response)
    }

    /// The permission to verify the whole audit log, which only one request may have.
    pub fn walk(&self) -> Result<Share, Refusal> {
        let mut share = self.0.walking.share(None);
        share.take(1).map_err(|_| Refusal::busy())?;
        Ok(share)
    }

    /// Whether the store can be used. Uses its own connection, so that it never waits for others.
    pub(crate) async fn ready(&self) -> Result<(), Refusal> {
        let app = self.clone();
        let look = move || {
            let (job, outcome) = job(Hosted::ready);
            app.0.pool.run(job)?;
            outcome.take()
        };
        self.0.health.look(look).await
    }

    /// Identifies somebody at an issuer, which waits for the network.
    pub async fn ask_issuers<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Issuers) -> takk_oidc::Result<T> + Send + 'static,
    ) -> Result<takk_oidc::Result<T>, Refusal> {
        let app = self.clone();
        in_turn(&self.0.asking, move || work(&app.0.sign_ins.issuers)).await
    }

    /// Does something with the store on a thread that may block.
    pub fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Hosted) -> hosted::Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, Refused>> + Send {
        self.work_as(Caller::Known, work)
    }

    /// The same for a caller of whom nothing is known yet.
    pub fn work_of_stranger<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Hosted) -> hosted::Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, Refused>> + Send {
        self.work_as(Caller::Stranger, work)
    }

    /// The same for a caller with a token or a session, who counts as a stranger until it is known to be valid.
    pub fn work_of<T: Send + 'static>(
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

    /// The turn lasts until the job is done, even if nobody waits for the response any more.
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

/// Waits for a turn, then does something on a thread that may block.
async fn in_turn<T: Send + 'static>(turns: &Arc<Semaphore>, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    let ended = |cause: String| Refusal::new(Code::Internal, "internal error").caused_by(cause);
    let turn = Arc::clone(turns).acquire_owned().await.map_err(|error| ended(error.to_string()))?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.map_err(|error| ended(error.to_string()))
}
