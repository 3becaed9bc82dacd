//! JSON: an object of names and values.

use std::fmt::{self, Formatter};

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::reading::{Collected, Fault, Reading, number, place};

/// Reads a file. A string gives its text; any other value except `null` gives its compact JSON, with numbers as written.
pub(super) fn read(text: &str) -> Reading {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = deserializer.deserialize_map(Members).and_then(|members| deserializer.end().map(|()| members));
    let members = match read {
        Ok(members) => members,
        Err(error) => return Reading::broken(fault(text, &error)),
    };
    let mut collected = Collected::default();
    let mut lines = Lines { text, at: 0, line: 1 };
    for (name, raw) in members {
        let written = raw.get();
        // A raw value is a slice of the text, so its address gives its position.
        let at = written.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
        let value = match written.as_bytes().first() {
            Some(b'n') => None,
            Some(b'"') => {
                let Ok(value) = serde_json::from_str::<String>(written) else {
                    let (line, column) = place(text, at);
                    let message = format!("the value of `{name}` contains an unpaired surrogate, which a variable cannot hold");
                    return Reading::broken(Fault { line, column, message });
                };
                Some(Zeroizing::new(value))
            }
            _ => Some(compact(written)),
        };
        collected.set(name, value, lines.line(at));
    }
    collected.finish(Vec::new())
}

/// The members of an object in order, including duplicates.
struct Members;

impl<'t> Visitor<'t> for Members {
    type Value = Vec<(String, &'t RawValue)>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

/// Counts lines incrementally, in one pass over the text.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn line(&mut self, at: usize) -> u32 {
        if let Some(passed) = self.text.as_bytes().get(self.at..at) {
            self.line += memchr::memchr_iter(b'\n', passed).count();
            self.at = at;
        }
        number(self.line)
    }
}

/// The place and kind of an error. Its message is not used, because it may quote the file.
fn fault(text: &str, error: &serde_json::Error) -> Fault {
    let message = match error.classify() {
        Category::Eof => "the JSON is incomplete",
        Category::Data => "it must be an object with names and values",
        Category::Syntax | Category::Io => "this is not JSON",
    };
    let line = text.split_inclusive('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let before = &line[..line.floor_char_boundary(error.column().saturating_sub(1))];
    Fault { line: number(error.line().max(1)), column: number(before.chars().count() + 1), message: message.to_owned() }
}

/// Valid JSON without insignificant white space.
fn compact(json: &str) -> Zeroizing<String> {
    let mut whole = Zeroizing::new(String::with_capacity(json.len()));
    let (mut in_text, mut escaped) = (false, false);
    for c in json.chars() {
        if in_text {
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if c.is_ascii_whitespace() {
            continue;
        } else {
            in_text = c == '"';
        }
        whole.push(c);
    }
    whole
}
