//! An administrator of a server that exists, and what that says about itself.

use std::collections::BTreeMap;

use takk_model::error::{Error, Result};

use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::provisioner::{Journal, MakesText, Status};

/// What a server says about itself and an admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// `PostgreSQL`
    pub product: &'static str,
    /// `17.10`
    pub version: String,
    pub user: String,
    /// It may do more than takk needs: who it is, and what would be enough.
    pub too_wide: Option<String>,
    pub is_encrypted: bool,
    /// What it holds: `database`.
    pub noun: &'static str,
    /// How many of these are there, by owner; without an owner where the server has none.
    pub holdings: BTreeMap<String, usize>,
    /// Those that every login may use.
    pub open_to_all: Vec<String>,
    /// How their owners can change that.
    pub open_hint: &'static str,
    pub lacks: Vec<Lack>,
}

/// A right that the admin needs and does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    pub right: String,
    /// What grants it: a sentence or a statement for an administrator of the server.
    pub remedy: String,
}

impl Facts {
    /// The error for an admin that lacks a right.
    pub fn refuse_lacks(&self, shown: &str) -> Result<()> {
        if self.lacks.is_empty() {
            return Ok(());
        }
        let rights: Vec<&str> = self.lacks.iter().map(|lack| lack.right.as_str()).collect();
        let error = Error::usage(format!("{shown} lacks {}", rights.join(" and ")));
        Err(self.lacks.iter().fold(error, |error, lack| error.hint(lack.remedy.clone())))
    }
}

/// A login that may create what a resource needs, on one server.
pub trait Admin: Send + Sync {
    fn host(&self) -> &str;

    fn port(&self) -> u16;

    /// The address without its password and parameters.
    fn shown(&self) -> &str;

    /// Whether it connects over TLS or not at all.
    fn requires_tls(&self) -> bool;

    /// How its clients use TLS, as `sslmode` says it; `None` where the address does not say.
    fn ssl_mode(&self) -> Option<&str>;

    /// The file with the certificate authorities that its clients trust.
    fn ssl_roots(&self) -> Option<&str>;

    /// Logs in and looks around.
    ///
    /// # Errors
    ///
    /// If the server does not accept the login, or if nothing could be created on it whatever rights the admin has.
    fn facts(&self) -> Result<Facts>;

    /// Fills in the names and credentials of a new entry, and its place. Its mark, host, port and TLS are there already.
    ///
    /// # Errors
    ///
    /// If it cannot be created there: nothing is stored and nothing created then.
    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>, adopts: bool) -> Result<()>;

    /// What [`create`](Self::create) would do, in its order, without passwords.
    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>>;

    /// Creates what is missing, and sets what is there to what is stored. Stores the entry after each step.
    fn create(&self, blueprint: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()>;

    /// Whether what is to be there is there, as far as a login with the credentials of the entry does not tell.
    fn status(&self, _: &Entry) -> Result<Status> {
        Ok(Status::Running)
    }

    /// Ends the sessions of the resource and removes all that belongs to it. What is missing is skipped, so that a removal that was
    /// interrupted can be repeated.
    fn remove(&self, entry: &Entry) -> Result<()>;
}
