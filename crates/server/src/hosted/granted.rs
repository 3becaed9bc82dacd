//! Access that a user grants to others: tokens, invitations, and CI job trusts. It neither outlasts nor exceeds the user's own access.

use std::collections::HashSet;

use super::Result;
use super::authorize::{Caller, is_good};
use takk_api::Ended;
use takk_model::Role;
use takk_vault::store::{self, Accounts, TokenRow, TrustRow};

/// Who created something, and with which token.
pub(super) fn made_by(caller: &Caller) -> (Option<i64>, Option<i64>) {
    (Some(caller.user.id), caller.token_id())
}

/// Whether the token that created something is still valid. True for what was created without one.
pub(super) fn is_maker_good(accounts: &mut dyn Accounts, made_with: Option<i64>, now: i64) -> store::Result<bool> {
    let Some(id) = made_with else { return Ok(true) };
    Ok(accounts.tokens(None)?.iter().any(|token| token.id == id && is_good(token, now)))
}

/// Whether a trust is still valid: its creator must still be allowed to create it for that role.
pub(super) fn is_trust_good(accounts: &mut dyn Accounts, trust: &TrustRow, now: i64) -> store::Result<bool> {
    let own = match trust.made_by {
        Some(user) => accounts.role(user, &trust.project)?,
        None => Some(Role::Owner),
    };
    Ok(own.is_some_and(|own| own >= trust.role) && is_maker_good(accounts, trust.made_with, now)?)
}

/// The tokens with these IDs, and those among `all` that were created with them, directly or indirectly.
pub(super) fn descendants(all: &[TokenRow], of: impl IntoIterator<Item = i64>) -> HashSet<i64> {
    let mut found: HashSet<i64> = of.into_iter().collect();
    loop {
        let more: Vec<i64> = all
            .iter()
            .filter(|token| !found.contains(&token.id) && token.made_with.is_some_and(|maker| found.contains(&maker)))
            .map(|token| token.id)
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// Revokes a token and all tokens derived from it. Returns whether it was not revoked before.
pub(super) fn revoke(accounts: &mut dyn Accounts, id: i64, now: i64) -> Result<bool> {
    let all = accounts.tokens(None)?;
    let was_good = all.iter().any(|token| token.id == id && token.revoked_at.is_none());
    for token in descendants(&all, [id]) {
        accounts.revoke_token(token, now)?;
    }
    Ok(was_good)
}

/// Revokes what a user created for others in a project, if it exceeds their remaining role there. Returns what that was, by name.
pub(super) fn end_excess(accounts: &mut dyn Accounts, user: i64, project: &str, left: Option<Role>, now: i64) -> Result<Ended> {
    let mut ended = Ended::default();
    for row in accounts.invitations(project)? {
        // Only owners may invite.
        if row.inviter == user && left != Some(Role::Owner) && accounts.remove_invitation(row.id)? {
            ended.invitations.push(row.label);
        }
    }
    for row in accounts.trusts(project)? {
        if row.made_by == Some(user) && left.is_none_or(|left| left < row.role) {
            let name = accounts.user(row.user)?.map(|user| user.name);
            accounts.remove_user(row.user)?;
            ended.trusts.extend(name);
        }
    }
    let all = accounts.tokens(None)?;
    let exceeds = |token: &&TokenRow| {
        token.made_by == Some(user)
            && token.user != user
            && token.projects.iter().any(|name| name == project)
            && left.is_none_or(|left| left < token.role)
    };
    let roots: Vec<i64> = all.iter().filter(exceeds).map(|token| token.id).collect();
    let ends = descendants(&all, roots);
    for token in all.iter().filter(|token| ends.contains(&token.id)) {
        if accounts.revoke_token(token.id, now)? {
            ended.tokens.push(token.label.clone());
        }
    }
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use takk_model::TokenKind;

    fn token(id: i64, made_with: Option<i64>) -> TokenRow {
        TokenRow {
            id,
            hash: Vec::new(),
            user: 1,
            label: String::new(),
            kind: TokenKind::Personal,
            projects: Vec::new(),
            environments: Vec::new(),
            role: Role::Owner,
            created_at: 0,
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
            made_by: Some(1),
            made_with,
        }
    }

    #[test]
    fn what_came_of_a_token_is_found_however_far_down() {
        let all = [token(1, None), token(2, Some(1)), token(3, Some(2)), token(4, None), token(5, Some(4))];
        assert_eq!(descendants(&all, [1]), HashSet::from([1, 2, 3]));
        assert_eq!(descendants(&all, [5]), HashSet::from([5]));
        assert_eq!(descendants(&all, []), HashSet::new());
    }
}
