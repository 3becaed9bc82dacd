//! What already has the names that a resource needs, and whose it is.
//!
//! Kafka has no comments. A user is takk's if it logs in with the password in the ledger, which nobody else knows; topics with the prefix
//! are takk's if the user is.

use std::collections::BTreeSet;

use takk_model::error::{Error, Result};

use super::super::conflict::check_foreign;
use super::admin::{KafkaAdmin, failed, principal};
use super::requests::{self, Acl, Cluster};
use super::steps::Terms;
use crate::ledger::Entry;
use crate::login::{KafkaError, KafkaSession};

/// What is there.
pub(super) struct Found {
    pub has_user: bool,
    is_ours: bool,
    /// The rules about the user.
    pub acls: BTreeSet<Acl>,
    /// The topics with the prefix.
    pub topics: Vec<String>,
}

impl Found {
    /// Looks for it.
    pub(super) fn read(
        session: &mut KafkaSession,
        cluster: &Cluster,
        admin: &KafkaAdmin,
        entry: &Entry,
        terms: &Terms<'_>,
    ) -> Result<Self> {
        let doing = format!("{}: cannot look at {}", entry.key(), admin.address.shown);
        Self::ask(session, cluster, admin, terms).map_err(|error| failed(&doing, &error))
    }

    fn ask(session: &mut KafkaSession, cluster: &Cluster, admin: &KafkaAdmin, terms: &Terms<'_>) -> Result<Self, KafkaError> {
        let has_user = requests::has_password(session, terms.user)?;
        let is_ours = has_user && admin.knows(terms.user, terms.password)?;
        let acls = requests::acls_of(session, &principal(terms.user))?.into_iter().collect();
        let topics = cluster.topics.iter().filter(|name| name.starts_with(&terms.prefix)).cloned().collect();
        Ok(Self { has_user, is_ours, acls, topics })
    }

    /// Whether all of it is there, with the rules that there should be.
    pub(super) fn is_whole(&self, terms: &Terms<'_>) -> bool {
        self.is_ours && self.acls == terms.acls()
    }

    /// Stops where something of somebody else has one of the names, unless it is to be taken over.
    pub(super) fn refuse_foreign(&self, entry: &Entry, terms: &Terms<'_>, adopts: bool) -> Result<()> {
        let (key, user) = (entry.key(), terms.user);
        if !self.is_ours && self.acls.iter().any(|acl| !acl.name.starts_with(&terms.prefix)) {
            return Err(Error::usage(format!(
                "{key}: the user {user} exists, and has rules for more than {}*: takk does not take it over",
                terms.prefix
            ))
            .hint("rename it, or give the project another name"));
        }
        check_foreign(&key, self.foreign(terms), adopts)
    }

    /// What belongs to somebody else.
    pub(super) fn foreign(&self, terms: &Terms<'_>) -> Vec<String> {
        let mut facts = Vec::new();
        if self.has_user && !self.is_ours {
            facts.push(format!("the user {} has a password that takk did not set", terms.user));
        }
        if !self.is_ours && !self.topics.is_empty() {
            facts.push(format!("takk did not create the topics {}", self.topics.join(", ")));
        }
        facts
    }
}
