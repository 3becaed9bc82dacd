//! Indices on a cluster of OpenSearch that exists, by the API of its security plugin: a role for the indices with a prefix, and a user who
//! alone has it.
//!
//! The description of the role is the mark of the role and of the indices; the user has it as an attribute. What has one of the names and no
//! such mark belongs to somebody else, and is left alone.

mod admin;
mod api;
mod found;
mod login;
mod removal;
mod steps;

use std::time::Duration;

use takk_model::error::{Error, Result};

use self::admin::OpensearchAdmin;
use self::found::Found;
use self::steps::{Terms, steps};
use super::{Admin, AdminAddress, FULL, Facts, ServerKind};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::provisioner::{Journal, MakesText, Status};

/// Indices with a prefix on clusters of OpenSearch.
pub static KIND: ServerKind = ServerKind {
    name: "opensearch",
    ledger_name: "opensearch-server",
    parse: |text| Ok(Box::new(OpensearchAdmin::parse(text)?)),
    log_in: login::log_in,
    keeps_out: "a proxy in front of the cluster must pass on the header `Authorization`",
    tls_remedy: "use https:// instead of http://",
    address_form: admin::FORM,
    parts: &[("url", "{endpoint}")],
    settles: Duration::from_secs(10),
    is_experimental: true,
};

/// The credential with the URL of the cluster.
const ENDPOINT: &str = "endpoint";

impl Admin for OpensearchAdmin {
    fn address(&self) -> AdminAddress<'_> {
        AdminAddress {
            host: &self.address.host,
            port: self.address.port,
            shown: &self.address.shown,
            requires_tls: self.address.is_https,
            ssl_mode: None,
            ssl_roots: self.address.roots.as_deref(),
        }
    }

    fn facts(&self) -> Result<Facts> {
        self.look()
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>, adopts: bool) -> Result<()> {
        let name = blueprint.owner.part(&blueprint.name);
        let mut set = |key: &str, value: String| entry.credentials.insert(key.to_owned(), value.into());
        set("role", name.clone());
        set("username", format!("{name}_1"));
        set(ENDPOINT, self.address.base.clone());
        entry.credentials.insert("password".to_owned(), random(32)?);
        entry.protected = blueprint.level == FULL;
        entry.place = Some(format!("indices {name}-*"));
        // What is found to be impossible now leaves nothing behind.
        self.open()?;
        Found::read(self, &Terms::of(entry)?, entry)?.refuse_foreign(entry, adopts)
    }

    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>> {
        self.open()?;
        let terms = Terms::of(entry)?;
        Found::read(self, &terms, entry)?.refuse_foreign(entry, adopts)?;
        Ok(steps(&terms).iter().map(|step| step.call.to_string()).collect())
    }

    fn create(&self, blueprint: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()> {
        let facts = self.open()?;
        entry.credentials.insert(ENDPOINT.to_owned(), self.address.base.clone().into());
        let terms = Terms::of(entry)?;
        Found::read(self, &terms, entry)?.refuse_foreign(entry, adopts)?;
        if !(blueprint.accepts)(&facts.version) {
            journal.note(format!("the server is OpenSearch {}, and the code asks for {}", facts.version, blueprint.version));
        }
        for step in steps(&terms) {
            let doing = format!("{}: cannot create the {} on the server", entry.key(), step.what);
            let error = |error: Error| error.about(step.call.to_string());
            self.api.call(&step.call).map_err(|refusal| error(refusal.error(&doing)))?;
            entry.step = Some(step.name.to_owned());
            journal.store(entry)?;
        }
        Ok(())
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        self.open()?;
        let terms = Terms::of(entry)?;
        let is_whole = Found::read(self, &terms, entry)?.is_whole(&terms);
        let is_there = entry.credentials.get(ENDPOINT).is_some_and(|endpoint| endpoint.as_str() == self.address.base);
        Ok(if is_whole && is_there { Status::Running } else { Status::Stopped(None) })
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        removal::remove(self, entry)
    }
}
