//! Access to values on behalf of callers: an [`Authorizer`] authorizes each request of a batch, and all are served in one transaction,
//! each with its row in the audit log. A write whose row
//! cannot be stored does not happen, and a value is given only after its row was committed.

use serde::{Deserialize, Serialize};

use super::change::Location;
use super::entry::{Entry, Update};
use super::state::{Opened, read};
use super::unit_of_work::UnitOfWork;
use super::{Result, SecretValue, SecretsError, Vault};
use crate::store::{self, Accounts, AnswerRow, AuditEntry, Cause, Durability, StoreError};
use takk_crypto::mac;

/// How often everything is tried again after somebody else was faster.
const ATTEMPTS: u32 = 16;
/// How long reads go on without a wait for the disk, in milliseconds.
const LONGEST_WITHOUT_SYNC: i64 = 1000;
/// How long the answer to a request is kept for one that comes again, in milliseconds.
const ANSWERS_KEPT: i64 = 24 * 60 * 60 * 1000;
/// How often answers that are older are forgotten, in milliseconds.
const BETWEEN_FORGETTING: i64 = 60 * 60 * 1000;
/// The status of the answer to a request that made an environment.
const CREATED: u16 = 201;

/// What a write came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// How often the environment was changed, this change included.
    pub revision: i64,
    /// The new version of each name, in the order of the updates.
    pub versions: Vec<i64>,
}

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

/// What somebody wants of an environment.
pub struct Access<'q> {
    /// Who; whether it may is decided already.
    pub caller: Caller,
    pub project: &'q str,
    pub environment: &'q str,
    pub action: &'q Action,
    /// What tells a request that comes a second time; for changes.
    pub once: Option<&'q IdempotencyKey>,
}

/// What can be wanted of an environment.
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
        /// Whether an environment that is not there is made.
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

/// Decides who may do what they ask for.
pub trait Authorizer<Q> {
    /// Why somebody may not, or why it failed.
    type Refusal: From<SecretsError>;

    /// A transaction begins, at this moment: what was found out in one before does not count any more.
    fn begin(&mut self, now: i64);

    /// Whether somebody wants nothing but to read values.
    fn is_read(&self, asked: &Q) -> bool;

    /// What is to be done for somebody who asks, if they may. It is asked for in the same transaction.
    fn admit<'q>(&mut self, accounts: &mut dyn Accounts, asked: &'q Q) -> store::Result<Result<Access<'q>, Self::Refusal>>;
}

/// The outcome of each of those who ask, in their order.
type Outcomes<E> = Vec<Result<AccessResponse, E>>;

impl Vault {
    /// Does what is asked, in one transaction, and gives the outcome for each in their order. One that fails does not keep the others
    /// from what they want.
    pub fn serve<Q, A: Authorizer<Q>>(&mut self, asked: &[Q], admission: &mut A) -> Outcomes<A::Refusal> {
        match self.together(asked, admission) {
            Ok(given) => given,
            Err(error @ SecretsError::Store(StoreError::Unavailable(_))) => {
                let others = asked.iter().skip(1).map(|_| {
                    let cause = Cause::from("the connection was lost in the same transaction");
                    Err(SecretsError::from(StoreError::Unavailable(cause)).into())
                });
                std::iter::once(Err(error.into())).chain(others).take(asked.len()).collect()
            }
            Err(error) if asked.len() == 1 => vec![Err(error.into())],
            // Nothing was committed: the one at fault is found by itself.
            Err(_) => asked.iter().flat_map(|one| self.serve(std::slice::from_ref(one), admission)).collect(),
        }
    }

    fn together<Q, A: Authorizer<Q>>(&mut self, asked: &[Q], admission: &mut A) -> Result<Outcomes<A::Refusal>> {
        let mut attempt = 0;
        loop {
            match self.try_together(asked, admission) {
                Err(SecretsError::Store(StoreError::Conflict)) if attempt < ATTEMPTS => attempt += 1,
                other => return other,
            }
        }
    }

