//! A small table in a file of the data directory that only its owner can read: which server a checkout is linked to, and tokens if there is
//! no keyring. It is read as a whole, and replaced atomically under a lock.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{directory, make_directory};
use crate::config::Home;
use takk_files as files;
use takk_model::error::{Error, Result};

/// The rows of a table by key.
pub type Rows<T> = BTreeMap<String, T>;

/// The file of a table.
pub fn file(home: &Home, name: &str) -> Option<PathBuf> {
    home.directory.as_deref().map(|directory| directory.join(name))
}

/// The rows; none if the file does not exist.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Rows<T>> {
    let text = match files::read(path, files::MOST) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Rows::new()),
        Err(error) => return Err(unusable(path).caused_by(error)),
    };
    private(path)?;
    // The error's message may contain a token.
    serde_json::from_slice(&text)
        .map_err(|_| unusable(path).hint(format!("the file is damaged; delete it: rm {}", path.display())))
}

/// Changes the rows, and returns the result of the change.
pub fn change<T, R>(home: &Home, name: &str, change: impl FnOnce(&mut Rows<T>) -> R) -> Result<R>
where
    T: Serialize + DeserializeOwned,
{
    let directory = directory(home)?;
    make_directory(directory)?;
    let path = directory.join(name);
    let failed = |error| unusable(&path).caused_by(error).hint("make its directory writable");
    let lock = File::open(directory).map_err(failed)?;
    lock.lock().map_err(failed)?;
    let mut rows = read(&path)?;
    let changed = change(&mut rows);
    let text = serde_json::to_vec_pretty(&rows).map(Zeroizing::new);
    let text = text.map_err(|error| Error::internal(format!("cannot write `{}`", path.display())).caused_by(error))?;
    replace(&path, &text).map_err(failed)?;
    Ok(changed)
}

/// Replaces a file atomically.
fn replace(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let aside = path.with_extension(format!("{}.new", std::process::id()));
    let written = create(&aside, text).and_then(|()| fs::rename(&aside, path));
    written.inspect_err(|_| drop(fs::remove_file(&aside)))
}

fn create(path: &Path, text: &[u8]) -> std::io::Result<()> {
    // A leftover of a killed process with the same ID.
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// Fails unless only the owner can read the file.
fn private(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).map_err(|error| unusable(path).caused_by(error))?.permissions().mode();
        if mode & 0o077 != 0 {
            let message = format!("other users can read `{}` (mode {:03o})", path.display(), mode & 0o777);
            return Err(Error::system(message).hint(format!("chmod 600 {}", path.display())));
        }
    }
    Ok(())
}

fn unusable(path: &Path) -> Error {
    Error::system(format!("cannot use `{}`", path.display()))
}
