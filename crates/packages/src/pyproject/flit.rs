//! `[tool.flit]`: the module, and the requirements of its old tables.

use super::Reader;
use takk_document::toml;

/// Reads `[tool.flit]`. Flit finds its module at the root or in `src`, which are read for every project; the tables add the metadata that
/// flit used before PEP 621.
pub(super) fn read(reader: &mut Reader) {
    let Some(metadata) = reader.table(&["tool", "flit", "metadata"]) else { return };
    let text = |key: &str| toml::string_at(metadata, &[key]).map(str::to_owned);
    reader.found.name = reader.found.name.take().or_else(|| text("dist-name")).or_else(|| text("module"));
    reader.found.requires_python = reader.found.requires_python.take().or_else(|| text("requires-python"));
    if let Some(requires) = metadata.get("requires") {
        reader.requirements(requires, "tool.flit.metadata.requires");
    }
    for (extra, requires) in toml::table_at(metadata, &["requires-extra"]).into_iter().flatten() {
        reader.requirements(requires, &format!("tool.flit.metadata.requires-extra.{}", extra.get_ref()));
    }
}
