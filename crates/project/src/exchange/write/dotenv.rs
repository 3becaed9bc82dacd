//! Dotenv for python-dotenv: unquoted if that is safe, else in single quotes, or in double quotes if a `\r` needs them.

use zeroize::Zeroizing;

use super::Reason;

/// Appends `NAME=value`, in as many lines as the value has.
pub(super) fn write_entry(name: &str, value: &str, text: &mut Zeroizing<String>) -> Result<(), Reason> {
    check_name(name)?;
    text.push_str(name);
    text.push('=');
    if is_plain(value) {
        text.push_str(value);
    } else {
        // The file is read in text mode, which makes `\n` of a bare `\r`; single quotes know no escape for it.
        write_quoted(value, if value.contains('\r') { '"' } else { '\'' }, &|c| (c == '\r').then_some("\\r"), text);
    }
    text.push('\n');
    Ok(())
}

/// Appends `NAME=value` in one line: readers that know no quotes would take the lines of a value for names, and in a comment it would
/// end with the first.
pub(super) fn write_line(name: &str, value: &str, text: &mut Zeroizing<String>) -> Result<(), Reason> {
    if !value.contains(is_line_break) {
        return write_entry(name, value, text);
    }
    check_name(name)?;
    if value.contains(|c| is_line_break(c) && escape(c).is_none()) {
        return Err("contains a line separator that a dotenv file cannot escape");
    }
    text.push_str(name);
    text.push('=');
    write_quoted(value, '"', &escape, text);
    text.push('\n');
    Ok(())
}

fn check_name(name: &str) -> Result<(), Reason> {
    // What python-dotenv takes for the end of a name, and what other readers of such files trip over.
    let foreign = |c: char| c.is_whitespace() || c.is_control() || "='\"#\u{feff}`$\\".contains(c);
    if name.is_empty() || name.contains(foreign) { Err("is not a valid name in a dotenv file") } else { Ok(()) }
}

/// What some reader of dotenv files takes for the end of a line.
fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// How double quotes hold a line break.
fn escape(c: char) -> Option<&'static str> {
    match c {
        '\n' => Some("\\n"),
        '\r' => Some("\\r"),
        '\u{b}' => Some("\\v"),
        '\u{c}' => Some("\\f"),
        _ => None,
    }
}

/// Whether the value stays what it is without quotes. A backslash at the end does better without: older versions of
/// python-dotenv take the quote behind it for an escaped one.
fn is_plain(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=~^".contains(c);
    let windows_path = value.ends_with('\\') && value.chars().all(|c| plain(c) || c == '\\');
    windows_path || value.chars().all(plain)
}

fn write_quoted(value: &str, quote: char, escape: &dyn Fn(char) -> Option<&'static str>, text: &mut Zeroizing<String>) {
    // python-dotenv replaces `${NAME}` in all quotes. An empty name with a default is never set, so it is the default: `$`.
    let last_brace = value.rfind('}').unwrap_or(0);
    text.push(quote);
    for (at, c) in value.char_indices() {
        match c {
            '$' if at < last_brace && value[at..].starts_with("${") => text.push_str("${:-$}"),
            '\\' => text.push_str("\\\\"),
            _ if c == quote => {
                text.push('\\');
                text.push(c);
            }
            _ => match escape(c) {
                Some(escaped) => text.push_str(escaped),
                None => text.push(c),
            },
        }
    }
    text.push(quote);
}
