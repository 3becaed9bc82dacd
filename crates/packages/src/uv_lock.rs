//! `uv.lock`.

use super::toml_lock::{self, Format};
use super::{Entry, Files};
use takk_model::{PackageSource, Problem};

const FORMAT: Format = Format {
    array: "package",
    directory: &[&["source", "virtual"], &["source", "editable"], &["source", "directory"]],
    tool: "uv lock",
    source: PackageSource::UvLock,
};

/// The packages of `uv.lock`. If forks lock several versions of a package, the highest counts ([`super::merge`]).
pub(super) fn read(files: &Files, problems: &mut Vec<Problem>) -> Vec<Entry> {
    toml_lock::read(files, "uv.lock", &FORMAT, problems)
}
