//! The keys that sign a request, kept until they are about to expire.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwapOption;

use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::fork::Turn;
use crate::text::SecretText;

/// How long before their expiry keys are replaced.
const EARLY: Duration = Duration::from_mins(5);

/// AWS keys.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret: SecretText,
    pub session_token: Option<SecretText>,
    /// `None` for keys that do not expire.
    pub expires: Option<SystemTime>,
    /// Their source, for messages: `the environment`, `profile web`.
    pub source: String,
}

impl Credentials {
    /// The identity, for messages. The ID of a key is not a secret, and its end is enough to recognize it.
    pub(crate) fn identity(&self) -> String {
        let end: String = self.access_key_id.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
        format!("access key ...{end} of {}", self.source)
    }

    /// The values that must not be shown.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        std::iter::once(self.secret.expose()).chain(self.session_token.as_ref().map(SecretText::expose)).collect()
    }

    fn lives_longer_than(&self, now: SystemTime, margin: Duration) -> bool {
        self.expires.is_none_or(|expires| now.checked_add(margin).is_some_and(|then| then < expires))
    }
}

/// Finds keys.
pub(crate) type Resolve = Box<dyn Fn(Deadline) -> Result<Credentials> + Send + Sync>;

/// The keys of a backend, resolved once for all threads.
pub(crate) struct Keeper {
    resolve: Resolve,
    current: ArcSwapOption<Credentials>,
    turn: Turn,
}

impl Keeper {
    pub(crate) fn new(resolve: Resolve) -> Self {
        Self { resolve, current: ArcSwapOption::empty(), turn: Turn::new() }
    }

    /// The current keys, even if they have expired.
    pub(crate) fn known(&self) -> Option<Arc<Credentials>> {
        self.current.load_full()
    }

    /// Keys that remain valid for a while.
    pub(crate) fn credentials(&self, now: SystemTime, deadline: Deadline) -> Result<Arc<Credentials>> {
        let fresh = || self.current.load_full().filter(|current| current.lives_longer_than(now, EARLY));
        if let Some(current) = fresh() {
            return Ok(current);
        }
        let _turn = self.turn(deadline)?;
        if let Some(current) = fresh() {
            return Ok(current);
        }
        match (self.find(deadline), self.current.load_full()) {
            // The current keys remain valid for some minutes.
            (Err(error), Some(current)) if error.is_transient() && current.lives_longer_than(now, Duration::ZERO) => {
                Ok(current)
            }
            (found, _) => found,
        }
    }

    /// Other keys than those that AWS reports as expired.
    pub(crate) fn instead_of(&self, dead: &Arc<Credentials>, deadline: Deadline) -> Result<Arc<Credentials>> {
        let _turn = self.turn(deadline)?;
        match self.current.load_full() {
            Some(current) if !Arc::ptr_eq(&current, dead) => Ok(current),
            _ => self.find(deadline),
        }
    }

    fn turn(&self, deadline: Deadline) -> Result<crate::fork::Taken> {
        let late = || Error::transient("cannot find AWS credentials in time: another thread is still looking for them");
        self.turn.take(deadline).ok_or_else(late)
    }

    fn find(&self, deadline: Deadline) -> Result<Arc<Credentials>> {
        let found = Arc::new((self.resolve)(deadline)?);
        self.current.store(Some(Arc::clone(&found)));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::UNIX_EPOCH;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).expect("it is near")
    }

    #[test]
    fn keys_are_replaced_before_they_expire_and_kept_in_an_outage() {
        let found = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&found);
        let keeper = Keeper::new(Box::new(move |_| match counted.fetch_add(1, Ordering::SeqCst) {
            number @ 0..2 => Ok(Credentials {
                access_key_id: format!("AKIA000{number}"),
                secret: SecretText::new("hunter2"),
                session_token: None,
                expires: Some(at(1000 * (number + 1))),
                source: "a test".to_owned(),
            }),
            _ => Err(Error::transient("down")),
        }));
        let id = |now| keeper.credentials(at(now), Deadline::NONE).map(|keys| keys.identity());
        assert_eq!(id(0).expect("found"), "access key ...0000 of a test");
        assert_eq!(id(699).expect("kept"), "access key ...0000 of a test");
        assert_eq!(id(701).expect("found again"), "access key ...0001 of a test");
        assert_eq!(id(1999).expect("kept in an outage"), "access key ...0001 of a test");
        assert!(id(2000).is_err_and(|error| error.is_transient()));
        assert!(!format!("{:?}", keeper.known()).contains("hunter2"));
    }
}
