//! The state of the seals in one transaction, or in one read: which are valid, and what they will be.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rows::{Items, Scope, Sealed};
use super::{PeopleKey, SealCache, Seals};
use crate::store::{Accounts, Result, SealRow, StoreError};

/// What is known about the seals.
#[derive(Default)]
pub(crate) struct State {
    /// The root seal with the seals that it covers, once verified.
    root: Option<(SealRow, Arc<Seals>)>,
    /// The sealed rows of scopes that are about to be changed.
    held: BTreeMap<Scope, Arc<Items>>,
    /// The expected rows of changed scopes; `None` for one that was removed.
    changed: BTreeMap<Scope, Option<Arc<Items>>>,
    /// Whether others are blocked from changing people until the end.
    is_writing: bool,
}

/// Seals that were written, and become valid when the transaction is committed.
pub(super) struct Written {
    root: SealRow,
    seals: Arc<Seals>,
    sets: Vec<(SealRow, Arc<Items>)>,
}

impl State {
    /// Whether others are blocked from changing people until the end.
    pub(super) fn is_writing(&self) -> bool {
        self.is_writing
    }

    /// Blocks others from changing people until the end of the transaction. Fails if the seals are invalid now.
    pub(super) fn begin(&mut self, rows: &mut dyn Accounts, key: &PeopleKey, known: &SealCache) -> Result<()> {
        let root = rows.lock_root()?;
        self.root = found(root, rows, key, known)?;
        self.is_writing = true;
        if self.root.is_some() { Ok(()) } else { Err(forged("the list of users and projects")) }
    }

    /// Discards the seals, so that the next access reads them again: somebody else may have changed something.
    pub(super) fn look_again(&mut self) {
        if !self.is_writing {
            self.root = None;
        }
    }

    /// The seals of all scopes; `None` if they are invalid.
    pub(super) fn seals(&mut self, rows: &mut dyn Accounts, key: &PeopleKey, known: &SealCache) -> Result<Option<Arc<Seals>>> {
        if self.root.is_none() {
            let root = rows.root()?;
            self.root = found(root, rows, key, known)?;
        }
        Ok(self.root.as_ref().map(|(_, seals)| Arc::clone(seals)))
    }

    /// Whether a scope will exist at the end.
    pub(super) fn has(&self, scope: &Scope) -> bool {
        let is_sealed = || self.root.as_ref().is_some_and(|(_, seals)| seals.contains_key(&scope.to_string()));
        self.changed.get(scope).map_or_else(is_sealed, Option::is_some)
    }

    /// The expected rows of a scope, or those verified earlier in the transaction. The tables may already contain changes.
    pub(super) fn items(&self, scope: &Scope) -> Option<Arc<Items>> {
        let changed = self.changed.get(scope).map(|items| items.clone().unwrap_or_default());
        changed.or_else(|| self.held.get(scope).map(Arc::clone))
    }

    /// Remembers the sealed rows of a scope while nobody else can change them.
    pub(super) fn hold(&mut self, scope: &Scope, items: &Arc<Items>) {
        if self.is_writing {
            self.held.insert(scope.clone(), Arc::clone(items));
        }
    }

    /// The number of users at the end.
    pub(super) fn users(&self) -> usize {
        let is_user = |scope: &Scope| matches!(scope, Scope::User(_));
        let sealed = self.root.iter().flat_map(|(_, seals)| seals.keys()).filter_map(|text| Scope::parse(text));
        let kept = sealed.filter(|scope| is_user(scope) && !self.changed.contains_key(scope)).count();
        kept + self.changed.iter().filter(|(scope, items)| is_user(scope) && items.is_some()).count()
    }

    /// Sets the expected rows of a scope.
    pub(super) fn set(&mut self, scope: Scope, items: Option<Items>) {
        self.changed.insert(scope, items.map(Arc::new));
    }

    /// Writes the seals of everything that was changed.
    pub(super) fn seal(self, rows: &mut dyn Accounts, key: &PeopleKey) -> Result<Written> {
        let (mut root, seals) = self.root.ok_or_else(|| forged("the list of users and projects"))?;
        let mut written = Written { root: root.clone(), seals, sets: Vec::new() };
        if self.changed.is_empty() {
            return Ok(written);
        }
        let all = Arc::make_mut(&mut written.seals);
        for (scope, items) in self.changed {
            let text = scope.to_string();
            let before = all.remove(&text);
            let Some(items) = items else {
                rows.remove_seal(&text)?;
                continue;
            };
            let revision = before.map_or(0, |row| row.revision) + 1;
            let row = SealRow { seal: key.seal(&text, revision, &items), scope: text.clone(), revision };
            rows.set_seal(&row)?;
            all.insert(text, row.clone());
            written.sets.push((row, items));
        }
        root.revision += 1;
        root.seal = key.root(root.revision, all);
        rows.set_seal(&root)?;
        written.root = root;
        Ok(written)
    }
}

impl Written {
    pub(super) fn publish(self, known: &SealCache) {
        known.keep_seals(self.root, self.seals);
        self.sets.into_iter().for_each(|(row, items)| known.keep_items(row, items));
    }
}

/// The seals under a root, if they are valid.
fn found(
    root: Option<SealRow>,
    rows: &mut dyn Accounts,
    key: &PeopleKey,
    known: &SealCache,
) -> Result<Option<(SealRow, Arc<Seals>)>> {
    let Some(root) = root else { return Ok(None) };
    if let Some(seals) = known.seals(&root) {
        return Ok(Some((root, seals)));
    }
    let seals: Seals = rows.seals()?.into_iter().map(|row| (row.scope.clone(), row)).collect();
    if key.root(root.revision, &seals) != root.seal {
        return Ok(None);
    }
    let seals = Arc::new(seals);
    known.keep_seals(root.clone(), Arc::clone(&seals));
    Ok(Some((root, seals)))
}

/// The rows of a scope as stored in the database.
pub(super) fn read(rows: &mut dyn Accounts, scope: &Scope) -> Result<Items> {
    let mut items = Items::new();
    match scope {
        Scope::User(id) => {
            items.extend(rows.user(*id)?.map(|row| row.item()));
            items.extend(rows.identities(*id)?.iter().map(Sealed::item));
            items.extend(rows.tokens(Some(*id))?.iter().map(Sealed::item));
            items.extend(rows.sessions(*id)?.iter().map(Sealed::item));
            items.extend(rows.invitations_for(*id)?.iter().map(Sealed::item));
        }
        Scope::Project(name) => {
            items.extend(rows.project(name)?.map(|row| row.item()));
            items.extend(rows.members(name)?.iter().map(|row| super::sealed::membership(row).item()));
            items.extend(rows.trusts(name)?.iter().map(Sealed::item));
            items.extend(rows.invitations(name)?.iter().map(Sealed::item));
        }
        Scope::Logins => {
            items.extend(rows.device_logins()?.iter().map(Sealed::item));
            items.extend(rows.sign_ins()?.iter().map(Sealed::item));
        }
    }
    Ok(items)
}

/// The error for something that takk did not write.
pub(super) fn forged(what: impl Into<String>) -> StoreError {
    StoreError::Forged { what: what.into() }
}
