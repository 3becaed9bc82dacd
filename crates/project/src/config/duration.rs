//! Durations: `"7d"`, `"36h"`, or seconds.

use std::time::Duration;

use super::section::Section;
use takk_document::toml::DeValue;

/// The duration of a key: a number of seconds, or a string such as `30s`, with a unit of `s`, `m`, `h`, `d` or `w`.
pub(super) fn read(section: &mut Section, key: &str) -> Option<Duration> {
    let value = section.value(key)?;
    let duration = match value.get_ref() {
        DeValue::Integer(seconds) if seconds.radix() == 10 => seconds.as_str().parse().ok().map(Duration::from_secs),
        DeValue::String(text) => parse(text),
        _ => None,
    };
    let duration = duration.filter(|duration| !duration.is_zero());
    if duration.is_none() {
        let help = format!("write `{key} = \"7d\"`, with one of s, m, h, d, w, or a number of seconds above 0");
        section.bad(&value.span(), format!("`{key}` is not a duration"), help);
    }
    duration
}

/// Parses a number followed by `s`, `m`, `h`, `d` or `w`.
pub fn parse(text: &str) -> Option<Duration> {
    const UNITS: [(char, u64); 5] = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400), ('w', 604_800)];
    let (number, seconds) = UNITS.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(*unit)?, seconds)))?;
    let number: u64 = number.trim_end().parse().ok()?;
    number.checked_mul(*seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit() {
        assert_eq!(parse("90s"), Some(Duration::from_secs(90)));
        assert_eq!(parse("7 d"), Some(Duration::from_hours(7 * 24)));
        for text in ["", "7", "d", "-1d", "1.5h", "7y", "99999999999999999999w", "18446744073709551615w"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
