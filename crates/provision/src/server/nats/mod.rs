//! Accounts on servers of NATS that have an operator: each environment gets an account of its own, which shares no subject and no stream with
//! others, and a user in it.
//!
//! An account is a JWT that is signed with a key of the operator, and a user one that is signed with a key of the account. So takk makes both
//! up without the server, stores the keys, and publishes the JWT of the account. Its `description` is the mark.

mod address;
mod admin;
mod claims;
mod found;
mod jwt;
mod nkey;
mod removal;
mod session;

use std::time::Duration;

use serde_json::Value;
use takk_model::error::{Error, Result};

use self::address::Address;
use self::admin::{NatsAdmin, UPDATE, failed, refusal};
use self::claims::{ACCOUNT, CREDS, Terms, credential, make_up, write_creds};
use self::found::{Found, lookup};
use self::jwt::signed;
use self::session::{Place, Session, SessionError};
use super::{Admin, AdminAddress, FULL, Facts, ServerKind};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::login::{Accepted, NotReady};
use crate::provisioner::{Journal, MakesText, Status};

/// Accounts on servers of NATS.
pub static KIND: ServerKind = ServerKind {
    name: "nats",
    ledger_name: "nats-server",
    parse: |text| Ok(Box::new(NatsAdmin { address: Address::parse(text)? })),
    log_in,
    keeps_out: "every server of a cluster needs the same operator, and a resolver of the type full",
    tls_remedy: "begin it with tls:// in place of nats://",
    address_form: address::FORM,
    parts: &[("dsn", "{scheme}://{host}:{port}"), ("creds", "{creds}")],
    // The servers of a cluster tell each other about an account.
    settles: Duration::from_secs(5),
    is_experimental: false,
};

/// What a program needs besides the URL.
pub(super) const LOGIN_PART: (&str, &str) = (
    CREDS,
    "a program logs in to an account with credentials, which no URL of NATS holds: declare `nats_creds: NatsCredsFile` next to the URL",
);

/// The credential with the scheme of the URL.
const SCHEME: &str = "scheme";

impl Admin for NatsAdmin {
    fn address(&self) -> AdminAddress<'_> {
        let Place { host, port, is_tls, roots } = &self.address.place;
        AdminAddress {
            host,
            port: *port,
            shown: &self.address.shown,
            requires_tls: *is_tls,
            ssl_mode: None,
            ssl_roots: roots.as_deref(),
        }
    }

    fn facts(&self) -> Result<Facts> {
        self.look()
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>, adopts: bool) -> Result<()> {
        let name = blueprint.owner.part(&blueprint.name);
        make_up(entry, &name, random)?;
        entry.credentials.insert(SCHEME.to_owned(), self.address.place.scheme().to_owned().into());
        entry.protected = blueprint.level == FULL;
        entry.place = Some(format!("account {name}"));
        // What is found to be impossible now leaves nothing behind.
        let terms = Terms::of(entry)?;
        Found::read(&mut self.open()?, self, entry, &terms)?.refuse_foreign(self, entry, &terms, adopts)
    }

    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>> {
        let mut session = self.open()?;
        let mut entry = entry.clone();
        let (terms, before) = self.settle(&mut session, &mut entry, adopts)?;
        let claims = terms.account_claims(before.as_ref(), session.has_jetstream);
        Ok(vec![format!("{UPDATE} {claims}")])
    }

    fn create(&self, blueprint: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()> {
        let mut session = self.open()?;
        if !(blueprint.accepts)(&session.version) {
            let version = &session.version;
            journal.note(format!("the server is NATS {version}, and the code asks for {}", blueprint.version));
        }
        let account = credential(entry, ACCOUNT)?.to_owned();
        let (terms, before) = self.settle(&mut session, entry, adopts)?;
        entry.credentials.insert(SCHEME.to_owned(), self.address.place.scheme().to_owned().into());
        if terms.account != account {
            // The program's credentials are of the other account now.
            entry.step = Some("adopted".to_owned());
            journal.store(entry)?;
        }
        let claims = terms.account_claims(before.as_ref(), session.has_jetstream);
        if before.as_ref() != Some(&claims) {
            update(self, &mut session, entry, &terms.dated(claims, before.as_ref()))?;
        }
        entry.step = Some("account".to_owned());
        journal.store(entry)
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        let terms = Terms::of(entry)?;
        let mut session = self.open()?;
        let is_reached = credential(entry, SCHEME)? == self.address.place.scheme();
        let found = Found::read(&mut session, self, entry, &terms)?;
        // An account that is missing is created anew by the same command.
        let is_whole = is_reached && found.is_whole(&terms, session.has_jetstream);
        Ok(if is_whole { Status::Running } else { Status::Stopped(None) })
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        removal::remove(self, entry)
    }
}

