//! Logs in until a server is ready, or will not be.

use std::time::{Duration, Instant};

use super::{Accepted, Answer, Login, NotReady, log_in};

/// The shortest pause between two logins, and the first one.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);

/// The minimum timeout of a login, when hardly any time is left.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(100);

/// The longest pause between two logins.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long a refusal must last before it counts. Images create their users while they already listen, and reject them for a moment.
const REFUSED_FOR: Duration = Duration::from_secs(5);

/// Retries the login until the server accepts it. Each pause is a tenth of the elapsed time, at least 20 ms and at most 1 s, so that hardly
/// more than that is wasted.
///
/// `still_running` says whether the server's process or container exists. If not, the wait ends. It may also return false because the user
/// has interrupted.
///
/// # Errors
///
/// The last reason why it is not ready: after `limit` (usually 60 s), as soon as the server has ended, or once it has rejected the
/// credentials, or another server has responded, for 5 s.
pub fn until_ready(login: &Login<'_>, limit: Duration, mut still_running: impl FnMut() -> bool) -> Result<Accepted, NotReady> {
    let start = Instant::now();
    let attempt = |left: Duration| log_in(&Login { timeout: login.timeout.min(left), ..*login });
    poll(limit, attempt, &mut still_running, &|| start.elapsed(), &std::thread::sleep)
}

/// The loop, with its clock: the time since it started.
fn poll(
    limit: Duration,
    attempt: impl Fn(Duration) -> Answer,
    still_running: &mut dyn FnMut() -> bool,
    passed: &dyn Fn() -> Duration,
    sleep: &dyn Fn(Duration),
) -> Answer {
    // When the refusals began.
    let mut refused_since = None;
    loop {
        let begun = passed();
        let reason = match attempt(limit.saturating_sub(begun).max(SHORTEST_ATTEMPT)) {
            Ok(accepted) => return Ok(accepted),
            Err(reason) => reason,
        };
        let now = passed();
        match reason {
            NotReady::Refused(_) | NotReady::Open | NotReady::Incomplete(_) | NotReady::OtherServer(_) => {
                if now.saturating_sub(*refused_since.get_or_insert(begun)) >= REFUSED_FOR {
                    return Err(reason);
                }
            }
            NotReady::NoAnswer(_) | NotReady::Starting(_) => refused_since = None,
        }
        let pause = (now / 10).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        if now + pause >= limit || !still_running() {
            return Err(reason);
        }
        sleep(pause);
        if !still_running() {
            return Err(reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    const LIMIT: Duration = Duration::from_mins(1);

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn no_answer() -> Answer {
        Err(NotReady::NoAnswer("connection refused".to_owned()))
    }

    fn refused() -> Answer {
        Err(NotReady::Refused("wrong password".to_owned()))
    }

    /// Waits for a server whose responses depend on the time. Returns the result, the time, and the pauses.
    fn waited(answer: impl Fn(Duration) -> Answer, ends: Duration) -> (Answer, Duration, Vec<Duration>) {
        let (now, pauses) = (Cell::new(Duration::ZERO), RefCell::new(Vec::new()));
        let sleep = |pause| {
            pauses.borrow_mut().push(pause);
            now.set(now.get() + pause);
        };
        let attempt = |_| {
            now.set(now.get() + ms(1));
            answer(now.get())
        };
        let outcome = poll(LIMIT, attempt, &mut || now.get() < ends, &|| now.get(), &sleep);
        (outcome, now.get(), pauses.into_inner())
    }

    #[test]
    fn little_is_lost_between_the_start_of_a_server_and_the_login() {
        for starts in [0, 50, 700, 3_000, 9_000, 30_000, 58_000] {
            let accepted = || Ok(Accepted { version: None });
            let (outcome, at, pauses) = waited(|now| if now >= ms(starts) { accepted() } else { no_answer() }, LIMIT);
            assert_eq!(outcome, accepted());
            assert!(at <= ms(starts + 22 + starts / 9), "{starts}: {at:?}");
            assert!(pauses.iter().all(|pause| (ms(20)..=ms(1000)).contains(pause)), "{pauses:?}");
        }
    }

    #[test]
    fn it_ends_at_the_limit_with_the_last_reason() {
        let (outcome, at, pauses) = waited(|_| no_answer(), LIMIT * 2);
        assert_eq!(outcome, no_answer());
        assert!(at > ms(58_900) && at <= LIMIT, "{at:?}");
        assert!(pauses.len() < 120 && pauses.last() == Some(&ms(1000)), "{pauses:?}");
    }

    #[test]
    fn a_server_that_has_ended_is_not_waited_for() {
        assert_eq!(waited(|_| no_answer(), Duration::ZERO), (no_answer(), ms(1), Vec::new()));
        let (outcome, at, _) = waited(|_| no_answer(), ms(2_000));
        assert_eq!(outcome, no_answer());
        assert!((ms(2_000)..ms(2_300)).contains(&at), "{at:?}");
    }

    #[test]
    fn a_refusal_counts_after_five_seconds() {
        let (outcome, at, _) = waited(|_| refused(), LIMIT);
        assert_eq!(outcome, refused());
        assert!((ms(5_000)..ms(5_600)).contains(&at), "{at:?}");
        let other = || Err(NotReady::OtherServer("`HTTP/1.1 400`".to_owned()));
        assert!(waited(|_| other(), LIMIT).1 < ms(5_600));
    }

    #[test]
    fn a_refusal_during_initialization_does_not_count() {
        let answer = |now: Duration| match now.as_millis() {
            0..3_000 => no_answer(),
            3_000..6_000 => refused(),
            // It restarts, with its users.
            6_000..8_000 => Err(NotReady::Starting("closed".to_owned())),
            8_000..12_000 => refused(),
            _ => Ok(Accepted { version: Some("8.4.0".to_owned()) }),
        };
        let (outcome, _, _) = waited(answer, LIMIT);
        assert_eq!(outcome, Ok(Accepted { version: Some("8.4.0".to_owned()) }));
    }
}
