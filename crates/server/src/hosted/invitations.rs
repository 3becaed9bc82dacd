//! Invitations: a link for one person, valid once. Only a hash of its secret is stored. An invitation to a project is valid as long as its
//! creator owns the project; one for an existing user sets their first password.

use super::authorize::{AuthorizedAccess, Caller};
use super::granted::{is_maker_good, revoke as revoke_token};
use super::{By, Hosted, Paging, Record, Refusal, Result, names, sessions};
use takk_api::{Code, InvitationInfo, MadeInvitation, NewInvitation, Page, Plain};
use takk_model::Role;
use takk_vault::store::{Accounts, InvitationRow, StoreError, UserRow};
use takk_vault::{NewTokenText, new_invitation, token_hash};

/// The default lifetime of an invitation, in milliseconds.
pub const LIFETIME: i64 = 7 * 24 * 60 * 60 * 1000;
/// Its maximum lifetime.
const LONGEST: i64 = 30 * 24 * 60 * 60 * 1000;

/// The details of an invitation for somebody who has its link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The project; `None` if it only sets a password.
    pub project: Option<String>,
    pub role: Role,
    pub inviter: String,
    /// The user whose password it sets; `None` for anyone.
    pub user: Option<String>,
}

/// The link of an invitation.
pub fn link(public_url: &str, secret: &Plain) -> Plain {
    Plain::new(format!("{public_url}/invitations/{}", secret.expose()))
}

/// Creates an invitation to the project.
pub fn create(hosted: &mut Hosted, visit: &AuthorizedAccess, new: NewInvitation, public_url: &str) -> Result<MadeInvitation> {
    names::plain("an invitation", &new.name)?;
    let created_at = hosted.now();
    let expires_at = new.expires_at.unwrap_or(created_at + LIFETIME);
    if expires_at <= created_at || expires_at > created_at + LONGEST {
        return Err(Refusal::invalid("`expires_at` must be in the future, at most 30 days from now"));
    }
    let NewTokenText { text, hash } = new_invitation()?;
    let row = InvitationRow {
        id: 0,
        hash,
        project: Some(visit.project.clone()),
        role: new.role,
        user: None,
        label: new.name,
        inviter: visit.caller.user.id,
        made_with: visit.caller.token_id(),
        created_at,
        expires_at,
    };
    let item = format!("{}@{}", row.label, row.role.as_str());
    let id = hosted.change(visit, Record::new("invitation.made").item(item), |accounts, _| {
        accounts.forget_invitations(created_at)?;
        Ok(accounts.add_invitation(&row)?)
    })?;
    let info = info(InvitationRow { id, ..row }, visit.caller.user.name.clone());
    Ok(MadeInvitation { link: link(public_url, &Plain::new(text)), info })
}

/// The valid invitations, oldest first.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess, paging: &Paging) -> Result<Page<InvitationInfo>> {
    let after = paging.number()?.unwrap_or_default();
    let now = hosted.now();
    let mut accounts = hosted.accounts()?;
    let mut open = Vec::new();
    for row in accounts.invitations(&visit.project)?.into_iter().filter(|row| row.id > after) {
        if let Some(inviter) = inviter_of(accounts.as_mut(), &row, now)? {
            open.push(info(row, inviter.name));
        }
    }
    paging.page(open, |invitation| invitation.id.to_string())
}

pub fn revoke(hosted: &mut Hosted, visit: &AuthorizedAccess, id: i64) -> Result<()> {
    let record = Record::new("invitation.revoked").item(id.to_string());
    hosted.change(visit, record, |accounts, record| {
        let own = accounts.invitations(&visit.project)?.into_iter().find(|row| row.id == id);
        let own = own.ok_or_else(|| Refusal::not_found(format!("there is no invitation {id}")))?;
        accounts.remove_invitation(id)?;
        record.items.push(own.label);
        Ok(())
    })
}

/// The invitation with that secret; `None` if there is none or it is no longer valid.
pub fn find(hosted: &mut Hosted, secret: &Plain) -> Result<Option<Invited>> {
    let now = hosted.now();
    let mut accounts = hosted.accounts()?;
    let Some((row, inviter)) = good(accounts.as_mut(), &token_hash(secret.expose()), now)? else { return Ok(None) };
    let user = row.user.map(|id| accounts.user(id)).transpose()?.flatten().map(|user| user.name);
    Ok(Some(Invited { project: row.project, role: row.role, inviter: inviter.name, user }))
}

/// Accepts an invitation with a new name and password, and signs the user in.
pub fn accept(hosted: &mut Hosted, secret: &Plain, name: &str, verifier: &str, request: &str) -> Result<Plain> {
    names::user(name)?;
    let (hash, now) = (token_hash(secret.expose()), hosted.now());
    let by = By::Arrival { name, request: Some(request) };
    let user = hosted.change(by, Record::new("invitation.accepted").item(name), |accounts, record| {
        let row = take(accounts, &hash, now)?;
        record.project.clone_from(&row.project);
        let user = match row.user {
            Some(id) => set_up(accounts, id, name, verifier)?,
            None => new_user(accounts, name, None, Some(verifier), now, None)?,
        };
        enter(accounts, &row, user.id)?;
        Ok(user)
    })?;
    sessions::begin_anew(hosted, user, request)
}

