//! The hint for each error of the store and of its keys.

use std::path::Path;

use takk_model::error::Error;
use takk_model::visible::shell_word;
use takk_vault::store::StoreError;
use takk_vault::{CryptoError, SecretsError};

/// Adds to an error of a store in a file what to do next.
pub fn explained(error: SecretsError, file: &Path) -> Error {
    with_hint(error, |error| store_hint(error, file))
}

/// Adds to an error of a store in a database what to do next.
pub fn explained_of_database(error: SecretsError, address: &str) -> Error {
    with_hint(error, |error| database_hint(error, address))
}

fn with_hint(error: SecretsError, of_store: impl FnOnce(&StoreError) -> String) -> Error {
    let hint = match &error {
        SecretsError::WrongMasterKey => "set TAKK_MASTER_KEY_FILE to the file with the master key of this store".to_owned(),
        SecretsError::Rekeyed => "run the command again".to_owned(),
        SecretsError::Crypto(CryptoError::KeyFileExists(_)) => "choose a new file for the new master key".to_owned(),
        SecretsError::Crypto(CryptoError::NoMasterKey { .. }) => {
            "unlock the keyring, or set TAKK_MASTER_KEY_FILE to the file with the master key of this store".to_owned()
        }
        SecretsError::Crypto(CryptoError::InvalidMasterKey) => {
            "run `openssl rand -hex 32` to generate a master key for a new store".to_owned()
        }
        SecretsError::Crypto(CryptoError::OpenKeyFile { path, .. }) => format!("chmod 600 {}", path.display()),
        SecretsError::Crypto(CryptoError::KeyFile { .. }) => "set TAKK_MASTER_KEY_FILE to a file that you can read".to_owned(),
        SecretsError::Store(StoreError::Forged { .. }) => {
            "run `takk store verify` to see what was changed, then restore a backup".to_owned()
        }
        SecretsError::Store(error) => of_store(error),
        SecretsError::Tampered { .. } | SecretsError::AuditTampered => {
            "run `takk store verify` to see what is damaged, then restore a backup".to_owned()
        }
        SecretsError::KeyReused => "use a new idempotency key for each request".to_owned(),
        SecretsError::Changed { .. } => "review the change, then run the command again".to_owned(),
        SecretsError::HasResources { environment, .. } => {
            format!("remove it first, with its data: takk provision remove RESOURCE --env {environment}")
        }
        SecretsError::NoVersion { name, .. } => {
            format!("run `takk secrets history {word}` to list its versions", word = shell_word(name))
        }
        SecretsError::NoEnvironment(_) => "run `takk env list` to list the environments".to_owned(),
        SecretsError::Crypto(CryptoError::Random(_)) => "try again".to_owned(),
        SecretsError::Crypto(CryptoError::TooLong) => "split it into several values, or keep it in a file".to_owned(),
        SecretsError::NotKept(_) => "run `takk store verify` to check the store".to_owned(),
    };
    Error::system(error.to_string()).hint(hint).caused_by_source(error)
}

fn store_hint(error: &StoreError, file: &Path) -> String {
    let file = file.display();
    match error {
        StoreError::Locked => format!("another takk process is writing to `{file}`: wait for it to finish, or stop it"),
        StoreError::Older { .. } => "run this version of takk on it to migrate it".to_owned(),
        StoreError::Newer { .. } | StoreError::Unknown { .. } => {
            "install the version of takk that wrote it, or a later one".to_owned()
        }
        StoreError::Foreign { .. } => "set TAKK_HOME to a directory that only takk uses".to_owned(),
        StoreError::Damaged(_) => format!("restore a backup with `takk store restore BACKUP`; the damaged file is `{file}`"),
        StoreError::Unwritable(_) => format!("free disk space, or make `{file}` and its directory writable"),
        StoreError::File { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists => {
            "choose a new file: takk does not overwrite files".to_owned()
        }
        StoreError::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => "check the path".to_owned(),
        StoreError::File { .. } | StoreError::Lock { .. } => "check its permissions and the free disk space".to_owned(),
        StoreError::Open { .. } | StoreError::Database(_) => format!("check that you can read and write `{file}`"),
        StoreError::Address { .. } => "write it as postgresql://user:password@host:5432/database".to_owned(),
        StoreError::Untrusted(_) | StoreError::Unencrypted => "check `sslmode` in the database URL".to_owned(),
        StoreError::Unavailable(_) => "start the database or wait until it is available, then run the command again".to_owned(),
        StoreError::Conflict | StoreError::Exists { .. } => "run the command again".to_owned(),
        StoreError::Forged { .. } => "restore a backup of the store".to_owned(),
    }
}

fn database_hint(error: &StoreError, address: &str) -> String {
    match error {
        StoreError::Locked => {
            "a long operation is running, such as a change of the master key: wait for it to finish".to_owned()
        }
        StoreError::Older { .. } => {
            "start `takk serve` of this version on it to migrate it, or use the version of takk that its servers run".to_owned()
        }
        StoreError::Foreign { .. } => "use a database that only takk uses: `CREATE DATABASE takk`".to_owned(),
        StoreError::Damaged(_) => "restore a pg_dump backup, or a backup from your provider".to_owned(),
        StoreError::Unwritable(_) => {
            format!(
                "free disk space, or make the database writable: it must be the primary, and the user of `{address}` must own the tables"
            )
        }
        StoreError::Database(_) => {
            format!("check that the user of `{address}` can connect to the database and create tables in it")
        }
        StoreError::File { .. } => "check the file that `sslrootcert` names".to_owned(),
        StoreError::Untrusted(_) => "use the host name in the certificate, and pass the CA that signed it: \
             ?sslmode=verify-full&sslrootcert=/path/to/ca.pem"
            .to_owned(),
        StoreError::Unencrypted => {
            "enable TLS in PostgreSQL (`ssl = on`); on a network that you trust, connect without it: ?sslmode=disable"
                .to_owned()
        }
        other => store_hint(other, Path::new(address)),
    }
}
