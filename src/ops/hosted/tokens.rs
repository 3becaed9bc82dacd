//! Tokens of the caller.

use super::entry::{Caller, token_info};
use super::{Hosted, Paging, Refusal, Result, names};
use crate::secrets::{NewTokenText, new_token};
use crate::store::TokenRow;
use crate::wire::{MadeToken, NewToken, Page, Plain, Role, TokenInfo, TokenKind};

/// How many projects or environments one token may name.
const MOST: usize = 100;

/// The tokens of the caller that are good, by number.
pub fn list(hosted: &mut Hosted, caller: &Caller, paging: &Paging) -> Result<Page<TokenInfo>> {
    let after = paging.number()?.unwrap_or_default();
    let now = hosted.now();
    let rows = hosted.accounts()?.tokens(Some(caller.user.id))?;
    let good =
        rows.into_iter().filter(|row| row.id > after && row.revoked_at.is_none() && row.expires_at.is_none_or(|end| end > now));
    paging.page(good.map(token_info), |token| token.id.to_string())
}

/// A new token for the caller. It may do at most what the caller's own may do.
pub fn create(hosted: &mut Hosted, caller: &Caller, new: NewToken) -> Result<MadeToken> {
    check(caller, &new, hosted.now())?;
    let user = match new.user.as_deref().filter(|name| *name != caller.user.name) {
        Some(name) => another_user(hosted, caller, name, &new.projects)?,
        None => caller.user.id,
    };
    let NewTokenText { text, hash } = new_token(new.kind)?;
    let row = TokenRow {
        id: 0,
        hash,
        user,
        label: new.label,
        kind: new.kind,
        projects: new.projects,
        environments: new.environments,
        role: new.role,
        created_at: hosted.now(),
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    let record = hosted.record(caller, "token.made").item(&row.label);
    let id = hosted.change(record, |accounts| Ok(accounts.add_token(&row)?))?;
    Ok(MadeToken { token: Plain::new(text), info: token_info(TokenRow { id, ..row }) })
}

/// Revokes a token of the caller.
pub fn revoke(hosted: &mut Hosted, caller: &Caller, id: i64) -> Result<()> {
    let now = hosted.now();
    let record = hosted.record(caller, "token.revoked").item(id.to_string());
    hosted.change(record, |accounts| {
        let own = accounts.tokens(Some(caller.user.id))?.into_iter().any(|row| row.id == id);
        let revoked = own && accounts.revoke_token(id, now)?;
        if revoked { Ok(()) } else { Err(Refusal::not_found(format!("you have no token {id}"))) }
    })
}

/// The user of that name, if the caller owns all of the projects: there the caller decides what the user may do anyway.
fn another_user(hosted: &mut Hosted, caller: &Caller, name: &str, projects: &[String]) -> Result<i64> {
    names::user(name)?;
    let mut accounts = hosted.accounts()?;
    for project in projects {
        if accounts.role(caller.user.id, project)? != Some(Role::Owner) || caller.token.role < Role::Owner {
            return Err(Refusal::forbidden(format!("you do not own the project `{project}`")));
        }
    }
    if projects.is_empty() {
        return Err(Refusal::forbidden("a token of another user is for projects that you own: name them"));
    }
    let unknown = || Refusal::not_found(format!("there is no user `{name}`")).hint("give them a role in the project first");
    Ok(accounts.user_named(name)?.ok_or_else(unknown)?.id)
}

fn check(caller: &Caller, new: &NewToken, now: i64) -> Result<()> {
    names::plain("a token", &new.label)?;
    if new.projects.len() > MOST || new.environments.len() > MOST {
        return Err(Refusal::invalid(format!("a token names at most {MOST} projects and environments")));
    }
    new.projects.iter().try_for_each(|name| names::project(name).map(drop))?;
    new.environments.iter().try_for_each(|name| names::environment(name).map(drop))?;
    if new.expires_at.is_some_and(|end| end <= now) {
        return Err(Refusal::invalid("`expires_at` is in the past"));
    }
    if caller.token.kind == TokenKind::Service {
        return Err(Refusal::forbidden("a program's token makes no tokens").hint("`takk login` gets a person's"));
    }
    let within = |mine: &[String], wanted: &[String]| {
        mine.is_empty() || (!wanted.is_empty() && wanted.iter().all(|name| mine.contains(name)))
    };
    let lesser = new.role <= caller.token.role
        && within(&caller.token.projects, &new.projects)
        && within(&caller.token.environments, &new.environments)
        && caller.token.expires_at.is_none_or(|mine| new.expires_at.is_some_and(|end| end <= mine));
    if lesser {
        Ok(())
    } else {
        Err(Refusal::forbidden("the new token may do no more, and no longer, than the one that it is made with"))
    }
}
