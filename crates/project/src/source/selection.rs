//! Which files of a project are read: the same ones in a checkout and in a commit.

use takk_files::{MOST, MOST_OF_LOCKS};

/// Directories that never contain the project's source.
const NEVER: [&str; 5] = ["venv", "node_modules", "site-packages", "__pycache__", "__pypackages__"];
/// Directories into which tools copy files, unless they are Python packages.
const OUTPUT: [&str; 2] = ["build", "dist"];

/// Why a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Python,
    Metadata,
}

/// Why the file at a path, relative to the project, is read, if it is.
pub(super) fn content_of(path: &str) -> Option<Content> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if has_extension(name, "py") { Some(Content::Python) } else { is_metadata(path, name).then_some(Content::Metadata) }
}

/// Directories of a virtual environment that may contain Python files.
const INSTALLED: [&str; 5] = ["bin", "Scripts", "lib", "lib64", "Lib"];

/// Whether a directory called `name` may contain source. `holds` says whether it has a file, named relative to it.
pub(super) fn is_source_directory(name: &str, holds: impl Fn(&str) -> bool) -> bool {
    let output = || OUTPUT.contains(&name) && !holds("__init__.py");
    let installed = || INSTALLED.contains(&name) && holds("../pyvenv.cfg");
    !(NEVER.contains(&name) || output() || installed())
}

/// Whether a file may list packages, contain takk's settings, or be a migration in SQL.
fn is_metadata(path: &str, name: &str) -> bool {
    has_extension(name, "sql") || name == "takk.toml" || takk_packages::is_used(path)
}

/// The maximum number of bytes to read of a file.
pub(super) fn limit_of(path: &str) -> u64 {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_lock = has_extension(name, "lock") || (name.starts_with("pylock.") && has_extension(name, "toml"));
    if is_lock { MOST_OF_LOCKS } else { MOST }
}

fn has_extension(name: &str, extension: &str) -> bool {
    let stem = name.strip_suffix(extension).and_then(|rest| rest.strip_suffix('.'));
    stem.is_some_and(|stem| !stem.is_empty())
}
