//! Lines for a POSIX shell: `. FILE`, or `eval "$(takk secrets export --format shell)"`.

use zeroize::Zeroizing;

use super::{Reason, is_identifier};

/// Appends `export NAME='value'`. In single quotes, only the single quote itself is special.
pub(super) fn write_entry(name: &str, value: &str, text: &mut Zeroizing<String>) -> Result<(), Reason> {
    if !is_identifier(name) {
        return Err("is not a valid shell variable name");
    }
    if value.contains('\0') {
        return Err("contains a NUL byte, which an environment variable cannot hold");
    }
    text.push_str("export ");
    text.push_str(name);
    text.push_str("='");
    for (at, part) in value.split('\'').enumerate() {
        text.push_str(if at == 0 { "" } else { "'\\''" });
        text.push_str(part);
    }
    text.push_str("'\n");
    Ok(())
}
