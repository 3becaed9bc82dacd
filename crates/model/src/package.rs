//! Packages of the project and their locked versions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Place;

/// Which kind of file named a package's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PackageSource {
    /// `uv.lock`
    UvLock,
    /// `poetry.lock`
    PoetryLock,
    /// `pdm.lock`
    PdmLock,
    /// `pylock.toml` or `pylock.*.toml` (PEP 751)
    Pylock,
    /// `Pipfile.lock`, or the `Pipfile` that it is made from
    PipfileLock,
    /// `requirements*.txt`
    Requirements,
    /// `pyproject.toml`: a requirement, not a lock
    Pyproject,
}

/// A package that the project requires, with what is known of its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Package {
    /// Its normalized name (PEP 503): `opensearch-py`.
    pub name: String,
    /// The pinned version, if a lock (or an `==` requirement) pins one.
    pub version: Option<String>,
    /// The requirement in `pyproject.toml` or a requirements file (`>=3.1,<4`), if any.
    pub specifier: Option<String>,
    /// The place of the version, or else of the requirement.
    pub place: Place,
    /// The kind of file.
    pub source: PackageSource,
    /// Whether the project itself requires it, rather than one of its dependencies.
    pub direct: bool,
    /// Other versions that are pinned, in the same lock (for another Python or platform) or in another file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherVersion>,
}

/// A version that is not used, because another one is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OtherVersion {
    /// The version.
    pub version: String,
    /// Where it is pinned.
    pub place: Place,
}

impl Package {
    /// Whether a lock pins it. A list of requirements may leave out transitive dependencies.
    pub fn is_locked(&self) -> bool {
        let listed = matches!(self.source, PackageSource::Pyproject | PackageSource::Requirements);
        !listed && !self.place.file.ends_with("Pipfile")
    }
}

/// All packages, by normalized name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Packages(pub BTreeMap<String, Package>);

impl Packages {
    /// The package of that (normalised) name.
    pub fn find(&self, name: &str) -> Option<&Package> {
        self.0.get(name)
    }

    /// The pinned version of a package, if there is one.
    pub fn version(&self, name: &str) -> Option<&str> {
        self.find(name)?.version.as_deref()
    }
}
