//! Relative times, past and future, in one word or two; and timestamps for people.

/// Formats how long ago a time in milliseconds since 1970 was: `just now`, `5 min ago`, `3 h ago`, `12 d ago`.
pub fn age(then: i64, now: i64) -> String {
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

/// Formats how long it is until a time in milliseconds since 1970: `now`, `in 5 min`, `in 3 h`, `in 12 d`.
pub fn until(then: i64, now: i64) -> String {
    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    // Rounded, so that a period of seven days shows as 7 days in the moment after it was set.
    match then.saturating_sub(now).saturating_add(MINUTE / 2) {
        left if left < MINUTE => "now".to_owned(),
        left if left < HOUR => format!("in {} min", left / MINUTE),
        left if left < DAY => format!("in {} h", left / HOUR),
        left => format!("in {} d", left / DAY),
    }
}

/// Formats milliseconds since 1970 as a date and time in UTC: `2026-01-31 23:59:59`.
pub fn moment(then: i64) -> String {
    match speedate::DateTime::from_timestamp(then.div_euclid(1000), 0) {
        Ok(moment) => moment.to_string().trim_end_matches('Z').replace('T', " "),
        Err(_) => then.to_string(),
    }
}

/// The first millisecond, counted from 1970, of a UTC day such as `2026-01-31`.
pub fn day(text: &str) -> Option<i64> {
    let day = speedate::Date::parse_str_rfc3339(text).ok()?;
    day.timestamp().checked_mul(1000)
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

    #[test]
    fn moments_are_written_and_days_are_read() {
        assert_eq!(moment(1_800_000_000_999), "2027-01-15 08:00:00");
        assert_eq!(moment(-1), "1969-12-31 23:59:59");
        assert_eq!(day("2027-01-15"), Some(1_799_971_200_000));
        for other in ["", "2027-02-30", "2027-1-5", "2027-01-15T08:00", "1799971200", "yesterday"] {
            assert_eq!(day(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_left_in_its_greatest_unit() {
        let left = [0, 60_000, 3_599_000, 3_600_000, 86_400_000 * 7 - 3000].map(|left| until(left, 0));
        assert_eq!(left, ["now", "in 1 min", "in 1 h", "in 1 h", "in 7 d"]);
        assert_eq!(until(i64::MAX, 0), format!("in {} d", i64::MAX / 86_400_000));
    }
}
