//! The two forms in which AWS writes a moment: that of signatures, and that of HTTP's `Date`.

/// Formats seconds since 1970 as `20150830T123600Z`.
pub(super) fn stamp(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Parses `Sun, 30 Aug 2015 12:36:00 GMT` to seconds since 1970.
pub(super) fn of_http(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, date) = text.trim().split_once(", ")?;
    let mut parts = date.split(' ');
    let day: i64 = parts.next()?.parse().ok()?;
    let name = parts.next()?;
    let month = i64::try_from(MONTHS.iter().position(|month| *month == name)?).ok()? + 1;
    let year: i64 = parts.next()?.parse().ok()?;
    let clock = parts.next()?;
    let mut clock = clock.split(':').map(|part| part.parse::<i64>().ok().filter(|number| (0..=60).contains(number)));
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let is_date = (1970..=9999).contains(&year) && (1..=31).contains(&day);
    (is_date && parts.next() == Some("GMT")).then(|| days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// The date of a day counted from 1970, by Howard Hinnant's `civil_from_days`.
fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, date)
}

/// The day of a date, counted from 1970, by `days_from_civil`.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_and_read() {
        assert_eq!(stamp(1_440_938_160), "20150830T123600Z");
        assert_eq!(stamp(0), "19700101T000000Z");
        assert_eq!(stamp(951_782_400), "20000229T000000Z");
        assert_eq!(of_http("Sun, 30 Aug 2015 12:36:00 GMT"), Some(1_440_938_160));
        for text in
            ["", "Sun", "Sun, 30 Aug 2015", "Sun, 30 Xyz 2015 12:36:00 GMT", "Sun, 30 Aug 2015 99:36:00 GMT", "a, b c d e f"]
        {
            assert_eq!(of_http(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_is_itself() {
        for day in (-1000..60_000).step_by(7) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
    }
}
