//! The files of a database, accessed without opening them. On POSIX, closing a file releases all locks of the process on it, including
//! those of open connections: another program then considers the database unused, and removes the log while it is in use. So only SQLite
//! opens the files of a database. A missing one is created before there is a connection to it; of all others, only the metadata is read.

use std::fmt::Write;
use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::super::{Result, StoreError};
use super::PATIENCE;

/// The suffixes of the files that SQLite keeps next to a database.
pub(super) const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Held while a file is created and until it is closed, so that nobody in this process connects to it before.
static MAKING: Mutex<()> = Mutex::new(());

/// Creates the file of a database, accessible only to its owner; SQLite gives the files next to it the same permissions. Fails if the file
/// exists.
pub(super) fn make(path: &Path) -> std::io::Result<()> {
    let _alone = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    private().create_new(true).open(path).map(drop)
}

/// Options to open a file, creating it if necessary, accessible only to its owner.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Copies a database, including its write-ahead log, into a new file, as a consistent snapshot even while others use it. Returns once the
/// copy is on disk. The original is only read.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    let failed = |doing, path: &Path, source| StoreError::File { doing, path: path.to_owned(), source };
    let facts = from.metadata().map_err(|error| failed("read", from, error))?;
    if facts.is_dir() {
        return Err(failed("read", from, Error::from(ErrorKind::IsADirectory)));
    }
    // Excludes an empty file, which SQLite takes for a new database, and special files, which may be endless.
    if facts.len() == 0 || !facts.is_file() {
        return Err(StoreError::Foreign { path: from.to_owned() });
    }
    make(to).map_err(|error| failed("write", to, error))?;
    let source = from.canonicalize().map_err(|error| failed("read", from, error))?;
    copied(&source, to).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StoreError::Foreign { path: from.to_owned() },
        Some(ErrorCode::CannotOpen) => StoreError::Open { path: from.to_owned(), source: error },
        _ => error.into(),
    })
}

fn copied(from: &Path, to: &Path) -> rusqlite::Result<()> {
    let source = for_reading(from)?;
    source.busy_timeout(PATIENCE)?;
    let mut target = Connection::open(to)?;
    match Backup::new(&source, &mut target)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None)),
    }
}

/// A read-only connection. If there are no files next to the database, nobody has it open, as with a copy on a read-only disk: it is then
/// treated as immutable.
fn for_reading(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if BESIDE.iter().any(|end| with_end(path, end).symlink_metadata().is_ok()) {
        return Connection::open_with_flags(path, flags);
    }
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => address.push(char::from(*byte)),
            other => write!(address, "%{other:02X}").expect("a String takes all text"),
        }
    }
    Connection::open_with_flags(address + "?immutable=1", flags | OpenFlags::SQLITE_OPEN_URI)
}

/// The path with a suffix appended to its name.
pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Flushes a directory to disk.
pub(super) fn sync_directory(file: &Path) -> std::io::Result<()> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}
