//! `[tool.hatch.build]`: where the packages are. The same keys apply to all targets, or only to the wheel.

use super::Reader;
use takk_document::toml;

/// Reads `[tool.hatch]`.
pub(super) fn read(reader: &mut Reader) {
    for path in [["tool", "hatch", "build"].as_slice(), &["tool", "hatch", "build", "targets", "wheel"]] {
        let Some(build) = reader.table(path) else { continue };
        for (directory, _) in toml::strings_at(build, &["dev-mode-dirs"]) {
            reader.import_root(directory);
        }
        // `packages = ["lib/shop"]` ships the last part of each path.
        for (directory, _) in toml::strings_at(build, &["packages"]) {
            let package = directory.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            reader.package_directory(package, directory);
        }
        for (directory, _) in toml::strings_at(build, &["sources"]) {
            reader.import_root(directory);
        }
        // `sources = { "lib/old" = "shop" }` and `force-include = { "lib/shop" = "shop" }` rename.
        for key in ["sources", "force-include"] {
            for (directory, package) in toml::table_at(build, &[key]).into_iter().flat_map(super::string_pairs) {
                reader.package_directory(&package.trim_matches('/').replace('/', "."), directory);
            }
        }
    }
    for (path, span) in reader.strings(&["tool", "hatch", "metadata", "hooks", "requirements_txt", "files"]) {
        reader.requirement_file(path, span);
    }
}
