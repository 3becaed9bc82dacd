//! Creates the first seals: of a new store, which has no users, and of a store of an earlier takk, whose people are adopted once.

use super::rows::Scope;
use super::state::read;
use super::{PEOPLE_KEY, PeopleKey, Seals};
use crate::state::{MASTER_CHECK, Sealing, bound, check_of, sealing};
use crate::store::{Accounts, Hashed, SealRow, Store, Transaction};
use crate::{MasterKey, Random, Result};

/// Seals the people of a store, all at once, and says so where nobody can take it back without the master key: in what tells whether a
/// master key fits. A store that has no such thing yet is new, whatever is in it: nobody is taken over. Gives what it is by then.
pub(crate) fn begin(store: &mut dyn Store, master: &MasterKey, random: &dyn Random) -> Result<Sealing> {
    let mut locked = store.lock()?;
    // Somebody else may have done it while this waited.
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

/// Binds environments to the people that are taken over. What the earlier takk did not write stays as it is, and is found out when somebody
/// looks at it: also what was bound to other people, whom somebody wants to get rid of.
fn bind_environments(locked: &mut dyn Transaction, master: &MasterKey, key: &PeopleKey) -> Result<()> {
    for row in locked.environments()? {
        let Some((row, current)) = locked.current(&row.project, &row.name)? else { continue };
        if let Some(row) = bound(row, current, master, key.binding()) {
            locked.rewrite(&row)?;
        }
    }
    Ok(())
}

/// The seals of those who are there, whose hashes are kept under the key from now on. Who was about to come in begins anew.
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
