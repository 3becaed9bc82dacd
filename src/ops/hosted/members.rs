//! Members of a project.

use super::entry::{Visit, user_info};
use super::{Hosted, Paging, Refusal, Result, names};
use crate::store::{Accounts, UserRow};
use crate::wire::{Code, Member, Page, Role};

/// Who may do what in the project, by name.
pub fn list(hosted: &mut Hosted, visit: &Visit, paging: &Paging) -> Result<Page<Member>> {
    let mut accounts = hosted.accounts()?;
    let after = paging.cursor.as_deref().unwrap_or_default();
    let rows = accounts.members(&visit.project)?.into_iter().filter(|row| row.name.as_str() > after);
    let Page { items, next } = paging.page(rows, |row| row.name.clone())?;
    let items = items
        .into_iter()
        .map(|row| {
            let user = accounts.user(row.user)?.ok_or_else(|| Refusal::unavailable("a member is no user"))?;
            Ok(Member { user: user_info(user), role: row.role })
        })
        .collect::<Result<_>>()?;
    Ok(Page { items, next })
}

/// Gives a user a role; one who is not known is made.
pub fn put(hosted: &mut Hosted, visit: &Visit, name: &str, role: Role) -> Result<Member> {
    names::user(name)?;
    let created_at = hosted.now();
    let record = hosted.record(&visit.caller, "member.set").project(&visit.project).item(format!("{name}@{}", role.as_str()));
    hosted.change(record, |accounts| {
        let user = user_of(accounts, name, created_at)?;
        if role < Role::Owner {
            keep_an_owner(accounts, &visit.project, user.id)?;
        }
        accounts.set_member(user.id, &visit.project, role)?;
        Ok(Member { user: user_info(user), role })
    })
}

/// Takes a user's role away.
pub fn remove(hosted: &mut Hosted, visit: &Visit, name: &str) -> Result<()> {
    let record = hosted.record(&visit.caller, "member.removed").project(&visit.project).item(name);
    hosted.change(record, |accounts| {
        let unknown = || Refusal::not_found(format!("`{name}` has no role in the project"));
        let user = accounts.user_named(name)?.ok_or_else(unknown)?;
        keep_an_owner(accounts, &visit.project, user.id)?;
        if accounts.remove_member(user.id, &visit.project)? { Ok(()) } else { Err(unknown()) }
    })
}

fn user_of(accounts: &mut dyn Accounts, name: &str, created_at: i64) -> Result<UserRow> {
    if let Some(known) = accounts.user_named(name)? {
        return Ok(known);
    }
    let mut user = UserRow { id: 0, name: name.to_owned(), email: None, password: None, created_at };
    user.id = accounts.add_user(&user)?;
    Ok(user)
}

/// Nobody could ever give anybody a role again in a project without an owner.
fn keep_an_owner(accounts: &mut dyn Accounts, project: &str, leaving: i64) -> Result<()> {
    let members = accounts.members(project)?;
    let owns = |id| members.iter().any(|row| row.role == Role::Owner && row.user == id);
    let others = members.iter().any(|row| row.role == Role::Owner && row.user != leaving);
    if owns(leaving) && !others {
        return Err(
            Refusal::new(Code::LastOwner, "they are the only owner of the project").hint("make somebody else an owner first")
        );
    }
    Ok(())
}
