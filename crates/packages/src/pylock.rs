//! `pylock.toml` and `pylock.<name>.toml` (PEP 751).

use super::toml_lock::{self, Format};
use super::{Entry, Files};
use takk_model::{PackageSource, Problem};

const FORMAT: Format = Format {
    array: "packages",
    directory: &[&["directory", "path"]],
    tool: "uv export --format pylock.toml",
    source: PackageSource::Pylock,
};

/// The packages of `pylock.toml`, then those of the named lock files in alphabetical order. If they lock several versions of a package,
/// `pylock.toml` takes precedence, then the highest counts ([`super::merge`]).
pub(super) fn read(files: &Files, problems: &mut Vec<Problem>) -> Vec<Entry> {
    let mut entries = toml_lock::read(files, "pylock.toml", &FORMAT, problems);
    let of_default: std::collections::BTreeSet<String> =
        entries.iter().filter(|entry| entry.version.is_some()).map(|entry| entry.name.clone()).collect();
    for path in files.paths().filter(|path| is_named(path)) {
        let named = toml_lock::read(files, path, &FORMAT, problems);
        entries.extend(named.into_iter().filter(|entry| !of_default.contains(&entry.name)));
    }
    entries
}

/// Whether this is a named lock file; PEP 751 allows no further dot in the name: `pylock.dev.toml`.
fn is_named(path: &str) -> bool {
    let name = path.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix(".toml"));
    name.is_some_and(|name| !name.is_empty() && !name.contains(['.', '/']))
}

#[cfg(test)]
mod tests {
    use super::is_named;

    #[test]
    fn named_locks_stand_at_the_root() {
        assert!(is_named("pylock.dev.toml"));
        for path in ["pylock.toml", "pylock..toml", "pylock.a.b.toml", "x/pylock.dev.toml", "pylock.a/b.toml"] {
            assert!(!is_named(path), "{path}");
        }
    }
}
