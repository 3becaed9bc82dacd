//! Browser sessions. The cookie is 256 random bits, of which only the hash is stored; it changes at each sign-in, and is valid for a
//! working day or as long as the token with which it was created.

use super::authorize::{self, Caller, Proof, is_good, token_info, unauthenticated, user_info};
use super::{By, Hosted, Record, Refusal, Result, names};
use takk_api::{Plain, TokenInfo};
use takk_model::{Role, TokenKind};
use takk_vault::store::{self, Accounts, SessionRow, UserRow};
use takk_vault::{NewTokenText, new_token, token_hash};

/// The lifetime of a session, in milliseconds.
pub const LIFETIME: i64 = 12 * 60 * 60 * 1000;
/// The minimum length of a password (NIST SP 800-63B, 3.1.1.2: 15 if it is the only factor).
pub const SHORTEST_PASSWORD: usize = 15;
/// The maximum length of a password, in bytes.
const LONGEST_PASSWORD: usize = 1024;

/// Signs in the owner of a valid token; `None` for any other text.
pub fn begin_with_token(hosted: &mut Hosted, token: &str, request: &str) -> Result<Option<Plain>> {
    let Some(caller) = authorize::signed_in(hosted, token.trim(), request)? else { return Ok(None) };
    let now = hosted.now();
    begin(hosted, &caller, |accounts| authorize::confirm(accounts, &caller, now)?).map(Some)
}

/// The password verifier of a user; `None` if there is no such user or no password.
pub fn verifier(hosted: &mut Hosted, name: &str) -> Result<Option<String>> {
    if names::user(name).is_err() {
        return Ok(None);
    }
    Ok(hosted.accounts()?.user_named(name)?.and_then(|user| user.password))
}

/// Signs in a user whose password was `verified`, unless it has been changed since.
pub fn begin_with_password(hosted: &mut Hosted, name: &str, verified: &str, request: &str) -> Result<Option<Plain>> {
    let user = hosted.accounts()?.user_named(name)?;
    let Some(user) = user.filter(|user| user.password.as_deref() == Some(verified)) else { return Ok(None) };
    let caller = by_password(user, hosted.now(), request, Proof::Arrival);
    begin(hosted, &caller, |accounts| {
        let again = accounts.user(caller.user.id)?;
        let is_same = again.is_some_and(|user| user.password.as_deref() == Some(verified));
        if is_same { Ok(()) } else { Err(unauthenticated()) }
    })
    .map(Some)
}

/// The user of this session; `None` if it is no longer valid.
pub fn signed_in(hosted: &mut Hosted, session: &str, request: &str) -> Result<Option<Caller>> {
    let now = hosted.now();
    Ok(found(hosted.accounts()?.as_mut(), &token_hash(session), now, request)?)
}

/// The user of the session with this hash.
pub(super) fn found(accounts: &mut dyn Accounts, hash: &[u8], now: i64, request: &str) -> store::Result<Option<Caller>> {
    let Some((row, user)) = accounts.session(hash)? else { return Ok(None) };
    if row.expires_at <= now {
        return Ok(None);
    }
    let proof = Proof::Session(hash.to_vec());
    let Some(token) = row.token else { return Ok(Some(by_password(user, row.created_at, request, proof))) };
    let token = token_of(accounts, user.id, token, now)?;
    Ok(token.map(|token| Caller { user: user_info(user), token, request: request.to_owned(), proof }))
}

/// A user's token with that ID, if it is still valid.
pub(super) fn token_of(accounts: &mut dyn Accounts, user: i64, id: i64, now: i64) -> store::Result<Option<TokenInfo>> {
    let token = accounts.tokens(Some(user))?.into_iter().find(|known| known.id == id);
    Ok(token.filter(|token| is_good(token, now)).map(token_info))
}

