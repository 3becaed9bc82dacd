//! Access to values for callers, with an audit log row for each: if the row cannot be stored, a write does not happen, and a value is
//! returned only after its row was committed. Whoever began the transaction authorizes the caller in it.

use super::change::Location;
use super::entry::{Changed, Entry, Update, is_value};
use super::retry::as_conflict;
use super::state::{Opened, read};
use super::unit_of_work::UnitOfWork;
use super::{Result, SecretValue, SecretsError};
use crate::store::{AnswerRow, AuditEntry, StoreError};
use takk_crypto::mac;

/// How long the answer to a request is kept for one that comes again, in milliseconds.
const ANSWERS_KEPT: i64 = 24 * 60 * 60 * 1000;
/// How often answers that are older are forgotten, in milliseconds.
const BETWEEN_FORGETTING: i64 = 60 * 60 * 1000;
/// The status of the answer to a request that made an environment.
const CREATED: u16 = 201;

/// Who does something to an environment, as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The number of the user.
    pub user: i64,
    /// Its name: the author of what it writes.
    pub name: String,
    pub token: Option<i64>,
    /// In which request, as the server's log names it.
    pub request: Option<String>,
    /// Who the user is and what the token could do, as the audit log keeps it.
    pub bounds: Option<String>,
}

/// What somebody who may do it does to an environment.
pub struct Access<'q> {
    pub caller: Caller,
    pub project: &'q str,
    pub environment: &'q str,
    pub action: &'q Action,
    /// What tells a request that comes a second time; for changes.
    pub once: Option<&'q IdempotencyKey>,
}

/// What can be done to an environment.
pub enum Action {
    /// The current values of these names, or of all.
    Read {
        /// The names; those that have no value are left out of the answer.
        names: Option<Vec<String>>,
    },
    /// One version of a name, or the current one.
    ReadVersion { name: String, version: Option<i64> },
    Change {
        updates: Vec<Update>,
        /// Whether an environment that is not there is created.
        make: bool,
    },
    Create {
        /// When its time is over.
        expires_at: Option<i64>,
        updates: Vec<Update>,
    },
    /// The end of an environment.
    Delete,
}

/// A request that has the same answer when it comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Its key, the caller's to choose.
    pub key: String,
    /// SHA-256 of the request. The store keeps it under a key only.
    pub digest: Vec<u8>,
}

