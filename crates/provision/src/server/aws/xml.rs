//! As much of XML as the responses of AWS need: elements without attributes.

use std::fmt::Write;

/// The contents of all elements of a name, as they are written.
pub(in super::super) fn all<'x>(text: &'x str, name: &str) -> Vec<&'x str> {
    let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(&begin) {
        let Some((content, after)) = after.split_once(&end) else { break };
        found.push(content);
        rest = after;
    }
    found
}

/// The text of the first element of a name.
pub(in super::super) fn first(text: &str, name: &str) -> Option<String> {
    all(text, name).first().map(|content| unescaped(content))
}

/// A text in an element.
pub(in super::super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // Line breaks and tabs would be normalized.
            control if control.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "&#{};", u32::from(control));
            }
            plain => escaped.push(plain),
        }
    }
    escaped
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = after.split_once(';').and_then(|(name, after)| Some((character(name)?, after)));
        let (character, after) = entity.unwrap_or(('&', after));
        plain.push(character);
        rest = after;
    }
    plain.push_str(rest);
    plain
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => {}
    }
    let number = entity.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_their_whole_name() {
        let text = "<a><Version><VersionId>1</VersionId></Version><Version><VersionId>2</VersionId></Version><x/></a>";
        assert_eq!(all(text, "Version"), ["<VersionId>1</VersionId>", "<VersionId>2</VersionId>"]);
        assert_eq!(first(text, "VersionId").as_deref(), Some("1"));
        assert_eq!((first(text, "x"), all("<a>", "a").len()), (None, 0));
    }

    #[test]
    fn what_is_escaped_is_read_as_it_was() {
        for text in ["plain", "a & b <c> \"d\" 'e'", "line\nbreak\ttab\r", "ünï", "&amp;", "& ; &unknown; &#zz;"] {
            assert_eq!(unescaped(&escaped(text)), text);
        }
        assert_eq!(unescaped("&#x41;&#66;&apos;&unknown;"), "AB'&unknown;");
    }
}
