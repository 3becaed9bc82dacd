//! What one line of a file declares about a package.

use super::requirement::Requirement;
use takk_model::{OtherVersion, PackageSource, Place};

/// One mention of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    /// The version that is pinned here.
    pub(super) version: Option<String>,
    /// The requirement as written here.
    pub(super) specifier: Option<String>,
    pub(super) place: Place,
    /// The kind of file.
    pub(super) source: PackageSource,
    /// Whether the project itself requires the package here.
    pub(super) direct: bool,
    /// Other versions that the same file pins.
    pub(super) others: Vec<OtherVersion>,
}

impl Entry {
    /// A package in a lock file.
    pub(super) fn locked(name: String, version: Option<String>, place: Place, source: PackageSource) -> Self {
        Self { name, version, specifier: None, place, source, direct: false, others: Vec::new() }
    }

    /// A requirement that the project declares itself.
    pub(super) fn required(requirement: Requirement, place: Place, source: PackageSource) -> Self {
        let Requirement { name, specifier, pinned, .. } = requirement;
        Self { name, version: pinned, specifier, place, source, direct: true, others: Vec::new() }
    }
}
