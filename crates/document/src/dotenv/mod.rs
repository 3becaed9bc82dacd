//! Dotenv files, as python-dotenv 1.2 reads them (`dotenv_values(path)`), which is how pydantic-settings reads its `env_file`.

mod interpolate;
mod scan;

use zeroize::Zeroizing;

pub use interpolate::{Interpolated, interpolated};
pub use scan::{Item, Scanner};

/// Replaces every line ending by `\n`: Python opens the file in text mode, which does so even inside quotes.
pub fn with_newlines(text: &str) -> Zeroizing<String> {
    let mut normal = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        normal.push_str(&rest[..at]);
        normal.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    normal.push_str(rest);
    normal
}

/// The value of one variable of a file, with interpolation from the environment. The last line that sets it counts; lines that are not
/// assignments are skipped. `None` if no line sets it. A value longer than `most` after interpolation is an error.
pub fn value_of(
    text: &str,
    name: &str,
    environment: impl Fn(&str) -> Option<String>,
    most: usize,
) -> Result<Option<Zeroizing<String>>, TooLong> {
    let text = with_newlines(text);
    let mut values: std::collections::HashMap<&str, Option<Zeroizing<String>>> = std::collections::HashMap::new();
    let mut room = most;
    for item in Scanner::new(&text) {
        let Item::Binding { name, value, .. } = item else { continue };
        let value = match value {
            None => None,
            Some(value) => {
                let earlier = |name: &str| values.get(name).map(|value| value.as_ref().map_or("", |value| value.as_str()));
                let whole = interpolated(&value, earlier, &environment, room).ok_or(TooLong)?.value;
                room -= whole.len();
                Some(whole)
            }
        };
        values.insert(name, value);
    }
    Ok(values.remove(name).flatten())
}

/// A value that is too long after interpolation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_of_a_file() {
        let text = "A=1\r\nexport B='two'\nC=${A}-${HOME}-${NONE:-x}\nA=3\nD\nnot = valid = \"\n";
        let value = |name: &str| {
            let found = value_of(text, name, |name| (name == "HOME").then(|| "/home".to_owned()), 1000).expect("short");
            found.map(|value| value.to_string())
        };
        let of = |text: &str| Some(text.to_owned());
        assert_eq!(
            [value("A"), value("B"), value("C"), value("D"), value("E")],
            [of("3"), of("two"), of("1-/home-x"), None, None]
        );
        assert_eq!(value_of("A=xxxx\nB=${A}${A}${A}", "B", |_| None, 10).map(drop), Err(TooLong));
    }
}
