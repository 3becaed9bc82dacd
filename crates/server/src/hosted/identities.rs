//! People who sign in at an OpenID Connect provider. An account is permanently bound to its subject at the provider. A new user needs an
//! invitation, or must have been added as a member by an address that the provider has verified.

use super::authorize::{Caller, unauthenticated};
use super::invitations::{enter, new_user, take};
use super::{By, Hosted, Record, Refusal, Result, names, sessions};
use takk_api::{Code, Plain};
use takk_oidc::Person;
use takk_vault::store::{Accounts, IdentityRow, SignInRow, UserRow};
use takk_vault::{new_state, token_hash};

/// The timeout of a sign-in at a provider, in milliseconds.
const PATIENCE: i64 = 10 * 60 * 1000;
/// The maximum number of pending sign-ins.
const MOST_AWAY: usize = 10_000;
/// How many names to try for somebody whose own is taken.
const NAMES: u32 = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// The page to show afterwards.
    pub next: String,
    /// The hash of the invitation to accept.
    invitation: Option<Vec<u8>>,
    /// The user who is already signed in.
    user: Option<i64>,
    /// The hash of the browser's cookie.
    browser: Vec<u8>,
}

/// Starts a sign-in at a provider, and returns the state that the provider sends back. `invitation` is the secret of the invitation to
/// accept, `caller` the user who is already signed in and links an identity.
pub fn leave(
    hosted: &mut Hosted,
    cookie: &str,
    next: &str,
    invitation: Option<&Plain>,
    caller: Option<&Caller>,
) -> Result<String> {
    if caller.is_some_and(|caller| !caller.is_unbounded()) {
        let detail = "only an unrestricted sign-in can link an account: this token is restricted";
        return Err(Refusal::forbidden(detail).hint("sign in with a password"));
    }
    let now = hosted.now();
    let state = new_state()?;
    let row = SignInRow {
        state_hash: state.hash,
        browser_hash: token_hash(cookie),
        next: next.to_owned(),
        invitation: invitation.map(|secret| token_hash(secret.expose())),
        user: caller.map(|caller| caller.user.id),
        expires_at: now + PATIENCE,
    };
    hosted.change_logins(|accounts| {
        accounts.forget_sign_ins(now)?;
        if accounts.count_sign_ins(MOST_AWAY)? >= MOST_AWAY {
            return Err(Refusal::busy());
        }
        Ok(accounts.add_sign_in(&row)?)
    })?;
    Ok(state.text)
}

/// Whether a user has linked an identity at a provider.
pub fn is_bound(hosted: &mut Hosted, caller: &Caller, issuer: &str) -> Result<bool> {
    Ok(hosted.accounts()?.identities(caller.user.id)?.iter().any(|row| row.issuer == issuer))
}

/// The pending sign-in with this state; `None` unless it is the same browser, for the first time, before the timeout.
pub fn back(hosted: &mut Hosted, cookie: &str, state: &str) -> Result<Option<Away>> {
    let now = hosted.now();
    let row = hosted.change_logins(|accounts| Ok(accounts.take_sign_in(&token_hash(state))?))?;
    let browser = token_hash(cookie);
    let kept = hosted.vault.kept_hash(&browser);
    let row = row.filter(|row| row.expires_at > now && row.browser_hash == kept);
    Ok(row.map(|SignInRow { next, invitation, user, .. }| Away { next, invitation, user, browser }))
}

/// Signs in a person whom the provider has identified.
pub fn arrive(hosted: &mut Hosted, away: &Away, person: &Person, request: &str) -> Result<Plain> {
    let known = hosted.accounts()?.identified(&person.issuer, &person.subject)?;
    let user = match known {
        Some(user) if away.user.is_some_and(|id| id != user.id) => {
            let detail = format!("that account is already linked to the user `{}`", user.name);
            return Err(
                Refusal::new(Code::Exists, detail).hint("sign out here, or sign in to the provider with another account")
            );
        }
        Some(user) => match &away.invitation {
            Some(invitation) => joined(hosted, user, invitation, request)?,
            None => user,
        },
        None => bound(hosted, away, person, request)?,
    };
    sessions::begin_anew(hosted, user, request)
}

