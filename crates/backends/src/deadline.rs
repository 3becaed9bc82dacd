//! Until when an answer is of use: a moment that every request, wait and retry on the way respects.

use std::time::{Duration, Instant};

/// A point in time on the monotonic clock, or none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// No deadline: only a backend's own timeouts apply.
    pub const NONE: Self = Self(None);

    /// A deadline this long from now.
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now().checked_add(duration))
    }

    /// The remaining time: `None` without a deadline, zero if it has passed.
    pub fn left(self) -> Option<Duration> {
        self.0.map(|moment| moment.saturating_duration_since(Instant::now()))
    }

    /// The remaining time, at most `most`.
    pub fn left_within(self, most: Duration) -> Duration {
        self.left().map_or(most, |left| left.min(most))
    }

    /// Whether it has passed.
    pub fn has_passed(self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// The earlier of this deadline and `duration` from now.
    #[must_use]
    pub fn within(self, duration: Duration) -> Self {
        let Some(end) = Instant::now().checked_add(duration) else { return self };
        Self(Some(self.0.map_or(end, |moment| moment.min(end))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_moment_counts() {
        let minute = Duration::from_mins(1);
        assert_eq!(Deadline::NONE.left(), None);
        assert_eq!(Deadline::NONE.left_within(minute), minute);
        assert!(Deadline::after(Duration::ZERO).has_passed() && !Deadline::NONE.has_passed());
        assert!(Deadline::after(minute).within(minute * 2).left().is_some_and(|left| left <= minute));
        assert!(Deadline::after(minute * 2).within(minute).left().is_some_and(|left| left <= minute));
        assert_eq!(Deadline::after(Duration::MAX).left(), None);
    }
}
