//! `takk store`: the store as a whole, one file per verb.

pub mod audit;
pub mod backup;
mod place;
pub mod rekey;
pub mod restore;
pub mod status;
pub mod verify;

use std::path::PathBuf;

use serde::Serialize;

pub use self::place::{StorePlace, Target};
use takk_model::error::{Error, Result};
use takk_vault::{KeySource, SystemRandom};

/// Where a master key is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// In the file next to the store.
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

/// A random part for a file name.
fn random_tail() -> Result<String> {
    use takk_vault::Random;
    let mut bytes = [0; 8];
    SystemRandom.fill(&mut bytes).map_err(|error| Error::system(error.to_string()).hint("try again"))?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}
