//! How long ago something was, in one word or two.

/// Milliseconds since 1970 as an age: `just now`, `5 min ago`, `3 h ago`, `12 d ago`.
pub(super) fn age(then: i64, now: i64) -> String {
    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    match now.saturating_sub(then) {
        past if past < MINUTE => "just now".to_owned(),
        past if past < HOUR => format!("{} min ago", past / MINUTE),
        past if past < DAY => format!("{} h ago", past / HOUR),
        past => format!("{} d ago", past / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_in_its_greatest_unit() {
        let ages = [0, 59_999, 60_000, 3_599_999, 3_600_000, 86_399_999, 86_400_000 * 400].map(|past| age(0, past));
        assert_eq!(ages, ["just now", "just now", "1 min ago", "59 min ago", "1 h ago", "23 h ago", "400 d ago"]);
        assert_eq!(age(5, 0), "just now", "clocks differ");
    }
}
