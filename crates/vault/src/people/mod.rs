//! People, protected against whoever can write to the database: nobody can grant themselves access or a role, or roll anything back,
//! without being detected.
//!
//! Tokens, sessions, invitations and the like are stored as an HMAC, under a key that the master key wraps. The rows are sealed in sets:
//! each user with everything of theirs, each project with everything of its own, and the sign-in state ([`rows::Scope`]). A seal is a keyed
//! hash over the digests of all rows of the set, and one more seal covers all of these, so that no set can be rolled back either. A row
//! counts only if it is in the set as sealed. Code that changes a row computes the new seal from what was sealed before and what it writes,
//! never from what the database returns afterwards.
//!
//! Sets with a valid seal are cached ([`Known`]) under that seal: each access only needs to check the seal over all of them.

mod adopt;
mod rows;
mod sealed;
mod seals;
mod sign_ins;
mod state;
mod verify;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use takk_crypto::Digest;

use self::rows::{Items, Table};
use self::state::State;
use super::{MasterKey, Random, Result, SecretsError, Vault};
use crate::store::{Accounts, AuditEntry, SealRow, Store, StoreError, Transaction};
use takk_crypto::{Binding, derived, framed, mac};
use takk_crypto::{Key, open, seal};

pub(super) use self::adopt::begin;
pub(super) use self::sealed::People;
pub(super) use self::state::State as PeopleState;

/// The name under which the store keeps the key of people, wrapped by the master key. A rekey does not change it.
const PEOPLE_KEY: &str = "people key";
/// The maximum number of cached sets.
const MOST_SETS: usize = 10_000;

pub(super) struct PeopleKey {
    whole: Key,
    hashes: Key,
    seals: Key,
}

impl PeopleKey {
    fn new(whole: Key) -> Self {
        let (hashes, seals) = whole.with(|whole| (derived(whole, &[b"hash"]), derived(whole, &[b"seal"])));
        Self { whole, hashes, seals }
    }

    fn generate(random: &dyn Random) -> Result<Self> {
        Ok(Self::new(Key::generate(random)?))
    }

    /// The key of a store, which cannot be opened without: otherwise takk's rows could not be told from forged ones.
    pub(crate) fn of(store: &dyn Store, master: &MasterKey) -> Result<Self> {
        Self::unwrapped(store.fact(PEOPLE_KEY)?.as_deref(), master)
    }

    fn unwrapped(wrapped: Option<&[u8]>, master: &MasterKey) -> Result<Self> {
        let plain = wrapped.and_then(|wrapped| open(&master.wrapping(), PEOPLE_KEY.as_bytes(), wrapped));
        let whole = plain.and_then(|plain| Key::from_slice(&plain));
        whole.map(Self::new).ok_or_else(|| StoreError::Forged { what: "the key of people".to_owned() }.into())
    }

    fn wrapped(&self, master: &MasterKey, random: &dyn Random) -> Result<Vec<u8>> {
        Ok(self.whole.with(|key| seal(&master.wrapping(), PEOPLE_KEY.as_bytes(), key, random))?)
    }

    /// The hash to store for a text, given its SHA-256.
    pub(crate) fn kept(&self, hash: &[u8]) -> Vec<u8> {
        self.hashes.with(|key| mac(key, &[hash]).to_vec())
    }

    /// The binding of environments to these people.
    pub(crate) fn binding(&self) -> Binding {
        Binding(self.whole.with(|key| Key::made(|| mac(key, &[b"environments"]))))
    }

    /// The code that authenticates the rows of a scope.
    fn seal(&self, scope: &str, revision: i64, items: &Items) -> Vec<u8> {
        let mut digest = Digest::default();
        for (table, item) in items {
            digest.update([number(*table)]);
            digest.update(item);
        }
        let about = framed(&[b"scope", scope.as_bytes(), &revision.to_be_bytes(), &digest.finish()]);
        self.seals.with(|key| mac(key, &[&about]).to_vec())
    }

    fn root(&self, revision: i64, seals: &Seals) -> Vec<u8> {
        let mut digest = Digest::default();
        for (scope, row) in seals {
            digest.update(framed(&[scope.as_bytes(), &row.revision.to_be_bytes(), &row.seal]));
        }
        let about = framed(&[b"root", &revision.to_be_bytes(), &digest.finish()]);
        self.seals.with(|key| mac(key, &[&about]).to_vec())
    }
}

/// The permanent number of a table.
fn number(table: Table) -> u8 {
    match table {
        Table::Users => 1,
        Table::Identities => 2,
        Table::Tokens => 3,
        Table::Sessions => 4,
        Table::Projects => 5,
        Table::Members => 6,
        Table::Trusts => 7,
        Table::Invitations => 8,
        Table::DeviceLogins => 9,
        Table::SignIns => 10,
    }
}

