//! Where the master key comes from: the environment, else a file beside the store, else the operating system's keyring. A new store gets a
//! new key, in the keyring if there is one.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::{CryptoError, MasterKey, Random, Result};
use takk_files as files;

/// The file beside the store.
const FILE: &str = "master.key";
/// The file beside the store that holds the next master key, until it is the one in use.
const NEXT: &str = "master.key.next";

/// A master key in the environment.
pub enum KeySetting {
    /// `TAKK_MASTER_KEY_FILE`: the file that holds it.
    File(PathBuf),
    /// `TAKK_MASTER_KEY`: itself.
    Text(Zeroizing<String>),
}

/// A keyring that keeps one text.
pub trait Keyring {
    /// The text; `None` if it has none, or cannot be reached: then with the reason.
    fn load(&self) -> (Option<Zeroizing<String>>, Option<String>);
    /// Keeps the text, or says why not.
    fn keep(&self, text: &str) -> Result<(), String>;
}

/// Where a master key was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// In the variable `TAKK_MASTER_KEY`.
    Variable,
    /// In the file that `TAKK_MASTER_KEY_FILE` names.
    NamedFile(PathBuf),
    /// In the keyring of the operating system.
    Keyring,
    /// In the file beside the store.
    OwnFile(PathBuf),
}

/// A master key, and where it is.
pub struct FoundKey {
    pub key: MasterKey,
    pub source: KeySource,
    /// Whether it was made just now.
    pub made: bool,
    /// Why one that was made is not in the keyring, as far as the keyring says.
    pub trouble: Option<String>,
}

/// Where the master key of a store may be.
#[derive(Clone, Copy)]
pub struct KeyPlaces<'p> {
    /// The directory of the store.
    pub directory: &'p Path,
    pub setting: Option<&'p KeySetting>,
    /// The keyring, if it may be asked.
    pub keyring: Option<&'p dyn Keyring>,
}

impl KeyPlaces<'_> {
    /// The file beside the store.
    pub fn own_file(&self) -> PathBuf {
        self.directory.join(FILE)
    }

    /// The file of the next master key.
    pub fn next_file(&self) -> PathBuf {
        self.directory.join(NEXT)
    }
}

/// The master key of a store, where there is one; else why the keyring could not be asked.
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

/// The master key of a store. Only a store that is `new` gets a new one: any other has one somewhere.
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

/// Keeps a key in the keyring, and gives what is kept there; else why it is not, as far as the keyring says.
fn into_keyring(
    key: &MasterKey,
    keyring: Option<&dyn Keyring>,
    trouble: Option<String>,
) -> Result<Zeroizing<String>, Option<String>> {
    let keyring = keyring.filter(|_| trouble.is_none()).ok_or(trouble)?;
    keyring.keep(&key.to_hex()).map_err(Some)?;
    // What a keyring cannot give back it has not kept.
    let (kept, trouble) = keyring.load();
    kept.ok_or(trouble)
}

/// Writes the key beside the store; if another process was faster, its key counts.
fn make_file(own: &Path, key: &MasterKey, random: &dyn Random) -> Result<FoundKey> {
    let made = write_new(own, &key.to_hex(), random)?;
    Ok(FoundKey { key: read_file(own)?, source: KeySource::OwnFile(own.to_owned()), made, trouble: None })
}

/// The key in a file that only its owner can read.
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

/// Writes a file that only its owner can read, whole or not at all, and never over another. Whether it was written.
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
