//! `pdm.lock`.

use super::toml_lock::{self, Format};
use super::{Entry, Files};
use takk_model::{PackageSource, Problem};

const FORMAT: Format = Format { array: "package", directory: &[&["path"]], tool: "pdm lock", source: PackageSource::PdmLock };

/// The packages of `pdm.lock`, which repeats a package for each set of its extras. If markers lock several versions of a package, the
/// highest counts ([`super::merge`]).
pub(super) fn read(files: &Files, problems: &mut Vec<Problem>) -> Vec<Entry> {
    toml_lock::read(files, "pdm.lock", &FORMAT, problems)
}
