//! Signs a program in: it shows a device code, a person confirms, and the program gets a token (after RFC 8628).

use super::authorize::{Caller, user_info};
use super::sessions::{password_token, token_of};
use super::tokens::target;
use super::{By, Hosted, Record, Refusal, Result, names};
use takk_api::{Code, DeviceCode, DeviceToken, Pending, Plain};
use takk_model::TokenKind;
use takk_vault::store::{Accounts, DeviceLoginRow, StoreError, TokenRow};
use takk_vault::{NewTokenText, device_code, new_token, token_hash};

/// The timeout of a device login, in milliseconds.
const PATIENCE: i64 = 10 * 60 * 1000;
/// The polling interval in seconds.
const INTERVAL: u64 = 2;

/// The maximum number of pending device logins.
const MOST_WAITING: usize = 10_000;

/// The response to polling.
pub enum Polled {
    Pending(Pending),
    Token(DeviceToken),
}

pub fn begin(hosted: &mut Hosted, name: &str, public_url: &str) -> Result<DeviceCode> {
    names::plain("a token", name)?;
    let code = device_code()?;
    let expires_at = hosted.now() + PATIENCE;
    let poll_secret = begin_with(hosted, code.clone(), name)?;
    let verify_url = format!("{public_url}/login/device?code={code}");
    Ok(DeviceCode { code, verify_url, poll_secret, expires_at, interval: INTERVAL })
}

/// Starts a device login with the given code, and returns the secret for polling. Codes are unique.
pub fn begin_with(hosted: &mut Hosted, code: String, name: &str) -> Result<Plain> {
    let now = hosted.now();
    let NewTokenText { text, hash } = new_token(TokenKind::Service)?;
    let row = DeviceLoginRow {
        code,
        poll_hash: hash,
        name: name.to_owned(),
        created_at: now,
        expires_at: now + PATIENCE,
        user: None,
        token: None,
    };
    hosted.change_logins(|accounts| {
        accounts.forget_device_logins(now)?;
        if accounts.count_device_logins(MOST_WAITING)? >= MOST_WAITING {
            return Err(Refusal::busy());
        }
        match accounts.add_device_login(&row) {
            Err(StoreError::Exists { .. }) => {
                Err(Refusal::new(Code::Exists, "another login is already using this code").hint("start again: takk login"))
            }
            other => Ok(other?),
        }
    })?;
    Ok(Plain::new(text))
}

/// The token of a program, once a person has authorized it. It is returned only once.
pub fn poll(hosted: &mut Hosted, secret: &Plain) -> Result<Polled> {
    let unknown = || Refusal::not_found("this login is unknown or has expired").hint("start again: takk login");
    let now = hosted.now();
    let waiting = hosted.accounts()?.polling(&token_hash(secret.expose()))?;
    let waiting = waiting.filter(|row| row.expires_at > now).ok_or_else(unknown)?;
    let Some(user) = waiting.user else { return Ok(Polled::Pending(Pending { interval: INTERVAL })) };
    let user = hosted.accounts()?.user(user)?.ok_or_else(unknown)?;
    let NewTokenText { text, hash } = new_token(TokenKind::Personal)?;
    let by = By::Arrival { name: &user.name, request: None };
    hosted.change(by, Record::new("token.made").item(&waiting.name), |accounts, record| {
        // If two processes poll at the same time, one gets the token.
        if !accounts.remove_device_login(&waiting.code)? {
            return Err(unknown());
        }
        let row = agreed(accounts, &waiting, user.id, hash, now)?.ok_or_else(unknown)?;
        let id = accounts.add_token(&row)?;
        record.items.push(target(id, row.role));
        Ok(())
    })?;
    Ok(Polled::Token(DeviceToken { token: Plain::new(text), user: user_info(user) }))
}

/// The authorized token. It has the bounds of the person's token, which must still be valid.
fn agreed(
    accounts: &mut dyn Accounts,
    waiting: &DeviceLoginRow,
    user: i64,
    hash: Vec<u8>,
    now: i64,
) -> Result<Option<TokenRow>> {
    let bounds = match waiting.token {
        Some(id) => token_of(accounts, user, id, now)?,
        None => Some(password_token(now)),
    };
    Ok(bounds.map(|bounds| TokenRow {
        id: 0,
        hash,
        user,
        label: waiting.name.clone(),
        kind: TokenKind::Personal,
        projects: bounds.projects,
        environments: bounds.environments,
        role: bounds.role,
        created_at: now,
        expires_at: bounds.expires_at,
        last_used_at: None,
        revoked_at: None,
        made_by: Some(user),
        made_with: waiting.token,
    }))
}

/// Authorizes the program with this code to act for the caller, within the bounds of the caller's token.
pub fn approve(hosted: &mut Hosted, caller: &Caller, code: &str) -> Result<()> {
    if caller.token.kind == TokenKind::Service {
        return Err(Refusal::forbidden("a service token cannot authorize logins"));
    }
    let now = hosted.now();
    let code = code.trim().to_ascii_uppercase();
    let record = Record::new("login.agreed").item(names::plain("a login", &code)?);
    hosted.change(caller, record, |accounts, _| {
        let waits = accounts.device_login(&code)?.is_some_and(|row| is_undecided(&row, now));
        let agreed = waits && accounts.let_in(&code, caller.user.id, caller.token_id())?;
        if agreed { Ok(()) } else { Err(unknown_code()) }
    })
}

/// Denies the program with this code, which learns it from its next poll.
pub fn deny(hosted: &mut Hosted, caller: &Caller, code: &str) -> Result<()> {
    let now = hosted.now();
    let code = code.trim().to_ascii_uppercase();
    let record = Record::new("login.denied").item(names::plain("a login", &code)?);
    hosted.change(caller, record, |accounts, _| {
        let waits = accounts.device_login(&code)?.is_some_and(|row| is_undecided(&row, now));
        let denied = waits && accounts.remove_device_login(&code)?;
        if denied { Ok(()) } else { Err(unknown_code()) }
    })
}

/// The name that the program with this code gave itself, if its login is pending.
pub fn waiting(hosted: &mut Hosted, code: &str) -> Result<Option<String>> {
    let now = hosted.now();
    let row = hosted.accounts()?.device_login(&code.trim().to_ascii_uppercase())?;
    Ok(row.filter(|row| is_undecided(row, now)).map(|row| row.name))
}

/// Whether a login is pending and has not expired.
fn is_undecided(row: &DeviceLoginRow, now: i64) -> bool {
    row.expires_at > now && row.user.is_none()
}

fn unknown_code() -> Refusal {
    Refusal::not_found("this code is unknown or has expired").hint("run `takk login` again for a new code")
}
