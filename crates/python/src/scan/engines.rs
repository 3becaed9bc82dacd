//! Finds where a file creates SQLAlchemy engines: `create_engine(...)`, `create_async_engine(...)`. A text search, like
//! [`super::scan`]; only files that import SQLAlchemy are searched.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{in_text, is_word, place, word_before};
use takk_model::Place;

/// A call that creates an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineCall {
    /// The function that is called: `create_async_engine`.
    pub function: &'static str,
    pub is_async: bool,
    /// The scheme of the URL, if a string in the call starts with one: `postgresql+asyncpg`.
    pub scheme: Option<String>,
    /// The place, without the file.
    pub place: Place,
}

/// The packages whose import makes a file worth searching: SQLModel re-exports what SQLAlchemy has.
pub(super) const PACKAGES: [&str; 2] = ["sqlalchemy", "sqlmodel"];

/// The functions that create engines, and whether the engine is asynchronous, as that of `AsyncEngine(create_engine(...))` is.
const MAKERS: [(&str, bool); 5] = [
    ("create_engine", false),
    ("engine_from_config", false),
    ("create_async_engine", true),
    ("async_engine_from_config", true),
    ("AsyncEngine", true),
];

/// The maximum number of matches per function in one file: deciding whether a match is in a string reads the file up to it.
const MOST: usize = 64;

/// The calls in a file, grouped by function, in order.
pub(super) fn engines(text: &[u8]) -> Vec<EngineCall> {
    static FINDERS: LazyLock<[Finder<'static>; 5]> = LazyLock::new(|| MAKERS.map(|(name, _)| Finder::new(name)));
    let calls = FINDERS.iter().zip(MAKERS).flat_map(|(finder, (function, is_async))| {
        let call = move |start: usize| {
            let arguments = arguments_of_call(text, start, start + function.len())?;
            Some(EngineCall { function, is_async, scheme: literal_scheme(arguments), place: place(text, start) })
        };
        finder.find_iter(text).take(MOST).filter_map(call)
    });
    calls.collect()
}

/// The text after the parenthesis, if the name between `start` and `end` is called there. A definition, a part of another name,
/// and a method of the program's own do not count.
fn arguments_of_call(text: &[u8], start: usize, end: usize) -> Option<&[u8]> {
    let before = &text[..start];
    let arguments = text[end..].strip_prefix(b"(")?;
    if before.last().is_some_and(|&byte| is_word(byte)) {
        return None;
    }
    let owner = before.strip_suffix(b".").map(|rest| word_before(rest, rest.len()));
    let is_defined = matches!(word_before(before.trim_ascii_end(), before.trim_ascii_end().len()), b"def" | b"class");
    let is_own = owner.is_some_and(|owner| matches!(owner, b"self" | b"cls"));
    (!is_defined && !is_own && !in_text(text, start)).then_some(arguments)
}

/// The scheme of the URL in the first argument, if that is a single string literal. Of an f-string, the text before its first
/// field counts.
fn literal_scheme(arguments: &[u8]) -> Option<String> {
    let first = arguments.trim_ascii_start();
    let first = first.strip_prefix(b"url=").unwrap_or(first);
    let quote_at = first.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
    if !matches!(&first[..quote_at], b"" | b"f" | b"r" | b"F" | b"R") {
        return None;
    }
    let text = &first[quote_at + 1..];
    let end = memchr::memchr(first[quote_at], text)?;
    let after = text[end + 1..].trim_ascii_start().first();
    // An operation on the string (`.replace(...)`, `% user`) may change it.
    if !matches!(after, Some(b',' | b')')) || text[..end].contains(&b'\\') {
        return None;
    }
    let length = text[..end].iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"+-._".contains(byte))?;
    let scheme = text[length..end].starts_with(b"://").then(|| &text[..length])?;
    std::str::from_utf8(scheme).ok().filter(|scheme| !scheme.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::scan::scan;

    /// The function, line and scheme of each call.
    fn calls(text: &str) -> Vec<(&'static str, u32, Option<String>)> {
        let mentions = scan(text.as_bytes(), &|_| None);
        mentions.engines.into_iter().map(|call| (call.function, call.place.line, call.scheme)).collect()
    }

    #[test]
    fn calls_are_found_where_sqlalchemy_is_imported() {
        let text = "import sqlalchemy as sa\nfrom sqlalchemy.ext.asyncio import create_async_engine\n\
                    a = sa.create_engine(url)\nb = create_async_engine(\n  str(settings.url))\n";
        assert_eq!(calls(text), [("create_engine", 3, None), ("create_async_engine", 4, None)]);
        assert_eq!(calls("from .db import create_engine\ncreate_engine(url)\n"), []);
    }

    #[test]
    fn what_is_no_call_of_it_is_left_out() {
        let text = "from sqlalchemy import create_engine\n# create_engine(url)\ntext = 'create_engine(url)'\n\
                    def create_engine(url): ...\nself.create_engine(url)\nmy_create_engine(url)\nmaker = create_engine\n\
                    class AsyncEngine(Base): ...\nasync_engine_from_config(config)\n";
        assert_eq!(calls(text), [("async_engine_from_config", 9, None)]);
    }

    #[test]
    fn a_scheme_is_known_where_the_text_is_whole() {
        let scheme = |argument: &str| {
            let text = format!("import sqlalchemy\nsqlalchemy.create_engine({argument})\n");
            calls(&text).pop().expect("a call").2
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(scheme("'postgresql+asyncpg://localhost/a', echo=True"), some("postgresql+asyncpg"));
        assert_eq!(scheme("\n    f\"mysql://{user}@localhost/a\",\n"), some("mysql"));
        assert_eq!(scheme("url='sqlite://'"), some("sqlite"));
        for other in [
            "url",
            "f'{scheme}://localhost'",
            "'postgresql+psycopg2://a'.replace('psycopg2', 'asyncpg')",
            "'postgresql+psycopg2://%s' % host",
            "'''postgresql://a'''",
            "'no address'",
            "'://'",
            "'",
        ] {
            assert_eq!(scheme(other), None, "{other}");
        }
    }
}