/// Accepts an invitation for a user who has an account.
pub fn join(hosted: &mut Hosted, caller: &Caller, secret: &Plain) -> Result<Option<String>> {
    if !caller.is_unbounded() {
        let detail = "only an unrestricted sign-in can join a project: this token is restricted";
        return Err(Refusal::forbidden(detail).hint("sign in with a password"));
    }
    let (hash, now) = (token_hash(secret.expose()), hosted.now());
    let record = Record::new("invitation.accepted").item(&caller.user.name);
    hosted.change(caller, record, |accounts, record| {
        let row = take(accounts, &hash, now)?;
        record.project.clone_from(&row.project);
        if row.user.is_some_and(|user| user != caller.user.id) {
            return Err(Refusal::forbidden("this link is for another user").hint("sign out, then open it again"));
        }
        enter(accounts, &row, caller.user.id)?;
        Ok(row.project)
    })
}

/// Uses up an invitation, in a transaction.
pub(super) fn take(accounts: &mut dyn Accounts, hash: &[u8], now: i64) -> Result<InvitationRow> {
    let (row, _) = good(accounts, hash, now)?.ok_or_else(over)?;
    if !accounts.remove_invitation(row.id)? {
        return Err(over());
    }
    // Revokes the token that the first start printed next to the link: it is no longer needed, and may be in a log.
    if let (Some(_), Some(token)) = (row.user, row.made_with) {
        revoke_token(accounts, token, now)?;
    }
    Ok(row)
}

/// Grants what an invitation promises. It never lowers a role.
pub(super) fn enter(accounts: &mut dyn Accounts, row: &InvitationRow, user: i64) -> Result<()> {
    let Some(project) = &row.project else { return Ok(()) };
    if accounts.role(user, project)?.is_none_or(|role| role < row.role) {
        accounts.set_member(user, project, row.role)?;
    }
    Ok(())
}

/// Creates a user, or a service account of a project. Only invited people and project owners learn that a name is taken.
pub(super) fn new_user(
    accounts: &mut dyn Accounts,
    name: &str,
    email: Option<String>,
    password: Option<&str>,
    created_at: i64,
    project: Option<&str>,
) -> Result<UserRow> {
    if project.is_none() {
        check_person(accounts, name)?;
    }
    let (password, project) = (password.map(str::to_owned), project.map(str::to_owned));
    let mut user = UserRow { id: 0, name: name.to_owned(), email, password, created_at, project };
    user.id = accounts.add_user(&user).map_err(|error| name_taken(error, name))?;
    Ok(user)
}

/// Rejects the name of a service account for a person, so that `shop/ci` in the audit log is always the project's own.
pub(super) fn check_person(accounts: &mut dyn Accounts, name: &str) -> Result<()> {
    match name.rsplit_once('/') {
        Some((project, _)) if accounts.project(project)?.is_some() => {
            let detail = format!("`{name}` would look like a service account of the project `{project}`");
            Err(Refusal::invalid(detail).hint("choose a name without a `/`"))
        }
        _ => Ok(()),
    }
}

/// The response for a link that is no longer valid.
pub fn over() -> Refusal {
    Refusal::not_found("this link was already used, was revoked, or has expired").hint("ask for a new link")
}

/// Sets the name and password of the user created at the first start.
fn set_up(accounts: &mut dyn Accounts, id: i64, name: &str, verifier: &str) -> Result<UserRow> {
    check_person(accounts, name)?;
    accounts.rename_user(id, name).map_err(|error| name_taken(error, name))?;
    accounts.set_password(id, Some(verifier))?;
    accounts.user(id)?.ok_or_else(over)
}

fn name_taken(error: StoreError, name: &str) -> Refusal {
    match error {
        StoreError::Exists { .. } => {
            Refusal::new(Code::Exists, format!("a user `{name}` already exists")).hint("choose another name")
        }
        other => other.into(),
    }
}

/// The invitation with that hash and who created it, if it is still valid.
fn good(accounts: &mut dyn Accounts, hash: &[u8], now: i64) -> Result<Option<(InvitationRow, UserRow)>> {
    let Some(row) = accounts.invitation(hash)? else { return Ok(None) };
    let inviter = inviter_of(accounts, &row, now)?;
    Ok(inviter.map(|inviter| (row, inviter)))
}

/// The creator of an invitation, if it is still valid.
fn inviter_of(accounts: &mut dyn Accounts, row: &InvitationRow, now: i64) -> Result<Option<UserRow>> {
    if row.expires_at <= now {
        return Ok(None);
    }
    let is_open = match (&row.project, row.user) {
        (Some(project), _) => {
            accounts.role(row.inviter, project)? == Some(Role::Owner) && is_maker_good(accounts, row.made_with, now)?
        }
        // The first password can only be set once.
        (None, Some(user)) => accounts.user(user)?.is_some_and(|user| user.password.is_none()),
        (None, None) => false,
    };
    if is_open { Ok(accounts.user(row.inviter)?) } else { Ok(None) }
}

fn info(row: InvitationRow, inviter: String) -> InvitationInfo {
    let InvitationRow { id, label: name, role, created_at, expires_at, .. } = row;
    InvitationInfo { id, name, role, inviter, created_at, expires_at }
}
