//! Creates the first seals: of a new store, which has no users, and of a store of an earlier takk, whose people are adopted once.

use super::rows::Scope;
use super::state::read;
use super::{PEOPLE_KEY, PeopleKey, Seals};
use crate::state::{MASTER_CHECK, Sealing, bound, check_of, sealing};
use crate::store::{Accounts, Hashed, SealRow, Store, Transaction};
use crate::{MasterKey, Random, Result};

/// Seals all people of a store, and records that in the master key check, where it cannot be undone without the master key. A store without
/// this check is new, whatever is in it, and none of its people are adopted. Returns the resulting state.
pub(crate) fn begin(store: &mut dyn Store, master: &MasterKey, random: &dyn Random) -> Result<Sealing> {
    let mut locked = store.lock()?;
    // Another process may have done it while this one waited.
    let found = locked.fact(MASTER_CHECK)?;
    let found = found.map_or(Sealing::New, |check| sealing(&check, master));
    if !matches!(found, Sealing::New | Sealing::Earlier) {
        return Ok(found);
    }
    let key = PeopleKey::generate(random)?;
    if found == Sealing::Earlier {
        bind_environments(locked.as_mut(), master, &key)?;
    }
    let mut accounts = locked.accounts();
    let seals = if found == Sealing::Earlier { taken_over(accounts.as_mut(), &key)? } else { Seals::new() };
    for row in accounts.seals()? {
        accounts.remove_seal(&row.scope)?;
    }
    for row in seals.values() {
        accounts.set_seal(row)?;
    }
    let root = SealRow { scope: String::new(), revision: 1, seal: key.root(1, &seals) };
    accounts.set_seal(&root)?;
    drop(accounts);
    locked.set_fact(PEOPLE_KEY, &key.wrapped(master, random)?)?;
    locked.set_fact(MASTER_CHECK, &check_of(master, random)?)?;
    locked.commit()?;
    Ok(Sealing::Sealed)
}

/// Binds environments to the adopted people. An environment that the earlier takk did not write is left unchanged, so that it is detected
/// when it is opened. The same goes for one bound to other people, whom somebody may want to remove.
fn bind_environments(locked: &mut dyn Transaction, master: &MasterKey, key: &PeopleKey) -> Result<()> {
    for row in locked.environments()? {
        let Some((row, current)) = locked.current(&row.project, &row.name)? else { continue };
        if let Some(row) = bound(row, current, master, key.binding()) {
            locked.rewrite(&row)?;
        }
    }
    Ok(())
}

/// Seals the existing people, whose hashes are keyed from now on. Pending sign-ins have to start again.
fn taken_over(accounts: &mut dyn Accounts, key: &PeopleKey) -> Result<Seals> {
    accounts.forget_device_logins(i64::MAX)?;
    accounts.forget_sign_ins(i64::MAX)?;
    let mut scopes = vec![Scope::Logins];
    for user in accounts.users()? {
        for token in accounts.tokens(Some(user.id))? {
            accounts.rehash(Hashed::Tokens, &token.hash, &key.kept(&token.hash))?;
        }
        for session in accounts.sessions(user.id)? {
            accounts.rehash(Hashed::Sessions, &session.hash, &key.kept(&session.hash))?;
        }
        for invitation in accounts.invitations_for(user.id)? {
            accounts.rehash(Hashed::Invitations, &invitation.hash, &key.kept(&invitation.hash))?;
        }
        scopes.push(Scope::User(user.id));
    }
    for project in accounts.projects(None, None, usize::MAX >> 1)? {
        for invitation in accounts.invitations(&project.name)? {
            accounts.rehash(Hashed::Invitations, &invitation.hash, &key.kept(&invitation.hash))?;
        }
        scopes.push(Scope::Project(project.name));
    }
    let mut seals = Seals::new();
    for scope in scopes {
        let (text, items) = (scope.to_string(), read(accounts, &scope)?);
        let seal = key.seal(&text, 1, &items);
        seals.insert(text.clone(), SealRow { scope: text, revision: 1, seal });
    }
    Ok(seals)
}