    fn try_together<Q, A: Authorizer<Q>>(&mut self, asked: &[Q], admission: &mut A) -> Result<Outcomes<A::Refusal>> {
        let is_read_only = asked.iter().all(|one| admission.is_read(one));
        let durability = if is_read_only { self.durability_of_reads() } else { Durability::Synced };
        let forgotten_at = self.answers_forgotten_at;
        let mut unit = self.unit_of_work(durability)?;
        let now = unit.now;
        admission.begin(now);
        let mut given: Vec<Option<Result<AccessResponse, A::Refusal>>> = Vec::with_capacity(asked.len());
        let mut admitted: Vec<(usize, Access)> = Vec::with_capacity(asked.len());
        for (at, one) in asked.iter().enumerate() {
            let access = admission.admit(unit.accounts().as_mut(), one)?;
            given.push(access.map(|access| admitted.push((at, access))).err().map(Err));
        }
        // All take environments in the same order, so that no two wait for each other.
        admitted.sort_by(|(_, one), (_, other)| (one.project, one.environment).cmp(&(other.project, other.environment)));
        let forgets = now - forgotten_at > BETWEEN_FORGETTING && admitted.iter().any(|(_, access)| access.once.is_some());
        if forgets {
            unit.accounts().forget_answers(now - ANSWERS_KEPT)?;
        }
        let mut entries: Vec<(usize, AuditEntry)> = Vec::new();
        for (at, access) in &admitted {
            let outcome = match serve_one(&mut unit, access) {
                Err(error) if !is_own(&error) => return Err(error),
                other => other,
            };
            entries.extend(outcome.as_ref().ok().and_then(|given| Some((*at, entry_of(access, given, now)?))));
            given[*at] = Some(outcome.map_err(A::Refusal::from));
        }
        entries.sort_by_key(|(at, _)| *at);
        unit.commit(entries.into_iter().map(|(_, entry)| entry).collect())?;
        if forgets {
            self.answers_forgotten_at = now;
        }
        if admitted.iter().any(|(_, access)| matches!(access.action, Action::Delete)) {
            // What cannot be overwritten now, because somebody reads it, is overwritten later.
            let _ = self.store.write_back();
        }
        Ok(given.into_iter().flatten().collect())
    }

    /// What those wait for who only read: the row that says so is with the database before they get a value. Who comes as the first after
    /// a while waits for the disk too, so that a machine that loses its power loses no more than that while of the audit log.
    fn durability_of_reads(&mut self) -> Durability {
        let now = self.now();
        if (self.synced_at..self.synced_at + LONGEST_WITHOUT_SYNC).contains(&now) {
            return Durability::Deferred;
        }
        self.synced_at = now;
        Durability::Synced
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

fn serve_one(unit: &mut UnitOfWork, access: &Access) -> Result<AccessResponse> {
    let at = Location { project: access.project, environment: access.environment };
    let author = &access.caller.name;
    match access.action {
        Action::Read { names } => values(unit.look(at)?, names.as_deref()),
        Action::ReadVersion { name, version } => {
            let (opened, row) = unit.version(at, name, *version)?;
            let value = read(&opened, &row)?;
            Ok(AccessResponse::Version(row.into(), value))
        }
        Action::Change { updates, make } => once(unit, access, |unit| match unit.change(at, author, updates) {
            // Somebody else may be faster to make it.
            Err(SecretsError::NoEnvironment(_)) if *make => created(unit, access, None, updates).map_err(as_conflict),
            other => other.map(|(revision, versions)| (Changed { revision, versions }, false)),
        }),
        Action::Create { expires_at, updates } => once(unit, access, |unit| created(unit, access, *expires_at, updates)),
        Action::Delete => unit.remove(at).map(|()| AccessResponse::Deleted),
    }
}

fn values(opened: &Opened, names: Option<&[String]>) -> Result<AccessResponse> {
    let wanted = opened.current.iter().filter(|row| names.is_none_or(|names| names.contains(&row.name)));
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

fn created(unit: &mut UnitOfWork, access: &Access, expires_at: Option<i64>, updates: &[Update]) -> Result<(Changed, bool)> {
    let at = Location { project: access.project, environment: access.environment };
    let versions = unit.create(at, expires_at, &access.caller.name, updates)?;
    Ok((Changed { revision: 0, versions }, true))
}

fn as_conflict(error: SecretsError) -> SecretsError {
    match error {
        SecretsError::Store(StoreError::Exists { .. }) => StoreError::Conflict.into(),
        other => other,
    }
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
