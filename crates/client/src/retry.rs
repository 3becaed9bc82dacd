//! When a request is retried: only if that is safe, a few times, with random delays, and within the command's timeout.

use std::time::{Duration, Instant};

use super::failure::{Failure, FailureKind};
use takk_vault::{Random, SystemRandom};

/// The maximum number of attempts.
const MOST: u32 = 5;
/// The maximum wait after the first attempt; doubles with each one.
const FIRST: Duration = Duration::from_millis(100);

/// The attempts at one request.
pub(super) struct Attempts {
    deadline: Instant,
    made: u32,
    /// Whether the request may be processed twice.
    is_safe: bool,
}

impl Attempts {
    /// `budget` is the timeout of all attempts and waits together.
    pub(crate) fn new(budget: Duration, is_safe: bool) -> Self {
        Self { deadline: Instant::now() + budget, made: 0, is_safe }
    }

    /// The remaining time.
    pub(crate) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Waits for the next attempt, at least as long as the server asks. Returns `false` if there is none.
    pub(crate) fn wait(&mut self, failure: &Failure, retry_after: Option<Duration>) -> bool {
        self.made += 1;
        if self.made >= MOST || !self.may_repeat(failure) {
            return false;
        }
        let wait = jittered(FIRST * 2_u32.pow(self.made - 1), &SystemRandom).max(retry_after.unwrap_or_default());
        if wait >= self.left() {
            return false;
        }
        std::thread::sleep(wait);
        true
    }

    /// Whether a retry may succeed and is safe: the request is idempotent, or was not processed at all.
    fn may_repeat(&self, failure: &Failure) -> bool {
        match failure.kind {
            FailureKind::Unreachable { sent } => self.is_safe || !sent,
            // The server did not process it.
            FailureKind::Answered(429 | 503) => true,
            FailureKind::Answered(502 | 504) => self.is_safe,
            FailureKind::Answered(_) | FailureKind::Here | FailureKind::Foreign => false,
        }
    }
}

/// A random wait of at most `most`, so that clients that failed together do not retry together.
fn jittered(most: Duration, random: &dyn Random) -> Duration {
    let mut bytes = [0; 2];
    // Without random bytes, waiting the whole time is fine.
    let part = if random.fill(&mut bytes).is_ok() { u16::from_be_bytes(bytes) } else { u16::MAX };
    most.mul_f64(f64::from(part) / f64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use takk_model::error::Error;

    fn failure(kind: FailureKind) -> Failure {
        Failure { error: Error::system("no"), kind }
    }

    #[test]
    fn only_what_is_safe_is_tried_again() {
        for (kind, safe, unsafe_) in [
            (FailureKind::Unreachable { sent: false }, true, true),
            (FailureKind::Unreachable { sent: true }, true, false),
            (FailureKind::Answered(503), true, true),
            (FailureKind::Answered(504), true, false),
            (FailureKind::Answered(500), false, false),
            (FailureKind::Answered(409), false, false),
            (FailureKind::Foreign, false, false),
        ] {
            let again = |is_safe| Attempts::new(Duration::from_secs(9), is_safe).wait(&failure(kind), None);
            assert_eq!((again(true), again(false)), (safe, unsafe_), "{kind:?}");
        }
    }

    #[test]
    fn there_is_an_end() {
        let mut attempts = Attempts::new(Duration::from_secs(9), true);
        let lost = failure(FailureKind::Unreachable { sent: true });
        assert_eq!((0..9).filter(|_| attempts.wait(&lost, None)).count(), 4);
        let busy = failure(FailureKind::Answered(503));
        let mut attempts = Attempts::new(Duration::from_millis(50), true);
        assert!(!attempts.wait(&busy, Some(Duration::from_mins(1))), "nobody waits longer than the command may take");
        assert!(attempts.left() <= Duration::from_millis(50));
    }
}
