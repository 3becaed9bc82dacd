//! The rate limit for sign-ins: an address that tries many tokens or passwords has to wait, and so does anyone who tries many passwords for
//! one account. A valid token is never denied because of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;

use takk_vault::request_digest;

/// How many addresses, accounts, and pairs of both are remembered.
const MOST: usize = 10_000;

/// Attempts by whoever makes them, in a window of time.
pub(super) struct Attempts<K> {
    allowed: u32,
    window: Duration,
    counted: Mutex<HashMap<K, Counted>>,
}

#[derive(Clone, Copy)]
struct Counted {
    since: Instant,
    attempts: u32,
}

impl<K: Clone + Eq + Hash> Attempts<K> {
    /// Allows a number of attempts in each window.
    pub(crate) fn new(allowed: u32, window: Duration) -> Self {
        Self { allowed, window, counted: Mutex::default() }
    }

    /// After how many seconds whoever it is may try again, if they tried too often already.
    pub(crate) fn wait(&self, who: &K, now: Instant) -> Option<u64> {
        let counted = self.counted().get(who).copied()?;
        (counted.attempts >= self.allowed).then(|| self.left(counted, now)).flatten()
    }

    /// Counts one more attempt. After how many seconds whoever it is may try again, if these are too many.
    pub(crate) fn count(&self, who: &K, now: Instant) -> Option<u64> {
        let mut all = self.counted();
        if all.len() >= MOST && !all.contains_key(who) {
            self.make_room(&mut all, now);
        }
        let counted = all.entry(who.clone()).or_insert(Counted { since: now, attempts: 0 });
        if self.left(*counted, now).is_none() {
            *counted = Counted { since: now, attempts: 0 };
        }
        counted.attempts = counted.attempts.saturating_add(1);
        let counted = *counted;
        (counted.attempts > self.allowed).then(|| self.left(counted, now)).flatten()
    }

    /// Takes an attempt back that turned out to be good.
    pub(crate) fn give_back(&self, who: &K) {
        if let Some(counted) = self.counted().get_mut(who) {
            counted.attempts = counted.attempts.saturating_sub(1);
        }
    }

    fn counted(&self) -> MutexGuard<'_, HashMap<K, Counted>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many seconds are left of a window; `None` if it is over.
    fn left(&self, counted: Counted, now: Instant) -> Option<u64> {
        let age = now.duration_since(counted.since);
        (age < self.window).then(|| self.window.saturating_sub(age).as_secs().max(1))
    }

    /// Forgets those whose window is over, or else some of those who have tried least: nobody is locked out because many others try.
    fn make_room(&self, all: &mut HashMap<K, Counted>, now: Instant) {
        all.retain(|_, counted| self.left(*counted, now).is_some());
        if all.len() < MOST {
            return;
        }
        // Many at once: it takes a while, and is not done for everybody who comes.
        let mut forgotten = MOST / 4;
        let mut attempts: Vec<u32> = all.values().map(|counted| counted.attempts).collect();
        let least = *attempts.select_nth_unstable(forgotten).1;
        all.retain(|_, counted| {
            let is_forgotten = forgotten > 0 && counted.attempts <= least;
            forgotten -= usize::from(is_forgotten);
            !is_forgotten
        });
    }
}

/// Over which time failures are counted.
const MINUTE: Duration = Duration::from_mins(1);
/// How long a sign-in waits that somebody else has to agree to: in that time an address may begin as many as it may fail in a minute.
const PATIENCE: Duration = Duration::from_mins(10);
/// Which part of what an address may try is allowed for one account.
const ACCOUNTS_SHARE: u32 = 4;

/// Attempts to sign in, by address and by account.
pub(super) struct RateLimiter {
    by_address: Attempts<IpAddr>,
    by_account: Attempts<Vec<u8>>,
    begun: Attempts<IpAddr>,
    /// From where somebody signed in with a password: others who try that account do not lock them out.
    good: Cache<Vec<u8>, ()>,
}

/// An attempt to sign in to an account with its password, which is counted already.
#[derive(Debug)]
pub(super) struct Attempt {
    address: IpAddr,
    account: Vec<u8>,
    pair: Vec<u8>,
}

impl RateLimiter {
    /// Allows an address a number of failures each minute.
    pub(crate) fn new(allowed: u32) -> Self {
        let by_account = Attempts::new(allowed.div_ceil(ACCOUNTS_SHARE), MINUTE);
        Self {
            by_address: Attempts::new(allowed, MINUTE),
            by_account,
            begun: Attempts::new(allowed, PATIENCE),
            good: Cache::new(MOST),
        }
    }

