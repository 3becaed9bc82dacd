//! Service tokens, which belong to a project, not to a person. Each has a service account, a user that exists only in the project. Owners
//! create, list and revoke them.

use super::authorize::{AuthorizedAccess, is_good, token_info};
use super::granted::{made_by, revoke as end};
use super::tokens::{MOST, ends_in_time, target};
use super::{Hosted, Paging, Record, Refusal, Result, names};
use takk_api::{Code, MadeServiceToken, NewServiceToken, Page, Plain, ServiceToken};
use takk_model::{Role, TokenKind};
use takk_vault::store::{Accounts, TokenRow, UserRow};
use takk_vault::{NewTokenText, new_token};

/// The valid service tokens of the project, sorted by ID.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess, paging: &Paging) -> Result<Page<ServiceToken>> {
    let after = paging.number()?.unwrap_or_default();
    let now = hosted.now();
    let mut accounts = hosted.accounts()?;
    let mut all = Vec::new();
    for account in accounts_of(accounts.as_mut(), &visit.project)? {
        for row in accounts.tokens(Some(account.id))?.into_iter().filter(|row| row.id > after && is_good(row, now)) {
            let maker = row.made_by.map(|id| accounts.user(id)).transpose()?.flatten().map(|user| user.name);
            all.push(ServiceToken { account: account.name.clone(), made_by: maker, info: token_info(row) });
        }
    }
    all.sort_by_key(|token| token.info.id);
    paging.page(all, |token| token.info.id.to_string())
}

/// Creates a token of a service account, which is created if necessary.
pub fn create(hosted: &mut Hosted, visit: &AuthorizedAccess, new: NewServiceToken) -> Result<MadeServiceToken> {
    check(visit, &new, hosted.now())?;
    let name = format!("{}/{}", visit.project, new.account);
    let NewTokenText { text, hash } = new_token(TokenKind::Service)?;
    let (made_by, made_with) = made_by(&visit.caller);
    let created_at = hosted.now();
    let mut row = TokenRow {
        id: 0,
        hash,
        user: 0,
        label: new.label,
        kind: TokenKind::Service,
        projects: vec![visit.project.clone()],
        environments: new.environments,
        role: new.role,
        created_at,
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
        made_by,
        made_with,
    };
    let record = Record::new("token.made").item(&name).item(&row.label);
    hosted.change(visit, record, |accounts, record| {
        row.user = account(accounts, &name, visit, row.role, created_at)?;
        row.id = accounts.add_token(&row)?;
        record.items.push(target(row.id, row.role));
        Ok(())
    })?;
    let made_by = Some(visit.caller.user.name.clone());
    Ok(MadeServiceToken { token: Plain::new(text), info: ServiceToken { account: name, made_by, info: token_info(row) } })
}

pub fn revoke(hosted: &mut Hosted, visit: &AuthorizedAccess, id: i64) -> Result<()> {
    let now = hosted.now();
    let record = Record::new("token.revoked").item(id.to_string());
    hosted.change(visit, record, |accounts, record| {
        let unknown = || Refusal::not_found(format!("the project has no token {id}"));
        let row = accounts.tokens(None)?.into_iter().find(|row| row.id == id).ok_or_else(unknown)?;
        let owner = accounts_of(accounts, &visit.project)?.into_iter().find(|user| user.id == row.user);
        record.items.push(owner.ok_or_else(unknown)?.name);
        if end(accounts, id, now)? { Ok(()) } else { Err(unknown()) }
    })
}

/// The service accounts of a project, except those of trusts, which get their tokens by themselves.
fn accounts_of(accounts: &mut dyn Accounts, project: &str) -> Result<Vec<UserRow>> {
    let trusted: Vec<i64> = accounts.trusts(project)?.into_iter().map(|trust| trust.user).collect();
    let users = accounts.users()?.into_iter();
    Ok(users.filter(|user| user.project.as_deref() == Some(project) && !trusted.contains(&user.id)).collect())
}

/// The service account of that name, with at least that role.
fn account(accounts: &mut dyn Accounts, name: &str, visit: &AuthorizedAccess, role: Role, created_at: i64) -> Result<i64> {
    let project = visit.project.as_str();
    let id = if let Some(known) = accounts.user_named(name)? {
        let is_trusted = accounts.trusts(project)?.iter().any(|trust| trust.user == known.id);
        if known.project.as_deref() != Some(project) || is_trusted {
            let detail = format!("a user `{name}` already exists, and is not a service account of the project");
            return Err(Refusal::new(Code::Exists, detail).hint("choose another name"));
        }
        known.id
    } else {
        let project = Some(project.to_owned());
        accounts.add_user(&UserRow { id: 0, name: name.to_owned(), email: None, password: None, created_at, project })?
    };
    if accounts.role(id, project)?.is_none_or(|own| own < role) {
        accounts.set_member(id, project, role)?;
    }
    Ok(id)
}

fn check(visit: &AuthorizedAccess, new: &NewServiceToken, now: i64) -> Result<()> {
    names::program("a service account", &new.account)?;
    names::plain("a token", &new.label)?;
    if new.role == Role::Owner {
        return Err(Refusal::invalid("the role of a program must be `viewer`, `developer` or `operator`"));
    }
    if new.environments.len() > MOST {
        return Err(Refusal::invalid(format!("a token can be limited to at most {MOST} environments")));
    }
    new.environments.iter().try_for_each(|name| names::environment(name).map(drop))?;
    if new.expires_at.is_some_and(|end| end <= now) {
        return Err(Refusal::invalid("`expires_at` is in the past"));
    }
    if !ends_in_time(&visit.caller, new.expires_at) {
        return Err(Refusal::forbidden("the new token cannot outlive the one that creates it"));
    }
    Ok(())
}
