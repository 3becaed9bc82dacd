//! `[tool.uv]`: development dependencies, sources, the workspace, and its build backend.

use super::Reader;
use takk_document::toml;

/// Reads `[tool.uv]`.
pub(super) fn read(reader: &mut Reader) {
    if let Some(dependencies) = toml::value_at(reader.table, &["tool", "uv", "dev-dependencies"]) {
        reader.requirements(dependencies, "tool.uv.dev-dependencies");
    }
    // A source is a table, or an array of tables for different platforms.
    for (_, source) in reader.table(&["tool", "uv", "sources"]).into_iter().flatten() {
        let one = source.get_ref().as_table().into_iter();
        let several = source.get_ref().as_array().into_iter().flatten().filter_map(|source| source.get_ref().as_table());
        for path in one.chain(several).filter_map(|source| toml::string_at(source, &["path"])) {
            reader.local_package(path);
        }
    }
    let globs = |path: &[&str]| reader.strings(path).into_iter().map(|(glob, _)| glob.to_owned()).collect();
    let members = globs(&["tool", "uv", "workspace", "members"]);
    let exclude = globs(&["tool", "uv", "workspace", "exclude"]);
    reader.found.workspace = super::Workspace { members, exclude };
    // `src` is the default and read for every project.
    if let Some(directory) = reader.string(&["tool", "uv", "build-backend", "module-root"]) {
        reader.import_root(&directory);
    }
}