    /// After how many seconds an address may try again, if it failed too often already.
    pub(crate) fn wait(&self, address: IpAddr, now: Instant) -> Option<u64> {
        self.by_address.wait(&network(address), now)
    }

    /// Counts one more failure. After how many seconds the address may try again, if these are too many.
    pub(crate) fn count(&self, address: IpAddr, now: Instant) -> Option<u64> {
        self.by_address.count(&network(address), now)
    }

    /// Counts a sign-in that is begun, and remembered for a while. After how many seconds the address may begin another one, if these are
    /// too many.
    pub(crate) fn begin(&self, address: IpAddr, now: Instant) -> Option<u64> {
        self.begun.count(&network(address), now)
    }

    /// Counts an attempt at something that costs much to try, before it is tried. After how many seconds the address may try again, if
    /// these are too many.
    pub(crate) fn begin_with_password(&self, address: IpAddr, account: &str, now: Instant) -> Result<Attempt, u64> {
        let address = network(address);
        let account = account.as_bytes();
        let from = address.to_string();
        let attempt = Attempt {
            address,
            account: request_digest(&[b"account", account]),
            pair: request_digest(&[b"account and address", account, from.as_bytes()]),
        };
        if let Some(seconds) = self.by_address.count(&address, now) {
            return Err(seconds);
        }
        // Whether there is such an account is not asked: the answer would tell.
        match self.by_account.count(&attempt.account, now) {
            Some(seconds) if self.good.get(&attempt.pair).is_none() => Err(seconds),
            _ => Ok(attempt),
        }
    }

    pub(crate) fn succeeded(&self, attempt: &Attempt) {
        self.by_address.give_back(&attempt.address);
        self.by_account.give_back(&attempt.account);
        self.good.insert(attempt.pair.clone(), ());
    }
}

/// Whoever has an address of IPv6 has as many as they like: their network counts.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));

    #[test]
    fn too_many_failures_have_to_wait_and_then_may_try_again() {
        let failures = RateLimiter::new(2);
        let start = Instant::now();
        assert_eq!(failures.count(ONE, start), None);
        assert_eq!(failures.count(ONE, start), None);
        assert_eq!(failures.wait(ONE, start + Duration::from_secs(10)), Some(50));
        assert_eq!(failures.count(ONE, start + Duration::from_secs(20)), Some(40));
        assert_eq!(failures.count(OTHER, start), None, "another address");
        assert_eq!(failures.count(ONE, start + MINUTE), None);
    }

    #[test]
    fn addresses_of_one_network_are_one() {
        let failures = RateLimiter::new(1);
        let start = Instant::now();
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert_eq!(failures.count(address("2001:db8::1"), start), None);
        assert_eq!(failures.count(address("2001:db8::ffff:2"), start), Some(60));
        assert_eq!(failures.count(address("2001:db8:0:1::1"), start), None);
    }

    #[test]
    fn many_addresses_neither_fill_the_memory_nor_lock_others_out() {
        let attempts = Attempts::new(2, MINUTE);
        let start = Instant::now();
        let often = IpAddr::from([255, 0, 0, 1]);
        assert_eq!((1..=3).filter_map(|_| attempts.count(&often, start)).collect::<Vec<_>>(), [60]);
        for number in 0..2 * u32::try_from(MOST).expect("small") {
            assert_eq!(attempts.count(&IpAddr::from(number.to_be_bytes()), start), None);
        }
        assert!(attempts.counted().len() <= MOST);
        assert_eq!(attempts.wait(&often, start), Some(60), "whoever tried often is not forgotten for those who tried once");
    }

    #[test]
    fn attempts_at_one_account_are_counted_from_wherever_they_come() {
        let failures = RateLimiter::new(8);
        let start = Instant::now();
        let from = |number: u8| IpAddr::from([10, 0, 0, number]);
        let known = failures.begin_with_password(ONE, "ada", start).expect("the first one");
        failures.succeeded(&known);
        for number in 0..2 {
            assert!(failures.begin_with_password(from(number), "ada", start).is_ok());
        }
        assert!(failures.begin_with_password(from(3), "ada", start).is_err_and(|seconds| seconds == 60));
        assert!(failures.begin_with_password(from(3), "nobody", start).is_ok(), "another account");
        assert!(failures.begin_with_password(ONE, "ada", start).is_ok(), "whoever was let in from there is not locked out");
        assert!(failures.begin_with_password(from(3), "ada", start + MINUTE).is_ok());
    }

    #[test]
    fn a_password_that_is_right_is_no_failure() {
        let failures = RateLimiter::new(4);
        let start = Instant::now();
        for _ in 0..100 {
            let attempt = failures.begin_with_password(ONE, "ada", start).expect("it is let in each time");
            failures.succeeded(&attempt);
        }
    }
}