impl NatsAdmin {
    /// What is to be there, and the claims that the account has. An account that is taken over becomes that of the entry.
    fn settle(&self, session: &mut Session, entry: &mut Entry, adopts: bool) -> Result<(Terms, Option<Value>)> {
        let terms = Terms::of(entry)?;
        let found = Found::read(session, self, entry, &terms)?;
        found.refuse_foreign(self, entry, &terms, adopts)?;
        let Some(other) = found.adopted(&terms).cloned() else { return Ok((terms, found.own)) };
        entry.credentials.insert(ACCOUNT.to_owned(), other["sub"].as_str().unwrap_or_default().to_owned().into());
        write_creds(entry)?;
        Ok((Terms::of(entry)?, Some(other)))
    }
}

/// Publishes the claims of an account, and reads them back: a server says that it has updated what it does not keep.
fn update(admin: &NatsAdmin, session: &mut Session, entry: &Entry, claims: &Value) -> Result<()> {
    let doing = format!("{}: cannot set its account on the server", entry.key());
    let jwt = signed(claims.clone(), &admin.address.operator);
    let said = session.ask_json(UPDATE, jwt.as_bytes()).map_err(|error| failed(&doing, &error))?;
    if let Some(said) = refusal(&said) {
        let error = Error::usage(format!("{doing}: {said}")).about(format!("{UPDATE} {claims}"));
        return Err(
            error.hint("its resolver may have a limit, or a directory that it cannot write to; then run the command again")
        );
    }
    let account = claims["sub"].as_str().unwrap_or_default();
    let kept = session.ask(&lookup(account), b"").map_err(|error| failed(&doing, &error))?;
    if kept != jwt.as_bytes() {
        let error = Error::usage(format!("{doing}: it keeps another JWT of the account {account}"));
        return Err(error.hint("somebody else changes the account at the same time: run the command again"));
    }
    Ok(())
}

/// Logs in once as the program will, with the stored credentials and the TLS of its variables.
fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let other = |error: Error| NotReady::OtherServer(error.message);
    let terms = Terms::of(entry).map_err(other)?;
    let jwt = credential(entry, CREDS).map_err(other)?;
    let jwt = jwt.lines().find(|line| line.starts_with("eyJ")).unwrap_or_default();
    let place = Place {
        host: entry.host().to_owned(),
        port: entry.port.unwrap_or_default(),
        is_tls: credential(entry, SCHEME).map_err(other)? == "tls",
        roots: entry.ssl_roots.clone(),
    };
    let session = Session::open(&place, jwt, &terms.user).map_err(not_ready)?;
    Ok(Accepted { version: Some(session.version).filter(|version| !version.is_empty()) })
}

fn not_ready(error: SessionError) -> NotReady {
    match error {
        SessionError::Unavailable(why) => NotReady::NoAnswer(why),
        SessionError::Refused(said) | SessionError::Denied(said) => NotReady::Refused(said),
        SessionError::Untrusted(_) | SessionError::OtherServer(_) | SessionError::NoResponders(_) => {
            NotReady::OtherServer(error.to_string())
        }
    }
}