/// Accepts an invitation for a known user.
fn joined(hosted: &mut Hosted, user: UserRow, invitation: &[u8], request: &str) -> Result<UserRow> {
    let now = hosted.now();
    let name = user.name.clone();
    let by = By::Arrival { name: &name, request: Some(request) };
    hosted.change(by, Record::new("invitation.accepted").item(&name), |accounts, record| {
        let row = take(accounts, invitation, now)?;
        record.project.clone_from(&row.project);
        if row.user.is_some_and(|id| id != user.id) {
            return Err(
                Refusal::forbidden("this link is for another user").hint("sign out of the provider, then open the link again")
            );
        }
        enter(accounts, &row, user.id)?;
        Ok(user)
    })
}

/// Links a new identity to an account: the signed-in user's own, a new one by invitation, or the one created for them.
fn bound(hosted: &mut Hosted, away: &Away, person: &Person, request: &str) -> Result<UserRow> {
    let created_at = hosted.now();
    let action = if away.invitation.is_some() { "invitation.accepted" } else { "identity.bound" };
    let name = person.name.as_deref().or(person.email.as_deref()).unwrap_or("somebody");
    let record = Record::new(action).item(format!("{} {}", person.issuer, person.subject));
    hosted.change(By::Arrival { name, request: Some(request) }, record, |accounts, record| {
        let user = match (away.user, &away.invitation) {
            (Some(id), _) => {
                // They may have been signed out in the meantime.
                let still = sessions::found(accounts, &away.browser, created_at, request)?;
                still.filter(|caller| caller.user.id == id && caller.is_unbounded()).ok_or_else(unauthenticated)?;
                accounts.user(id)?.ok_or_else(nobody)?
            }
            (None, Some(invitation)) => {
                let row = take(accounts, invitation, created_at)?;
                record.project.clone_from(&row.project);
                let user = if let Some(id) = row.user {
                    accounts.user(id)?.ok_or_else(nobody)?
                } else {
                    let (name, email) = (free_name(accounts, person)?, free_email(accounts, person)?);
                    new_user(accounts, &name, email, None, created_at, None)?
                };
                enter(accounts, &row, user.id)?;
                user
            }
            (None, None) => waiting(accounts, person)?.ok_or_else(nobody)?,
        };
        let Person { issuer, subject, .. } = person.clone();
        accounts.add_identity(&IdentityRow { issuer, subject, user: user.id, created_at })?;
        Ok(user)
    })
}

/// The account that was created for a person's verified e-mail address, if nobody has used it yet.
fn waiting(accounts: &mut dyn Accounts, person: &Person) -> Result<Option<UserRow>> {
    let Some(email) = &person.email else { return Ok(None) };
    let mut users = accounts.users_with_email(email)?;
    let only = if users.len() == 1 { users.pop() } else { None };
    let Some(user) = only.filter(|user| user.password.is_none()) else { return Ok(None) };
    Ok(if accounts.identities(user.id)?.is_empty() { Some(user) } else { None })
}

/// A free name: their preferred one, or the local part of their e-mail address.
fn free_name(accounts: &mut dyn Accounts, person: &Person) -> Result<String> {
    let of_email = person.email.as_deref().and_then(|email| email.split('@').next());
    let wishes = [person.name.as_deref(), of_email, Some("somebody")].into_iter().flatten();
    let wish = wishes
        .map(str::trim)
        .find(|name| names::user(name).is_ok() && !name.contains('/'))
        .expect("the last one is a name")
        .to_owned();
    for number in 1..=NAMES {
        let name = if number == 1 { wish.clone() } else { format!("{wish}-{number}") };
        if names::user(&name).is_ok() && accounts.user_named(&name)?.is_none() {
            return Ok(name);
        }
    }
    Err(Refusal::new(Code::Exists, "too many users have that name").hint("choose a name and a password on the invitation page"))
}

/// Their e-mail address, unless somebody else has it.
fn free_email(accounts: &mut dyn Accounts, person: &Person) -> Result<Option<String>> {
    let Some(email) = person.email.as_deref().filter(|email| names::email(email).is_ok()) else { return Ok(None) };
    Ok(accounts.users_with_email(email)?.is_empty().then(|| email.to_owned()))
}

fn nobody() -> Refusal {
    Refusal::forbidden("you have no account here yet").hint("ask a project owner for an invitation link")
}
