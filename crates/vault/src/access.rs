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

/// How long the response to a request is kept for a retry, in milliseconds.
const ANSWERS_KEPT: i64 = 24 * 60 * 60 * 1000;
/// How often older responses are deleted, in milliseconds.
const BETWEEN_FORGETTING: i64 = 60 * 60 * 1000;
/// The status of a response to a request that created an environment.
const CREATED: u16 = 201;

/// Who accesses an environment, as the audit log records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The ID of the user.
    pub user: i64,
    /// The user's name, recorded as the author of changes.
    pub name: String,
    pub token: Option<i64>,
    /// The ID of the request in the server's log.
    pub request: Option<String>,
    /// The user's ID and the bounds of the token, for the audit log.
    pub bounds: Option<String>,
}

impl Caller {
    /// The user of this machine, or a part of takk that acts by itself.
    pub fn local(name: &str) -> Self {
        Self { user: 0, name: name.to_owned(), token: None, request: None, bounds: None }
    }

    /// The audit log's row for something that the caller does.
    pub(super) fn entry(&self, at: Location, action: &str, items: Vec<String>, now: i64) -> AuditEntry {
        AuditEntry {
            at: now,
            actor: self.name.clone(),
            token: self.token,
            action: action.to_owned(),
            project: Some(at.project.to_owned()),
            environment: Some(at.environment.to_owned()),
            items,
            request: self.request.clone(),
            bounds: self.bounds.clone(),
        }
    }
}

/// An authorized access to an environment.
pub struct Access<'q> {
    pub caller: Caller,
    pub project: &'q str,
    pub environment: &'q str,
    pub action: &'q Action,
    /// Identifies a change that is retried.
    pub once: Option<&'q IdempotencyKey>,
}

/// An operation on an environment.
pub enum Action {
    /// Read the current values of these names, or of all.
    Read {
        /// The names; those without a value are missing in the response.
        names: Option<Vec<String>>,
    },
    /// Read one version of a name, or the current one.
    ReadVersion { name: String, version: Option<i64> },
    Change {
        updates: Vec<Update>,
        /// Whether to create the environment if it does not exist.
        make: bool,
    },
    Create {
        /// When the environment expires.
        expires_at: Option<i64>,
        updates: Vec<Update>,
    },
    /// Delete the environment.
    Delete,
}

/// Makes a request idempotent: a retry gets the same response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key, which the caller chooses.
    pub key: String,
    /// SHA-256 of the request. The store keeps only a keyed hash of it.
    pub digest: Vec<u8>,
}

pub enum AccessResponse {
    Values {
        /// The revision of the environment.
        revision: i64,
        values: Vec<(Entry, SecretValue)>,
    },
    /// A version that was read, without a value if it was unset.
    Version(Entry, Option<SecretValue>),
    Changed {
        /// The revision of the environment, and the new versions in the order of the updates.
        changed: Changed,
        /// Whether the environment was created.
        made: bool,
        /// Whether this is a retry of a request that was already served.
        again: bool,
    },
    /// The environment was deleted.
    Deleted,
}

impl UnitOfWork<'_> {
    /// Performs all accesses in one transaction, and returns their outcomes in order. If one turns out to be impossible before anything was
    /// written for it, the others continue; any other error is one of the whole transaction.
    pub fn act(&mut self, accesses: &[Access]) -> Result<Vec<Result<AccessResponse>>> {
        self.forget_answers(accesses)?;
        let mut order: Vec<usize> = (0..accesses.len()).collect();
        // All transactions lock environments in the same order, so that they cannot deadlock.
        order.sort_by_key(|at| (accesses[*at].project, accesses[*at].environment));
        let mut outcomes = Vec::with_capacity(accesses.len());
        for at in order {
            match act_one(self, &accesses[at]) {
                Err(error) if !is_own(&error) => return Err(error),
                outcome => outcomes.push((at, outcome)),
            }
        }
        // The audit log lists the accesses in the order of arrival.
        outcomes.sort_by_key(|(at, _)| *at);
        for (at, outcome) in &outcomes {
            self.entries.extend(outcome.as_ref().ok().and_then(|given| entry_of(&accesses[*at], given, self.now)));
        }
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    /// Deletes responses that are too old, from time to time.
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

/// Whether an error concerns only this access, and was found before anything was written for it.
fn is_own(error: &SecretsError) -> bool {
    use SecretsError as E;
    matches!(
        error,
        E::NoEnvironment(_)
            | E::Changed { .. }
            | E::NoVersion { .. }
            | E::Tampered { .. }
            | E::HasResources { .. }
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
        Action::Delete => {
            unit.refuse_resources(at)?;
            unit.remove(at).map(|()| AccessResponse::Deleted)
        }
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

/// Writes, unless the same request was already served. `write` returns what changed, and whether the environment was created.
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
    // Another process has just served the same request, so the next attempt finds the response.
    unit.accounts().keep_answer(&row).map_err(|error| as_conflict(error.into()))?;
    Ok(AccessResponse::Changed { changed, made, again: false })
}

/// The audit log's row for an access; none for a retry.
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
    let at = Location { project: access.project, environment: access.environment };
    Some(access.caller.entry(at, action, items, now))
}
