//! What to do about each error of the store and of its keys.

use std::path::Path;

use takk_model::error::Error;
use takk_model::visible::shell_word;
use takk_vault::store::StoreError;
use takk_vault::{CryptoError, SecretsError};

/// The error of a store in a file, with what to do next.
pub fn explained(error: SecretsError, file: &Path) -> Error {
    with_hint(error, |error| store_hint(error, file))
}

/// The error of a store in a database, with what to do next.
pub fn explained_of_database(error: SecretsError, address: &str) -> Error {
    with_hint(error, |error| database_hint(error, address))
}

fn with_hint(error: SecretsError, of_store: impl FnOnce(&StoreError) -> String) -> Error {
    let hint = match &error {
        SecretsError::WrongMasterKey => "set TAKK_MASTER_KEY_FILE to the key that the store was made with".to_owned(),
        SecretsError::Rekeyed => "repeat the command".to_owned(),
        SecretsError::Crypto(CryptoError::KeyFileExists(_)) => "choose a new file for the new master key".to_owned(),
        SecretsError::Crypto(CryptoError::NoMasterKey { .. }) => {
            "unlock the keyring, or set TAKK_MASTER_KEY_FILE to the key that the store was made with".to_owned()
        }
        SecretsError::Crypto(CryptoError::InvalidMasterKey) => {
            "`openssl rand -hex 32` makes a master key for a new store".to_owned()
        }
        SecretsError::Crypto(CryptoError::OpenKeyFile { path, .. }) => format!("chmod 600 {}", path.display()),
        SecretsError::Crypto(CryptoError::KeyFile { .. }) => "set TAKK_MASTER_KEY_FILE to a file that you can read".to_owned(),
        SecretsError::Store(StoreError::Forged { .. }) => {
            "`takk store verify` says what was changed; restore a backup of the store".to_owned()
        }
        SecretsError::Store(error) => of_store(error),
        SecretsError::Tampered { .. } | SecretsError::AuditTampered => {
            "`takk store verify` says what is damaged; restore a backup of the store".to_owned()
        }
        SecretsError::KeyReused => "take a new key for each request".to_owned(),
        SecretsError::Changed { .. } => "review the change, and repeat the command".to_owned(),
        SecretsError::NoVersion { name, .. } => {
            format!("`takk secrets history {word}` lists its versions", word = shell_word(name))
        }
        SecretsError::NoEnvironment(_) => "`takk env list` lists the environments".to_owned(),
        SecretsError::Crypto(CryptoError::Random(_)) => "try again".to_owned(),
        SecretsError::Crypto(CryptoError::TooLong) => "store it in parts, or keep it in a file".to_owned(),
        SecretsError::NotKept(_) => "`takk store verify` checks the store".to_owned(),
    };
    Error::system(error.to_string()).hint(hint).caused_by_source(error)
}

fn store_hint(error: &StoreError, file: &Path) -> String {
    let file = file.display();
    match error {
        StoreError::Locked => format!("another takk writes to `{file}`: wait for it, or stop it"),
        StoreError::Older { .. } => "start this takk on it, which brings it up to date".to_owned(),
        StoreError::Newer { .. } | StoreError::Unknown { .. } => "install the takk that made it, or a later one".to_owned(),
        StoreError::Foreign { .. } => "set TAKK_HOME to a directory of takk's own".to_owned(),
        StoreError::Damaged(_) => format!("restore a backup: `takk store restore BACKUP`; the damaged file is `{file}`"),
        StoreError::Unwritable(_) => format!("make room, or make `{file}` and its directory writable"),
        StoreError::File { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists => {
            "choose a new file: takk does not overwrite files".to_owned()
        }
        StoreError::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            "check how it is written".to_owned()
        }
        StoreError::File { .. } | StoreError::Lock { .. } => "check its permissions, and that there is room".to_owned(),
        StoreError::Open { .. } | StoreError::Database(_) => format!("check that you may read and write `{file}`"),
        StoreError::Address { .. } => "write it as postgresql://user:password@host:5432/database".to_owned(),
        StoreError::Untrusted(_) | StoreError::Unencrypted => "check `sslmode` in the address of the database".to_owned(),
        StoreError::Unavailable(_) => "start it, or wait until it is back, and repeat the command".to_owned(),
        StoreError::Conflict | StoreError::Exists { .. } => "repeat the command".to_owned(),
        StoreError::Forged { .. } => "restore a backup of the store".to_owned(),
    }
}

fn database_hint(error: &StoreError, address: &str) -> String {
    match error {
        StoreError::Locked => "a long change of everything runs, such as a new master key: wait for it".to_owned(),
        StoreError::Older { .. } => {
            "start `takk serve` of this version on it, which brings it up to date, or use the takk of its servers".to_owned()
        }
        StoreError::Foreign { .. } => "name a database of takk's own: `CREATE DATABASE takk` makes one".to_owned(),
        StoreError::Damaged(_) => "restore a copy that pg_dump made, or that of your provider".to_owned(),
        StoreError::Unwritable(_) => {
            format!(
                "make room on its disk, or let its user write: it must be the primary, and the user of `{address}` must own the tables"
            )
        }
        StoreError::Database(_) => {
            format!("check that the user of `{address}` may connect to the database and own tables in it")
        }
        StoreError::File { .. } => "check the file that `sslrootcert` names".to_owned(),
        StoreError::Untrusted(_) => "use the name that the certificate is made for, and name the authority that signed it: \
             ?sslmode=verify-full&sslrootcert=/path/to/ca.pem"
            .to_owned(),
        StoreError::Unencrypted => {
            "switch TLS on in PostgreSQL (`ssl = on`); on a network that nobody else listens to, ?sslmode=disable does without"
                .to_owned()
        }
        other => store_hint(other, Path::new(address)),
    }
}
