//! Dotenv for python-dotenv: without quotes where that is certain, else in single quotes, in double quotes where a `\r` needs them.

use zeroize::Zeroizing;

use super::Reason;

/// Appends `NAME=value`.
pub(super) fn write_entry(name: &str, value: &str, text: &mut Zeroizing<String>) -> Result<(), Reason> {
    // What python-dotenv takes for the end of a name, and what other readers of such files trip over.
    let foreign = |c: char| c.is_whitespace() || c.is_control() || "='\"#\u{feff}`$\\".contains(c);
    if name.is_empty() || name.contains(foreign) {
        return Err("is no name for a dotenv file");
    }
    text.push_str(name);
    text.push('=');
    if is_plain(value) {
        text.push_str(value);
    } else {
        write_quoted(value, text);
    }
    text.push('\n');
    Ok(())
}

/// Whether the value stays what it is without quotes. A backslash at the end does better without: older versions of
/// python-dotenv take the quote behind it for an escaped one.
fn is_plain(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=~^".contains(c);
    let windows_path = value.ends_with('\\') && value.chars().all(|c| plain(c) || c == '\\');
    windows_path || value.chars().all(plain)
}

fn write_quoted(value: &str, text: &mut Zeroizing<String>) {
    // The file is read in text mode, which makes `\n` of a bare `\r`; single quotes know no escape for it.
    let quote = if value.contains('\r') { '"' } else { '\'' };
    // python-dotenv replaces `${NAME}` in all quotes. An empty name with a default is never set, so it is the default: `$`.
    let last_brace = value.rfind('}').unwrap_or(0);
    text.push(quote);
    for (at, c) in value.char_indices() {
        match c {
            '$' if at < last_brace && value[at..].starts_with("${") => text.push_str("${:-$}"),
            '\r' => text.push_str("\\r"),
            '\\' => text.push_str("\\\\"),
            _ if c == quote => {
                text.push('\\');
                text.push(c);
            }
            _ => text.push(c),
        }
    }
    text.push(quote);
}
