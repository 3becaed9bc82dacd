//! Another attempt after a failure that may be over in a moment.

use std::sync::Arc;
use std::time::Duration;

use super::backend::{Backend, Fetched, Proof};
use super::deadline::Deadline;
use super::error::{Error, Result};
use super::interrupt;
use super::key::Key;

/// Whether to retry after an error.
pub type IsRetryable = Arc<dyn Fn(&Error) -> bool + Send + Sync>;
/// How long to wait after this attempt, counted from 1.
pub type Backoff = Arc<dyn Fn(u32) -> Duration + Send + Sync>;
/// Called with the failed attempt, its error, and the wait before the next.
pub type OnRetry = Arc<dyn Fn(u32, &Error, Duration) + Send + Sync>;

/// How often and how long to retry. The defaults are those of `RetryingBackend`.
#[derive(Clone)]
pub struct RetryPolicy {
    /// The total number of attempts, at least 1.
    pub max_attempts: u32,
    /// The maximum wait after the first attempt; doubles with each one.
    pub base_delay: Duration,
    /// The maximum wait after any attempt.
    pub max_delay: Duration,
    /// The timeout of all attempts and waits together. `None` for no limit.
    pub total_timeout: Option<Duration>,
    /// Whether a wait is a random part of its maximum (full jitter).
    pub jitter: bool,
    /// Replaces the default of retrying `Transient` errors only.
    pub is_retryable: Option<IsRetryable>,
    /// Replaces the exponential waits and their jitter.
    pub backoff: Option<Backoff>,
    /// Called before each wait.
    pub on_retry: Option<OnRetry>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(4),
            total_timeout: Some(Duration::from_secs(10)),
            jitter: true,
            is_retryable: None,
            backoff: None,
            on_retry: None,
        }
    }
}

/// Retries a backend after `Transient` errors.
pub struct Retrying {
    inner: Arc<dyn Backend>,
    policy: RetryPolicy,
}

impl Retrying {
    /// # Errors
    ///
    /// `Config` if the policy allows no attempt: `max_attempts` or `total_timeout` is 0.
    pub fn new(inner: Arc<dyn Backend>, policy: RetryPolicy) -> Result<Self> {
        if policy.max_attempts == 0 {
            return Err(Error::config("max_attempts must be at least 1"));
        }
        if policy.total_timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(Error::config("total_timeout must be positive, or None for no limit"));
        }
        Ok(Self { inner, policy })
    }

    fn is_retryable(&self, error: &Error) -> bool {
        self.policy.is_retryable.as_ref().map_or_else(|| error.is_transient(), |is_retryable| is_retryable(error))
    }

    /// The wait after an attempt, at least as long as the backend asks.
    fn delay(&self, attempt: u32, error: &Error) -> Duration {
        let asked = error.wait().unwrap_or_default();
        if let Some(backoff) = &self.policy.backoff {
            return backoff(attempt).max(asked);
        }
        let doubled = self.policy.base_delay.saturating_mul(1 << (attempt - 1).min(20));
        let most = doubled.min(self.policy.max_delay);
        if self.policy.jitter { random_part(most).max(asked) } else { most.max(asked) }
    }

    /// Retries until no failure is left that another attempt may fix. `failure` returns the error in an answer.
    fn ask<A>(
        &self,
        keys: &[Key],
        deadline: Deadline,
        ask: impl Fn(&[Key], Deadline) -> Vec<A>,
        failure: impl Fn(&A) -> Option<&Error>,
    ) -> Vec<A> {
        let deadline = self.policy.total_timeout.map_or(deadline, |timeout| deadline.within(timeout));
        let mut answers = ask(keys, deadline);
        for attempt in 1..self.policy.max_attempts {
            let is_open = |answer: &A| failure(answer).is_some_and(|error| self.is_retryable(error));
            let open: Vec<usize> = (0..answers.len()).filter(|index| is_open(&answers[*index])).collect();
            let waits =
                open.iter().filter_map(|index| failure(&answers[*index])).map(|error| (self.delay(attempt, error), error));
            let Some((delay, error)) = waits.max_by_key(|(delay, _)| *delay) else { break };
            if deadline.left().is_some_and(|left| delay >= left) {
                break;
            }
            if let Some(on_retry) = &self.policy.on_retry {
                on_retry(attempt, error, delay);
            }
            if !interrupt::sleep(delay) {
                break;
            }
            let asked: Vec<Key> = open.iter().map(|index| keys[*index].clone()).collect();
            for (index, answer) in open.into_iter().zip(ask(&asked, deadline)) {
                answers[index] = answer;
            }
        }
        answers
    }
}

/// A random part of a wait, so that clients that failed together do not retry together.
pub(crate) fn random_part(most: Duration) -> Duration {
    // Without random bytes, waiting the whole time is fine.
    let part = getrandom::u32().unwrap_or(u32::MAX);
    most.mul_f64(f64::from(part) / f64::from(u32::MAX))
}

impl Backend for Retrying {
    fn name(&self) -> String {
        self.inner.name()
    }