/// The seals of all scopes, by scope.
type Seals = BTreeMap<String, SealRow>;

/// A cache of verified seals, shared by all connections to a store.
#[derive(Default)]
pub(super) struct SealCache(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// The root seal, with the seals that it covers.
    root: Option<(SealRow, Arc<Seals>)>,
    /// The rows of scopes, each with the seal that was verified.
    sets: HashMap<String, (SealRow, Arc<Items>)>,
}

impl SealCache {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The seals of all scopes, if they are cached for this root.
    fn seals(&self, root: &SealRow) -> Option<Arc<Seals>> {
        self.inner().root.as_ref().filter(|(known, _)| known == root).map(|(_, seals)| Arc::clone(seals))
    }

    fn keep_seals(&self, root: SealRow, seals: Arc<Seals>) {
        self.inner().root = Some((root, seals));
    }

    /// The rows of a scope, if they are cached for this seal.
    fn items(&self, row: &SealRow) -> Option<Arc<Items>> {
        self.inner().sets.get(&row.scope).filter(|(known, _)| known == row).map(|(_, items)| Arc::clone(items))
    }

    fn keep_items(&self, row: SealRow, items: Arc<Items>) {
        let mut inner = self.inner();
        if inner.sets.len() >= MOST_SETS {
            inner.sets.clear();
        }
        inner.sets.insert(row.scope.clone(), (row, items));
    }
}

/// Wraps the key of people by another master key.
pub(super) fn rewrap(transaction: &mut dyn Transaction, old: &MasterKey, new: &MasterKey, random: &dyn Random) -> Result<()> {
    let key = PeopleKey::unwrapped(transaction.fact(PEOPLE_KEY)?.as_deref(), old)?;
    Ok(transaction.set_fact(PEOPLE_KEY, &key.wrapped(new, random)?)?)
}

/// Changes people in a transaction, and returns the row for the audit log.
type Change<'c, E> = dyn FnMut(&mut dyn Accounts) -> Result<Option<AuditEntry>, E> + 'c;

impl Vault {
    /// Read access to the rows of people. Rows that were not written by takk are rejected.
    pub fn people(&mut self) -> Result<Box<dyn Accounts + '_>> {
        Ok(Box::new(People::reading(self.store.accounts()?, &self.people_key, &self.people)))
    }

    /// Changes rows of people together with the row of the audit log, in one transaction. Returns the result of `work`. Nobody else can
    /// change people until the end, so what `work` bases its decisions on stays true.
    pub fn change_people<T, E: From<SecretsError>>(
        &mut self,
        work: impl FnOnce(&mut dyn Accounts) -> Result<(T, AuditEntry), E>,
    ) -> Result<T, E> {
        self.change(|accounts| work(accounts).map(|(given, entry)| (given, Some(entry))))
    }

    /// The same for changes that the audit log does not record, such as a new device login.
    pub fn change_logins<T, E: From<SecretsError>>(
        &mut self,
        work: impl FnOnce(&mut dyn Accounts) -> Result<T, E>,
    ) -> Result<T, E> {
        self.change(|accounts| work(accounts).map(|given| (given, None)))
    }

    /// The hash to store for a text, given its SHA-256.
    pub fn kept_hash(&self, hash: &[u8]) -> Vec<u8> {
        self.people_key.kept(hash)
    }

    fn change<T, E: From<SecretsError>>(
        &mut self,
        work: impl FnOnce(&mut dyn Accounts) -> Result<(T, Option<AuditEntry>), E>,
    ) -> Result<T, E> {
        let mut given = None;
        let mut work = Some(work);
        self.change_once::<E>(&mut |accounts| {
            let (value, entry) = work.take().expect("it is done once")(accounts)?;
            given = Some(value);
            Ok(entry)
        })?;
        Ok(given.expect("it was done"))
    }

    /// Not generic over the result, so that the surrounding transaction is compiled only once.
    fn change_once<E: From<SecretsError>>(&mut self, work: &mut Change<'_, E>) -> Result<(), E> {
        let key = &self.people_key;
        let mut transaction = self.store.begin_people().map_err(SecretsError::from)?;
        let mut state = State::default();
        let begun = state.begin(transaction.accounts().as_mut(), key, &self.people);
        begun.map_err(SecretsError::from)?;
        let entry = work(&mut People::within(transaction.accounts(), &mut state, key, &self.people))?;
        let sealed = state.seal(transaction.accounts().as_mut(), key);
        let sealed = sealed.map_err(SecretsError::from)?;
        super::audit::record(
            transaction.as_mut(),
            &mut self.audit,
            &self.master,
            self.random.as_ref(),
            entry.into_iter().collect(),
        )?;
        transaction.commit().map_err(SecretsError::from)?;
        sealed.publish(&self.people);
        Ok(())
    }
}
