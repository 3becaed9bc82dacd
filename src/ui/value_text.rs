//! Defaults and other values as short text.

use serde_json::Value;

use takk_model::age::age;
use takk_model::visible::shown;
use takk_model::{DefaultValue, DriverAnswer};
use takk_plan::{Declared, LivePath};
use takk_value::together::{NestedPattern, nested_patterns};

/// The state of a path in its backend: `there v7, 3 d ago`. `now` is in milliseconds since 1970.
pub(super) fn live(path: &LivePath, now: i64) -> String {
    let version = path.version.as_ref().map(|version| format!(" v{version}")).unwrap_or_default();
    let changed = path.changed_at.map(|changed| format!(", {}", age(changed, now))).unwrap_or_default();
    format!("{}{version}{changed}", path.state.as_str())
}

/// The names within a variable that contain a dictionary key, without duplicates.
pub(super) fn key_patterns(declared: &Declared) -> Vec<NestedPattern> {
    let mut found: Vec<NestedPattern> = Vec::new();
    for pattern in declared.inside.iter().flat_map(|field| nested_patterns(&field.names())) {
        if pattern.has_key() && found.iter().all(|known| known.env != pattern.env) {
            found.push(pattern);
        }
    }
    found
}

/// A default roughly in Python syntax: `"info"`, `8000`, `True`, `Level.INFO`; a computed one as its expression.
pub(super) fn python(default: &DefaultValue) -> String {
    match default {
        DefaultValue::Computed(expression) => expression.clone(),
        DefaultValue::Value(value) => python_value(value),
    }
}

fn python_value(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Object(map) => match (map.get("enum").and_then(Value::as_str), map.contains_key("secret")) {
            (Some(member), _) => member.to_owned(),
            (None, true) => "hidden".to_owned(),
            (None, false) => value.to_string(),
        },
        other => other.to_string(),
    }
}

/// The scheme of a SQLAlchemy URL, with the reason: `postgresql+asyncpg://, as asyncpg 0.31.0 is locked (uv.lock:12)`.
pub(super) fn driver(answer: &DriverAnswer) -> String {
    let place = answer.place.as_ref().map(|place| format!(" ({})", place.short())).unwrap_or_default();
    format!("{}://, as {}{place}", answer.scheme, answer.reason)
}

/// `text` in at most `width` characters, ending with `…` if it was shortened.
pub(super) fn shortened(text: &str, width: usize) -> String {
    let text = shown(text);
    if text.chars().count() <= width {
        return text.into_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// `one`, `one and two`, `one, two and three`.
pub(super) fn listed<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// A piece of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Words(&'t str),
    /// The text between two backticks.
    Code(&'t str),
}

/// The pieces of a sentence with names and commands in backticks. A single backtick, or two with nothing between them, count as text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(start) = text[at..].find('`').map(|found| at + found) {
        let Some(length) = text[start + 1..].find('`') else { break };
        at = start + length + 2;
        if length > 0 {
            pieces.extend((from < start).then(|| Piece::Words(&text[from..start])));
            pieces.push(Piece::Code(&text[start + 1..at - 1]));
            from = at;
        }
    }
    pieces.extend((from < text.len()).then(|| Piece::Words(&text[from..])));
    pieces
}

/// The words of `text` in lines of at most `width` characters; a longer word is broken, after a separator if it has one.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace().flat_map(|word| broken(word, width)) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `word` in pieces of at most `width` characters.
pub(super) fn broken(mut word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    while let Some((end, _)) = word.char_indices().nth(width.max(1)) {
        let end = word[..end].rfind(['/', '.', ',', '[']).filter(|at| *at > 0).map_or(end, |at| at + 1);
        let (piece, rest) = word.split_at(end);
        pieces.push(piece);
        word = rest;
    }
    pieces.push(word);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_reads_as_python_or_as_the_environment_carries_it() {
        let value = |json: &str| DefaultValue::Value(serde_json::from_str(json).expect("JSON"));
        let both = |default: &DefaultValue| (python(default), default.text());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(both(&value("true")), ("True".to_owned(), some("true")));
        assert_eq!(both(&value("null")), ("None".to_owned(), None));
        assert_eq!(both(&value("\"a b\"")), ("\"a b\"".to_owned(), some("a b")));
        assert_eq!(both(&value("[1]")), ("[1]".to_owned(), some("[1]")));
        assert_eq!(both(&value(r#"{"enum": "Level.LOW", "value": 1}"#)), ("Level.LOW".to_owned(), some("1")));
        assert_eq!(both(&value(r#"{"secret": "hunter2"}"#)), ("hidden".to_owned(), None));
        assert_eq!(both(&DefaultValue::Computed("now()".to_owned())), ("now()".to_owned(), None));
    }

    #[test]
    fn what_stands_in_backticks_is_code() {
        use Piece::{Code, Words};
        assert_eq!(pieces("`a` and `b c`."), [Code("a"), Words(" and "), Code("b c"), Words(".")]);
        assert_eq!(pieces("no `` code, `one"), [Words("no `` code, `one")]);
        assert_eq!(pieces("```x`"), [Words("``"), Code("x")]);
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn words_are_listed() {
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn long_text_is_shortened_or_wrapped_by_characters() {
        assert_eq!(shortened("äöüß", 3), "äö…");
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(wrapped("one two  three", 7), ["one two", "three"]);
    }

    #[test]
    fn a_word_that_is_too_long_is_broken_where_it_reads_well() {
        assert_eq!(wrapped("see shop/settings/api.py:3 now", 12), ["see shop/", "settings/", "api.py:3 now"]);
        assert_eq!(wrapped("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrapped("", 3), [""; 0]);
    }
}
