//! The first start of a server on a store: whoever starts it becomes the owner of all its projects.

use super::invitations::LIFETIME;
use super::{By, Hosted, Record, Result};
use takk_api::Plain;
use takk_model::{Role, TokenKind};
use takk_vault::store::{Accounts, InvitationRow, ProjectRow, StoreError, TokenRow, UserRow};
use takk_vault::{NewTokenText, new_invitation, new_token};

/// The owner of a store that had no users.
pub struct FirstOwner {
    pub name: String,
    /// The secret of the link with which the owner sets a password; it is stored nowhere else.
    pub set_up: Plain,
    /// The text of a token, if requested; the token is revoked when the link is used.
    pub token: Option<Plain>,
}

/// Makes `name` the owner of all projects in the store, if it has never had a user. Tampering with its users does not make a store count as
/// new.
pub fn first_start(hosted: &mut Hosted, name: &str, wants_token: bool) -> Result<Option<FirstOwner>> {
    let users = hosted.accounts()?.users();
    if matches!(users, Err(StoreError::Forged { .. })) || !users?.is_empty() {
        return Ok(None);
    }
    let created_at = hosted.now();
    let mut projects: Vec<String> = hosted.vault.store().all_environments()?.into_iter().map(|row| row.project).collect();
    projects.dedup();
    let set_up = new_invitation()?;
    let token = if wants_token { Some(new_token(TokenKind::Personal)?) } else { None };
    let by = By::Arrival { name, request: None };
    let made = hosted.change(by, Record::new("server.first-start"), |accounts, _| {
        if !accounts.users()?.is_empty() {
            return Ok(false);
        }
        let owner = UserRow { id: 0, name: name.to_owned(), email: None, password: None, created_at, project: None };
        let user = accounts.add_user(&owner)?;
        for name in &projects {
            let (production, not_production) = (Vec::new(), Vec::new());
            accounts.add_project(&ProjectRow { name: name.clone(), created_at, production, not_production })?;
            accounts.set_member(user, name, Role::Owner)?;
        }
        let made_with = token.as_ref().map(|token| add_token(accounts, user, token, created_at)).transpose()?;
        accounts.add_invitation(&InvitationRow {
            id: 0,
            hash: set_up.hash,
            project: None,
            role: Role::Owner,
            user: Some(user),
            label: "first start".to_owned(),
            inviter: user,
            made_with,
            created_at,
            expires_at: created_at + LIFETIME,
        })?;
        Ok(true)
    })?;
    let token = token.map(|token| Plain::new(token.text));
    Ok(made.then(|| FirstOwner { name: name.to_owned(), set_up: Plain::new(set_up.text), token }))
}

/// The token that may do everything until the link is used.
fn add_token(accounts: &mut dyn Accounts, user: i64, token: &NewTokenText, created_at: i64) -> Result<i64> {
    Ok(accounts.add_token(&TokenRow {
        id: 0,
        hash: token.hash.clone(),
        user,
        label: "first start".to_owned(),
        kind: TokenKind::Personal,
        projects: Vec::new(),
        environments: Vec::new(),
        role: Role::Owner,
        created_at,
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
        made_by: Some(user),
        made_with: None,
    })?)
}
