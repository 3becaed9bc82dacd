//! People who are signed in with a browser. What the browser sends is 256 random bits, of which only the hash is kept; it is new at
//! each sign-in, and good for a working day or as long as the token that it was made with.

use super::entry::{self, Caller, token_info, user_info};
use super::{Hosted, Refusal, Result, names};
use crate::secrets::{NewTokenText, new_token, token_hash};
use crate::store::{SessionRow, UserRow};
use crate::wire::{Plain, Role, TokenInfo, TokenKind};

/// How long somebody stays signed in, in milliseconds.
pub const LIFETIME: i64 = 12 * 60 * 60 * 1000;
/// The least number of characters of a password (NIST SP 800-63B, 3.1.1.2: 15 where it is the only thing asked for).
pub const SHORTEST_PASSWORD: usize = 15;
/// The greatest number of bytes of a password.
const LONGEST_PASSWORD: usize = 1024;

/// Signs in whoever has a token that is good; `None` for every other text.
pub fn begin_with_token(hosted: &mut Hosted, token: &str, request: &str) -> Result<Option<Plain>> {
    let Some(caller) = entry::signed_in(hosted, token.trim(), request)? else { return Ok(None) };
    begin(hosted, &caller).map(Some)
}

/// What verifies the password of a user; `None` where there is no such user, or no password.
pub fn verifier(hosted: &mut Hosted, name: &str) -> Result<Option<String>> {
    if names::user(name).is_err() {
        return Ok(None);
    }
    Ok(hosted.accounts()?.user_named(name)?.and_then(|user| user.password))
}

/// Signs in a user whose password is `verified`. If it was changed since, nobody is signed in.
pub fn begin_with_password(hosted: &mut Hosted, name: &str, verified: &str, request: &str) -> Result<Option<Plain>> {
    let user = hosted.accounts()?.user_named(name)?;
    let Some(user) = user.filter(|user| user.password.as_deref() == Some(verified)) else { return Ok(None) };
    let caller = by_password(user, hosted.now(), request);
    begin(hosted, &caller).map(Some)
}

/// Who is signed in with this; `None` if nobody is any more.
pub fn signed_in(hosted: &mut Hosted, session: &str, request: &str) -> Result<Option<Caller>> {
    let now = hosted.now();
    let mut accounts = hosted.accounts()?;
    let Some((row, user)) = accounts.session(&token_hash(session))? else { return Ok(None) };
    if row.expires_at <= now {
        return Ok(None);
    }
    let Some(token) = row.token else { return Ok(Some(by_password(user, row.created_at, request))) };
    drop(accounts);
    let token = token_of(hosted, user.id, token)?;
    Ok(token.map(|token| Caller { user: user_info(user), token, request: request.to_owned() }))
}

/// The token of a user with that number, if it is still good.
pub(super) fn token_of(hosted: &mut Hosted, user: i64, id: i64) -> Result<Option<TokenInfo>> {
    let now = hosted.now();
    let token = hosted.accounts()?.tokens(Some(user))?.into_iter().find(|known| known.id == id);
    let token = token.filter(|token| token.revoked_at.is_none() && token.expires_at.is_none_or(|end| end > now));
    Ok(token.map(token_info))
}

/// Signs somebody out.
pub fn end(hosted: &mut Hosted, caller: &Caller, session: &str) -> Result<()> {
    let record = hosted.record(caller, "session.ended");
    let hash = token_hash(session);
    hosted.change(record, |accounts| Ok(accounts.remove_session(&hash).map(drop)?))
}

/// Signs somebody out everywhere.
pub fn end_all(hosted: &mut Hosted, caller: &Caller) -> Result<()> {
    if !caller.is_unbounded() {
        let detail = "only somebody who signed in without bounds signs out everywhere";
        return Err(Refusal::forbidden(detail).hint("sign in with a password, or revoke tokens one by one"));
    }
    let record = hosted.record(caller, "sessions.ended").item(&caller.user.name);
    hosted.change(record, |accounts| Ok(accounts.remove_sessions(caller.user.id, &[]).map(drop)?))
}

/// Whether the caller must say the password that they have before they change it: whoever has a token may have forgotten it.
pub fn asks_for_password(hosted: &mut Hosted, caller: &Caller) -> Result<Option<String>> {
    match caller.token_id() {
        Some(_) => Ok(None),
        None => verifier(hosted, &caller.user.name),
    }
}

/// Whether a text may be a password.
pub fn check_password(password: &str) -> Result<()> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Refusal::invalid(format!("a password has at least {SHORTEST_PASSWORD} characters"))
            .hint("a few words are easy to remember"));
    }
    if password.len() > LONGEST_PASSWORD {
        return Err(Refusal::invalid(format!("a password has at most {LONGEST_PASSWORD} bytes")));
    }
    Ok(())
}

/// Sets what verifies the caller's password, and signs them out everywhere but here.
pub fn set_verifier(hosted: &mut Hosted, caller: &Caller, verifier: &str, session: &str) -> Result<()> {
    if !caller.is_unbounded() {
        return Err(Refusal::forbidden(
            "only somebody who signed in without bounds sets a password: this token has a lesser role, ends, or is for a program or some \
             projects only",
        )
        .hint("an invitation of an owner makes an account with a password"));
    }
    let record = hosted.record(caller, "password.set").item(&caller.user.name);
    let hash = token_hash(session);
    hosted.change(record, |accounts| {
        accounts.set_password(caller.user.id, Some(verifier))?;
        Ok(accounts.remove_sessions(caller.user.id, &hash).map(drop)?)
    })
}

/// Begins a session of somebody who has shown who they are.
pub(super) fn begin(hosted: &mut Hosted, caller: &Caller) -> Result<Plain> {
    let NewTokenText { text, hash } = new_token(TokenKind::Personal)?;
    let created_at = hosted.now();
    let row =
        SessionRow { hash, user: caller.user.id, token: caller.token_id(), created_at, expires_at: created_at + LIFETIME };
    let record = hosted.record(caller, "session.begun");
    hosted.change(record, |accounts| {
        accounts.forget_sessions(created_at)?;
        Ok(accounts.add_session(&row)?)
    })?;
    Ok(Plain::new(text))
}

/// Somebody who signed in with a password, or elsewhere, acts with all that they have, and with no token.
pub(super) fn by_password(user: UserRow, created_at: i64, request: &str) -> Caller {
    Caller { user: user_info(user), token: password_token(created_at), request: request.to_owned() }
}

/// What stands in the place of a token where somebody has all that they may have.
pub(super) fn password_token(created_at: i64) -> TokenInfo {
    TokenInfo {
        id: 0,
        label: "password".to_owned(),
        kind: TokenKind::Personal,
        projects: Vec::new(),
        environments: Vec::new(),
        role: Role::Owner,
        created_at,
        expires_at: None,
        last_used_at: None,
    }
}
