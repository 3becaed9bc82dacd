//! Writes output to a file that a person named. No other code does so.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Access, AtFlags, FileType, Mode, OFlags, accessat, fchmod, openat, renameat, statat, unlinkat};

use super::beneath::Root;
use super::read::{READ, regular, whole};
use takk_model::Refused;
use takk_model::error::{Error, Result};

/// A file to write, in a directory that stays open, so that the checked file is the one that is written.
#[derive(Debug)]
pub struct Target {
    shown: PathBuf,
    directory: OwnedFd,
    name: OsString,
    /// The mode of the existing regular file.
    mode: Option<Mode>,
}

/// Whether a path stands for standard output.
pub fn is_standard_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1"].iter().any(|name| path == Path::new(name))
}

impl Target {
    /// The file at `path`, as a person typed it. Inside `project`, no link may lead out of it, and the file itself may not be a link:
    /// whoever wrote the repository could have placed one. Elsewhere links are the person's own.
    pub fn new(path: &Path, project: &Path) -> Result<Self> {
        let name = path.file_name().ok_or_else(|| Error::usage(format!("`{}` is a directory", path.display())))?;
        let unwritable = |error| unwritable(path, error);
        let project = project.canonicalize().unwrap_or_else(|_| project.to_owned());
        let absolute = std::path::absolute(path).map_err(unwritable)?;
        let Some(inside) = inside(&absolute, &project) else {
            let real = behind_links(path).map_err(unwritable)?;
            let parent = real.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let directory = Root::new(parent).directory(Path::new("")).map_err(unwritable)?;
            return Self { shown: path.to_owned(), directory, name: real.file_name().unwrap_or(name).to_owned(), mode: None }
                .checked();
        };
        let parent = inside.parent().unwrap_or(Path::new(""));
        let directory = Root::new(&project).directory(parent).map_err(|error| match Refused::of(&error) {
            Some(_) => leads_out(path, "a parent directory is a symbolic link that leads outside the project"),
            None => unwritable(error),
        })?;
        Self { shown: path.to_owned(), directory, name: name.to_owned(), mode: None }.checked()
    }

    /// Examines what exists there.
    fn checked(mut self) -> Result<Self> {
        let found = match statat(&self.directory, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => found,
            Err(rustix::io::Errno::NOENT) => return Ok(self),
            Err(error) => return Err(unwritable(&self.shown, error.into())),
        };
        let kind = match FileType::from_raw_mode(found.st_mode) {
            FileType::RegularFile => {
                accessat(&self.directory, &self.name, Access::WRITE_OK, AtFlags::empty())
                    .map_err(|error| unwritable(&self.shown, error.into()))?;
                self.mode = Some(Mode::from_raw_mode(found.st_mode));
                return Ok(self);
            }
            FileType::Symlink => return Err(leads_out(&self.shown, "it is a symbolic link")),
            FileType::Directory => "a directory",
            FileType::Fifo => "a FIFO",
            FileType::Socket => "a socket",
            _ => "a device",
        };
        Err(unwritable(&self.shown, Refused::NotRegular(kind).into()))
    }

    /// The current contents of the file; `None` if it does not exist.
    pub fn read(&self, limit: u64) -> io::Result<Option<Vec<u8>>> {
        match openat(&self.directory, &self.name, READ | OFlags::NOFOLLOW, Mode::empty()) {
            Ok(file) => whole(regular(file)?, limit).map(Some),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes `text` atomically. An existing file keeps its mode.
    pub fn write(&self, text: impl AsRef<[u8]>) -> Result<()> {
        self.replace(text.as_ref(), self.mode, Mode::from_raw_mode(0o666)).map_err(|error| unwritable(&self.shown, error))
    }

    /// Writes `text` so that only the owner can read it. An existing file is an error unless `replace` is set.
    pub fn write_private(&self, text: &str, replace: bool) -> Result<()> {
        let owner = Mode::RUSR | Mode::WUSR;
        if replace {
            return self.replace(text.as_bytes(), Some(owner), owner).map_err(|error| unwritable(&self.shown, error));
        }
        self.create(&self.name, text.as_bytes(), owner).and_then(|file| file.sync_all()).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => {
                Error::usage(format!("`{}` already exists", self.shown.display())).hint("pass --force to overwrite it")
            }
            _ => unwritable(&self.shown, error),
        })
    }

    fn replace(&self, text: &[u8], mode: Option<Mode>, new: Mode) -> io::Result<()> {
        let mut aside = OsString::from(".");
        aside.push(&self.name);
        aside.push(format!(".{}.new", std::process::id()));
        // The leftover of a killed process with the same ID.
        let _ = unlinkat(&self.directory, &aside, AtFlags::empty());
        // Users who may not read the file may not read it while it is written either.
        let file = self.create(&aside, text, if mode.is_some() { Mode::RUSR | Mode::WUSR } else { new })?;
        let put = || {
            if let Some(mode) = mode {
                fchmod(&file, mode & Mode::from_raw_mode(0o777))?;
            }
            file.sync_all()?;
            renameat(&self.directory, &aside, &self.directory, &self.name)?;
            self.sync_directory()
        };
        put().inspect_err(|_: &io::Error| {
            let _ = unlinkat(&self.directory, &aside, AtFlags::empty());
        })
    }

    /// A new file; a link in its place is not followed.
    fn create(&self, name: &OsStr, text: &[u8], mode: Mode) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(openat(&self.directory, name, flags, mode)?);
        let written = file.write_all(text);
        written.inspect_err(|_| {
            let _ = unlinkat(&self.directory, name, AtFlags::empty());
        })?;
        Ok(file)
    }

    /// Makes the directory entry durable.
    fn sync_directory(&self) -> io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        // A directory that is writable but not listable cannot be opened this way; the file exists all the same.
        match openat(self.directory.as_fd(), ".", flags, Mode::empty()) {
            Ok(directory) => File::from(directory).sync_all(),
            Err(_) => Ok(()),
        }
    }
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::system(format!("cannot write `{}`", path.display())).caused_by(error)
}

fn leads_out(path: &Path, what: &str) -> Error {
    Error::system(format!("cannot write `{}`: {what}", path.display()))
        .hint("remove the link, or pass the path of the real file")
}

/// The path inside `project`, if the path that a person typed leads there. A path that leaves it with `..` is not inside.
fn inside(absolute: &Path, project: &Path) -> Option<PathBuf> {
    let parts: Vec<Component> = absolute.components().collect();
    let begins_at = (1..parts.len()).rev().find(|end| {
        let prefix: PathBuf = parts[..*end].iter().collect();
        prefix.canonicalize().is_ok_and(|prefix| prefix == *project)
    })?;
    let rest: PathBuf = parts[begins_at..].iter().collect();
    (parts.get(begins_at) != Some(&Component::ParentDir)).then_some(rest)
}

/// The target of a link outside of the project: the target is replaced, and the link stays.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    match path.symlink_metadata() {
        Ok(found) if found.file_type().is_symlink() => path.canonicalize(),
        _ => Ok(path.to_owned()),
    }
}
