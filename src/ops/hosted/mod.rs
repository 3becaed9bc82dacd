//! The verbs of `takk serve`, one file per noun: what the command line does for one user in one project, for many users in many
//! projects. They know no HTTP; who asks, and whether they may, is decided by [`entry`] before a verb is called.

mod asked;
pub mod audit;
pub mod changes;
pub mod compare;
pub mod compiled;
pub mod entry;
pub mod environments;
pub mod first_start;
mod held;
pub mod identities;
pub mod invitations;
pub mod login;
pub mod manifests;
pub mod members;
pub mod names;
mod opener;
pub mod overview;
mod paging;
mod plans;
pub mod production;
pub mod projects;
mod refusal;
pub mod secrets;
pub mod sessions;
pub mod tokens;
pub mod trusts;
pub mod values;
pub mod versions;

pub use asked::{Asked, Bearer, Visitor, unauthenticated};
pub use opener::{Opened, Opener};
pub use paging::Paging;
pub use refusal::{Refusal, Result};

use std::sync::Arc;

use crate::secrets::{Given, Vault};
use crate::store::{Accounts, AuditEntry};
use crate::wire::Code;

use self::asked::Door;
use self::entry::Caller;
use self::plans::Plans;

/// A connection to the store of a server.
pub struct Hosted {
    vault: Vault,
    plans: Arc<Plans>,
}

impl Hosted {
    /// Over an opened store.
    pub fn new(vault: Vault) -> Self {
        Self { vault, plans: Arc::default() }
    }

    /// With what other connections to the store have worked out.
    fn with_plans(mut self, plans: &Arc<Plans>) -> Self {
        self.plans = Arc::clone(plans);
        self
    }

    /// Whether the store can be used.
    pub fn ready(&mut self) -> Result<()> {
        if self.vault.is_current()? { Ok(()) } else { Err(Refusal::unavailable("the store has a new master key")) }
    }

    /// What was changed in the rows of people behind takk's back, one sentence each.
    pub fn forged(&mut self) -> Result<Vec<String>> {
        Ok(self.vault.verify_people()?)
    }

    /// Whether the store has another master key by now: nothing can be done here any more, and another connection finds the new one.
    pub fn is_outdated(&self) -> bool {
        self.vault.is_current().is_ok_and(|is_current| !is_current)
    }

    /// Gives and takes values for many at once, each with its row in the audit log.
    pub fn serve(&mut self, asked: &[Asked]) -> Vec<Result<Given>> {
        self.vault.serve(asked, &mut Door::default())
    }

    /// The moment, in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.vault.now()
    }

    fn accounts(&mut self) -> Result<Box<dyn Accounts + '_>> {
        Ok(self.vault.people()?)
    }

    /// Changes rows of people, with what the audit log says of it.
    fn change<T>(&mut self, record: Record, work: impl FnOnce(&mut dyn Accounts) -> Result<T>) -> Result<T> {
        self.vault.change_people(|accounts| Ok((work(accounts)?, record.0)))
    }

    /// Changes programs and browsers that are about to sign in, of which the audit log says nothing yet.
    fn change_logins<T>(&mut self, work: impl FnOnce(&mut dyn Accounts) -> Result<T>) -> Result<T> {
        self.vault.change_logins(work)
    }

    /// What the audit log will say that a caller did.
    fn record(&self, caller: &Caller, action: &str) -> Record {
        let Record(entry) = self.own_record(&caller.user.name, action);
        Record(AuditEntry { token: caller.token_id(), request: Some(caller.request.clone()), ..entry })
    }

    /// What the audit log will say that somebody did without a token.
    fn own_record(&self, actor: &str, action: &str) -> Record {
        let entry = AuditEntry { at: self.now(), actor: actor.to_owned(), action: action.to_owned(), ..AuditEntry::default() };
        Record(entry)
    }
}

/// What the audit log will say.
struct Record(AuditEntry);

impl Record {
    /// In a project.
    fn project(mut self, name: &str) -> Self {
        self.0.project = Some(name.to_owned());
        self
    }

    /// In a project, if there is one.
    fn in_some(self, name: Option<&str>) -> Self {
        match name {
            Some(name) => self.project(name),
            None => self,
        }
    }

    /// Done to something.
    fn item(mut self, item: impl Into<String>) -> Self {
        self.0.items.push(item.into());
        self
    }
}

/// The store gave something else than what was asked for.
fn unexpected() -> Refusal {
    Refusal::new(Code::Internal, "takk made a mistake").caused_by("the store gave another kind of answer")
}
