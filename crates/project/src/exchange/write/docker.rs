//! Lines for `docker run --env-file`, which takes everything after the first `=` literally, to the end of the line.

use zeroize::Zeroizing;

use super::Reason;

/// The longest line that Docker reads, in bytes (the buffer of Go's `bufio.Scanner`, which includes the line ending).
const LONGEST_LINE: usize = 64 * 1024 - 2;

/// Appends `NAME=value`.
pub(super) fn write_entry(name: &str, value: &str, text: &mut Zeroizing<String>) -> Result<(), Reason> {
    let foreign = |c: char| c.is_whitespace() || c.is_control() || c == '=' || c == '\u{feff}';
    if name.is_empty() || name.starts_with('#') || name.contains(foreign) {
        return Err("is not a valid name in a Docker env file");
    }
    if value.contains('\n') {
        return Err("has several lines, but a Docker env file allows only one line for each variable");
    }
    if value.contains(['\r', '\0']) {
        return Err("contains a character that a Docker env file cannot represent");
    }
    if name.len() + value.len() >= LONGEST_LINE {
        return Err("is longer than the longest line that Docker reads");
    }
    text.push_str(name);
    text.push('=');
    text.push_str(value);
    text.push('\n');
    Ok(())
}
