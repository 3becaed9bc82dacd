//! The verbs of `takk serve`, one file per noun: what the command line does for one user in one project, for many users in many projects.
//! They do not depend on HTTP; [`authorize`] runs before each verb.

mod access_request;
pub mod admin_addresses;
pub mod audit;
pub mod authorize;
pub mod changes;
pub mod compare;
pub mod compiled;
pub mod connections;
mod described;
pub mod environments;
pub mod first_start;
mod granted;
pub mod identities;
pub mod invitations;
pub mod login;
pub mod manifests;
pub mod members;
pub mod names;
mod opener;
pub mod overview;
mod own_platform;
mod paging;
mod plans;
pub mod production;
pub mod projects;
mod refusal;
pub mod resource_history;
pub mod resource_offers;
pub mod resources;
pub mod secrets;
pub mod service_tokens;
pub mod sessions;
pub mod sweep;
pub mod tokens;
pub mod trusts;
pub mod values;
pub mod versions;

pub use access_request::{AccessRequest, Bearer, Visitor};
pub use opener::{Opened, Opener};
pub use paging::Paging;
pub use refusal::{Refusal, Result};

use std::path::{Path, PathBuf};
use std::sync::Arc;

use takk_api::Code;
use takk_project::config::Home;
use takk_vault::Vault;
use takk_vault::store::{Accounts, AuditEntry};

use self::authorize::{AuthorizedAccess, Caller};
use self::plans::Plans;

/// A server's connection to the store.
pub struct Hosted {
    vault: Vault,
    plans: Arc<Plans>,
    /// The data directory of the user that runs the server.
    directory: Option<PathBuf>,
}

impl Hosted {
    pub fn new(vault: Vault) -> Self {
        Self { vault, plans: Arc::default(), directory: None }
    }

    /// Shares the cache of plans with other connections to the store.
    fn with_plans(mut self, plans: &Arc<Plans>) -> Self {
        self.plans = Arc::clone(plans);
        self
    }

    fn at_home(mut self, directory: &Path) -> Self {
        self.directory = Some(directory.to_owned());
        self
    }

    /// What the verbs need to know of this machine, with the author of what they do.
    fn home(&self, author: &str) -> Home {
        Home { directory: self.directory.clone(), author: author.to_owned(), ..Home::none() }
    }

    /// Whether the store can be used.
    pub fn ready(&mut self) -> Result<()> {
        if self.vault.is_current()? { Ok(()) } else { Err(Refusal::unavailable("the master key of the store changed")) }
    }

    /// Tampering with the rows of people, one sentence each.
    pub fn forged(&mut self) -> Result<Vec<String>> {
        Ok(self.vault.verify_people()?)
    }

    /// Whether the store was rekeyed, so that this connection is useless. A new connection finds the new key.
    pub fn is_outdated(&self) -> bool {
        self.vault.is_current().is_ok_and(|is_current| !is_current)
    }

    /// The current time in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.vault.now()
    }

    fn accounts(&mut self) -> Result<Box<dyn Accounts + '_>> {
        Ok(self.vault.people()?)
    }

    /// Changes rows of people on behalf of somebody, with a row of the audit log. The same transaction checks that they are still
    /// authorized; for somebody who is signing in, `work` checks their credential.
    fn change<'b, T>(
        &mut self,
        by: impl Into<By<'b>>,
        mut record: Record,
        work: impl FnOnce(&mut dyn Accounts, &mut Record) -> Result<T>,
    ) -> Result<T> {
        let (by, now) = (by.into(), self.now());
        self.vault.change_people(|accounts| {
            match by {
                By::Caller(caller) => authorize::confirm(accounts, caller, now)??,
                By::Access(visit) => authorize::confirm_visit(accounts, visit, now)??,
                By::Arrival { .. } => {}
            }
            let given = work(accounts, &mut record)?;
            Ok((given, record.written(by, now)))
        })
    }

    /// Changes pending device logins and sign-ins, which the audit log does not record yet.
    fn change_logins<T>(&mut self, work: impl FnOnce(&mut dyn Accounts) -> Result<T>) -> Result<T> {
        self.vault.change_logins(work)
    }
}

/// On whose behalf rows are changed.
#[derive(Clone, Copy)]
enum By<'b> {
    /// An authenticated caller.
    Caller(&'b Caller),
    /// An authorized access to a project.
    Access(&'b AuthorizedAccess),
    /// Somebody who is signing in, identified only by their credential.
    Arrival {
        name: &'b str,
        /// The ID of the request in the log.
        request: Option<&'b str>,
    },
}

impl<'b> From<&'b Caller> for By<'b> {
    fn from(caller: &'b Caller) -> Self {
        Self::Caller(caller)
    }
}

impl<'b> From<&'b AuthorizedAccess> for By<'b> {
    fn from(visit: &'b AuthorizedAccess) -> Self {
        Self::Access(visit)
    }
}

/// What the audit log will record.
struct Record {
    action: &'static str,
    project: Option<String>,
    items: Vec<String>,
    /// For somebody who is signing in: the ID and bounds of their token.
    token: Option<i64>,
    bounds: Option<String>,
}

impl Record {
    fn new(action: &'static str) -> Self {
        Self { action, project: None, items: Vec::new(), token: None, bounds: None }
    }

    fn item(mut self, item: impl Into<String>) -> Self {
        self.items.push(item.into());
        self
    }

    /// Adds the project, if there is only one.
    fn in_only(mut self, projects: &[String]) -> Self {
        if let [project] = projects {
            self.project = Some(project.clone());
        }
        self
    }

    /// Adds the token, and the bounds, of somebody who is signing in.
    fn of(self, token: Option<i64>, bounds: String) -> Self {
        Self { token, bounds: Some(bounds), ..self }
    }

    fn written(self, by: By<'_>, at: i64) -> AuditEntry {
        let Self { action, project, items, token, bounds } = self;
        let entry = AuditEntry { at, action: action.to_owned(), project, items, ..AuditEntry::default() };
        let of_caller = |entry: AuditEntry, caller: &Caller| AuditEntry {
            actor: caller.user.name.clone(),
            token: caller.token_id(),
            request: Some(caller.request.clone()),
            bounds: Some(caller.bounds()),
            ..entry
        };
        match by {
            By::Caller(caller) => of_caller(entry, caller),
            By::Access(visit) => {
                let project = entry.project.clone().or_else(|| Some(visit.project.clone()));
                of_caller(AuditEntry { project, ..entry }, &visit.caller)
            }
            By::Arrival { name, request } => {
                AuditEntry { actor: name.to_owned(), token, bounds, request: request.map(str::to_owned), ..entry }
            }
        }
    }
}

/// The store returned a response of the wrong kind.
fn unexpected() -> Refusal {
    Refusal::new(Code::Internal, "internal error").caused_by("unexpected response from the store")
}
