//! An administrator of a server that exists, and what the server reports about it.

use std::collections::BTreeMap;

use takk_model::error::{Error, Result};

use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::provisioner::{Journal, MakesText, Status};

/// What a server reports about itself and an admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its name: `PostgreSQL`.
    pub product: &'static str,
    /// `17.10`
    pub version: String,
    pub user: String,
    /// If the admin has more rights than takk needs: who it is, and what would be enough.
    pub too_wide: Option<String>,
    pub is_encrypted: bool,
    /// What the server contains: `database`.
    pub noun: &'static str,
    /// Their number, by owner; the owner is empty for servers without owners.
    pub holdings: BTreeMap<String, usize>,
    /// Those that every login may use.
    pub open_to_all: Vec<String>,
    /// How their owners can change this.
    pub open_hint: &'static str,
    pub lacks: Vec<Lack>,
}

/// A right that the admin needs but does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    pub right: String,
    /// How to grant it: a sentence or a statement for an administrator of the server.
    pub remedy: String,
}

impl Facts {
    /// Fails if the admin lacks a right.
    pub fn refuse_lacks(&self, shown: &str) -> Result<()> {
        if self.lacks.is_empty() {
            return Ok(());
        }
        let rights: Vec<&str> = self.lacks.iter().map(|lack| lack.right.as_str()).collect();
        let error = Error::usage(format!("{shown} lacks {}", rights.join(" and ")));
        Err(self.lacks.iter().fold(error, |error, lack| error.hint(lack.remedy.clone())))
    }
}

/// What an admin address says, but for the login.
pub struct AdminAddress<'a> {
    pub host: &'a str,
    pub port: u16,
    /// The address without its password and parameters.
    pub shown: &'a str,
    /// Whether it refuses to connect without TLS.
    pub requires_tls: bool,
    /// The `sslmode` that its clients use; `None` if the address has none.
    pub ssl_mode: Option<&'a str>,
    /// The file with the certificate authorities that its clients trust.
    pub ssl_roots: Option<&'a str>,
}

/// A login that may create what a resource needs on a server.
pub trait Admin: Send + Sync {
    /// Its address.
    fn address(&self) -> AdminAddress<'_>;

    /// Logs in and inspects the server.
    ///
    /// # Errors
    ///
    /// If the server does not accept the login, or if nothing could be created on it regardless of the admin's rights.
    fn facts(&self) -> Result<Facts>;

    /// Fills in the names, the credentials and the place of a new entry, which already has its mark, host, port and TLS
    /// settings.
    ///
    /// # Errors
    ///
    /// If it cannot be created there. Nothing is then stored or created.
    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>, adopts: bool) -> Result<()>;

    /// What [`create`](Self::create) would do, in order, without passwords.
    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>>;

    /// Creates what is missing, and changes what exists to what is stored. Stores the entry after each step.
    fn create(&self, blueprint: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()>;

    /// Whether everything exists that a login with the credentials of the entry does not show.
    fn status(&self, _: &Entry) -> Result<Status> {
        Ok(Status::Running)
    }

    /// Removes the data, and whatever could still write some, so that [`create`](Self::create) makes an empty resource.
    fn clear(&self, entry: &Entry) -> Result<()> {
        Err(Error::internal(format!("the data of {} is not removed by itself", entry.key())))
    }

    /// Ends the sessions of the resource and removes everything that belongs to it. Skips what is missing, so that an
    /// interrupted removal can be repeated.
    fn remove(&self, entry: &Entry) -> Result<()>;
}
