//! `[tool.setuptools]`: where the packages are, and requirements in separate files.

use super::Reader;

/// Reads `[tool.setuptools]`.
pub(super) fn read(reader: &mut Reader) {
    for (package, directory) in reader.table(&["tool", "setuptools", "package-dir"]).into_iter().flat_map(super::string_pairs) {
        reader.package_directory(package, directory);
    }
    for (directory, _) in reader.strings(&["tool", "setuptools", "packages", "find", "where"]) {
        reader.import_root(directory);
    }
    for (path, span) in reader.strings(&["tool", "setuptools", "dynamic", "dependencies", "file"]) {
        reader.requirement_file(path, span);
    }
    for (extra, _) in reader.table(&["tool", "setuptools", "dynamic", "optional-dependencies"]).into_iter().flatten() {
        for (path, span) in reader.strings(&["tool", "setuptools", "dynamic", "optional-dependencies", extra.get_ref(), "file"])
        {
            reader.requirement_file(path, span);
        }
    }
}
