//! The store of a server as the platform of the verbs that provision: what they change is authorized again in the same transaction, and
//! recorded with the caller.

use super::authorize::{self, AuthorizedAccess};
use super::{Hosted, Refusal, names};
use takk_model::Held;
use takk_model::error::{Error, Result};
use takk_project::platform::{Location, Platform, Snapshot, StoredEnvironment, held};
use takk_vault::store::Durability;
use takk_vault::{AdminRow, Caller, Entry, LedgerChange, LedgerRow, SecretValue, SecretsError, UnitOfWork, Update};

/// The name under which the server itself does something.
pub(super) const SERVER: &str = "takk serve";

/// On whose behalf it is used.
pub(super) enum Behalf<'b> {
    Caller(&'b AuthorizedAccess),
    /// The server does it by itself.
    Server,
}

/// The values and the ledger of one project.
pub(super) struct OwnPlatform<'h> {
    hosted: &'h mut Hosted,
    project: &'h str,
    behalf: Behalf<'h>,
    /// Why the store failed, with what only the log may say.
    failure: Option<Refusal>,
}

impl<'h> OwnPlatform<'h> {
    pub(super) fn new(hosted: &'h mut Hosted, project: &'h str, behalf: Behalf<'h>) -> Self {
        Self { hosted, project, behalf, failure: None }
    }

    /// The refusal for an error of a verb: what the store said, else what another server said or the caller did wrong.
    pub(super) fn refusal(&mut self, error: Error) -> Refusal {
        self.failure.take().unwrap_or_else(|| told(error))
    }

    fn failed(&mut self, refusal: Refusal) -> Error {
        if let Some(cause) = &refusal.cause {
            tracing::error!(cause, project = self.project, "the store failed while resources were provisioned");
        }
        let error = Error::system(refusal.detail.clone());
        let error = refusal.hints.iter().cloned().fold(error, Error::hint);
        self.failure = Some(refusal);
        error
    }

    /// Reads; what does not exist is empty.
    fn ask<T: Default>(&mut self, question: impl FnOnce(&mut Hosted, &str) -> Result<T, SecretsError>) -> Result<T> {
        match question(self.hosted, self.project) {
            Err(SecretsError::NoEnvironment(_)) => Ok(T::default()),
            other => other.map_err(|error| self.failed(error.into())),
        }
    }

    /// Changes something in a transaction that authorizes the caller.
    fn change<T>(&mut self, work: impl Fn(&mut UnitOfWork<'_>, &Caller) -> Result<T, SecretsError>) -> Result<T> {
        let caller = match &self.behalf {
            Behalf::Caller(visit) => visit.caller.author(),
            Behalf::Server => Caller::local(SERVER),
        };
        let behalf = &self.behalf;
        let done = self.hosted.vault.transaction(Durability::Synced, |unit| {
            if let Behalf::Caller(visit) = behalf {
                let now = unit.now();
                if let Err(refusal) = authorize::confirm_visit(unit.accounts().as_mut(), visit, now)? {
                    return Ok(Err(refusal));
                }
            }
            work(unit, &caller).map(Ok)
        });
        done.map_err(Refusal::from).and_then(|done| done).map_err(|refusal| self.failed(refusal))
    }
}

impl OwnPlatform<'_> {
    /// Records what the caller is about to learn, if they are authorized to.
    pub(super) fn record(&mut self, environment: &str, action: &str, items: &[String]) -> Result<()> {
        let project = self.project;
        self.change(|unit, caller| {
            unit.record(caller, (project, environment), action, items.to_vec());
            Ok(())
        })
    }
}