pub enum AccessResponse {
    Values {
        /// The revision of the environment.
        revision: i64,
        values: Vec<(Entry, SecretValue)>,
    },
    /// A version that was read; no value where it was unset.
    Version(Entry, Option<SecretValue>),
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

impl UnitOfWork<'_> {
    /// Does all of it, and gives the outcome of each access, in their order. One that is found to be impossible before anything was written
    /// for it leaves the others as they are; any other error is one of the whole transaction.
    pub fn act(&mut self, accesses: &[Access]) -> Result<Vec<Result<AccessResponse>>> {
        self.forget_answers(accesses)?;
        let mut order: Vec<usize> = (0..accesses.len()).collect();
        // All take environments in the same order, so that no two transactions wait for each other.
        order.sort_by_key(|at| (accesses[*at].project, accesses[*at].environment));
        let mut outcomes = Vec::with_capacity(accesses.len());
        for at in order {
            match act_one(self, &accesses[at]) {
                Err(error) if !is_own(&error) => return Err(error),
                outcome => outcomes.push((at, outcome)),
            }
        }
        // The audit log has them in the order in which they came.
        outcomes.sort_by_key(|(at, _)| *at);
        for (at, outcome) in &outcomes {
            self.entries.extend(outcome.as_ref().ok().and_then(|given| entry_of(&accesses[*at], given, self.now)));
        }
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    /// Forgets answers that are too old, now and then.
    fn forget_answers(&mut self, accesses: &[Access]) -> Result<()> {
        let is_time = self.now - *self.answers_forgotten_at > BETWEEN_FORGETTING;
        if is_time && accesses.iter().any(|access| access.once.is_some()) {
            let now = self.now;
            self.accounts().forget_answers(now - ANSWERS_KEPT)?;
            self.forgets_answers = true;
        }
        Ok(())
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

fn act_one(unit: &mut UnitOfWork, access: &Access) -> Result<AccessResponse> {
    let at = Location { project: access.project, environment: access.environment };
    let author = &access.caller.name;
    match access.action {
        Action::Read { names } => values(unit.look(at)?, names.as_deref()),
        Action::ReadVersion { name, version } => {
            let (opened, row) = unit.version(at, name, *version)?;
            if !is_value(&row) {
                return Err(SecretsError::NoVersion { name: name.clone(), version: row.version });
            }
            let value = read(&opened, &row)?;
            Ok(AccessResponse::Version(row.into(), value))
        }
        Action::Change { updates, make: true } => once(unit, access, |unit| unit.change_or_create(at, author, updates)),
        Action::Change { updates, make: false } => once(unit, access, |unit| Ok((unit.change(at, author, updates)?, false))),
        Action::Create { expires_at, updates } => {
            once(unit, access, |unit| Ok((unit.create(at, *expires_at, author, updates)?, true)))
        }
        Action::Delete => unit.remove(at).map(|()| AccessResponse::Deleted),
    }
}

fn values(opened: &Opened, names: Option<&[String]>) -> Result<AccessResponse> {
    let wanted = opened.current.iter().filter(|row| is_value(row) && names.is_none_or(|names| names.contains(&row.name)));
    let values = wanted.filter_map(|row| match read(opened, row) {
        Ok(value) => Some(Ok((row.clone().into(), value?))),
        Err(error) => Some(Err(error)),
    });
    Ok(AccessResponse::Values { revision: opened.row.revision, values: values.collect::<Result<_>>()? })
}

/// Writes, unless the same request did already. `write` gives what changed, and whether the environment was made.
fn once(
    unit: &mut UnitOfWork,
    access: &Access,
    write: impl FnOnce(&mut UnitOfWork) -> Result<(Changed, bool)>,
) -> Result<AccessResponse> {
    let Some(IdempotencyKey { key, digest }) = access.once else {
        let (changed, made) = write(unit)?;
        return Ok(AccessResponse::Changed { changed, made, again: false });
    };
    let caller = access.caller.user;
    let digest = unit.master.requests().with(|key| mac(key, &[digest]).to_vec());
    if let Some(row) = unit.accounts().answer(caller, key)? {
        let changed = (row.digest == digest).then(|| serde_json::from_slice(&row.body).ok()).flatten();
        let changed = changed.ok_or(SecretsError::KeyReused)?;
        return Ok(AccessResponse::Changed { changed, made: row.status == CREATED, again: true });
    }
    let (changed, made) = write(unit)?;
    let row = AnswerRow {
        caller,
        key: key.clone(),
        digest,
        status: if made { CREATED } else { 200 },
        body: serde_json::to_vec(&changed).expect("numbers are JSON"),
        created_at: unit.now,
    };
    // The same request was answered right now by somebody else: the next attempt finds the answer.
    unit.accounts().keep_answer(&row).map_err(|error| as_conflict(error.into()))?;
    Ok(AccessResponse::Changed { changed, made, again: false })
}

/// What the audit log says of an access; nothing of one that is done already.
fn entry_of(access: &Access, given: &AccessResponse, now: i64) -> Option<AuditEntry> {
    let versioned = |name: &str, version: i64| format!("{name}@{version}");
    let (action, items) = match (access.action, given) {
        (_, AccessResponse::Changed { again: true, .. }) => return None,
        (Action::Create { updates, .. } | Action::Change { updates, .. }, AccessResponse::Changed { changed, made, .. }) => {
            let action = if *made { "environment.create" } else { "values.change" };
            let items = updates.iter().zip(&changed.versions).map(|(update, version)| versioned(&update.name, *version));
            (action, items.collect())
        }
        (_, AccessResponse::Values { values, .. }) => {
            ("values.read", values.iter().map(|(entry, _)| versioned(&entry.name, entry.version)).collect())
        }
        (_, AccessResponse::Version(entry, _)) => ("values.read", vec![versioned(&entry.name, entry.version)]),
        _ => ("environment.delete", Vec::new()),
    };
    Some(AuditEntry {
        at: now,
        actor: access.caller.name.clone(),
        token: access.caller.token,
        action: action.to_owned(),
        project: Some(access.project.to_owned()),
        environment: Some(access.environment.to_owned()),
        items,
        request: access.caller.request.clone(),
        bounds: access.caller.bounds.clone(),
    })
}
