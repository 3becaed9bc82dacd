//! The keyring of the operating system: the Secret Service, the keychain of macOS, the credential manager of Windows.

use std::path::Path;

use keyring::{Entry, Error};
use zeroize::Zeroizing;

use super::key_source::Keyring;

/// The entry for the store in one directory.
pub struct SystemKeyring {
    account: String,
}

impl SystemKeyring {
    /// That of the store in `directory`.
    pub fn new(directory: &Path) -> Self {
        Self { account: directory.to_string_lossy().into_owned() }
    }

    fn entry(&self) -> Result<Entry, Error> {
        Entry::new("takk master key", &self.account)
    }
}

impl Keyring for SystemKeyring {
    fn load(&self) -> (Option<Zeroizing<String>>, Option<String>) {
        match self.entry().and_then(|entry| entry.get_password()) {
            Ok(text) => (Some(Zeroizing::new(text)), None),
            Err(Error::NoEntry) => (None, None),
            // The text of the error may hold what was found.
            Err(Error::BadEncoding(_)) => (None, Some("the keyring holds something else".to_owned())),
            Err(Error::NoDefaultStore) => (None, Some("there is no keyring here".to_owned())),
            Err(error) => (None, Some(error.to_string())),
        }
    }

    fn keep(&self, text: &str) -> Result<(), String> {
        self.entry().and_then(|entry| entry.set_password(text)).map_err(|_| "the keyring refuses it".to_owned())
    }
}
