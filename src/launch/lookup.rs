//! Finds the file of a command: where the user's shell would look, whatever variables the command gets.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use takk_project::config::search_path;

/// The file of a program without a directory: the first executable one in this process's own `PATH`. If there is none, the name is kept, so
/// that the error shows it.
pub(super) fn found(program: &OsStr) -> PathBuf {
    if program.is_empty() || program.as_encoded_bytes().contains(&b'/') {
        return PathBuf::from(program);
    }
    found_in(program, &search_path()).unwrap_or_else(|| nowhere(program))
}

fn found_in(program: &OsStr, path: &OsStr) -> Option<PathBuf> {
    let mut not_runnable = None;
    for directory in std::env::split_paths(path) {
        // Like in a shell, an empty entry is the current directory.
        let directory = if directory.as_os_str().is_empty() { PathBuf::from(".") } else { directory };
        let file = directory.join(program);
        if !file.is_file() {
            continue;
        }
        if rustix::fs::access(&file, rustix::fs::Access::EXEC_OK).is_ok() {
            return Some(file);
        }
        not_runnable.get_or_insert(file);
    }
    not_runnable
}

/// A file that does not exist. A bare name would be looked up in the command's `PATH`.
fn nowhere(program: &OsStr) -> PathBuf {
    Path::new("/nonexistent").join(program)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_first_that_can_be_run_is_taken() {
        let place = tempfile::tempdir().expect("a directory");
        let make = |directory: &str, mode: u32| {
            let directory = place.path().join(directory);
            fs::create_dir_all(&directory).expect("made");
            fs::write(directory.join("tool"), "").expect("written");
            fs::set_permissions(directory.join("tool"), fs::Permissions::from_mode(mode)).expect("set");
            directory
        };
        let (plain, good, later) = (make("plain", 0o644), make("good", 0o755), make("later", 0o755));
        fs::create_dir_all(place.path().join("directory/tool")).expect("made");
        let path = std::env::join_paths([&place.path().join("none"), &place.path().join("directory"), &plain, &good, &later]);
        let path = path.expect("a path");
        assert_eq!(found_in(OsStr::new("tool"), &path), Some(good.join("tool")));
        let only_plain = std::env::join_paths([&plain]).expect("a path");
        assert_eq!(found_in(OsStr::new("tool"), &only_plain), Some(plain.join("tool")), "it fails as what it is");
        assert_eq!(found_in(OsStr::new("other"), &path), None);
        assert_eq!(found(OsStr::new("./tool")), Path::new("./tool"));
        assert!(!found(OsStr::new("no-such-tool")).exists());
    }
}
