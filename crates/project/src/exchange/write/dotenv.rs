//! Dotenv for python-dotenv: unquoted if that is safe, else in single quotes, or in double quotes if a `\r` needs them.

use zeroize::Zeroizing;

use super::Reason;

/// Appends `NAME=value`, on as many lines as the value has.
pub(super) fn write_entry(name: &str, value: &str, text: &mut Zeroizing<String>) -> Result<(), Reason> {
    check_name(name)?;
    text.push_str(name);
    text.push('=');
    if is_plain(value) {
        text.push_str(value);
    } else {
        // python-dotenv reads the file in text mode, which turns a bare `\r` into `\n`. Single quotes have no escape for it.
        write_quoted(value, if value.contains('\r') { '"' } else { '\'' }, &|c| (c == '\r').then_some("\\r"), text);
    }
    text.push('\n');
    Ok(())
}

/// Appends `NAME=value` on one line. Readers without support for quotes would take the lines of a value for names, and a comment would end
/// at the first line break.
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
    // Characters that end a name for python-dotenv, or that other readers of such files stumble over.
    let foreign = |c: char| c.is_whitespace() || c.is_control() || "='\"#\u{feff}`$\\".contains(c);
    if name.is_empty() || name.contains(foreign) { Err("is not a valid name in a dotenv file") } else { Ok(()) }
}

/// Whether some reader of dotenv files treats the character as a line break.
fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The escape of a line break in double quotes.
fn escape(c: char) -> Option<&'static str> {
    match c {
        '\n' => Some("\\n"),
        '\r' => Some("\\r"),
        '\u{b}' => Some("\\v"),
        '\u{c}' => Some("\\f"),
        _ => None,
    }
}

/// Whether the value can be written without quotes. That is safer for a trailing backslash: older versions of python-dotenv take the
/// closing quote for an escaped one.
fn is_plain(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=~^".contains(c);
    let windows_path = value.ends_with('\\') && value.chars().all(|c| plain(c) || c == '\\');
    windows_path || value.chars().all(plain)
}

fn write_quoted(value: &str, quote: char, escape: &dyn Fn(char) -> Option<&'static str>, text: &mut Zeroizing<String>) {
    // python-dotenv expands `${NAME}` in any quotes. An empty name with a default is never set, so it gives the default: `$`.
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
