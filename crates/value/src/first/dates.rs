//! Dates, times and durations of pydantic 1 (`pydantic/datetime_parse.py`).

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::numbers::float_of_text;
use crate::data::Data;
use crate::verdict::{Check, Fault, refused, unchecked};

type Form = LazyLock<Option<Regex>>;

const ZONE: &str = r"(Z|[+-]\d{2}(?::?\d{2})?)?";
const CLOCK: &str = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.\d{1,12})?)?";
const DAY: &str = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})";

static DATE: Form = LazyLock::new(|| Regex::new(&format!(r"^{DAY}\n?$")).ok());
static TIME: Form = LazyLock::new(|| Regex::new(&format!(r"^{CLOCK}(?P<zone>{ZONE})\n?$")).ok());
static DATE_TIME: Form = LazyLock::new(|| Regex::new(&format!(r"^{DAY}[T ]{CLOCK}(?P<zone>{ZONE})\n?$")).ok());
static SPAN: Form = LazyLock::new(|| {
    Regex::new(r"^(?:(?P<days>-?\d+) (?:days?, )?)?(?:-?\d+:\d+:\d+|(?:-?\d+:)?-?\d+)(?:\.\d{1,12})?\n?$").ok()
});
static ISO_SPAN: Form = LazyLock::new(|| {
    Regex::new(r"^[-+]?P(?:\d+(?:\.\d+)?D)?(?:T(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?\n?$").ok()
});

/// The value to parse.
enum Given<'d> {
    Text(&'d str),
    Number(f64),
    /// An object of that class.
    Object(&'d str),
}

fn given<'d>(data: &'d Data, error: &'static str, expected: &str) -> Result<Given<'d>, Fault> {
    match data {
        Data::Text(text) if !text.is_ascii() => unchecked("a time with non-ASCII characters"),
        // A numeric string counts as that number (`get_numeric`).
        Data::Text(text) => Ok(float_of_text(text).map_or(Given::Text(text), Given::Number)),
        Data::Int(int) => Ok(Given::Number(int.as_f64())),
        Data::Float(float) => Ok(Given::Number(*float)),
        Data::Bool(truth) => Ok(Given::Number(f64::from(u8::from(*truth)))),
        Data::Instance(class) => Ok(Given::Object(class)),
        Data::Bytes(_) | Data::BrokenText | Data::Member(..) | Data::Written(..) => {
            unchecked("a time that is not a plain string")
        }
        _ => refused(error, expected),
    }
}

fn found<'t>(form: &Form, text: &'t str) -> Option<Captures<'t>> {
    form.as_ref().and_then(|form| form.captures(text))
}

fn number(found: &Captures<'_>, name: &str) -> u32 {
    found.name(name).and_then(|number| number.as_str().parse().ok()).unwrap_or_default()
}

/// Whether the day exists.
fn is_day(found: &Captures<'_>) -> bool {
    let (year, month, day) = (number(found, "year"), number(found, "month"), number(found, "day"));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

/// Whether the time of day and the time zone exist (`_parse_timezone`).
fn is_time(found: &Captures<'_>) -> bool {
    let zone = found.name("zone").map_or("", |zone| zone.as_str());
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize| digits.get(from..from + 2).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default();
    let offset = 60 * part(0) + part(2);
    number(found, "hour") < 24 && number(found, "minute") < 60 && number(found, "second") < 60 && offset < 24 * 60
}

/// `parse_date`: any number is a timestamp.
pub(super) fn check_date(data: &Data) -> Check {
    let accepted = match given(data, "type_error", "a date")? {
        Given::Text(text) => found(&DATE, text).is_some_and(|found| is_day(&found)),
        Given::Number(number) => !number.is_nan(),
        Given::Object(class) => matches!(class, "date" | "datetime"),
    };
    if accepted { Ok(()) } else { refused("value_error.date", "a date such as 2030-12-31") }
}

/// `parse_datetime`
pub(super) fn check_date_time(data: &Data) -> Check {
    let accepted = match given(data, "type_error", "a date and time")? {
        Given::Text(text) => found(&DATE_TIME, text).is_some_and(|found| is_day(&found) && is_time(&found)),
        Given::Number(number) => !number.is_nan(),
        Given::Object(class) => class == "datetime",
    };
    if accepted { Ok(()) } else { refused("value_error.datetime", "a date and time such as 2030-12-31T23:59:00Z") }
}

/// `parse_time`: a number means seconds.
pub(super) fn check_time(data: &Data) -> Check {
    let accepted = match given(data, "type_error", "a time")? {
        Given::Text(text) => found(&TIME, text).is_some_and(|found| is_time(&found)),
        Given::Number(number) => (0.0..86_400.0).contains(&number),
        Given::Object(class) => class == "time",
    };
    if accepted { Ok(()) } else { refused("value_error.time", "a time such as 23:59:00") }
}

/// `parse_duration`: strings are parsed as they are, numbers as they are written.
pub(super) fn check_duration(data: &Data) -> Check {
    /// The maximum number of digits of days that a `timedelta` can always hold.
    const MOST: usize = 8;
    let expected = "a duration such as P1DT12H, 01:30:00 or a number of seconds";
    let text = match data {
        Data::Text(text) if !text.is_ascii() => return unchecked("a time with non-ASCII characters"),
        Data::Text(text) => text,
        Data::Instance(class) if class == "timedelta" => return Ok(()),
        Data::Int(int) if int.as_f64().abs() < 1e12 => return Ok(()),
        Data::Float(float) if float.abs() < 1e12 => return Ok(()),
        Data::Bool(_) => return Ok(()),
        Data::List(_) | Data::Object(_) | Data::Tuple(_) | Data::Set(_) | Data::Instance(_) | Data::Secret(..) => {
            return refused("type_error", expected);
        }
        _ => return unchecked("a very long duration"),
    };
    if found(&SPAN, text).is_none() && found(&ISO_SPAN, text).is_none() {
        return refused("value_error.duration", expected);
    }
    let longest = text.split(|character: char| !character.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    if longest > MOST { unchecked("a very long duration") } else { Ok(()) }
}
