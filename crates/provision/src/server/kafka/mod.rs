//! Topics on a cluster of Kafka that exists: a user with a password for SCRAM, and rules that give it everything with a prefix.
//!
//! Nothing in Kafka has a comment: a user is takk's if it logs in with the stored password. What has one of the names and belongs to
//! somebody else is left alone.

mod address;
mod admin;
mod bytes;
mod found;
mod login;
mod requests;
mod steps;

use std::time::Duration;

use takk_model::error::{Error, Result};

use self::address::Address;
use self::admin::{KafkaAdmin, failed};
use self::found::Found;
use self::steps::{Step, Terms, steps};
use super::{Admin, AdminAddress, FULL, Facts, ServerKind};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::login::{KafkaError, KafkaSession};
use crate::provisioner::{Journal, MakesText, Status};

/// Topics with a prefix on clusters of Kafka.
pub static KIND: ServerKind = ServerKind {
    name: "kafka",
    ledger_name: "kafka-server",
    parse: |text| Ok(Box::new(KafkaAdmin { address: Address::parse(text)? })),
    log_in: login::log_in,
    keeps_out: "every broker needs a listener with SCRAM-SHA-256 at the address that it advertises",
    tls_remedy: "add security_protocol=SASL_SSL, and ssl_cafile=/path/to/ca.pem for authorities of your own",
    address_form: address::FORM,
    parts: &[("dsn", "{scheme}://{username}:{password}@{host}:{port}")],
    // Brokers learn of a user from the controller.
    settles: Duration::from_secs(10),
    is_experimental: true,
};

/// What a program needs to log in.
pub(super) const LOGIN_PART: (&str, &str) = (
    "dsn",
    "a program logs in to Kafka with a user and a password, which a list of brokers does not hold: declare `kafka_url: \
     Annotated[SecretStr, ResourceTags.kafka_dsn]`, and read them from it",
);

/// The TLS setting of clients.
const ENCRYPTED: &str = "SASL_SSL";
const PLAIN: &str = "SASL_PLAINTEXT";
/// How many topics one request deletes.
const AT_ONCE: usize = 100;

impl Admin for KafkaAdmin {
    fn address(&self) -> AdminAddress<'_> {
        let is_encrypted = self.address.tls.is_some();
        AdminAddress {
            host: &self.address.host,
            port: self.address.port,
            shown: &self.address.shown,
            requires_tls: is_encrypted,
            ssl_mode: Some(if is_encrypted { ENCRYPTED } else { PLAIN }),
            ssl_roots: self.address.roots.as_deref(),
        }
    }

    fn facts(&self) -> Result<Facts> {
        self.look().map(|(.., facts)| facts)
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>, adopts: bool) -> Result<()> {
        let name = blueprint.owner.part(&blueprint.name);
        let mut set = |key: &str, value: String| entry.credentials.insert(key.to_owned(), value.into());
        set("username", format!("{name}_1"));
        set("prefix", format!("{name}-"));
        entry.credentials.insert("password".to_owned(), random(32)?);
        entry.protected = blueprint.level == FULL;
        entry.place = Some(format!("topics {name}-*"));
        // What is found to be impossible now leaves nothing behind.
        self.planned(entry, adopts).map(|_| ())
    }

    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>> {
        let terms = Terms::of(entry)?;
        Ok(self.planned(entry, adopts)?.1.iter().flat_map(|step| step.shown(&terms)).collect())
    }

    fn create(&self, _: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()> {
        let (mut session, steps) = self.planned(entry, adopts)?;
        let doing = format!("{}: cannot create the user on the cluster", entry.key());
        for step in steps {
            let terms = Terms::of(entry)?;
            let error = |error: KafkaError| step.shown(&terms).into_iter().fold(failed(&doing, &error), Error::about);
            step.run(&mut session, &terms).map_err(error)?;
            entry.step = Some(step.name().to_owned());
            journal.store(entry)?;
        }
        Ok(())
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        let terms = Terms::of(entry)?;
        let (mut session, cluster) = self.open()?;
        let is_whole = Found::read(&mut session, &cluster, self, entry, &terms)?.is_whole(&terms);
        Ok(if is_whole { Status::Running } else { Status::Stopped(None) })
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        let terms = Terms::of(entry)?;
        let (mut session, cluster) = self.open()?;
        let found = Found::read(&mut session, &cluster, self, entry, &terms)?;
        let foreign = found.foreign(&terms);
        if !foreign.is_empty() {
            // What was given away or taken since is not removed.
            let error = Error::usage(format!("{}: not all of it is takk's, so takk removes nothing", entry.key()));
            return Err(foreign.into_iter().fold(error, Error::about).hint("to take it over first: takk provision --adopt"));
        }
        let doing = format!("{}: cannot remove it from the cluster", entry.key());
        remove(&mut session, &terms, &found).map_err(|error| failed(&doing, &error))
    }
}

impl KafkaAdmin {
    /// What is to be done, if nothing of somebody else is in the way.
    fn planned(&self, entry: &Entry, adopts: bool) -> Result<(KafkaSession, [Step; 2])> {
        let terms = Terms::of(entry)?;
        let (mut session, cluster) = self.open()?;
        let found = Found::read(&mut session, &cluster, self, entry, &terms)?;
        found.refuse_foreign(entry, &terms, adopts)?;
        Ok((session, steps(&terms, &found)))
    }
}

/// What is missing is skipped, so that a removal that was interrupted can be repeated. The user goes last: its password says whose the
/// topics are.
fn remove(session: &mut KafkaSession, terms: &Terms<'_>, found: &Found) -> Result<(), KafkaError> {
    // From here on, whoever is still connected may do nothing.
    let acls: Vec<_> = found.acls.iter().cloned().collect();
    if !acls.is_empty() {
        requests::delete_acls(session, &acls)?;
    }
    for topics in found.topics.chunks(AT_ONCE) {
        requests::delete_topics(session, topics)?;
    }
    if found.has_user { requests::delete_password(session, terms.user) } else { Ok(()) }
}
