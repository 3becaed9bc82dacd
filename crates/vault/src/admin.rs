//! Admin addresses: the logins with which takk creates databases and roles on servers that exist. They are stored separately,
//! as versions next to the values of an environment, so they are encrypted, bound to their place, sealed, backed up and rekeyed
//! like values; but nothing that reads values sees them, and no program receives them.

use super::access::Caller;
use super::change::Location;
use super::entry::{ADMIN_PREFIX, Update};
use super::state::read;
use super::unit_of_work::UnitOfWork;
use super::{Result, SecretValue, SecretsError, Vault};
use crate::store::Durability;
use takk_model::Origin;

/// An admin address.
pub struct AdminRow {
    /// The kind of server: `postgres`.
    pub kind: String,
    pub version: i64,
    pub address: SecretValue,
    pub author: String,
    /// When it was written, in milliseconds since 1970.
    pub written_at: i64,
}

impl Vault {
    /// The admin addresses of an environment, by kind; none if the environment does not exist.
    pub fn admin_addresses(&mut self, project: &str, environment: &str) -> Result<Vec<AdminRow>> {
        let opened = match self.load(project, environment) {
            Err(SecretsError::NoEnvironment(_)) => return Ok(Vec::new()),
            other => other?,
        };
        let mut rows = Vec::new();
        for row in &opened.current {
            let Some(kind) = row.name.strip_prefix(ADMIN_PREFIX) else { continue };
            let Some(address) = read(&opened, row)? else { continue };
            let (kind, version, written_at, author) = (kind.to_owned(), row.version, row.created_at, row.author.clone());
            rows.push(AdminRow { kind, version, address, author, written_at });
        }
        Ok(rows)
    }

    /// Stores the admin address of a kind, and creates the environment if it does not exist. `None` removes the address.
    pub fn set_admin_address(
        &mut self,
        place: (&str, &str),
        author: &str,
        kind: &str,
        address: Option<&SecretValue>,
    ) -> Result<()> {
        let caller = Caller::local(author);
        self.transaction(Durability::Synced, |unit| unit.set_admin_address(&caller, place, kind, address))
    }
}

impl UnitOfWork<'_> {
    /// The same within a transaction, for a caller who is authorized in it.
    pub fn set_admin_address(
        &mut self,
        caller: &Caller,
        (project, environment): (&str, &str),
        kind: &str,
        address: Option<&SecretValue>,
    ) -> Result<()> {
        let at = Location { project, environment };
        let update = Update {
            name: format!("{ADMIN_PREFIX}{kind}"),
            value: address.map(|address| SecretValue::from(address.expose())),
            expected: None,
            origin: Origin::Set,
        };
        let updates = [update];
        match self.change(at, &caller.name, &updates) {
            Err(SecretsError::NoEnvironment(_)) => self.create_recorded(at, caller, &updates)?,
            other => other?,
        };
        let action = if address.is_some() { "admin.set" } else { "admin.unset" };
        let entry = caller.entry(at, action, vec![kind.to_owned()], self.now);
        self.entries.push(entry);
        Ok(())
    }
}
