//! Who failed to sign in how often: an address that tries many tokens is told to wait. A token that is right is never refused for it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Over which time failures are counted.
const WINDOW: Duration = Duration::from_mins(1);
/// How many addresses are remembered.
const MOST: usize = 10_000;

/// Failures by address.
pub(super) struct Failures {
    allowed: u32,
    by_address: Mutex<HashMap<IpAddr, Counted>>,
}

#[derive(Clone, Copy)]
struct Counted {
    since: Instant,
    failures: u32,
}

impl Failures {
    /// Allows a number of failures each minute.
    pub fn new(allowed: u32) -> Self {
        Self { allowed, by_address: Mutex::default() }
    }

    /// After how many seconds an address may try again, if it failed too often already.
    pub fn wait(&self, address: IpAddr, now: Instant) -> Option<u64> {
        let by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = by_address.get(&address)?;
        let age = now.duration_since(counted.since);
        (counted.failures >= self.allowed && age < WINDOW).then(|| WINDOW.saturating_sub(age).as_secs().max(1))
    }

    /// Counts one more failure. After how many seconds the address may try again, if these are too many.
    pub fn count(&self, address: IpAddr, now: Instant) -> Option<u64> {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if by_address.len() >= MOST {
            by_address.retain(|_, counted| now.duration_since(counted.since) < WINDOW);
        }
        if by_address.len() >= MOST && !by_address.contains_key(&address) {
            return Some(WINDOW.as_secs());
        }
        let counted = by_address.entry(address).or_insert(Counted { since: now, failures: 0 });
        let age = now.duration_since(counted.since);
        if age >= WINDOW {
            *counted = Counted { since: now, failures: 0 };
        }
        counted.failures = counted.failures.saturating_add(1);
        (counted.failures > self.allowed).then(|| WINDOW.saturating_sub(age).as_secs().max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_failures_have_to_wait_and_then_may_try_again() {
        let failures = Failures::new(2);
        let (one, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let start = Instant::now();
        assert_eq!(failures.count(one, start), None);
        assert_eq!(failures.count(one, start), None);
        assert_eq!(failures.count(one, start + Duration::from_secs(20)), Some(40));
        assert_eq!(failures.count(other, start), None, "another address");
        assert_eq!(failures.count(one, start + WINDOW), None);
    }

    #[test]
    fn many_addresses_do_not_fill_the_memory() {
        let failures = Failures::new(2);
        let start = Instant::now();
        for number in 0..u32::try_from(MOST).expect("small") {
            failures.count(IpAddr::from(number.to_be_bytes()), start);
        }
        assert_eq!(failures.count(IpAddr::from([255, 0, 0, 1]), start), Some(60));
        assert_eq!(failures.count(IpAddr::from([255, 0, 0, 1]), start + WINDOW), None);
    }
}
