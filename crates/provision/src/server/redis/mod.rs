//! Users on a server of Redis or Valkey that exists, by an admin address: each may use the keys and channels with a prefix of its own, and no
//! command that concerns the whole server.

mod address;
mod admin;
mod found;
mod keys;
mod rules;
mod session;
mod sessions;

use std::time::Duration;

use takk_model::error::{Error, Result};

use self::address::Address;
use self::admin::{RedisAdmin, failed, product};
use self::found::Found;
use self::rules::Terms;
use self::session::{Session, SessionError};
use super::{Admin, AdminAddress, FULL, Facts, OpenSession, ServerKind};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::login::{Accepted, NotReady};
use crate::provisioner::{Journal, MakesText};

/// Users on servers of Redis and Valkey.
pub static KIND: ServerKind = ServerKind {
    name: "redis",
    ledger_name: "redis-server",
    parse: |text| Ok(Box::new(RedisAdmin { address: Address::parse(text)? })),
    log_in,
    keeps_out: "a proxy in front of the server must know the new user",
    tls_remedy: "begin it with rediss:// in place of redis://",
    address_form: address::FORM,
    parts: &[],
    settles: Duration::ZERO,
    is_experimental: false,
};

impl Admin for RedisAdmin {
    fn address(&self) -> AdminAddress<'_> {
        AdminAddress {
            host: &self.address.host,
            port: self.address.port,
            shown: &self.address.shown,
            requires_tls: self.address.tls.is_some(),
            ssl_mode: self.address.mode,
            ssl_roots: self.address.roots.as_deref(),
        }
    }

    fn facts(&self) -> Result<Facts> {
        Ok(self.look()?.1.about)
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>, adopts: bool) -> Result<()> {
        let name = blueprint.owner.part(&blueprint.name);
        entry.credentials.insert("username".to_owned(), name.clone().into());
        entry.credentials.insert("password".to_owned(), random(32)?);
        entry.protected = blueprint.level == FULL;
        entry.place = Some(format!("keys {name}:*"));
        // What is found to be impossible now leaves nothing behind.
        let (mut session, _) = self.open()?;
        Found::read(&mut session, self, entry, &Terms::of(entry)?)?.refuse_foreign(entry, adopts)
    }

    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>> {
        let terms = Terms::of(entry)?;
        let (mut session, server) = self.open()?;
        Found::read(&mut session, self, entry, &terms)?.refuse_foreign(entry, adopts)?;
        let [set, key, mark] = terms.marking();
        let saving = saving(&mut session).map(|words| words.join(" "));
        let commands = [format!("{set} {key} '{mark}'"), terms.setting(server.major, true).join(" ")];
        Ok(commands.into_iter().chain(saving).collect())
    }

    fn create(&self, blueprint: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()> {
        let terms = Terms::of(entry)?;
        let (mut session, server) = self.open()?;
        Found::read(&mut session, self, entry, &terms)?.refuse_foreign(entry, adopts)?;
        let Facts { product, version, .. } = &server.about;
        if !(blueprint.accepts)(version) {
            journal.note(format!("the server is {product} {version}, and the code asks for {}", blueprint.version));
        }
        let setting = terms.setting(server.major, false);
        let setting: Vec<&str> = setting.iter().map(String::as_str).collect();
        for (step, command) in [("mark", &terms.marking()[..]), ("user", &setting)] {
            let doing = format!("{}: cannot create the {step} on the server", entry.key());
            session.ask(command).map_err(|error| failed(&doing, &error))?;
            entry.step = Some(step.to_owned());
            journal.store(entry)?;
        }
        if let Some(why) = save(&mut session) {
            journal.note(format!("a restart of the server forgets the user, and the same command creates it again: {why}"));
        }
        entry.step = Some("saved".to_owned());
        journal.store(entry)
    }

    fn sessions(&self, entry: &Entry, now: i64) -> Result<Option<Vec<OpenSession>>> {
        sessions::read(self, entry, now).map(Some)
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        let terms = Terms::of(entry)?;
        let (mut session, _) = self.open()?;
        let found = Found::read(&mut session, self, entry, &terms)?;
        found.refuse_removal(entry)?;
        let doing = format!("{}: cannot remove it from the server", entry.key());
        carry_out(&mut session, &terms, &found).map_err(|error| failed(&doing, &error))
    }
}

/// What is missing is skipped, so that a removal that was interrupted can be repeated. The mark goes last.
fn carry_out(session: &mut Session, terms: &Terms, found: &Found) -> Result<(), SessionError> {
    if found.has_user {
        // From here on, nobody logs in any more.
        session.ask(&["ACL", "SETUSER", &terms.user, "off"])?;
        session.ask(&["CLIENT", "KILL", "USER", &terms.user])?;
    }
    keys::delete(session, &terms.prefix)?;
    session.ask(&["ACL", "DELUSER", &terms.user])?;
    session.ask(&["UNLINK", &terms.mark_key])?;
    save(session);
    Ok(())
}

/// The command that keeps users over a restart.
fn saving(session: &mut Session) -> Option<&'static [&'static str]> {
    let reply = session.ask(&["CONFIG", "GET", "aclfile"]).ok()?;
    let has_file = reply.list().get(1).is_some_and(|file| !file.text().is_empty());
    Some(if has_file { &["ACL", "SAVE"] } else { &["CONFIG", "REWRITE"] })
}

/// Keeps the users over a restart; or why that is not possible.
fn save(session: &mut Session) -> Option<String> {
    let command = saving(session)?;
    session.ask(command).err().map(|error| error.to_string())
}

/// Logs in once as the program will, with the stored credentials and the TLS of its variables.
fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let part = |name: &str| entry.credentials.get(name).map(|value| value.as_str()).unwrap_or_default();
    let (login, tls) = ((part("username"), part("password")), (entry.ssl_mode.as_deref(), entry.ssl_roots.as_deref()));
    let address = Address::of_login(entry.host(), entry.port.unwrap_or_default(), login, tls);
    let address = address.map_err(|error: Error| NotReady::OtherServer(error.message))?;
    let mut session = Session::open(&address).map_err(not_ready)?;
    session.ask(&["EXISTS", &format!("{}:", part("username"))]).map_err(not_ready)?;
    let information = session.ask(&["INFO", "server"]).map_err(not_ready)?;
    Ok(Accepted { version: Some(product(information.text()).1).filter(|version| !version.is_empty()) })
}

fn not_ready(error: SessionError) -> NotReady {
    match error {
        SessionError::Unavailable(why) => NotReady::NoAnswer(why),
        SessionError::Untrusted(_) => NotReady::OtherServer(error.to_string()),
        SessionError::Refused(said) if said.starts_with("LOADING") => NotReady::Starting(said),
        SessionError::Refused(said) => NotReady::Refused(said),
    }
}
