//! `[tool.pdm]`: development dependencies, and where the packages are.

use super::super::requirements;
use super::Reader;

/// Reads `[tool.pdm]`.
pub(super) fn read(reader: &mut Reader) {
    for (group, value) in reader.table(&["tool", "pdm", "dev-dependencies"]).into_iter().flatten() {
        let what = format!("tool.pdm.dev-dependencies.{}", group.get_ref());
        let Some(items) = value.get_ref().as_array() else {
            reader.requirements(value, &what);
            continue;
        };
        for item in items {
            // Only here can a requirement be editable: `-e file:///${PROJECT_ROOT}/libs/shop#egg=shop`.
            match item.get_ref().as_str().map(|text| (text, text.strip_prefix("-e "))) {
                Some((_, Some(address))) => read_editable(reader, address),
                Some((text, None)) => reader.requirement(text, item.span()),
                None => reader.bad_requirement(item.span(), format!("{what} has an entry that is not a string")),
            }
        }
    }
    for path in [["tool", "pdm", "build", "package-dir"].as_slice(), &["tool", "pdm", "package-dir"]] {
        if let Some(directory) = reader.string(path) {
            reader.import_root(&directory);
        }
    }
}

fn read_editable(reader: &mut Reader, address: &str) {
    let address = address.trim();
    if let Some(path) = super::path_in_url(address).or_else(|| requirements::local_directory(address)) {
        reader.local_package(path.split('#').next().unwrap_or(path));
    }
}
