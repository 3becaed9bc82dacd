//! The key of a request: a path, and the version to which it is pinned.

use std::fmt;

/// A secret path without placeholders, and optionally a version. Its text is the key of the cache: `path` or `path@version`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    path: String,
    version: Option<String>,
}

impl Key {
    /// A path at its current version.
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), version: None }
    }

    /// A path at a version, if there is one: `7`, or a label of AWS SSM.
    pub fn pinned(path: impl Into<String>, version: Option<impl Into<String>>) -> Self {
        Self { path: path.into(), version: version.map(Into::into) }
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The version to which it is pinned.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(version) = &self.version { write!(f, "@{version}") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_text_is_the_key_of_the_cache() {
        assert_eq!(Key::new("/db/password").to_string(), "/db/password");
        assert_eq!(Key::pinned("/db/password", Some("3")).to_string(), "/db/password@3");
        assert_ne!(Key::new("/a"), Key::pinned("/a", Some("1")));
    }
}
