//! The identity of a directory, independent of its path: whether the directory at a path is still the same one.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

/// Distinguishes a directory from one that replaces it: by its inode number, which may be reused, and its creation time, if the file system
/// records it. The number of the device is left out, since it may change at a reboot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    inode: u64,
    /// Nanoseconds since 1970, as text: not every JSON parser keeps such large numbers exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made: Option<String>,
}

impl Place {
    /// Reads it for the directory at a path; `None` if there is none.
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
