//! `takk store`: the store as a whole, one file per verb.

pub mod audit;
pub mod backup;
pub mod rekey;
pub mod restore;
pub mod status;
pub mod verify;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::Home;
use crate::error::{Error, Result};
use crate::secrets::{KeySource, Opening, SystemRandom};
use crate::store::Sqlite;

/// Where a master key is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "source", rename_all = "kebab-case")]
pub enum KeyPlace {
    /// In a variable.
    Variable {
        /// Its name.
        name: &'static str,
    },
    /// In the file that `TAKK_MASTER_KEY_FILE` names.
    NamedFile {
        /// The file.
        file: PathBuf,
    },
    /// In the keyring of the operating system.
    Keyring,
    /// In the file beside the store.
    OwnFile {
        /// The file.
        file: PathBuf,
    },
}

impl From<KeySource> for KeyPlace {
    fn from(source: KeySource) -> Self {
        match source {
            KeySource::Variable => Self::Variable { name: "TAKK_MASTER_KEY" },
            KeySource::NamedFile(file) => Self::NamedFile { file },
            KeySource::Keyring => Self::Keyring,
            KeySource::OwnFile(file) => Self::OwnFile { file },
        }
    }
}

/// Where the store is, whether or not it is there.
fn file_of(home: &Home) -> Result<PathBuf> {
    Ok(crate::platform::directory(home)?.join(crate::platform::FILE))
}

/// The store that must be there, opened without its key.
fn opened(home: &Home) -> Result<(Sqlite, PathBuf)> {
    let file = file_of(home)?;
    match crate::platform::existing_store(home)? {
        Some(store) => Ok((store, file)),
        None => Err(Error::usage("nothing is stored yet")
            .about(format!("the store would be `{}`", file.display()))
            .hint("`takk secrets set` makes it")),
    }
}

/// The store that must be there, opened with its key.
fn unlocked(home: &Home) -> Result<(Opening, PathBuf)> {
    let (store, file) = opened(home)?;
    Ok((crate::platform::unlocked(home, store)?, file))
}

/// A part of a file name that no other process uses.
fn random_tail() -> Result<String> {
    use crate::secrets::Random;
    let mut bytes = [0; 8];
    SystemRandom.fill(&mut bytes).map_err(|error| Error::environment(error.to_string()).hint("try again"))?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}
