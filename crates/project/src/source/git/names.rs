//! The refs of a repository: one file each, and many in `packed-refs`.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::Path;

use gix_hash::ObjectId;

use super::{MOST_OF_POINTERS, Repository};
use takk_files as files;

/// The maximum size of `packed-refs`: a million names of usual length.
const MOST_OF_PACKED: u64 = 64 << 20;
/// The maximum number of names to search for a similar one.
const MOST_NAMES: usize = 100_000;
/// The maximum length of a chain of symbolic refs.
const MOST_STEPS: usize = 10;
/// The maximum depth of directories of refs.
const MOST_DEPTH: usize = 32;

/// What a ref contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Named {
    Object(ObjectId),
    Name(String),
    /// The ref does not exist.
    Nothing,
}

impl Repository {
    /// The object that a full ref name resolves to, following symbolic refs.
    pub(super) fn find(&self, name: &str) -> io::Result<Option<ObjectId>> {
        let mut name = name.to_owned();
        for _ in 0..MOST_STEPS {
            match self.read_name(&name)? {
                Named::Object(id) => return Ok(Some(id)),
                Named::Name(next) => name = next,
                Named::Nothing => return Ok(None),
            }
        }
        Err(io::Error::new(ErrorKind::InvalidData, format!("`{name}` refers to itself")))
    }

    /// What a full ref name contains.
    pub(super) fn read_name(&self, name: &str) -> io::Result<Named> {
        if !is_full_name(name) {
            return Ok(Named::Nothing);
        }
        let is_own = !name.starts_with("refs/")
            || ["refs/bisect/", "refs/worktree/", "refs/rewritten/"].iter().any(|own| name.starts_with(own));
        let directory = if is_own { &self.own } else { &self.common };
        let text = match files::read(&directory.join(name), MOST_OF_POINTERS) {
            Ok(text) => text,
            Err(error) if is_free(&error) => return self.packed(name),
            Err(error) => return Err(error),
        };
        let corrupt = || io::Error::new(ErrorKind::InvalidData, format!("`{name}` does not name a commit"));
        let text = std::str::from_utf8(&text).map_err(|_| corrupt())?;
        if let Some(next) = text.strip_prefix("ref:") {
            let next = next.trim();
            return if next.starts_with("refs/") && is_full_name(next) {
                Ok(Named::Name(next.to_owned()))
            } else {
                Err(corrupt())
            };
        }
        // FETCH_HEAD has a line for each branch that was fetched, the requested one first.
        let word = text.split_ascii_whitespace().next().ok_or_else(corrupt)?;
        object_id(word)?.map(Named::Object).ok_or_else(corrupt)
    }

    fn packed(&self, name: &str) -> io::Result<Named> {
        let text = self.packed_refs()?;
        let found = lines(&text).find(|(_, packed)| *packed == name.as_bytes());
        let Some((id, _)) = found else { return Ok(Named::Nothing) };
        let id = std::str::from_utf8(id).unwrap_or_default();
        object_id(id)?
            .map(Named::Object)
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, format!("`{name}` does not name a commit in packed-refs")))
    }

    fn packed_refs(&self) -> io::Result<Vec<u8>> {
        match files::read(&self.common.join("packed-refs"), MOST_OF_PACKED) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            read => read,
        }
    }

    /// Branches, remote branches and tags in their short form, sorted.
    pub(super) fn short_names(&self) -> Vec<String> {
        let mut names = BTreeSet::new();
        for kind in ["heads", "remotes", "tags"] {
            list(&self.common.join("refs").join(kind), "", 0, &mut names);
        }
        let packed = self.packed_refs().unwrap_or_default();
        let packed = lines(&packed).filter_map(|(_, name)| std::str::from_utf8(name).ok());
        let short = |name: &str| {
            ["refs/heads/", "refs/remotes/", "refs/tags/"].iter().find_map(|kind| name.strip_prefix(kind)).map(str::to_owned)
        };
        names.extend(packed.filter_map(short).take(MOST_NAMES));
        names.into_iter().collect()
    }
}

/// The refs below a directory.
fn list(directory: &Path, prefix: &str, depth: usize, names: &mut BTreeSet<String>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        if names.len() >= MOST_NAMES {
            return;
        }
        let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
        let name = format!("{prefix}{name}");
        if kind.is_dir() && depth < MOST_DEPTH {
            list(&entry.path(), &format!("{name}/"), depth + 1, names);
        } else if kind.is_file() {
            names.insert(name);
        }
    }
}

/// Objects and names in `packed-refs`, without its header and the peeled tags.
fn lines(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"#") && !line.starts_with(b"^")).filter_map(|line| {
        let space = memchr::memchr(b' ', line)?;
        Some((&line[..space], line[space + 1..].trim_ascii_end()))
    })
}

/// The object ID in 40 hexadecimal digits; `None` for other text. An ID of SHA-256 is an error of its own.
fn object_id(text: &str) -> io::Result<Option<ObjectId>> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(io::Error::new(ErrorKind::Unsupported, "the repository uses SHA-256, which takk cannot read"));
    }
    Ok(ObjectId::from_hex(text.as_bytes()).ok())
}

/// Whether the error says that a ref does not exist. Also if a parent is a file, or if it is a directory.
fn is_free(error: &io::Error) -> bool {
    let directory = takk_model::Refused::NotRegular("a directory");
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename)
        || takk_model::Refused::of(error) == Some(directory)
}

/// Whether a full ref name is valid by the rules of `git check-ref-format`: below `refs/`, or like `HEAD` and `FETCH_HEAD`. An invalid one
/// could lead out of the repository.
fn is_full_name(name: &str) -> bool {
    let forbidden_ends = [".lock", "."];
    let plain = |part: &str| {
        let is_ended_well = !forbidden_ends.iter().any(|end| part.ends_with(end));
        !part.is_empty() && !part.starts_with('.') && is_ended_well && !part.contains("..")
    };
    let foreign = |c: char| c.is_ascii_control() || " ~^:?*[\\".contains(c);
    match name.strip_prefix("refs/") {
        Some(rest) => !rest.contains(foreign) && !rest.contains("@{") && rest.split('/').all(plain),
        None => name.ends_with("HEAD") && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_the_repository() {
        for name in ["HEAD", "FETCH_HEAD", "refs/heads/main", "refs/heads/preview/a-1.2", "refs/tags/größe"] {
            assert!(is_full_name(name), "{name}");
        }
        for name in [
            "",
            "config",
            "head",
            "refs/../config",
            "refs/heads/",
            "refs//x",
            "refs/a..b",
            "refs/x.lock",
            "/HEAD",
            "refs/heads/a b",
        ] {
            assert!(!is_full_name(name), "{name}");
        }
    }
}
