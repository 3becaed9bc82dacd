//! Tokens of the caller. A person lists and revokes all of their own; a limited token only itself and its descendants.

use super::authorize::{Caller, is_good, token_info};
use super::granted::{descendants, made_by, revoke as end};
use super::{Hosted, Paging, Record, Refusal, Result, names};
use takk_api::{MadeToken, NewToken, Page, Plain, TokenInfo};
use takk_model::TokenKind;
use takk_vault::store::{Accounts, TokenRow};
use takk_vault::{NewTokenText, new_token};

/// The maximum number of projects or environments in a token.
pub(super) const MOST: usize = 100;

/// The valid tokens that the caller may know of, sorted by ID.
pub fn list(hosted: &mut Hosted, caller: &Caller, paging: &Paging) -> Result<Page<TokenInfo>> {
    let after = paging.number()?.unwrap_or_default();
    let now = hosted.now();
    let rows = visible(hosted.accounts()?.as_mut(), caller)?;
    let good = rows.into_iter().filter(|row| row.id > after && is_good(row, now));
    paging.page(good.map(token_info), |token| token.id.to_string())
}

/// Creates a token with at most the permissions of the caller's own.
pub fn create(hosted: &mut Hosted, caller: &Caller, new: NewToken) -> Result<MadeToken> {
    check(caller, &new, hosted.now())?;
    let NewTokenText { text, hash } = new_token(new.kind)?;
    let (made_by, made_with) = made_by(caller);
    let row = TokenRow {
        id: 0,
        hash,
        user: caller.user.id,
        label: new.label,
        kind: new.kind,
        projects: new.projects,
        environments: new.environments,
        role: new.role,
        created_at: hosted.now(),
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
        made_by,
        made_with,
    };
    let record = Record::new("token.made").item(&row.label).in_only(&row.projects);
    let id = hosted.change(caller, record, |accounts, record| {
        let id = accounts.add_token(&row)?;
        record.items.push(target(id, row.role));
        Ok(id)
    })?;
    Ok(MadeToken { token: Plain::new(text), info: token_info(TokenRow { id, ..row }) })
}

/// Revokes a token that the caller may know of, and all tokens derived from it.
pub fn revoke(hosted: &mut Hosted, caller: &Caller, id: i64) -> Result<()> {
    let now = hosted.now();
    let record = Record::new("token.revoked").item(id.to_string());
    hosted.change(caller, record, |accounts, record| {
        let unknown = || Refusal::not_found(format!("you have no token {id}"));
        let row = visible(accounts, caller)?.into_iter().find(|row| row.id == id).ok_or_else(unknown)?;
        if !end(accounts, id, now)? {
            return Err(unknown());
        }
        record.project = if let [project] = row.projects.as_slice() { Some(project.clone()) } else { None };
        record.items.push(row.label);
        Ok(())
    })
}

/// A token, for a row of the audit log.
pub(super) fn target(id: i64, role: takk_model::Role) -> String {
    format!("{id}@{}", role.as_str())
}

/// The tokens that a caller may know of: for a person all of theirs, for a token with bounds those that it created.
fn visible(accounts: &mut dyn Accounts, caller: &Caller) -> Result<Vec<TokenRow>> {
    if caller.is_unbounded() {
        return Ok(accounts.tokens(Some(caller.user.id))?);
    }
    let all = accounts.tokens(None)?;
    let known = descendants(&all, caller.token_id());
    Ok(all.into_iter().filter(|row| known.contains(&row.id)).collect())
}

fn check(caller: &Caller, new: &NewToken, now: i64) -> Result<()> {
    names::plain("a token", &new.label)?;
    if new.projects.len() > MOST || new.environments.len() > MOST {
        return Err(Refusal::invalid(format!("a token can be limited to at most {MOST} projects and environments")));
    }
    new.projects.iter().try_for_each(|name| names::project(name).map(drop))?;
    new.environments.iter().try_for_each(|name| names::environment(name).map(drop))?;
    if new.expires_at.is_some_and(|end| end <= now) {
        return Err(Refusal::invalid("`expires_at` is in the past"));
    }
    if caller.token.kind == TokenKind::Service {
        return Err(Refusal::forbidden("a service token cannot create tokens").hint("use a personal token: `takk login`"));
    }
    let within = |mine: &[String], wanted: &[String]| {
        mine.is_empty() || (!wanted.is_empty() && wanted.iter().all(|name| mine.contains(name)))
    };
    let lesser = new.role <= caller.token.role
        && within(&caller.token.projects, &new.projects)
        && within(&caller.token.environments, &new.environments)
        && ends_in_time(caller, new.expires_at);
    if lesser {
        Ok(())
    } else {
        Err(Refusal::forbidden("the new token cannot have more permissions than the one that creates it, nor outlive it"))
    }
}

/// Whether something with this expiry does not outlive the token that creates it.
pub(super) fn ends_in_time(caller: &Caller, end: Option<i64>) -> bool {
    caller.token.expires_at.is_none_or(|mine| end.is_some_and(|end| end <= mine))
}