    fn fetch(&self, key: &Key, deadline: Deadline) -> Result<Fetched> {
        let ask = |keys: &[Key], deadline| keys.iter().map(|key| self.inner.fetch(key, deadline)).collect();
        let mut results = self.ask(std::slice::from_ref(key), deadline, ask, |result| result.as_ref().err());
        results.pop().unwrap_or_else(|| Err(Error::transient(format!("{} returned no result", self.name()))))
    }

    fn fetch_many(&self, keys: &[Key], deadline: Deadline) -> Vec<Result<Fetched>> {
        self.ask(keys, deadline, |keys, deadline| self.inner.fetch_many(keys, deadline), |result| result.as_ref().err())
    }

    fn prove(&self, keys: &[Key], deadline: Deadline) -> Vec<Proof> {
        self.ask(keys, deadline, |keys, deadline| self.inner.prove(keys, deadline), Proof::error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Fails a number of times, and records the requests.
    struct Flaky {
        failures: AtomicU32,
        error: Error,
        asked: Mutex<Vec<usize>>,
    }

    impl Flaky {
        fn new(failures: u32, error: Error) -> Arc<Self> {
            Arc::new(Self { failures: AtomicU32::new(failures), error, asked: Mutex::default() })
        }

        fn asked(&self) -> Vec<usize> {
            self.asked.lock().expect("no panic").clone()
        }
    }

    impl Backend for Flaky {
        fn name(&self) -> String {
            "flaky".to_owned()
        }

        fn fetch(&self, key: &Key, deadline: Deadline) -> Result<Fetched> {
            self.fetch_many(std::slice::from_ref(key), deadline).remove(0)
        }

        /// Only keys that start with `/bad` fail.
        fn fetch_many(&self, keys: &[Key], _: Deadline) -> Vec<Result<Fetched>> {
            self.asked.lock().expect("no panic").push(keys.len());
            let fails = self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
            let is_bad = |key: &Key| fails && key.path().starts_with("/bad");
            keys.iter().map(|key| if is_bad(key) { Err(self.error.clone()) } else { Ok(Fetched::new("x")) }).collect()
        }

        fn prove(&self, _: &[Key], _: Deadline) -> Vec<Proof> {
            Vec::new()
        }
    }

    fn quick() -> RetryPolicy {
        RetryPolicy { base_delay: Duration::from_millis(2), ..RetryPolicy::default() }
    }

    #[test]
    fn only_what_failed_is_asked_again() {
        let flaky = Flaky::new(2, Error::transient("down"));
        let retrying = Retrying::new(flaky.clone(), quick()).expect("a policy");
        let results = retrying.fetch_many(&["/a", "/bad/1", "/bad/2"].map(Key::new), Deadline::NONE);
        assert!(results.iter().all(Result::is_ok));
        assert_eq!(flaky.asked(), [3, 2, 2]);
    }

    #[test]
    fn there_is_an_end_and_other_errors_are_final() {
        for (error, attempts) in
            [(Error::transient("down"), 3), (Error::auth("no"), 1), (Error::not_found("no"), 1), (Error::config("no"), 1)]
        {
            let flaky = Flaky::new(9, error.clone());
            let result = Retrying::new(flaky.clone(), quick()).expect("a policy").fetch(&Key::new("/bad"), Deadline::NONE);
            assert_eq!(result.expect_err("it fails").kind(), error.kind());
            assert_eq!(flaky.asked().len(), attempts, "{error}");
        }
    }

    #[test]
    fn a_wait_is_not_longer_than_the_time_that_is_left() {
        let flaky = Flaky::new(9, Error::transient("busy").retry_after(Some(Duration::from_mins(1))));
        let retrying = Retrying::new(flaky.clone(), RetryPolicy::default()).expect("a policy");
        assert!(retrying.fetch(&Key::new("/bad"), Deadline::NONE).is_err());
        assert_eq!(flaky.asked().len(), 1);
    }

    #[test]
    fn the_waits_double_and_are_told() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&told);
        let on_retry: OnRetry = Arc::new(move |attempt, _, delay| seen.lock().expect("no panic").push((attempt, delay)));
        let policy = RetryPolicy {
            max_attempts: 5,
            max_delay: Duration::from_millis(6),
            jitter: false,
            on_retry: Some(on_retry),
            ..quick()
        };
        let retrying = Retrying::new(Flaky::new(9, Error::transient("down")), policy).expect("a policy");
        assert!(retrying.fetch(&Key::new("/bad"), Deadline::NONE).is_err());
        let waits: Vec<_> =
            told.lock().expect("no panic").iter().map(|(attempt, delay)| (*attempt, delay.as_millis())).collect();
        assert_eq!(waits, [(1, 2), (2, 4), (3, 6), (4, 6)]);
        assert!((0..100).all(|_| random_part(Duration::from_millis(6)) <= Duration::from_millis(6)));
    }

    #[test]
    fn a_policy_that_tries_nothing_is_refused() {
        let refused = |policy| Retrying::new(Flaky::new(0, Error::config("")), policy).is_err();
        assert!(refused(RetryPolicy { max_attempts: 0, ..quick() }));
        assert!(refused(RetryPolicy { total_timeout: Some(Duration::ZERO), ..quick() }));
    }
}
