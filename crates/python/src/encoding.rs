//! Decodes Python files according to PEP 263: a UTF-8 byte order mark, or a coding comment in the first two lines, or else
//! UTF-8.

use std::borrow::Cow;

/// Why a file could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// The encoding that was tried.
    pub encoding: String,
    /// The line of the first invalid byte, counted from 1.
    pub line: u32,
}

/// The text of a Python file. Invalid bytes are replaced by U+FFFD, and the second value reports the problem.
pub(crate) fn decode(bytes: &[u8]) -> (String, Option<Undecodable>) {
    let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(content) {
        // A declared encoding that is a superset of ASCII reads ASCII text the same way.
        if text.is_ascii() || matches!(declared(content).as_deref(), None | Some("utf-8" | "utf8" | "utf-8-sig" | "utf_8")) {
            return (text.to_owned(), None);
        }
    }
    let label = declared(content).unwrap_or_else(|| "utf-8".to_owned());
    if let Some(encoding) = encoding_of(&label) {
        let (text, failed) = encoding.decode_without_bom_handling(content);
        let problem = failed.then(|| Undecodable { encoding: label, line: first_bad_line(&text) });
        (text.into_owned(), problem)
    } else {
        let text = String::from_utf8_lossy(content);
        let line = first_bad_line(&text);
        (text.into_owned(), Some(Undecodable { encoding: label, line }))
    }
}

fn first_bad_line(text: &str) -> u32 {
    let end = text.find('\u{fffd}').unwrap_or(0);
    u32::try_from(memchr::memchr_iter(b'\n', &text.as_bytes()[..end]).count() + 1).unwrap_or(u32::MAX)
}

/// The label in the coding comment, if the first or second line has one: `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`.
fn declared(content: &[u8]) -> Option<String> {
    content.split(|&b| b == b'\n').take(2).find_map(|line| {
        let start = line.iter().position(|b| !b" \t\x0c".contains(b))?;
        let comment = line[start..].strip_prefix(b"#")?;
        let after = memchr::memmem::find_iter(comment, b"coding")
            .map(|at| &comment[at + b"coding".len()..])
            .find(|rest| matches!(rest.first(), Some(b':' | b'=')))?;
        let label: Vec<u8> = after[1..]
            .iter()
            .copied()
            .skip_while(|b| b" \t".contains(b))
            .take_while(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
            .collect();
        (!label.is_empty()).then(|| String::from_utf8_lossy(&label).to_ascii_lowercase())
    })
}

fn encoding_of(label: &str) -> Option<&'static encoding_rs::Encoding> {
    let label: Cow<'_, str> = if label.contains('_') { label.replace('_', "-").into() } else { label.into() };
    // Python's names for encodings to which WHATWG, and therefore `encoding_rs`, gives other labels.
    let label = match label.as_ref() {
        "utf8" | "utf-8-sig" => "utf-8",
        "latin-1" | "latin1" | "iso-latin-1" | "l1" | "iso-8859-1" => "windows-1252",
        "cp1250" => "windows-1250",
        "cp1251" => "windows-1251",
        "cp1252" => "windows-1252",
        "cp932" => "shift_jis",
        "cp949" => "euc-kr",
        other => other,
    };
    encoding_rs::Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_with_and_without_mark() {
        assert_eq!(decode("é".as_bytes()), ("é".into(), None));
        assert_eq!(decode(b"\xef\xbb\xbfx = 1"), ("x = 1".into(), None));
    }

    #[test]
    fn a_coding_comment_decides() {
        let (text, problem) = decode(b"#!/usr/bin/python\n# -*- coding: latin-1 -*-\nx = '\xe9'\n");
        assert_eq!((text.contains('é'), problem), (true, None));
        let (text, problem) = decode(b"# vim: set fileencoding=koi8-r :\nx = '\xd0'\n");
        assert_eq!((text.contains('п'), problem), (true, None));
    }

    #[test]
    fn what_does_not_decode_is_reported_with_its_line() {
        let (text, problem) = decode(b"x = 1\ny = '\xff'\n");
        assert!(text.contains("x = 1"));
        assert_eq!(problem, Some(Undecodable { encoding: "utf-8".into(), line: 2 }));
        let (_, problem) = decode(b"# coding: no-such\n\xff");
        assert_eq!(problem.map(|p| p.encoding), Some("no-such".into()));
    }
}
