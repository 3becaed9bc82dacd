//! `poetry.lock`.

use super::toml_lock::{self, Format};
use super::{Entry, Files};
use takk_model::{PackageSource, Problem};

const FORMAT: Format =
    Format { array: "package", directory: &[&["source", "url"]], tool: "poetry lock", source: PackageSource::PoetryLock };

/// The packages of `poetry.lock`. If markers lock several versions of a package, the highest counts ([`super::merge`]).
pub(super) fn read(files: &Files, problems: &mut Vec<Problem>) -> Vec<Entry> {
    toml_lock::read(files, "poetry.lock", &FORMAT, problems)
}