pub fn end(hosted: &mut Hosted, caller: &Caller, session: &str) -> Result<()> {
    let hash = token_hash(session);
    hosted.change(caller, Record::new("session.ended"), |accounts, _| Ok(accounts.remove_session(&hash).map(drop)?))
}

pub fn end_all(hosted: &mut Hosted, caller: &Caller) -> Result<()> {
    if !caller.is_unbounded() {
        let detail = "only an unrestricted sign-in can sign out everywhere";
        return Err(Refusal::forbidden(detail).hint("sign in with a password, or revoke tokens one by one"));
    }
    let record = Record::new("sessions.ended").item(&caller.user.name);
    hosted.change(caller, record, |accounts, _| Ok(accounts.remove_sessions(caller.user.id, &[]).map(drop)?))
}

/// Whether the caller must enter their current password to change it. Somebody who signed in with a token may have forgotten it.
pub fn asks_for_password(hosted: &mut Hosted, caller: &Caller) -> Result<Option<String>> {
    match caller.token_id() {
        Some(_) => Ok(None),
        None => verifier(hosted, &caller.user.name),
    }
}

/// Checks the length of a password.
pub fn check_password(password: &str) -> Result<()> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Refusal::invalid(format!("a password must have at least {SHORTEST_PASSWORD} characters"))
            .hint("a few words are easy to remember"));
    }
    if password.len() > LONGEST_PASSWORD {
        return Err(Refusal::invalid(format!("a password must have at most {LONGEST_PASSWORD} bytes")));
    }
    Ok(())
}

/// Sets the caller's password verifier, and ends all of their other sessions.
pub fn set_verifier(hosted: &mut Hosted, caller: &Caller, verifier: &str, session: &str) -> Result<()> {
    if !caller.is_unbounded() {
        return Err(Refusal::forbidden(
            "only an unrestricted sign-in can set a password: this token has a lower role, expires, or is limited to a program or some \
             projects",
        )
        .hint("an owner can invite you to create an account with a password"));
    }
    let hash = token_hash(session);
    hosted.change(caller, Record::new("password.set").item(&caller.user.name), |accounts, _| {
        accounts.set_password(caller.user.id, Some(verifier))?;
        Ok(accounts.remove_sessions(caller.user.id, &hash).map(drop)?)
    })
}

/// Starts a session for an authenticated user, if `confirm` still agrees.
pub(super) fn begin(
    hosted: &mut Hosted,
    caller: &Caller,
    confirm: impl FnOnce(&mut dyn Accounts) -> Result<()>,
) -> Result<Plain> {
    let NewTokenText { text, hash } = new_token(TokenKind::Personal)?;
    let created_at = hosted.now();
    let row =
        SessionRow { hash, user: caller.user.id, token: caller.token_id(), created_at, expires_at: created_at + LIFETIME };
    let (bounds, token) = (caller.bounds(), caller.token_id());
    let by = By::Arrival { name: &caller.user.name, request: Some(&caller.request) };
    hosted.change(by, Record::new("session.begun").of(token, bounds), |accounts, _| {
        confirm(accounts)?;
        accounts.forget_sessions(created_at)?;
        Ok(accounts.add_session(&row)?)
    })?;
    Ok(Plain::new(text))
}

/// Starts a session for a user who has just signed in.
pub(super) fn begin_anew(hosted: &mut Hosted, user: UserRow, request: &str) -> Result<Plain> {
    let caller = by_password(user, hosted.now(), request, Proof::Arrival);
    begin(hosted, &caller, |accounts| {
        // A user who was removed in the meantime is not signed in.
        if accounts.user(caller.user.id)?.is_some() { Ok(()) } else { Err(unauthenticated()) }
    })
}

/// A user who signed in with a password or at a provider, and so without the bounds of a token.
pub(super) fn by_password(user: UserRow, created_at: i64, request: &str, proof: Proof) -> Caller {
    Caller { user: user_info(user), token: password_token(created_at), request: request.to_owned(), proof }
}

/// Takes the place of a token for a user without bounds.
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
