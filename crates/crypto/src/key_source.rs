//! Where the master key comes from: the environment, else a file beside the store, else the operating system's keyring. A new store gets a
//! new key, in the keyring if there is one.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::{CryptoError, MasterKey, Random, Result};
use takk_files as files;

/// The file next to the store.
const FILE: &str = "master.key";
/// The file next to the store that holds the next master key until that is in use.
const NEXT: &str = "master.key.next";

/// A master key in the environment.
pub enum KeySetting {
    /// `TAKK_MASTER_KEY_FILE`: the file that contains it.
    File(PathBuf),
    /// `TAKK_MASTER_KEY`: the key itself.
    Text(Zeroizing<String>),
}

/// A keyring with one entry.
pub trait Keyring {
    /// The entry; `None` if there is none, or, with the reason, if the keyring is not available.
    fn load(&self) -> (Option<Zeroizing<String>>, Option<String>);
    /// Stores the entry, or returns why it cannot.
    fn keep(&self, text: &str) -> Result<(), String>;
}

/// Where a master key was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// In the variable `TAKK_MASTER_KEY`.
    Variable,
    /// In the file that `TAKK_MASTER_KEY_FILE` names.
    NamedFile(PathBuf),
    /// In the operating system's keyring.
    Keyring,
    /// In the file next to the store.
    OwnFile(PathBuf),
}

/// A master key, and where it is.
pub struct FoundKey {
    pub key: MasterKey,
    pub source: KeySource,
    /// Whether it was just generated.
    pub made: bool,
    /// Why a generated key is not in the keyring, as far as the keyring reports it.
    pub trouble: Option<String>,
}

/// The places of a store's master key.
#[derive(Clone, Copy)]
pub struct KeyPlaces<'p> {
    /// The directory of the store.
    pub directory: &'p Path,
    pub setting: Option<&'p KeySetting>,
    /// The keyring, if it may be used.
    pub keyring: Option<&'p dyn Keyring>,
}

impl KeyPlaces<'_> {
    /// The file next to the store.
    pub fn own_file(&self) -> PathBuf {
        self.directory.join(FILE)
    }

    /// The file of the next master key.
    pub fn next_file(&self) -> PathBuf {
        self.directory.join(NEXT)
    }
}

/// The master key of a store, if there is one; otherwise why the keyring was not available.
pub fn find_key(places: &KeyPlaces) -> Result<Result<FoundKey, Option<String>>> {
    let found = |key, source| Ok(Ok(FoundKey { key, source, made: false, trouble: None }));
    match places.setting {
        Some(KeySetting::Text(text)) => return found(MasterKey::from_hex(text)?, KeySource::Variable),
        Some(KeySetting::File(path)) => return found(read_file(path)?, KeySource::NamedFile(path.clone())),
        None => {}
    }
    let own = places.own_file();
    if own.exists() {
        return found(read_file(&own)?, KeySource::OwnFile(own));
    }
    let (kept, trouble) = places.keyring.map_or((None, None), Keyring::load);
    match kept {
        Some(text) => found(MasterKey::from_hex(&text)?, KeySource::Keyring),
        None => Ok(Err(trouble)),
    }
}

/// The master key of a store. A key is generated only for a `new` store: any other already has one somewhere.
pub fn master_key(places: &KeyPlaces, new: bool, random: &dyn Random) -> Result<FoundKey> {
    let trouble = match find_key(places)? {
        Ok(found) => return Ok(found),
        Err(trouble) => trouble,
    };
    if !new {
        return Err(CryptoError::NoMasterKey { trouble });
    }
    let (own, keyring) = (places.own_file(), places.keyring);
    let key = MasterKey::generate(random)?;
    match into_keyring(&key, keyring, trouble) {
        Ok(text) => {
            let key = MasterKey::from_hex(&text)?;
            Ok(FoundKey { key, source: KeySource::Keyring, made: true, trouble: None })
        }
        Err(trouble) => Ok(FoundKey { trouble, ..make_file(&own, &key, random)? }),
    }
}

/// Stores a key in the keyring and returns what that now contains; otherwise why not, as far as the keyring reports it.
fn into_keyring(
    key: &MasterKey,
    keyring: Option<&dyn Keyring>,
    trouble: Option<String>,
) -> Result<Zeroizing<String>, Option<String>> {
    let keyring = keyring.filter(|_| trouble.is_none()).ok_or(trouble)?;
    keyring.keep(&key.to_hex()).map_err(Some)?;
    // If a keyring cannot return it, it has not been stored.
    let (kept, trouble) = keyring.load();
    kept.ok_or(trouble)
}

/// Writes the key next to the store; if another process was faster, that one's key is used.
fn make_file(own: &Path, key: &MasterKey, random: &dyn Random) -> Result<FoundKey> {
    let made = write_new(own, &key.to_hex(), random)?;
    Ok(FoundKey { key: read_file(own)?, source: KeySource::OwnFile(own.to_owned()), made, trouble: None })
}

/// Reads the key from a file that only its owner can read.
pub fn read_file(path: &Path) -> Result<MasterKey> {
    let unreadable = |source| CryptoError::KeyFile { path: path.to_owned(), source };
    let text = Zeroizing::new(files::given(path, files::MOST_OF_KEYS).map_err(unreadable)?);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).map_err(unreadable)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(CryptoError::OpenKeyFile { path: path.to_owned(), mode: mode & 0o777 });
        }
    }
    let text = std::str::from_utf8(&text).map_err(|error| unreadable(std::io::Error::new(ErrorKind::InvalidData, error)))?;
    MasterKey::from_hex(text)
}

/// Atomically writes a file that only its owner can read, and never replaces one. Returns whether it was written.
pub fn write_new(path: &Path, text: &str, random: &dyn Random) -> Result<bool> {
    let failed = |source| CryptoError::KeyFile { path: path.to_owned(), source };
    let mut tail = [0; 8];
    random.fill(&mut tail)?;
    let temporary = path.with_extension(format!("{:016x}.new", u64::from_be_bytes(tail)));
    let write = || -> std::io::Result<bool> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        match fs::hard_link(&temporary, path) {
            Ok(()) => {
                let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                fs::File::open(directory.unwrap_or(Path::new(".")))?.sync_all()?;
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    };
    let written = write();
    let _ = fs::remove_file(&temporary);
    written.map_err(failed)
}