impl Platform for OwnPlatform<'_> {
    fn server(&self) -> Option<&str> {
        None
    }

    fn locate(&mut self) -> Result<Location> {
        Err(not_needed())
    }

    fn refresh(&mut self) {}

    fn environments(&mut self) -> Result<Vec<StoredEnvironment>> {
        self.ask(|hosted, project| {
            let counted = |row: takk_vault::store::EnvironmentRow| {
                let values = hosted.vault.store().count(row.id)?;
                Ok(StoredEnvironment { name: row.name, values, expires_at: row.expires_at })
            };
            hosted.vault.store().environments(project)?.into_iter().map(counted).collect()
        })
    }

    fn entries(&mut self, environment: &str) -> Result<Vec<Entry>> {
        self.ask(|hosted, project| hosted.vault.list(project, environment))
    }

    /// The values that takk set for what it created, and what is known of all of them.
    fn snapshot(&mut self, environment: &str) -> Result<Snapshot> {
        let revision = self.revision(environment)?;
        let held: Vec<Held> = self.entries(environment)?.into_iter().filter_map(held).collect();
        let values = self.ask(|hosted, project| hosted.vault.provisioned(project, environment))?;
        Ok(Snapshot { revision, held, values })
    }

    fn revision(&mut self, environment: &str) -> Result<Option<i64>> {
        self.ask(|hosted, project| hosted.vault.revision(project, environment))
    }

    fn value(&mut self, _: &str, _: &str) -> Result<Option<SecretValue>> {
        Err(not_needed())
    }

    fn history(&mut self, _: &str, _: &str) -> Result<Vec<Entry>> {
        Err(not_needed())
    }

    fn version(&mut self, _: &str, _: &str, _: i64) -> Result<Option<SecretValue>> {
        Err(not_needed())
    }

    fn update(&mut self, _: &str, _: &[Update]) -> Result<Vec<i64>> {
        Err(not_needed())
    }

    fn create(&mut self, _: &str, _: Option<i64>, _: &[Update]) -> Result<bool> {
        Err(not_needed())
    }

    fn forget(&mut self, environment: &str) -> Result<()> {
        let project = self.project;
        self.change(|unit, caller| unit.end_expired(caller, (project, environment)).map(drop))
    }

    fn ledger(&mut self, environment: &str) -> Result<Vec<LedgerRow>> {
        self.ask(|hosted, project| hosted.vault.ledger(project, environment))
    }

    fn change_ledger(&mut self, environment: &str, change: &LedgerChange<'_>) -> Result<(i64, Vec<i64>)> {
        if let Behalf::Caller(visit) = &self.behalf {
            let named = change.values.iter().filter(|update| update.value.is_some()).map(|update| update.name.as_str());
            if let Err(refusal) = names::refuse_reserved_names(named, visit.role) {
                return Err(self.failed(refusal));
            }
        }
        let project = self.project;
        self.change(|unit, caller| unit.change_ledger(caller, (project, environment), change))
    }

    fn admin_addresses(&mut self, environment: &str) -> Result<Vec<AdminRow>> {
        self.ask(|hosted, project| hosted.vault.admin_addresses(project, environment))
    }

    fn set_admin_address(&mut self, environment: &str, kind: &str, address: Option<&SecretValue>) -> Result<()> {
        let project = self.project;
        self.change(|unit, caller| unit.set_admin_address(caller, (project, environment), kind, address))
    }

    fn owner(&mut self) -> Result<(String, String)> {
        let store = self.ask(|hosted, _| hosted.vault.store_id())?;
        Ok((store, self.project.to_owned()))
    }
}

/// The verbs that provision neither read nor change values in this way.
fn not_needed() -> Error {
    Error::internal("a value was asked for while resources were provisioned")
}

/// What the caller learns of an error: it says what another server answered, and no password.
fn told(error: Error) -> Refusal {
    let mut detail = error.message.clone();
    let mut cause = std::error::Error::source(&error);
    while let Some(source) = cause {
        detail = format!("{detail}: {source}");
        cause = source.source();
    }
    let detail = error.details.iter().fold(detail, |detail, more| format!("{detail}; {more}"));
    error.hints.into_iter().fold(Refusal::invalid(detail), Refusal::hint)
}
