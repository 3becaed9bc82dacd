//! The ledger of an environment: what was created for it. Its entries are stored as versions next to the values, so they are
//! encrypted, bound to their place, sealed, backed up and rekeyed like values; but nothing that reads values sees them.

use super::access::Caller;
use super::audit::hex;
use super::change::Location;
use super::entry::{Changed, LEDGER_PREFIX, Update, is_value};
use super::retry::as_conflict;
use super::state::read;
use super::unit_of_work::UnitOfWork;
use super::{Result, SecretValue, SecretsError, Vault};
use crate::store::{Durability, VersionRow};
use takk_model::Origin;

/// An entry of the ledger. Its text is secret: it contains credentials.
pub struct LedgerRow {
    /// The resource: `postgres/default`.
    pub resource: String,
    pub version: i64,
    pub text: SecretValue,
    /// When it was written, in milliseconds since 1970.
    pub written_at: i64,
}

/// A change to one entry, with the values that change with it, in one transaction.
pub struct LedgerChange<'c> {
    /// The resource: `postgres/default`.
    pub resource: &'c str,
    /// The version that the entry must have, 0 for none.
    pub expected: i64,
    /// Its new text; `None` removes it.
    pub text: Option<SecretValue>,
    /// Values that change at the same time.
    pub values: Vec<Update>,
    /// The action that the audit log records, such as `resource.create`; `None` for a change that is not worth a row.
    pub action: Option<&'c str>,
}

impl Vault {
    /// The entries of an environment, by resource; none if it does not exist.
    pub fn ledger(&mut self, project: &str, environment: &str) -> Result<Vec<LedgerRow>> {
        let opened = match self.load(project, environment) {
            Err(SecretsError::NoEnvironment(_)) => return Ok(Vec::new()),
            other => other?,
        };
        let mut rows = Vec::new();
        for row in &opened.current {
            let Some(resource) = row.name.strip_prefix(LEDGER_PREFIX) else { continue };
            let Some(text) = read(&opened, row)? else { continue };
            let (resource, version, written_at) = (resource.to_owned(), row.version, row.created_at);
            rows.push(LedgerRow { resource, version, text, written_at });
        }
        Ok(rows)
    }

    /// The values of an environment that takk set for what it created; those that somebody else set are not among them.
    pub fn provisioned(&mut self, project: &str, environment: &str) -> Result<Vec<(String, SecretValue)>> {
        let opened = match self.load(project, environment) {
            Err(SecretsError::NoEnvironment(_)) => return Ok(Vec::new()),
            other => other?,
        };
        let is_ours = |row: &&VersionRow| is_value(row) && row.origin == Origin::Provisioned.as_str();
        let values = opened.current.iter().filter(is_ours).filter_map(|row| match read(&opened, row) {
            Ok(value) => Some(Ok((row.name.clone(), value?))),
            Err(error) => Some(Err(error)),
        });
        values.collect()
    }

    /// Changes an entry together with values, in an environment that is created if it does not exist. Returns the new version of the
    /// entry, and those of the values in their order.
    ///
    /// Fails with [`SecretsError::Changed`] if somebody else changed the entry, or a value, meanwhile.
    pub fn change_ledger(&mut self, place: (&str, &str), author: &str, change: &LedgerChange<'_>) -> Result<(i64, Vec<i64>)> {
        let caller = Caller::local(author);
        self.transaction(Durability::Synced, |unit| unit.change_ledger(&caller, place, change))
    }

    /// An identifier of the store: random, and the same for as long as the store exists. It is no secret.
    pub fn store_id(&self) -> Result<String> {
        const NAME: &str = "store id";
        let kept = if let Some(kept) = self.store.fact(NAME)? {
            kept
        } else {
            let mut bytes = [0; 8];
            self.random.fill(&mut bytes)?;
            // Of two processes that do this at once, the first counts.
            self.store.keep_fact(NAME, &bytes)?
        };
        Ok(hex(&kept))
    }
}

impl UnitOfWork<'_> {
    /// The same within a transaction, for a caller who is authorized in it.
    pub fn change_ledger(
        &mut self,
        caller: &Caller,
        (project, environment): (&str, &str),
        change: &LedgerChange<'_>,
    ) -> Result<(i64, Vec<i64>)> {
        let at = Location { project, environment };
        let name = format!("{LEDGER_PREFIX}{}", change.resource);
        let mut updates = vec![Update {
            value: change.text.as_ref().map(|text| SecretValue::from(text.expose())),
            expected: Some(expected(self, at, &name, change.expected)?),
            name,
            origin: Origin::Provisioned,
        }];
        updates.extend(change.values.iter().map(Update::copy));
        let mut versions = match self.change(at, &caller.name, &updates) {
            Err(SecretsError::NoEnvironment(_)) => self.create_recorded(at, caller, &updates)?,
            other => other?,
        }
        .versions;
        if let Some(action) = change.action {
            let entry = caller.entry(at, action, vec![change.resource.to_owned()], self.now);
            self.entries.push(entry);
        }
        let version = versions.remove(0);
        Ok((version, versions))
    }

    /// Creates an environment that came into being by something other than a value.
    pub(super) fn create_recorded(&mut self, at: Location, caller: &Caller, updates: &[Update]) -> Result<Changed> {
        let changed = self.create_missing(at, &caller.name, updates).map_err(as_conflict)?;
        let entry = caller.entry(at, "environment.create", Vec::new(), self.now);
        self.entries.push(entry);
        Ok(changed)
    }

    /// Records that a caller did something that changes no row.
    pub fn record(&mut self, caller: &Caller, (project, environment): (&str, &str), action: &str, items: Vec<String>) {
        let entry = caller.entry(Location { project, environment }, action, items, self.now);
        self.entries.push(entry);
    }

    /// Removes an environment whose time is over, with a row in the audit log. Whether it did: somebody else may have.
    pub fn end_expired(&mut self, caller: &Caller, (project, environment): (&str, &str)) -> Result<bool> {
        let at = Location { project, environment };
        let opened = match self.hold(at) {
            Err(SecretsError::NoEnvironment(_)) => return Ok(false),
            other => other?,
        };
        if opened.row.expires_at.is_none_or(|end| end > self.now) {
            return Ok(false);
        }
        self.refuse_resources(at)?;
        self.remove(at)?;
        let entry = caller.entry(at, "environment.delete", Vec::new(), self.now);
        self.entries.push(entry);
        Ok(true)
    }

    /// Fails if something that was created for an environment still exists, which would be forgotten with it.
    pub(super) fn refuse_resources(&mut self, at: Location) -> Result<()> {
        let opened = match self.hold(at) {
            // What cannot be read any more can be removed.
            Err(SecretsError::Tampered { .. }) => return Ok(()),
            other => other?,
        };
        let kept = opened.current.iter().filter(|row| row.sealed.is_some());
        let resources: Vec<String> = kept.filter_map(|row| Some(row.name.strip_prefix(LEDGER_PREFIX)?.to_owned())).collect();
        if resources.is_empty() {
            return Ok(());
        }
        Err(SecretsError::HasResources { environment: at.environment.to_owned(), resources: resources.join(", ") })
    }
}

/// The version that an entry must have. An entry that was removed still has a version.
fn expected(unit: &mut UnitOfWork<'_>, at: Location, name: &str, expected: i64) -> Result<i64> {
    if expected != 0 {
        return Ok(expected);
    }
    match unit.hold(at) {
        Err(SecretsError::NoEnvironment(_)) => Ok(0),
        opened => Ok(opened?.find(name).filter(|row| row.sealed.is_none()).map_or(0, |row| row.version)),
    }
}
