//! What already has the names that a resource needs, and whose it is.

use std::collections::BTreeMap;

use takk_model::error::Result;

use super::super::conflict::check_foreign;
use super::admin::AwsAdmin;
use super::client::Refusal;
use super::iam::{POLICY, User};
use super::tags;
use crate::ledger::{Entry, State};
use takk_model::counted::counted;

/// A bucket, or a queue.
pub(in super::super) struct Holding {
    pub tags: BTreeMap<String, String>,
    pub is_empty: bool,
    /// What is in it, for people.
    pub content: String,
}

/// What is there.
pub(super) struct Found {
    pub user: Option<User>,
    pub holding: Option<Holding>,
}

/// One of the names of an entry.
pub(super) fn name<'e>(entry: &'e Entry, which: &str) -> &'e str {
    entry.credentials.get(which).map(|name| name.as_str()).unwrap_or_default()
}

impl Found {
    /// Looks for it.
    pub(super) fn read(admin: &AwsAdmin, entry: &Entry) -> Result<Self> {
        let doing = format!("{}: cannot look at {}", entry.key(), admin.address.shown);
        Self::ask(admin, entry).map_err(|refusal| refusal.error(&doing))
    }

    fn ask(admin: &AwsAdmin, entry: &Entry) -> Result<Self, Refusal> {
        let user = User::find(admin, name(entry, "user"))?;
        Ok(Self { user, holding: (admin.service.find)(admin, entry)? })
    }

    /// Whether the user is marked; or was created a moment ago by a run of takk that ended before it marked it.
    pub(super) fn is_our_user(&self, entry: &Entry) -> bool {
        let is_fresh = |user: &User| {
            is_begun(entry) && entry.step.is_none() && user.tags.is_empty() && user.keys.is_empty() && user.policies.is_empty()
        };
        self.user.as_ref().is_some_and(|user| tags::are_of(&user.tags, entry) || is_fresh(user))
    }

    /// The same of the bucket or queue.
    pub(super) fn is_our_holding(&self, entry: &Entry) -> bool {
        let is_fresh = |holding: &Holding| {
            is_begun(entry) && entry.step.as_deref() == Some("policy") && holding.tags.is_empty() && holding.is_empty
        };
        self.holding.as_ref().is_some_and(|holding| tags::are_of(&holding.tags, entry) || is_fresh(holding))
    }

    /// Whether all of it is there, is marked, and has the stored key alone.
    pub(super) fn is_whole(&self, entry: &Entry) -> bool {
        let is_right = |user: &User| {
            let is_ours = |(key, is_active): &(String, bool)| *is_active && key == name(entry, "access_key");
            tags::are_of(&user.tags, entry)
                && user.policies.iter().any(|policy| policy == POLICY)
                && user.keys.len() == 1
                && user.keys.iter().all(is_ours)
        };
        self.user.as_ref().is_some_and(is_right) && self.is_our_holding(entry)
    }

    /// What belongs to somebody else.
    pub(super) fn foreign(&self, admin: &AwsAdmin, entry: &Entry) -> Vec<String> {
        let mut facts = Vec::new();
        if let Some(holding) = self.holding.as_ref().filter(|_| !self.is_our_holding(entry)) {
            let what = format!("the {} {}", admin.service.noun, name(entry, admin.service.noun));
            facts.push(format!("{}, and it {}", tags::whose(&what, &holding.tags), holding.content));
        }
        if let Some(user) = self.user.as_ref().filter(|_| !self.is_our_user(entry)) {
            let what = format!("the user {}", name(entry, "user"));
            let keys = user.keys.len();
            facts.push(format!("{}, and it has {}", tags::whose(&what, &user.tags), counted(keys, "access key")));
        }
        facts
    }

    /// Stops where something of somebody else has one of the names, unless it is to be taken over.
    pub(super) fn refuse_foreign(&self, admin: &AwsAdmin, entry: &Entry, adopts: bool) -> Result<()> {
        check_foreign(&entry.key(), self.foreign(admin, entry), adopts)
    }
}

/// Whether an earlier run began to create it.
fn is_begun(entry: &Entry) -> bool {
    matches!(entry.state, State::Creating | State::Retiring)
}
