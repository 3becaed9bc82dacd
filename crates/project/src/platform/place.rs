//! The identity of a directory, independent of its path: whether the directory at a path is still the same one.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

/// What tells a directory from another one that takes its place: its number in the file system, which may be given out again, and the
/// moment at which it was made, where the file system notes it. The number of the file system is left out: it may change as the machine
/// starts again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    inode: u64,
    /// Nanoseconds since 1970, as text: not every program reads such numbers from JSON as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made: Option<String>,
}

impl Place {
    /// That of the directory at a path; `None` if there is none.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        let made = metadata.created().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Some(Self { inode: inode(&metadata), made: made.map(|since| since.as_nanos().to_string()) })
    }
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_in_the_place_of_another_is_another() {
        let within = tempfile::tempdir().expect("a directory");
        let path = within.path().join("checkout");
        fs::create_dir(&path).expect("made");
        let first = Place::of(&path);
        assert!(first.is_some());
        fs::write(path.join("file"), "").expect("written");
        assert_eq!(Place::of(&path), first, "what is in it does not matter");
        let moved = within.path().join("moved");
        fs::rename(&path, &moved).expect("moved");
        assert_eq!(Place::of(&moved), first, "it is the same one elsewhere");
        fs::remove_dir_all(&moved).expect("removed");
        fs::create_dir(&path).expect("made");
        assert_ne!(Place::of(&path), first);
        assert_eq!(Place::of(&within.path().join("none")), None);
    }
}
