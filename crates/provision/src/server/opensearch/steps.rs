//! The requests of each step: create what is missing, else set it to what is stored. `PUT` does both.

use serde_json::{Value, json};
use takk_model::error::{Error, Result};

use super::admin::path;
use super::api::Call;
use super::found::name;
use crate::ledger::Entry;

/// The attribute of a user that has the mark.
pub(super) const ATTRIBUTE: &str = "takk";

/// What is done, and written down before the next step begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    /// Its name in the ledger.
    pub name: &'static str,
    /// What it creates, for an error.
    pub what: &'static str,
    pub call: Call,
}

/// What is to be there.
pub(super) struct Terms<'e> {
    /// The name of the role, and before `-` the prefix of the indices.
    pub role: &'e str,
    pub user: &'e str,
    password: &'e str,
    pub mark: &'e str,
}

impl<'e> Terms<'e> {
    pub(super) fn of(entry: &'e Entry) -> Result<Self> {
        let password = entry.credentials.get("password");
        let password = password.ok_or_else(|| Error::internal(format!("the ledger has no password of {}", entry.key())))?;
        let mark = entry.mark.as_deref().unwrap_or_default();
        Ok(Self { role: name(entry, "role"), user: name(entry, "username"), password, mark })
    }
}

/// The role. Requests for several indices at once and the page with the version are rights of the cluster.
pub(super) fn role_body(terms: &Terms<'_>) -> Value {
    json!({
        "description": terms.mark,
        "cluster_permissions": ["cluster_composite_ops", "cluster:monitor/main"],
        "index_permissions": [{ "index_patterns": [format!("{}-*", terms.role)], "allowed_actions": ["indices_all"] }],
        "tenant_permissions": [],
    })
}

/// The steps, in their order. The role comes first: its description is the mark of the indices.
pub(super) fn steps(terms: &Terms<'_>) -> [Step; 3] {
    // The cluster hashes the password, and keeps it out of its audit log.
    let user = json!({
        "password": terms.password,
        "attributes": { ATTRIBUTE: terms.mark },
        "backend_roles": [],
        "opendistro_security_roles": [],
    });
    let mapping = json!({ "users": [terms.user], "backend_roles": [], "hosts": [] });
    let (role, of_user) = (path("roles", terms.role), path("internalusers", terms.user));
    let of_mapping = path("rolesmapping", terms.role);
    [
        Step { name: "role", what: "role", call: Call::put(role, role_body(terms)) },
        Step { name: "user", what: "user", call: Call::put(of_user, user) },
        Step { name: "mapping", what: "mapping of the role", call: Call::put(of_mapping, mapping) },
    ]
}
