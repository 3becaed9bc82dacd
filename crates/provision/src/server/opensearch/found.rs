//! What already has the names that a resource needs, and whose it is.

use serde_json::Value;
use takk_model::error::{Error, Result};

use super::super::conflict::check_foreign;
use super::super::mark;
use super::admin::{OpensearchAdmin, path};
use super::api::Refusal;
use super::steps::{ATTRIBUTE, Terms, role_body};
use crate::ledger::Entry;

/// What is there.
pub(super) struct Found {
    pub user: Option<User>,
    pub role: Option<Role>,
    /// The users who have the role; `None` if it has no mapping.
    mapped: Option<Vec<String>>,
    /// The indices with the prefix.
    pub indices: Vec<String>,
    mark: String,
}

/// The user.
pub(super) struct User {
    mark: String,
    /// It belongs to the cluster, or may be more than a user of indices.
    is_special: bool,
}

/// The role.
pub(super) struct Role {
    mark: String,
    is_special: bool,
    /// It gives exactly the rights that it should.
    is_right: bool,
}

impl Found {
    /// Looks for it.
    pub(super) fn read(admin: &OpensearchAdmin, terms: &Terms<'_>, entry: &Entry) -> Result<Self> {
        let doing = format!("{}: cannot look at {}", entry.key(), admin.address.shown);
        Self::ask(admin, terms).map_err(|refusal| refusal.error(&doing))
    }

    fn ask(admin: &OpensearchAdmin, terms: &Terms<'_>) -> Result<Self, Refusal> {
        let get = |what: &str, name: &str| -> Result<Option<Value>, Refusal> {
            Ok(admin.api.get(&path(what, name))?.and_then(|mut answer| answer.get_mut(name).map(Value::take)))
        };
        let is_of_cluster = |one: &Value| ["reserved", "hidden", "static"].iter().any(|flag| one[*flag] == true);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let user = get("internalusers", terms.user)?.map(|user| User {
            mark: text(&user["attributes"][ATTRIBUTE]),
            is_special: is_of_cluster(&user)
                || !texts(&user["backend_roles"]).is_empty()
                || !texts(&user["opendistro_security_roles"]).is_empty(),
        });
        let role = get("roles", terms.role)?.map(|role| Role {
            mark: text(&role["description"]),
            is_special: is_of_cluster(&role),
            is_right: has_rights(&role, terms),
        });
        let mapped = get("rolesmapping", terms.role)?.map(|mapping| {
            let others = ["backend_roles", "hosts", "and_backend_roles"];
            let others = others.iter().flat_map(|name| texts(&mapping[*name])).map(|other| format!("*{other}"));
            texts(&mapping["users"]).into_iter().chain(others).collect()
        });
        let listed = admin.api.get(&format!("/_cat/indices/{}-*?format=json&h=index&expand_wildcards=all", terms.role))?;
        let listed = listed.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let begin = format!("{}-", terms.role);
        let indices = listed.iter().map(|row| text(&row["index"])).filter(|name| name.starts_with(&begin)).collect();
        Ok(Self { user, role, mapped, indices, mark: terms.mark.to_owned() })
    }

    fn has_our_role(&self) -> bool {
        self.role.as_ref().is_some_and(|role| role.mark == self.mark)
    }

    /// Whether all of it is there, is marked, and may be used by its user alone as it should be.
    pub(super) fn is_whole(&self, terms: &Terms<'_>) -> bool {
        let is_user = self.user.as_ref().is_some_and(|user| user.mark == self.mark && !user.is_special);
        let is_role = self.has_our_role() && self.role.as_ref().is_some_and(|role| role.is_right);
        is_user && is_role && self.mapped.as_deref() == Some(&[terms.user.to_owned()])
    }

    /// Stops where something of somebody else has one of the names, unless it is to be taken over.
    pub(super) fn refuse_foreign(&self, entry: &Entry, adopts: bool) -> Result<()> {
        let key = entry.key();
        let user = self.user.as_ref().is_some_and(|user| user.is_special && user.mark != self.mark);
        let role = self.role.as_ref().is_some_and(|role| role.is_special && role.mark != self.mark);
        if user || role {
            let what = if user { "user" } else { "role" };
            let name = name(entry, if user { "username" } else { "role" });
            return Err(Error::usage(format!(
                "{key}: the {what} {name} exists, and belongs to the cluster or has other roles: takk does not take it over"
            ))
            .hint("rename it, or give the project another name"));
        }
        check_foreign(&key, self.foreign(entry), adopts)
    }

    /// What belongs to somebody else. The mark of the role is that of the indices.
    pub(super) fn foreign(&self, entry: &Entry) -> Vec<String> {
        let mut facts = Vec::new();
        let (role, user) = (name(entry, "role"), name(entry, "username"));
        if let Some(found) = self.role.as_ref().filter(|found| found.mark != self.mark) {
            facts.push(mark::whose(&format!("the role {role}"), &found.mark, entry));
        }
        if let Some(found) = self.user.as_ref().filter(|found| found.mark != self.mark) {
            facts.push(mark::whose(&format!("the user {user}"), &found.mark, entry));
        }
        if !self.has_our_role() && !self.indices.is_empty() {
            facts.push(format!("takk did not create the indices {}", self.indices.join(", ")));
        }
        facts
    }
}

/// One of the names of an entry.
pub(super) fn name<'e>(entry: &'e Entry, which: &str) -> &'e str {
    entry.credentials.get(which).map(|name| name.as_str()).unwrap_or_default()
}

/// Whether a role gives what it should: the cluster adds fields that are empty.
fn has_rights(role: &Value, terms: &Terms<'_>) -> bool {
    let wanted = role_body(terms);
    let permissions = |role: &Value| {
        let indices = role["index_permissions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let one = |index: &Value| (texts(&index["index_patterns"]), texts(&index["allowed_actions"]));
        (texts(&role["cluster_permissions"]), indices.iter().map(one).collect::<Vec<_>>())
    };
    let has_tenants = role["tenant_permissions"].as_array().is_some_and(|tenants| !tenants.is_empty());
    permissions(role) == permissions(&wanted) && !has_tenants
}

fn texts(value: &Value) -> Vec<String> {
    let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
