//! JSON: an object of strings, one member per line.

use zeroize::Zeroizing;

use super::Reason;

/// Appends `"NAME": "value",`. JSON can hold every name and value.
#[expect(clippy::unnecessary_wraps, reason = "the writers of all formats have one signature")]
pub(super) fn write_entry(name: &str, value: &str, text: &mut Zeroizing<String>) -> Result<(), Reason> {
    let quoted = |of: &str| Zeroizing::new(serde_json::to_string(of).expect("a text can be written as JSON"));
    let before = if text.is_empty() { "{\n  " } else { ",\n  " };
    text.push_str(before);
    text.push_str(&quoted(name));
    text.push_str(": ");
    text.push_str(&quoted(value));
    Ok(())
}

pub(super) fn enclose(text: &mut Zeroizing<String>) {
    let end = if text.is_empty() { "{}\n" } else { "\n}\n" };
    text.push_str(end);
}
