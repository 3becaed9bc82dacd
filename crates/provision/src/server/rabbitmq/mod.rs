//! Virtual hosts on a broker of RabbitMQ that exists, by its management API: a virtual host, and a user with permissions for it alone.
//!
//! The description of the virtual host is the mark, and a tag of the user has its digest. What has one of the names and no such mark belongs
//! to somebody else, and is left alone.

mod admin;
mod api;
mod found;
mod login;
mod removal;
mod sessions;
mod steps;

use std::time::Duration;

use takk_model::error::{Error, Result};

use self::admin::RabbitAdmin;
use self::found::Found;
use self::steps::{Terms, steps};
use super::{Admin, AdminAddress, FULL, Facts, OpenSession, ServerKind};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::provisioner::{Journal, MakesText, Status};

/// Virtual hosts on brokers of RabbitMQ.
pub static KIND: ServerKind = ServerKind {
    name: "amqp",
    ledger_name: "rabbitmq-server",
    parse: |text| Ok(Box::new(RabbitAdmin::parse(text)?)),
    log_in: login::log_in,
    keeps_out: "programs must reach the broker from here; `?amqp=amqps://host:port` in the admin address says where it is for them",
    tls_remedy: "use the management API over TLS: https:// instead of http://",
    address_form: admin::FORM,
    parts: &[("dsn", "{scheme}://{username}:{password}@{host}:{port}/{vhost}")],
    settles: Duration::ZERO,
    is_experimental: false,
};

impl Admin for RabbitAdmin {
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
        Ok(self.look()?.about)
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>, adopts: bool) -> Result<()> {
        let name = blueprint.owner.part(&blueprint.name);
        let mut set = |key: &str, value: String| entry.credentials.insert(key.to_owned(), value.into());
        set("vhost", name.clone());
        set("username", format!("{name}_1"));
        entry.credentials.insert("password".to_owned(), random(32)?);
        entry.protected = blueprint.level == FULL;
        entry.place = Some(format!("virtual host {name}"));
        // What is found to be impossible now leaves nothing behind.
        let broker = self.open()?;
        self.place_for_programs(&broker, entry)?.write(entry);
        Found::read(self, entry)?.refuse_foreign(entry, adopts)
    }

    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>> {
        let broker = self.open()?;
        let found = Found::read(self, entry)?;
        found.refuse_foreign(entry, adopts)?;
        let steps = steps(&Terms::of(entry)?, &found, &broker.about.user);
        Ok(steps.iter().flat_map(|step| &step.calls).map(ToString::to_string).collect())
    }

    fn create(&self, blueprint: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()> {
        let broker = self.open()?;
        let found = Found::read(self, entry)?;
        found.refuse_foreign(entry, adopts)?;
        self.place_for_programs(&broker, entry)?.write(entry);
        if !(blueprint.accepts)(&broker.about.version) {
            let version = &broker.about.version;
            journal.note(format!("the server is RabbitMQ {version}, and the code asks for {}", blueprint.version));
        }
        for step in steps(&Terms::of(entry)?, &found, &broker.about.user) {
            for call in &step.calls {
                let doing = || format!("{}: cannot create the {} on the server", entry.key(), step.what);
                let error = |error: Error| error.about(call.to_string());
                self.api.call(call).map_err(|failure| error(failure.error(&doing())))?;
            }
            entry.step = Some(step.name.to_owned());
            journal.store(entry)?;
        }
        Ok(())
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        let broker = self.open()?;
        let is_reached = self.place_for_programs(&broker, entry)?.is_of(entry);
        let found = Found::read(self, entry)?;
        // A virtual host that is missing is created anew by the same command.
        Ok(if is_reached && found.is_whole() { Status::Running } else { Status::Stopped(None) })
    }

    fn sessions(&self, entry: &Entry, _now: i64) -> Result<Option<Vec<OpenSession>>> {
        sessions::read(self, entry).map(Some)
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        removal::remove(self, entry)
    }
}
