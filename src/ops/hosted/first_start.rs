//! The first start of a server on a store: whoever starts it becomes the owner of all that is in it.

use super::invitations::LIFETIME;
use super::{Hosted, Result};
use crate::secrets::{NewTokenText, new_invitation, new_token};
use crate::store::{InvitationRow, ProjectRow, StoreError, TokenRow, UserRow};
use crate::wire::{Plain, Role, TokenKind};

/// The owner of a store that had none.
pub struct FirstOwner {
    /// The name.
    pub name: String,
    /// The text of the owner's token, which is nowhere else.
    pub token: Plain,
    /// The secret of a link on which the owner sets a password; neither is this.
    pub set_up: Plain,
}

/// Makes `name` the owner of all projects in the store, if it has no user yet. One in which somebody removed or changed users behind takk's
/// back had some.
pub fn first_start(hosted: &mut Hosted, name: &str) -> Result<Option<FirstOwner>> {
    let users = hosted.accounts()?.users();
    if matches!(users, Err(StoreError::Forged { .. })) || !users?.is_empty() {
        return Ok(None);
    }
    let created_at = hosted.now();
    let mut projects: Vec<String> = hosted.vault.store().all_environments()?.into_iter().map(|row| row.project).collect();
    projects.dedup();
    let NewTokenText { text, hash } = new_token(TokenKind::Personal)?;
    let set_up = new_invitation()?;
    let record = hosted.own_record(name, "server.first-start");
    let made = hosted.change(record, |accounts| {
        if !accounts.users()?.is_empty() {
            return Ok(false);
        }
        let user = UserRow { id: 0, name: name.to_owned(), email: None, password: None, created_at };
        let user = accounts.add_user(&user)?;
        for name in &projects {
            accounts.add_project(&ProjectRow { name: name.clone(), created_at, production: Vec::new() })?;
            accounts.set_member(user, name, Role::Owner)?;
        }
        accounts.add_invitation(&InvitationRow {
            id: 0,
            hash: set_up.hash,
            project: None,
            role: Role::Owner,
            user: Some(user),
            label: "first start".to_owned(),
            inviter: user,
            created_at,
            expires_at: created_at + LIFETIME,
        })?;
        accounts.add_token(&TokenRow {
            id: 0,
            hash,
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
        })?;
        Ok(true)
    })?;
    Ok(made.then(|| FirstOwner { name: name.to_owned(), token: Plain::new(text), set_up: Plain::new(set_up.text) }))
}
