//! What a server does for those who ask it: many accesses in one transaction, each with its row in the audit log. A write whose row
//! cannot be stored does not happen, and a value is given only after its row is on the disk.

use super::audit::record;
use super::change::{Hand, Location, change, create, look, version_row_in};
use super::entry::{Entry, Update};
use super::keys::mac;
use super::state::{Opened, read};
use super::{Result, SecretValue, SecretsError, Vault};
use crate::store::{AnswerRow, AuditEntry, Cause, StoreError, Transaction};
use crate::wire::Changed;

/// How often everything is tried again after somebody else was faster.
const ATTEMPTS: u32 = 16;
/// The status of the answer to a request that made an environment.
const CREATED: u16 = 201;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The number of the user.
    pub user: i64,
    /// Its name: the author of what it writes.
    pub name: String,
    /// By which token.
    pub token: Option<i64>,
    /// In which request, as the server's log names it.
    pub request: Option<String>,
}

/// What somebody wants of an environment.
pub struct Access {
    /// Who; whether it may is decided already.
    pub caller: Caller,
    /// Of which project.
    pub project: String,
    /// Of which environment.
    pub environment: String,
    /// What.
    pub action: Action,
    /// What tells a request that comes a second time; for changes.
    pub once: Option<Once>,
}

/// What can be wanted of an environment.
pub enum Action {
    /// The current values of these names, or of all.
    Read {
        /// The names; those that have no value are left out of the answer.
        names: Option<Vec<String>>,
    },
    /// One version of a name, or the current one.
    ReadVersion {
        /// The name.
        name: String,
        /// The version.
        version: Option<i64>,
    },
    /// New values.
    Change {
        /// The values.
        updates: Vec<Update>,
        /// Whether an environment that is not there is made.
        make: bool,
    },
    /// A new environment.
    Create {
        /// When its time is over.
        expires_at: Option<i64>,
        /// Its first values.
        updates: Vec<Update>,
    },
    /// The end of an environment.
    Delete,
}

/// A request that has the same answer when it comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// Its key, the caller's to choose.
    pub key: String,
    /// SHA-256 of the request. The store keeps it under a key only.
    pub digest: Vec<u8>,
}

/// What an access gives.
pub enum Given {
    /// Values that were read.
    Values {
        /// The revision of the environment.
        revision: i64,
        /// By name.
        values: Vec<(Entry, SecretValue)>,
    },
    /// A version that was read; no value where it was unset.
    Version(Entry, Option<SecretValue>),
    /// Values that were written.
    Changed {
        /// The revision of the environment, and the versions in the order of the updates.
        changed: Changed,
        /// Whether the environment was made for it.
        made: bool,
        /// Whether that happened when the request came for the first time.
        again: bool,
    },
    /// An environment that is no more.
    Deleted,
}

impl Vault {
    /// Does what is asked, in one transaction, and gives the outcome of each access in their order. One that fails does not keep the
    /// others from what they want.
    pub fn serve(&mut self, accesses: &[Access]) -> Vec<Result<Given>> {
        match self.together(accesses) {
            Ok(given) => given,
            Err(error @ SecretsError::Store(StoreError::Unavailable(_))) => {
                let others = accesses.iter().skip(1).map(|_| {
                    let cause = Cause::from("the connection was lost in the same transaction");
                    Err(StoreError::Unavailable(cause).into())
                });
                std::iter::once(Err(error)).chain(others).take(accesses.len()).collect()
            }
            Err(error) if accesses.len() == 1 => vec![Err(error)],
            // Nothing was committed: the one at fault is found by itself.
            Err(_) => accesses.iter().flat_map(|access| self.serve(std::slice::from_ref(access))).collect(),
        }
    }

    fn together(&mut self, accesses: &[Access]) -> Result<Vec<Result<Given>>> {
        let mut attempt = 0;
        loop {
            match self.try_together(accesses) {
                Err(SecretsError::Store(StoreError::Conflict)) if attempt < ATTEMPTS => attempt += 1,
                other => return other,
            }
        }
    }

