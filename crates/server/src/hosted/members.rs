//! Members of a project.

use super::authorize::{AuthorizedAccess, user_info};
use super::granted::end_excess;
use super::invitations::check_person;
use super::{Hosted, Paging, Record, Refusal, Result, names};
use takk_api::{ChangedMember, Code, Ended, Member, NewMember, Page};
use takk_model::Role;
use takk_vault::store::{Accounts, UserRow};

/// The members of the project, sorted by name.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess, paging: &Paging) -> Result<Page<Member>> {
    let mut accounts = hosted.accounts()?;
    let after = paging.name()?.unwrap_or_default();
    let rows = accounts.members(&visit.project)?.into_iter().filter(|row| row.name.as_str() > after);
    let Page { items, next } = paging.page(rows, |row| row.name.clone())?;
    let items = items
        .into_iter()
        .map(|row| {
            let user = accounts.user(row.user)?.ok_or_else(|| Refusal::unavailable("a member has no user"))?;
            Ok(Member { user: user_info(user), role: row.role })
        })
        .collect::<Result<_>>()?;
    Ok(Page { items, next })
}

/// Sets a user's role, creating the user if necessary, with an e-mail address if they will sign in at a provider. Revokes what they created
/// and what exceeds a lower role.
pub fn put(hosted: &mut Hosted, visit: &AuthorizedAccess, name: &str, new: &NewMember) -> Result<ChangedMember> {
    names::user(name)?;
    let (role, email) = (new.role, new.email.as_deref().map(names::email).transpose()?);
    let now = hosted.now();
    let record = Record::new("member.set").item(format!("{name}@{}", role.as_str()));
    hosted.change(visit, record, |accounts, record| {
        let user = user_of(accounts, name, email, now)?;
        check_service_account(&user, visit, role)?;
        if role < Role::Owner {
            keep_an_owner(accounts, &visit.project, user.id)?;
        }
        accounts.set_member(user.id, &visit.project, role)?;
        let ended = end_excess(accounts, user.id, &visit.project, Some(role), now)?;
        record.items.extend(told(&ended));
        Ok(ChangedMember { member: Member { user: user_info(user), role }, ended })
    })
}

/// Removes a user's role, and revokes what they created for others in the project. A service account of the project is deleted.
pub fn remove(hosted: &mut Hosted, visit: &AuthorizedAccess, name: &str) -> Result<Ended> {
    names::user(name)?;
    let now = hosted.now();
    let record = Record::new("member.removed").item(name);
    hosted.change(visit, record, |accounts, record| {
        let unknown = || Refusal::not_found(format!("`{name}` has no role in the project"));
        let user = accounts.user_named(name)?.ok_or_else(unknown)?;
        keep_an_owner(accounts, &visit.project, user.id)?;
        if !accounts.remove_member(user.id, &visit.project)? {
            return Err(unknown());
        }
        let ended = end_excess(accounts, user.id, &visit.project, None, now)?;
        if user.project.as_deref() == Some(&visit.project) {
            accounts.remove_user(user.id)?;
        }
        record.items.extend(told(&ended));
        Ok(ended)
    })
}

/// What was revoked, for a row of the audit log.
fn told(ended: &Ended) -> impl Iterator<Item = String> {
    let Ended { tokens, invitations, trusts } = ended;
    let of = |what: &'static str, names: &[String]| names.iter().map(move |name| format!("{what} {name}")).collect::<Vec<_>>();
    [of("token", tokens), of("invitation", invitations), of("trust", trusts)].into_iter().flatten()
}

/// A service account belongs to its project only, and never manages people.
fn check_service_account(user: &UserRow, visit: &AuthorizedAccess, role: Role) -> Result<()> {
    match user.project.as_deref() {
        Some(project) if project != visit.project => {
            Err(Refusal::new(Code::Exists, format!("`{}` is a service account of another project", user.name)))
        }
        Some(_) if role == Role::Owner => {
            Err(Refusal::invalid("the role of a program must be `viewer`, `developer` or `operator`"))
        }
        _ => Ok(()),
    }
}

/// The user of that name. A project's members must not change the e-mail address of an existing user, because it allows a sign-in.
fn user_of(accounts: &mut dyn Accounts, name: &str, email: Option<&str>, created_at: i64) -> Result<UserRow> {
    match (accounts.user_named(name)?, email) {
        (Some(known), Some(email)) if known.email.as_deref() != Some(email) => {
            let detail = format!("user `{name}` already exists, and only they can set their email address");
            return Err(Refusal::new(Code::Exists, detail).hint("omit the email address, or choose another name"));
        }
        (Some(known), _) => return Ok(known),
        (None, Some(email)) if !accounts.users_with_email(email)?.is_empty() => {
            return Err(
                Refusal::new(Code::Exists, "a user with this email address already exists").hint("use the name of that user")
            );
        }
        (None, _) => {}
    }
    check_person(accounts, name)?;
    let email = email.map(str::to_owned);
    let mut user = UserRow { id: 0, name: name.to_owned(), email, password: None, created_at, project: None };
    user.id = accounts.add_user(&user)?;
    Ok(user)
}

/// Without an owner, nobody could ever set a role in the project again.
fn keep_an_owner(accounts: &mut dyn Accounts, project: &str, leaving: i64) -> Result<()> {
    let members = accounts.members(project)?;
    let owns = |id| members.iter().any(|row| row.role == Role::Owner && row.user == id);
    let others = members.iter().any(|row| row.role == Role::Owner && row.user != leaving);
    if owns(leaving) && !others {
        return Err(
            Refusal::new(Code::LastOwner, "a project must keep at least one owner").hint("make another member an owner first")
        );
    }
    Ok(())
}
