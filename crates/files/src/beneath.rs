//! Opens files inside a directory: no `..`, absolute link or other link on the path can lead out of it.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, readlinkat, statat};
use rustix::io::Errno;

use super::read::{READ, regular, whole};
use takk_model::Refused;

/// The maximum number of symbolic links in one path, as in Linux.
const MOST_LINKS: usize = 40;

/// A directory whose files are read, even if it is moved in the meantime.
#[derive(Debug)]
pub struct Root {
    path: PathBuf,
    directory: Result<OwnedFd, Errno>,
}

impl Root {
    /// The directory at `path`. If it cannot be opened, every read reports that.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let directory = openat(CWD, &path, DIRECTORY, Mode::empty());
        Self { path, directory }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes of a regular file in it.
    pub fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        whole(self.regular(path)?, limit)
    }

    /// A regular file in it, open for reading.
    pub fn file(&self, path: &Path) -> io::Result<File> {
        self.regular(path).map(|(file, _)| file)
    }

    /// Whether there is anything at a path in it.
    pub fn holds(&self, path: &Path) -> bool {
        self.directory.as_ref().is_ok_and(|directory| statat(directory, path, AtFlags::empty()).is_ok())
    }

    fn regular(&self, path: &Path) -> io::Result<(File, u64)> {
        match self.open(path, READ) {
            Ok(file) => regular(file),
            // The error of opening a socket.
            Err(Errno::NXIO) => Err(Refused::NotRegular("a socket").into()),
            Err(error) => Err(refusal(error)),
        }
    }

    pub(super) fn directory(&self, path: &Path) -> io::Result<OwnedFd> {
        if path.as_os_str().is_empty() {
            return self.open(Path::new("."), DIRECTORY).map_err(refusal);
        }
        self.open(path, DIRECTORY).map_err(refusal)
    }

    fn open(&self, path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
        let directory = self.directory.as_ref().map_err(|error| *error)?.as_fd();
        if path.is_absolute() {
            return Err(Errno::XDEV);
        }
        in_one_step(directory, path, flags).unwrap_or_else(|| part_by_part(directory, path, flags))
    }
}

#[cfg(target_os = "linux")]
const DIRECTORY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

fn refusal(error: Errno) -> io::Error {
    if error == Errno::XDEV { Refused::Outside.into() } else { error.into() }
}

/// By the kernel, if that supports it (Linux 5.6) and permits it.
#[cfg(target_os = "linux")]
fn in_one_step(directory: BorrowedFd, path: &Path, flags: OFlags) -> Option<Result<OwnedFd, Errno>> {
    use rustix::fs::{ResolveFlags, openat2};

    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    match openat2(directory, path, flags, Mode::empty(), resolve) {
        // An older kernel, a seccomp filter that does not know it, or a rename concurrent with a path with `..`.
        Err(Errno::NOSYS | Errno::PERM | Errno::AGAIN) => None,
        opened => Some(opened),
    }
}

#[cfg(not(target_os = "linux"))]
fn in_one_step(_: BorrowedFd, _: &Path, _: OFlags) -> Option<Result<OwnedFd, Errno>> {
    None
}

/// Opens one component after the other, each relative to the directory opened before, so that no link is followed unseen.
fn part_by_part(root: BorrowedFd, path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
    let mut entered: Vec<OwnedFd> = Vec::new();
    let mut rest: VecDeque<OsString> = parts(path)?.collect();
    let mut links = 0;
    while let Some(part) = rest.pop_front() {
        if part == ".." {
            entered.pop().ok_or(Errno::XDEV)?;
            continue;
        }
        let here = entered.last().map_or(root, AsFd::as_fd);
        if is_link(here, &part)? {
            links += 1;
            if links > MOST_LINKS {
                return Err(Errno::LOOP);
            }
            let target = readlinkat(here, &part, Vec::new())?.into_bytes();
            for part in parts(Path::new(&OsString::from_vec(target)))?.collect::<Vec<_>>().into_iter().rev() {
                rest.push_front(part);
            }
        } else if rest.is_empty() {
            return openat(here, &part, flags | OFlags::NOFOLLOW, Mode::empty());
        } else {
            let next = openat(here, &part, DIRECTORY | OFlags::NOFOLLOW, Mode::empty())?;
            entered.push(next);
        }
    }
    // The path ends with a directory that is already open.
    openat(entered.last().map_or(root, AsFd::as_fd), ".", flags, Mode::empty())
}

fn is_link(directory: BorrowedFd, name: &OsStr) -> Result<bool, Errno> {
    let found = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(FileType::from_raw_mode(found.st_mode) == FileType::Symlink)
}

/// The components of a relative path, without `.`.
fn parts(path: &Path) -> Result<impl Iterator<Item = OsString>, Errno> {
    if path.is_absolute() {
        return Err(Errno::XDEV);
    }
    Ok(path.components().filter(|part| *part != Component::CurDir).map(|part| part.as_os_str().to_owned()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    /// The outcome of a path: the text of the file, or the error.
    fn outcome(opened: Result<OwnedFd, Errno>) -> Result<String, Errno> {
        let text = io::read_to_string(File::from(opened?));
        text.map_err(|error| Errno::from_io_error(&error).expect("of the system"))
    }

    #[test]
    fn both_ways_say_the_same() {
        let outside = tempfile::tempdir().expect("a directory");
        fs::write(outside.path().join("secret"), "outside").expect("written");
        let root = outside.path().join("root");
        fs::create_dir_all(root.join("a/b")).expect("made");
        fs::write(root.join("a/file"), "inside").expect("written");
        for (link, target) in [
            ("inner", "a/file"),
            ("a/b/up", "../../a/file"),
            ("out", "../secret"),
            ("absolute", outside.path().join("secret").to_str().expect("text")),
            ("directory", "a"),
            ("elsewhere", ".."),
            ("a/b/back", "../../../root/a/file"),
            ("loop", "loop"),
            ("dangling", "nothing"),
        ] {
            symlink(target, root.join(link)).expect("linked");
        }
        let opened = Root::new(&root);
        let directory = opened.directory.as_ref().expect("open").as_fd();
        let inside = || Ok("inside".to_owned());
        for (path, expected) in [
            ("a/file", inside()),
            ("./a/../a/file", inside()),
            ("inner", inside()),
            ("a/b/up", inside()),
            ("directory/file", inside()),
            ("directory/../a/file", inside()),
            ("out", Err(Errno::XDEV)),
            ("absolute", Err(Errno::XDEV)),
            ("elsewhere/secret", Err(Errno::XDEV)),
            ("elsewhere/root/a/file", Err(Errno::XDEV)),
            ("a/b/back", Err(Errno::XDEV)),
            ("../secret", Err(Errno::XDEV)),
            ("..", Err(Errno::XDEV)),
            ("loop", Err(Errno::LOOP)),
            ("dangling", Err(Errno::NOENT)),
            ("a/file/x", Err(Errno::NOTDIR)),
            ("a", Err(Errno::ISDIR)),
            ("a/..", Err(Errno::ISDIR)),
        ] {
            let path = Path::new(path);
            assert_eq!(outcome(part_by_part(directory, path, READ)), expected, "{path:?} part by part");
            if let Some(opened) = in_one_step(directory, path, READ) {
                assert_eq!(outcome(opened), expected, "{path:?} in one step");
            }
        }
        assert_eq!(Refused::of(&opened.file(Path::new("/etc/passwd")).expect_err("absolute")), Some(Refused::Outside));
    }
}
