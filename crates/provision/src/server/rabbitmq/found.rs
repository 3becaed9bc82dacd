//! What already has the names that a resource needs, and whose it is.

use serde_json::Value;
use takk_model::error::{Error, Result};

use super::super::conflict::check_foreign;
use super::super::mark;
use super::admin::{ADMINISTRATOR, RabbitAdmin, in_path, tags};
use super::api::Refusal;
use crate::ledger::Entry;
use takk_model::counted::counted;

/// What is there.
pub(super) struct Found {
    pub vhost: Option<Vhost>,
    pub user: Option<User>,
    /// Other virtual hosts for which the user has permissions.
    pub other_vhosts: Vec<String>,
    /// Whether the user may do everything in its virtual host.
    has_permissions: bool,
}

/// The virtual host.
pub(super) struct Vhost {
    pub is_ours: bool,
    description: String,
    queues: u64,
}

/// The user.
pub(super) struct User {
    pub is_ours: bool,
    tags: Vec<String>,
}

impl Found {
    /// Looks for it.
    pub(super) fn read(admin: &RabbitAdmin, entry: &Entry) -> Result<Self> {
        let doing = format!("{}: cannot look at {}", entry.key(), admin.address.shown);
        Self::ask(admin, entry).map_err(|refusal| refusal.error(&doing))
    }

    fn ask(admin: &RabbitAdmin, entry: &Entry) -> Result<Self, Refusal> {
        let (vhost, user) = (name(entry, "vhost"), name(entry, "username"));
        let ours = entry.mark.as_deref().unwrap_or_default();
        let found = admin.api.get(&in_path("vhosts", &[vhost]))?;
        let found = match found {
            Some(found) => {
                let description = found["description"].as_str().unwrap_or_default().to_owned();
                let is_ours = description == ours;
                let queues = if is_ours { 0 } else { queues(admin, vhost)? };
                Some(Vhost { is_ours, description, queues })
            }
            None => None,
        };
        let of_user = admin.api.get(&in_path("users", &[user]))?.map(|user| {
            let tags = tags(&user);
            User { is_ours: tags.contains(&mark::tag(ours)), tags }
        });
        let permissions = match &of_user {
            Some(_) => admin.api.get(&format!("{}/permissions", in_path("users", &[user])))?,
            None => None,
        };
        let permissions = permissions.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let of = |permission: &Value| permission["vhost"].as_str().unwrap_or_default().to_owned();
        let is_all = |permission: &&Value| ["configure", "write", "read"].iter().all(|what| permission[*what] == ".*");
        let has_permissions = permissions.iter().filter(is_all).any(|permission| of(permission) == vhost);
        let other_vhosts = permissions.iter().map(of).filter(|other| other != vhost).collect();
        Ok(Self { vhost: found, user: of_user, other_vhosts, has_permissions })
    }

    /// Whether all of it is there, is marked, and may be used by its user alone as it should be.
    pub(super) fn is_whole(&self) -> bool {
        let is_ours =
            self.vhost.as_ref().is_some_and(|vhost| vhost.is_ours) && self.user.as_ref().is_some_and(|user| user.is_ours);
        is_ours && self.has_permissions && self.other_vhosts.is_empty()
    }

    /// Stops where something of somebody else has one of the names, unless it is to be taken over.
    pub(super) fn refuse_foreign(&self, entry: &Entry, adopts: bool) -> Result<()> {
        let (key, user) = (entry.key(), name(entry, "username"));
        if self.user.as_ref().is_some_and(|user| !user.is_ours && user.tags.iter().any(|tag| tag == ADMINISTRATOR)) {
            return Err(Error::usage(format!(
                "{key}: the user {user} exists, and is an administrator: takk does not take it over"
            ))
            .hint("rename it, or give the project another name"));
        }
        check_foreign(&key, self.foreign(entry), adopts)
    }

    /// What belongs to somebody else.
    pub(super) fn foreign(&self, entry: &Entry) -> Vec<String> {
        let mut facts = Vec::new();
        if let Some(vhost) = self.vhost.as_ref().filter(|vhost| !vhost.is_ours) {
            let what = format!("the virtual host {}", name(entry, "vhost"));
            let content = format!("it has {}", counted(vhost.queues, "queue"));
            facts.push(format!("{}, and {content}", mark::whose(&what, &vhost.description, entry)));
        }
        if let Some(user) = self.user.as_ref().filter(|user| !user.is_ours) {
            let what = format!("the user {}", name(entry, "username"));
            facts.push(if user.tags.iter().any(|tag| mark::is_tag(tag)) {
                format!("takk created {what} for something else, or from another store")
            } else {
                format!("takk did not create {what}")
            });
        }
        facts
    }
}

/// One of the names of an entry.
pub(super) fn name<'e>(entry: &'e Entry, which: &str) -> &'e str {
    entry.credentials.get(which).map(|name| name.as_str()).unwrap_or_default()
}

/// How many queues a virtual host has.
fn queues(admin: &RabbitAdmin, vhost: &str) -> Result<u64, Refusal> {
    let path = format!("{}?page=1&page_size=1&columns=name", in_path("queues", &[vhost]));
    Ok(admin.api.get(&path)?.and_then(|page| page["total_count"].as_u64()).unwrap_or_default())
}
