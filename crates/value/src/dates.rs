//! Dates, times and durations (`pydantic-core/src/input/datetime.rs`, which uses the same crate).

use speedate::{Date, DateConfig, DateTime, DateTimeConfig, Duration, MicrosecondsPrecisionOverflowBehavior, Time, TimeConfig};

use super::data::Data;
use super::verdict::{Check, Fault, refused, unchecked};
use takk_model::Constraints;

/// The maximum number of days in a `timedelta`.
const MOST_DAYS: u32 = 999_999_999;

fn times() -> TimeConfig {
    TimeConfig {
        microseconds_precision_overflow_behavior: MicrosecondsPrecisionOverflowBehavior::Truncate,
        unix_timestamp_offset: Some(0),
    }
}

fn date_times() -> DateTimeConfig {
    DateTimeConfig { time_config: times(), ..DateTimeConfig::default() }
}

/// A point in time as given: a string, or a number of seconds.
enum Given<'d> {
    Text(&'d [u8]),
    Seconds(i64),
    Fraction(f64),
}

/// The value to parse, unless constraints apply that are not checked here.
fn given<'d>(data: &'d Data, constraints: &Constraints, error: &'static str, expected: &str) -> Result<Given<'d>, Fault> {
    match data {
        _ if !constraints.is_empty() => unchecked("bounds on a time"),
        Data::Text(text) => Ok(Given::Text(text.as_bytes())),
        Data::Int(int) => Ok(int.as_i64().map_or_else(|| Given::Fraction(int.as_f64()), Given::Seconds)),
        Data::Float(float) => Ok(Given::Fraction(*float)),
        Data::Bool(_) => unchecked("a boolean as a time"),
        _ => refused(error, expected),
    }
}

/// `validate_datetime`
fn date_time_of(given: &Given<'_>) -> Option<DateTime> {
    match given {
        Given::Text(text) => DateTime::parse_bytes_with_config(text, &date_times()).ok(),
        Given::Seconds(seconds) => DateTime::from_timestamp_with_config(*seconds, 0, &date_times()).ok(),
        Given::Fraction(seconds) if seconds.is_nan() => None,
        Given::Fraction(seconds) => DateTime::from_float_with_config(*seconds, &date_times()).ok(),
    }
}

fn date_of(given: &Given<'_>) -> Option<Date> {
    match given {
        Given::Text(text) => Date::parse_bytes_with_config(text, &DateConfig::builder().build()).ok(),
        Given::Seconds(_) | Given::Fraction(_) => None,
    }
}

/// `date` (`DateValidator`): also accepts a date and time at midnight.
pub(super) fn check_date(data: &Data, constraints: &Constraints) -> Check {
    let given = given(data, constraints, "date_type", "a date")?;
    let day = match (date_of(&given), date_time_of(&given)) {
        (Some(day), _) => day,
        (None, None) => return refused("date_from_datetime_parsing", "a date such as 2030-12-31"),
        (None, Some(DateTime { time: Time { hour: 0, minute: 0, second: 0, microsecond: 0, .. }, date })) => date,
        (None, Some(_)) => return refused("date_from_datetime_inexact", "a date without a time"),
    };
    if day.year == 0 { refused("date_parsing", "a date after year 0") } else { Ok(()) }
}

/// `datetime` (`DateTimeValidator`).
pub(super) fn check_date_time(data: &Data, constraints: &Constraints) -> Check {
    let given = given(data, constraints, "datetime_type", "a date and time")?;
    match (date_time_of(&given), date_of(&given)) {
        (Some(found), _) if found.date.year == 0 => refused("datetime_parsing", "a date after year 0"),
        (Some(_), _) => Ok(()),
        // A date alone means midnight.
        (None, Some(day)) if day.year > 0 => Ok(()),
        (None, Some(_)) => refused("datetime_parsing", "a date after year 0"),
        (None, None) => refused("datetime_from_date_parsing", "a date and time such as 2030-12-31T23:59:00Z"),
    }
}

/// `time` (`TimeValidator`).
pub(super) fn check_time(data: &Data, constraints: &Constraints) -> Check {
    let found = match given(data, constraints, "time_type", "a time")? {
        Given::Text(text) => Time::parse_bytes_with_config(text, &times()).is_ok(),
        Given::Seconds(seconds) => (0..86_400).contains(&seconds),
        Given::Fraction(_) => return unchecked("a time with a fraction"),
    };
    if found { Ok(()) } else { refused("time_parsing", "a time such as 23:59:00") }
}

/// `timedelta` (`TimeDeltaValidator`).
pub(super) fn check_duration(data: &Data, constraints: &Constraints) -> Check {
    let found = match given(data, constraints, "time_delta_type", "a duration")? {
        Given::Text(text) => Duration::parse_bytes_with_config(text, &times()).is_ok_and(|span| span.day <= MOST_DAYS),
        // A larger number of days wraps around before the comparison.
        Given::Seconds(seconds) if seconds.unsigned_abs() / 86_400 > u64::from(u32::MAX) => {
            return unchecked("a very long duration");
        }
        Given::Seconds(seconds) => seconds.unsigned_abs() / 86_400 <= u64::from(MOST_DAYS),
        Given::Fraction(_) => return unchecked("a duration with a fraction"),
    };
    if found { Ok(()) } else { refused("time_delta_parsing", "a duration such as P1DT12H, 01:30:00 or a number of seconds") }
}
