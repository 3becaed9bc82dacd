//! `[tool.maturin]`: where the Python half of a Rust package is.

use super::Reader;

/// Reads `[tool.maturin]`.
pub(super) fn read(reader: &mut Reader) {
    if let Some(directory) = reader.string(&["tool", "maturin", "python-source"]) {
        reader.import_root(&directory);
    }
}
