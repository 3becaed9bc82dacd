//! The operating system's keyring: the Secret Service, the macOS keychain, the Windows credential manager.

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

use crate::key_source::Keyring;

/// An entry of the keyring.
pub struct SystemKeyring {
    service: &'static str,
    account: String,
}

impl SystemKeyring {
    /// The master key of the store in `directory`.
    pub fn of_master_key(directory: &Path) -> Self {
        Self { service: "takk master key", account: directory.to_string_lossy().into_owned() }
    }

    /// The token for one server, of the user with this data directory.
    pub fn of_token(directory: &Path, server: &str) -> Self {
        Self { service: "takk token", account: format!("{server} ({})", directory.display()) }
    }

    /// Removes the entry. Returns whether there was one.
    pub fn remove(&self) -> bool {
        self.entry().and_then(|entry| entry.delete_credential()).is_ok()
    }

    fn entry(&self) -> Result<Entry, Error> {
        if NO_KEYRING.is_some() {
            return Err(Error::NoDefaultStore);
        }
        Entry::new(self.service, &self.account)
    }
}

/// How long libdbus waits for an answer (`dbus_secret_service::proxy::new_proxy`).
const ONE_ANSWER: Duration = Duration::from_secs(2);
/// How long a keyring may take to start, which the session bus does when somebody asks for it first.
const START: Duration = Duration::from_secs(20);

/// Why this machine has no keyring that can be used, if it has none; it is opened with the first entry.
static NO_KEYRING: LazyLock<Option<&str>> = LazyLock::new(|| {
    let begin = Instant::now();
    loop {
        let asked = Instant::now();
        match open() {
            Ok(()) => return None,
            Err(_) if asked.elapsed() < ONE_ANSWER => return Some("this machine has no keyring"),
            // It does not answer yet, where it would otherwise have refused at once.
            Err(_) if begin.elapsed() < START => {}
            Err(_) => return Some("the keyring did not answer for 20 seconds"),
        }
    }
});

fn open() -> Result<(), Error> {
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new()?;
    #[cfg(windows)]
    let store = windows_native_keyring_store::Store::new()?;
    #[cfg(all(unix, not(target_os = "macos")))]
    let store = dbus_secret_service_keyring_store::Store::new()?;
    keyring_core::set_default_store(store);
    Ok(())
}

impl Keyring for SystemKeyring {
    fn load(&self) -> (Option<Zeroizing<String>>, Option<String>) {
        match self.entry().and_then(|entry| entry.get_password()) {
            Ok(text) => (Some(Zeroizing::new(text)), None),
            Err(Error::NoEntry) => (None, None),
            // The error's text may contain what was found.
            Err(Error::BadEncoding(_)) => (None, Some("the keyring entry is not a valid key".to_owned())),
            Err(Error::NoDefaultStore) => (None, Some(NO_KEYRING.unwrap_or("this machine has no keyring").to_owned())),
            Err(error) => (None, Some(error.to_string())),
        }
    }

    fn keep(&self, text: &str) -> Result<(), String> {
        self.entry().and_then(|entry| entry.set_password(text)).map_err(|_| "the keyring rejected it".to_owned())
    }
}
