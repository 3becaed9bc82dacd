//! Where a secret path is in Vault: an entry, and the field of it.

use crate::error::{Error, Result};
use crate::key::Key;
use takk_model::percent::encoded_path;

/// An entry at a version. All its fields are read in one request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct EntryKey {
    /// Relative to the mount, without leading or trailing slashes.
    pub path: String,
    pub version: Option<u64>,
}

/// The entry and the field of a key: `path:field`, or the default field. Leading and trailing slashes are ignored.
///
/// # Errors
///
/// `Config` for an empty path, for `.` and `..` in it (the value of a placeholder must not lead elsewhere), and for a version that is not a
/// number.
pub(super) fn place(key: &Key, default_key: &str) -> Result<(EntryKey, String)> {
    let path = key.path().trim_start_matches('/');
    let (path, field) = path.rsplit_once(':').unwrap_or((path, default_key));
    let path = path.trim_end_matches('/');
    let wrong = |why: &str| Err(Error::config(format!("cannot read `{key}` from Vault: {why}")));
    if path.is_empty() || field.is_empty() {
        return wrong("write the path of an entry, and optionally `:` and a field of it");
    }
    if path.split('/').any(|segment| [".", ".."].contains(&segment)) {
        return wrong("a path cannot contain `.` or `..`");
    }
    let version = match key.version().map(str::trim) {
        None => None,
        Some(version) => match version.parse() {
            Ok(version) => Some(version),
            Err(_) => return wrong("a version in Vault's KV store is a number"),
        },
    };
    Ok((EntryKey { path: path.to_owned(), version }, field.to_owned()))
}

impl EntryKey {
    /// The path, encoded for a URL.
    pub(super) fn encoded(&self) -> String {
        encoded_path(&self.path)
    }

    /// For messages: `db/creds` or `db/creds (version 3)`.
    pub(super) fn shown(&self) -> String {
        match self.version {
            Some(version) => format!("`{}` (version {version})", self.path),
            None => format!("`{}`", self.path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_an_entry_and_a_field() {
        for (path, version, entry, field) in [
            ("/myapp/api_key", None, "myapp/api_key", "value"),
            ("myapp/db:password", Some("3"), "myapp/db", "password"),
            ("//a:b/c:d", None, "a:b/c", "d"),
        ] {
            let (found, of) = place(&Key::pinned(path, version), "value").expect(path);
            assert_eq!((found.path.as_str(), of.as_str()), (entry, field));
            assert_eq!(found.version, version.map(|version| version.parse().expect("a number")));
        }
        for (path, version) in
            [("", None), ("/", None), (":x", None), ("a:", None), ("a/../sys", None), ("..:x", None), ("a", Some("new"))]
        {
            let error = place(&Key::pinned(path, version), "value").expect_err(path);
            assert_eq!(error.kind(), crate::error::ErrorKind::Config);
        }
        let (entry, _) = place(&Key::new("a b/ä?x=1#y"), "value").expect("an entry");
        assert_eq!(entry.encoded(), "a%20b/%C3%A4%3Fx%3D1%23y");
    }
}