    fn try_together(&mut self, accesses: &[Access]) -> Result<Vec<Result<Given>>> {
        let now = (self.clock)();
        // All take environments in the same order, so that no two wait for each other.
        let mut order: Vec<usize> = (0..accesses.len()).collect();
        order.sort_by_key(|at| (&accesses[*at].project, &accesses[*at].environment));
        let mut given: Vec<Option<Result<Given>>> = accesses.iter().map(|_| None).collect();
        let mut entries: Vec<(usize, AuditEntry)> = Vec::new();
        let mut transaction = self.store.begin()?;
        let mut looked = None;
        for at in order {
            let access = &accesses[at];
            let hand = Hand { master: &self.master, random: self.random.as_ref(), author: &access.caller.name, now };
            let is_read = matches!(access.action, Action::Read { .. } | Action::ReadVersion { .. });
            let outcome = match serve_one(transaction.as_mut(), hand, access, &mut looked) {
                Err(error) if !is_own(&error) => return Err(error),
                other => other,
            };
            if !is_read {
                looked = None;
            }
            entries.extend(outcome.as_ref().ok().and_then(|given| Some((at, entry_of(access, given, now)?))));
            given[at] = Some(outcome);
        }
        entries.sort_by_key(|(at, _)| *at);
        let entries = entries.into_iter().map(|(_, entry)| entry).collect();
        record(transaction.as_mut(), &mut self.audit, &self.master, self.random.as_ref(), entries)?;
        transaction.commit()?;
        if accesses.iter().any(|access| matches!(access.action, Action::Delete)) {
            // What cannot be overwritten now, because somebody reads it, is overwritten later.
            let _ = self.store.write_back();
        }
        Ok(given.into_iter().flatten().collect())
    }
}

/// Whether an error is one of the access alone, found before anything was written for it.
fn is_own(error: &SecretsError) -> bool {
    use SecretsError as E;
    matches!(
        error,
        E::NoEnvironment(_)
            | E::Changed { .. }
            | E::NoVersion { .. }
            | E::Tampered { .. }
            | E::KeyReused
            | E::Store(StoreError::Exists { .. })
    )
}

/// The environment that was looked at last in a transaction, unless something was written since.
type Looked<'a> = Option<(Location<'a>, Opened)>;

fn serve_one<'a>(transaction: &mut dyn Transaction, hand: Hand, access: &'a Access, looked: &mut Looked<'a>) -> Result<Given> {
    let at = Location { project: &access.project, environment: &access.environment };
    match &access.action {
        Action::Read { names } => values(look_once(transaction, hand, at, looked)?, names.as_deref()),
        Action::ReadVersion { name, version } => {
            let opened = look_once(transaction, hand, at, looked)?;
            let row = version_row_in(transaction, opened, name, *version)?;
            let value = read(opened, &row)?;
            Ok(Given::Version(row.into(), value))
        }
        Action::Change { updates, make: false } => {
            once(transaction, hand, access, |transaction| changed(transaction, hand, at, updates))
        }
        Action::Change { updates, make: true } => once(transaction, hand, access, |transaction| {
            match changed(transaction, hand, at, updates) {
                // Somebody else may be faster to make it.
                Err(SecretsError::NoEnvironment(_)) => created(transaction, hand, at, None, updates).map_err(as_conflict),
                other => other,
            }
        }),
        Action::Create { expires_at, updates } => {
            once(transaction, hand, access, |transaction| created(transaction, hand, at, *expires_at, updates))
        }
        Action::Delete => {
            let found = transaction.current(at.project, at.environment)?;
            let (row, _) = found.ok_or_else(|| SecretsError::NoEnvironment(at.environment.to_owned()))?;
            transaction.remove_environment(row.id)?;
            Ok(Given::Deleted)
        }
    }
}

/// The environment as it is, looked at once for all who read it one after the other.
fn look_once<'l, 'a>(
    transaction: &mut dyn Transaction,
    hand: Hand,
    at: Location<'a>,
    looked: &'l mut Looked<'a>,
) -> Result<&'l Opened> {
    if looked.as_ref().is_none_or(|(place, _)| *place != at) {
        *looked = Some((at, look(transaction, hand.master, at)?));
    }
    Ok(&looked.as_ref().expect("it was looked at just now").1)
}

