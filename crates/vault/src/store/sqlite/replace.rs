//! Copies a store, and replaces a store with a copy. A reader always finds a complete store.

use std::fs::{self, File};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::{Result, Store, StoreError};
use super::Sqlite;
use super::files::{BESIDE, copy, make, private, sync_directory, with_end};
use super::lock;

/// What the name of a file ends with that is not whole yet.
const NEW: &str = ".new";

/// What the name of the file ends with that is locked as long as there is one that is not whole.
const LOCK: &str = "-lock";

/// A file may exist for that long before it is locked.
const JUST_MADE: Duration = Duration::from_mins(1);

impl Sqlite {
    /// Writes a copy as it is at one moment, for its owner alone, on the disk when this returns. Never over another file.
    pub fn back_up(&self, target: &Path, tail: &str) -> Result<()> {
        if target.symlink_metadata().is_ok() {
            let source = Error::from(ErrorKind::AlreadyExists);
            return Err(StoreError::File { doing: "write", path: target.to_owned(), source });
        }
        let failed = |doing| move |source| StoreError::File { doing, path: target.to_owned(), source };
        if target.to_str().is_none() {
            // SQLite takes names in UTF-8 only.
            return Err(failed("write")(Error::from(ErrorKind::InvalidFilename)));
        }
        let temporary = Temporary::beside(target, tail).map_err(failed("write"))?;
        make(&temporary.path).map_err(failed("write"))?;
        // It is on the disk afterwards: SQLite waits for that as it does for this store.
        self.copy_into(&temporary.path)?;
        // Where files cannot have two names, a rename has to do.
        match fs::hard_link(&temporary.path, target) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(failed("write")(error)),
            Err(_) => fs::rename(&temporary.path, target).map_err(failed("write"))?,
            Ok(()) => {}
        }
        sync_directory(target).map_err(failed("write"))
    }
}

/// A copy that may take the place of a store, in its directory under a name of its own. It goes when it is dropped.
pub struct Candidate {
    temporary: Temporary,
    store: PathBuf,
    /// The file that it is a copy of.
    pub source: PathBuf,
}

/// A store whose place was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    pub kept: PathBuf,
    /// Whether it could still be opened.
    pub sound: bool,
}

impl Candidate {
    /// Copies `source` beside the store, with what is in its log, as it is at one moment. What is no database is refused.
    pub fn new(source: &Path, store: &Path, tail: &str) -> Result<Self> {
        let failed = |error| StoreError::File { doing: "write", path: store.to_owned(), source: error };
        let temporary = Temporary::beside(store, tail).map_err(failed)?;
        copy(source, &temporary.path)?;
        Ok(Self { temporary, store: store.to_owned(), source: source.to_owned() })
    }

    /// Opens the copy, in the newest schema. What holds no store is refused.
    pub fn open(&self) -> Result<Sqlite> {
        Sqlite::open_unlocked(&self.temporary.path).map_err(|error| error.about(&self.source))
    }

    /// Takes the place of the store, which is kept under a name that ends with `label`. Waits for those who have it open.
    pub fn put_in_place(self, label: &str) -> Result<Option<Replaced>> {
        let failed = |source| StoreError::File { doing: "replace", path: self.store.clone(), source };
        // What is in the log of the copy is in its file then, and on the disk.
        self.open()?.write_back()?;
        let _lock = lock::alone(&self.store)?;
        let replaced = if self.store.exists() { Some(keep(&self.store, label)?) } else { None };
        fs::rename(&self.temporary.path, &self.store).map_err(failed)?;
        sync_directory(&self.store).map_err(failed)?;
        Ok(replaced)
    }
}

/// Gives a store a second name. Its log is written back if that is possible, and is kept beside it if not: it must not be taken for
/// that of the next store.
fn keep(store: &Path, label: &str) -> Result<Replaced> {
    let sound = Sqlite::open_unlocked(store).and_then(|opened| opened.write_back()).is_ok();
    let failed = |source| StoreError::File { doing: "keep", path: store.to_owned(), source };
    let names = (1..u32::MAX).map(|number| with_end(store, &label_of(label, number)));
    let kept = names.into_iter().find(|name| name.symlink_metadata().is_err()).expect("one of so many names is free");
    for end in BESIDE {
        match fs::rename(with_end(store, end), with_end(&kept, end)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    match fs::hard_link(store, &kept) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(failed(error)),
        Err(_) => fs::rename(store, &kept).map_err(failed)?,
        Ok(()) => {}
    }
    sync_directory(&kept).map_err(failed)?;
    Ok(Replaced { kept, sound })
}

fn label_of(label: &str, number: u32) -> String {
    if number == 1 { format!(".{label}") } else { format!(".{label}-{number}") }
}

/// A database that goes, with what is beside it, when this is dropped. While it is there a file beside it is locked: one whose lock nobody
/// holds was left by a process that was killed.
struct Temporary {
    path: PathBuf,
    /// `None` where files cannot be locked: an abandoned one cannot be told from others there, and stays.
    _held: Option<File>,
}

impl Temporary {
    /// A name beside `target` for a database that is not made yet. What killed processes left beside it is removed.
    fn beside(target: &Path, tail: &str) -> std::io::Result<Self> {
        remove_abandoned(target);
        let path = with_end(target, &format!(".{tail}{NEW}"));
        let file = private().create_new(true).open(with_end(&path, LOCK))?;
        let held = file.try_lock().is_ok().then_some(file);
        Ok(Self { path, _held: held })
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        remove_with_sides(&self.path);
    }
}

/// Removes what is named as a temporary of `target`, whose lock nobody holds, and which is not just being made. What cannot be removed
/// stays: it is in nobody's way.
fn remove_abandoned(target: &Path) {
    let Some(name) = target.file_name() else { return };
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(parent) else { return };
    let start = format!("{}.", name.to_string_lossy());
    for path in entries.flatten().map(|entry| entry.path()) {
        let found = path.file_name().unwrap_or_default().to_string_lossy();
        let whole = found.strip_suffix(LOCK).unwrap_or(&found);
        let tail = whole.strip_prefix(&start).and_then(|rest| rest.strip_suffix(NEW));
        let is_ours = tail.is_some_and(|tail| tail.len() == 16 && tail.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let age = path.metadata().and_then(|facts| facts.modified()).ok().and_then(|moment| moment.elapsed().ok());
        let is_old = age.is_some_and(|age| age > JUST_MADE);
        let copy = path.with_file_name(whole);
        if is_ours && is_old && is_abandoned(&copy) {
            remove_with_sides(&copy);
        }
    }
}

/// Whether nobody holds the lock of a temporary. One of an earlier takk has none.
fn is_abandoned(temporary: &Path) -> bool {
    match File::open(with_end(temporary, LOCK)) {
        Ok(file) => file.try_lock().is_ok(),
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

fn remove_with_sides(path: &Path) {
    for end in ["", LOCK].iter().chain(&BESIDE) {
        let _ = fs::remove_file(with_end(path, end));
    }
}
