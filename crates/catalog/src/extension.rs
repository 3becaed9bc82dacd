//! Extensions of a database server: which imports need them, and where a server gets them from.

use serde::Serialize;

use super::server::Image;

/// An extension that not every server of a kind has.
#[derive(Clone, Debug, Serialize)]
pub struct Extension {
    /// Its name on the server: `vector`.
    pub name: &'static str,
    /// Top-level Python modules that are of no use without it: `pgvector`.
    pub imports: &'static [&'static str],
    /// The packages that install them, by normalized name.
    pub packages: &'static [&'static str],
    /// Images of the server that have it, with their tags; `{major}` is the major version. The first matching row applies.
    pub images: &'static [Image],
    /// The package of Debian that installs it; `{major}` is the major version of the server.
    pub debian: Option<&'static str>,
}

impl Extension {
    /// The package of Debian for a server version.
    pub fn debian_package(&self, version: &str) -> Option<String> {
        Some(self.debian?.replace("{major}", major_of(version)))
    }
}

/// The major version: `17` of `17.10`.
pub fn major_of(version: &str) -> &str {
    version.split(['.', ' ']).next().unwrap_or(version)
}
