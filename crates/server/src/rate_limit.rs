//! The rate limit for sign-ins: an address that tries many tokens or passwords has to wait, and so does anyone who tries many passwords for
//! one account. A valid token is never denied because of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;

use takk_vault::request_digest;

/// The maximum number of addresses, accounts, and pairs of both that are tracked.
const MOST: usize = 10_000;

/// Counts attempts within a time window.
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

    /// After how many seconds the next attempt is allowed, if there have been too many.
    pub(crate) fn wait(&self, who: &K, now: Instant) -> Option<u64> {
        let counted = self.counted().get(who).copied()?;
        (counted.attempts >= self.allowed).then(|| self.left(counted, now)).flatten()
    }

    /// Counts an attempt. If there are too many, returns after how many seconds the next one is allowed.
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

    /// Takes back an attempt that turned out to be legitimate.
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

    /// Drops entries whose window is over, or else some with the fewest attempts. Nobody is locked out because many others try.
    fn make_room(&self, all: &mut HashMap<K, Counted>, now: Instant) {
        all.retain(|_, counted| self.left(*counted, now).is_some());
        if all.len() < MOST {
            return;
        }
        // Drops many at once, because it takes a while and must not happen for every new entry.
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

/// The time window for failures.
const MINUTE: Duration = Duration::from_mins(1);
/// The window for sign-ins that somebody has to confirm. In it, an address may start as many as it may fail in a minute.
const PATIENCE: Duration = Duration::from_mins(10);
/// The share of an address' attempts that is allowed for one account.
const ACCOUNTS_SHARE: u32 = 4;

/// The rate limits of sign-ins, by address and by account.
pub struct RateLimiter {
    by_address: Attempts<IpAddr>,
    by_account: Attempts<Vec<u8>>,
    begun: Attempts<IpAddr>,
    /// Addresses from which a user has signed in with a password: attempts by others on the account do not lock them out.
    good: Cache<Vec<u8>, ()>,
}

/// An attempt to sign in with a password, which is already counted.
#[derive(Debug)]
pub struct Attempt {
    address: IpAddr,
    account: Vec<u8>,
    pair: Vec<u8>,
}

impl RateLimiter {
    /// Allows each address a number of failures per minute.
    pub(crate) fn new(allowed: u32) -> Self {
        let by_account = Attempts::new(allowed.div_ceil(ACCOUNTS_SHARE), MINUTE);
        Self {
            by_address: Attempts::new(allowed, MINUTE),
            by_account,
            begun: Attempts::new(allowed, PATIENCE),
            good: Cache::new(MOST),
        }
    }

    /// After how many seconds an address may try again, if it has failed too often.
    pub fn wait(&self, address: IpAddr, now: Instant) -> Option<u64> {
        self.by_address.wait(&network(address), now)
    }

    /// Counts a failure. If there are too many, returns after how many seconds the address may try again.
    pub fn count(&self, address: IpAddr, now: Instant) -> Option<u64> {
        self.by_address.count(&network(address), now)
    }

    /// Counts the start of a sign-in, which is stored for a while. If there are too many, returns after how many seconds the address may
    /// start another one.
    pub fn begin(&self, address: IpAddr, now: Instant) -> Option<u64> {
        self.begun.count(&network(address), now)
    }

    /// Counts an expensive attempt in advance. If there are too many, returns after how many seconds the address may try again.
    pub fn begin_with_password(&self, address: IpAddr, account: &str, now: Instant) -> Result<Attempt, u64> {
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
        // Does not check whether the account exists, because the response would reveal it.
        match self.by_account.count(&attempt.account, now) {
            Some(seconds) if self.good.get(&attempt.pair).is_none() => Err(seconds),
            _ => Ok(attempt),
        }
    }

    pub fn succeeded(&self, attempt: &Attempt) {
        self.by_address.give_back(&attempt.address);
        self.by_account.give_back(&attempt.account);
        self.good.insert(attempt.pair.clone(), ());
    }
}

/// The network of an IPv6 address, because a client can use any address in it.
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