fn values(opened: &Opened, names: Option<&[String]>) -> Result<Given> {
    let wanted = opened.current.iter().filter(|row| names.is_none_or(|names| names.contains(&row.name)));
    let values = wanted.filter_map(|row| match read(opened, row) {
        Ok(value) => Some(Ok((row.clone().into(), value?))),
        Err(error) => Some(Err(error)),
    });
    Ok(Given::Values { revision: opened.row.revision, values: values.collect::<Result<_>>()? })
}

/// Writes, unless the same request did already. `write` gives what changed, and whether the environment was made.
fn once(
    transaction: &mut dyn Transaction,
    hand: Hand,
    access: &Access,
    write: impl FnOnce(&mut dyn Transaction) -> Result<(Changed, bool)>,
) -> Result<Given> {
    let Some(Once { key, digest }) = &access.once else {
        let (changed, made) = write(transaction)?;
        return Ok(Given::Changed { changed, made, again: false });
    };
    let caller = access.caller.user;
    let digest = mac(hand.master.requests().bytes(), &[digest]).to_vec();
    if let Some(row) = transaction.accounts().answer(caller, key)? {
        let changed = (row.digest == digest).then(|| serde_json::from_slice(&row.body).ok()).flatten();
        let changed = changed.ok_or(SecretsError::KeyReused)?;
        return Ok(Given::Changed { changed, made: row.status == CREATED, again: true });
    }
    let (changed, made) = write(transaction)?;
    let row = AnswerRow {
        caller,
        key: key.clone(),
        digest,
        status: if made { CREATED } else { 200 },
        body: serde_json::to_vec(&changed).expect("numbers are JSON"),
        created_at: hand.now,
    };
    // The same request was answered right now by somebody else: the next attempt finds the answer.
    transaction.accounts().keep_answer(&row).map_err(|error| as_conflict(error.into()))?;
    Ok(Given::Changed { changed, made, again: false })
}

fn changed(transaction: &mut dyn Transaction, hand: Hand, at: Location, updates: &[Update]) -> Result<(Changed, bool)> {
    let (revision, versions) = change(transaction, hand, at, updates)?;
    Ok((Changed { revision, versions }, false))
}

fn created(
    transaction: &mut dyn Transaction,
    hand: Hand,
    at: Location,
    expires_at: Option<i64>,
    updates: &[Update],
) -> Result<(Changed, bool)> {
    Ok((Changed { revision: 0, versions: create(transaction, hand, at, expires_at, updates)? }, true))
}

fn as_conflict(error: SecretsError) -> SecretsError {
    match error {
        SecretsError::Store(StoreError::Exists { .. }) => StoreError::Conflict.into(),
        other => other,
    }
}

/// What the audit log says of an access; nothing of one that is done already.
fn entry_of(access: &Access, given: &Given, now: i64) -> Option<AuditEntry> {
    let versioned = |name: &str, version: i64| format!("{name}@{version}");
    let (action, items) = match (&access.action, given) {
        (_, Given::Changed { again: true, .. }) => return None,
        (Action::Create { updates, .. } | Action::Change { updates, .. }, Given::Changed { changed, made, .. }) => {
            let action = if *made { "environment.create" } else { "values.change" };
            let items = updates.iter().zip(&changed.versions).map(|(update, version)| versioned(&update.name, *version));
            (action, items.collect())
        }
        (_, Given::Values { values, .. }) => {
            ("values.read", values.iter().map(|(entry, _)| versioned(&entry.name, entry.version)).collect())
        }
        (_, Given::Version(entry, _)) => ("values.read", vec![versioned(&entry.name, entry.version)]),
        _ => ("environment.delete", Vec::new()),
    };
    Some(AuditEntry {
        at: now,
        actor: access.caller.name.clone(),
        token: access.caller.token,
        action: action.to_owned(),
        project: Some(access.project.clone()),
        environment: Some(access.environment.clone()),
        items,
        request: access.caller.request.clone(),
    })
}
