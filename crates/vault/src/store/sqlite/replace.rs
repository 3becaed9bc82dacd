//! Copies a store, and replaces a store with a copy. A reader always finds a complete store.

use std::fs::{self, File};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::{Result, Store, StoreError};
use super::Sqlite;
use super::files::{BESIDE, copy, make, private, sync_directory, with_end};
use super::lock;

/// The suffix of a file that is not complete yet.
const NEW: &str = ".new";

/// The suffix of the lock file that is held while there is an incomplete file.
const LOCK: &str = "-lock";

/// How long a new file may exist before it is locked.
const JUST_MADE: Duration = Duration::from_mins(1);

impl Sqlite {
    /// Writes a consistent snapshot, accessible only to its owner; it is on disk when this returns. Never overwrites a file.
    pub fn back_up(&self, target: &Path, tail: &str) -> Result<()> {
        if target.symlink_metadata().is_ok() {
            let source = Error::from(ErrorKind::AlreadyExists);
            return Err(StoreError::File { doing: "write", path: target.to_owned(), source });
        }
        let failed = |doing| move |source| StoreError::File { doing, path: target.to_owned(), source };
        if target.to_str().is_none() {
            // SQLite only accepts names in UTF-8.
            return Err(failed("write")(Error::from(ErrorKind::InvalidFilename)));
        }
        let temporary = Temporary::beside(target, tail).map_err(failed("write"))?;
        make(&temporary.path).map_err(failed("write"))?;
        // It is on disk afterwards, because SQLite flushes it like this store.
        self.copy_into(&temporary.path)?;
        // On file systems without hard links, rename it instead.
        match fs::hard_link(&temporary.path, target) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(failed("write")(error)),
            Err(_) => fs::rename(&temporary.path, target).map_err(failed("write"))?,
            Ok(()) => {}
        }
        sync_directory(target).map_err(failed("write"))
    }
}

/// A copy in the store's directory that may replace the store. Removed when dropped.
pub struct Candidate {
    temporary: Temporary,
    store: PathBuf,
    /// The original file.
    pub source: PathBuf,
}

/// A store that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    pub kept: PathBuf,
    /// Whether it could still be opened.
    pub sound: bool,
}

impl Candidate {
    /// Copies `source`, including its write-ahead log, next to the store, as a consistent snapshot. Fails if it is not a database.
    pub fn new(source: &Path, store: &Path, tail: &str) -> Result<Self> {
        let failed = |error| StoreError::File { doing: "write", path: store.to_owned(), source: error };
        let temporary = Temporary::beside(store, tail).map_err(failed)?;
        copy(source, &temporary.path)?;
        Ok(Self { temporary, store: store.to_owned(), source: source.to_owned() })
    }

    /// Opens the copy and migrates it to the newest schema. Fails if it does not contain a store.
    pub fn open(&self) -> Result<Sqlite> {
        Sqlite::open_unlocked(&self.temporary.path).map_err(|error| error.about(&self.source))
    }

    /// Replaces the store, which is kept under a name that ends with `label`. Waits until nobody else has it open.
    pub fn put_in_place(self, label: &str) -> Result<Option<Replaced>> {
        let failed = |source| StoreError::File { doing: "replace", path: self.store.clone(), source };
        // This moves the copy's log into its file, and flushes it to disk.
        self.open()?.write_back()?;
        let _lock = lock::alone(&self.store)?;
        let replaced = if self.store.exists() { Some(keep(&self.store, label)?) } else { None };
        fs::rename(&self.temporary.path, &self.store).map_err(failed)?;
        sync_directory(&self.store).map_err(failed)?;
        Ok(replaced)
    }
}

/// Gives a store a second name. Its log is written back if possible, and moved along otherwise: it must not be applied to the next store.
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

/// A database that is removed, with the files next to it, when this is dropped. A lock file next to it is held meanwhile: if nobody holds
/// the lock, a killed process left the database behind.
struct Temporary {
    path: PathBuf,
    /// `None` if files cannot be locked: then abandoned files cannot be recognized, and stay.
    _held: Option<File>,
}

impl Temporary {
    /// A name next to `target` for a database to be created. Removes what killed processes left there.
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

/// Removes temporary files of `target` whose lock nobody holds, unless they were just created. Files that cannot be removed stay, and do no
/// harm.
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

/// Whether nobody holds the lock of a temporary file. Earlier versions created none.
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
