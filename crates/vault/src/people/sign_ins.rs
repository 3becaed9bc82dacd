//! Invitations, accounts at providers, pending sign-ins and CI job trusts: verifies the seal of each row before it counts.

use super::rows::{Scope, Sealed, Table};
use super::sealed::People;
use super::state::forged;
use crate::store::{Accounts, IdentityRow, InvitationRow, Result, Seals, SignInRow, SignIns, TrustRow, UserRow};

impl SignIns for People<'_> {
    fn rename_user(&mut self, id: i64, name: &str) -> Result<bool> {
        self.writing()?;
        let Some(old) = self.user(id)? else { return self.rows.rename_user(id, name) };
        let renamed = self.rows.rename_user(id, name)?;
        self.replace(&old, &UserRow { name: name.to_owned(), ..old.clone() })?;
        Ok(renamed)
    }

    fn users_with_email(&mut self, email: &str) -> Result<Vec<UserRow>> {
        self.list("a user", |rows| rows.users_with_email(email))
    }

    fn add_invitation(&mut self, row: &InvitationRow) -> Result<i64> {
        self.hold(&row.scope())?;
        let row = InvitationRow { hash: self.key.kept(&row.hash), ..row.clone() };
        let id = self.rows.add_invitation(&row)?;
        self.insert(&InvitationRow { id, ..row })?;
        Ok(id)
    }

    fn invitation(&mut self, hash: &[u8]) -> Result<Option<InvitationRow>> {
        let kept = self.key.kept(hash);
        let mut found = self.list("an invitation", |rows| Ok(rows.invitation(&kept)?.into_iter().collect()))?;
        Ok(found.pop())
    }

    fn invitations(&mut self, project: &str) -> Result<Vec<InvitationRow>> {
        let scope = Scope::Project(project.to_owned());
        self.all("the invitations to a project", (&scope, Table::Invitations), |rows| rows.invitations(project))
    }

    fn remove_invitation(&mut self, id: i64) -> Result<bool> {
        self.writing()?;
        let Some(old) = self.invitation_numbered(id)? else { return Ok(false) };
        let removed = self.rows.remove_invitation(id)?;
        self.take_out(&old)?;
        Ok(removed)
    }

    fn forget_invitations(&mut self, expired_at: i64) -> Result<usize> {
        self.writing()?;
        for old in self.rows.expired_invitations(expired_at)? {
            self.take_out(&old)?;
        }
        self.rows.forget_invitations(expired_at)
    }

    fn add_identity(&mut self, row: &IdentityRow) -> Result<()> {
        self.hold(&row.scope())?;
        self.rows.add_identity(row)?;
        self.insert(row)
    }

    fn identified(&mut self, issuer: &str, subject: &str) -> Result<Option<UserRow>> {
        self.steady("a linked account", |this| {
            let Some(user) = this.rows.identified(issuer, subject)? else { return Ok(Some(None)) };
            let identities = this.rows.identities(user.id)?;
            let own = identities.iter().find(|row| row.issuer == issuer && row.subject == subject);
            let holds = own.map_or(Ok(false), |row| this.holds(row))? && this.holds(&user)?;
            Ok(holds.then_some(Some(user)))
        })
    }

    fn identities(&mut self, user: i64) -> Result<Vec<IdentityRow>> {
        let scope = Scope::User(user);
        self.all("the linked accounts of a user", (&scope, Table::Identities), |rows| rows.identities(user))
    }

    fn add_sign_in(&mut self, row: &SignInRow) -> Result<()> {
        self.hold(&Scope::Logins)?;
        let (state_hash, browser_hash) = (self.key.kept(&row.state_hash), self.key.kept(&row.browser_hash));
        let row = SignInRow { state_hash, browser_hash, ..row.clone() };
        self.rows.add_sign_in(&row)?;
        self.insert(&row)
    }

    fn take_sign_in(&mut self, state_hash: &[u8]) -> Result<Option<SignInRow>> {
        self.hold(&Scope::Logins)?;
        let taken = self.rows.take_sign_in(&self.key.kept(state_hash))?;
        if let Some(row) = &taken {
            self.take_out(row)?;
        }
        Ok(taken)
    }

    fn count_sign_ins(&mut self, most: usize) -> Result<usize> {
        self.rows.count_sign_ins(most)
    }

    fn forget_sign_ins(&mut self, expired_at: i64) -> Result<usize> {
        self.writing()?;
        for old in self.rows.sign_ins()?.iter().filter(|sign_in| sign_in.expires_at <= expired_at) {
            self.take_out(old)?;
        }
        self.rows.forget_sign_ins(expired_at)
    }

    fn add_trust(&mut self, row: &TrustRow) -> Result<i64> {
        self.hold(&row.scope())?;
        let id = self.rows.add_trust(row)?;
        self.insert(&TrustRow { id, ..row.clone() })?;
        Ok(id)
    }

    fn trusts(&mut self, project: &str) -> Result<Vec<TrustRow>> {
        let scope = Scope::Project(project.to_owned());
        self.all("the CI job trusts of a project", (&scope, Table::Trusts), |rows| rows.trusts(project))
    }

    fn trusts_in(&mut self, issuer: &str) -> Result<Vec<TrustRow>> {
        self.list("a CI job trust", |rows| rows.trusts_in(issuer))
    }

    fn forget_tokens(&mut self, user: i64, expired_at: i64) -> Result<usize> {
        self.hold(&Scope::Logins)?;
        // Rows that are deleted together with a token have to be looked up before.
        let (tokens, sessions, logins) = (self.tokens(Some(user))?, self.rows.sessions(user)?, self.rows.device_logins()?);
        let forgotten = self.rows.forget_tokens(user, expired_at)?;
        // Some databases keep the newest row, so that no ID is reused.
        let left: Vec<i64> = self.rows.tokens(Some(user))?.into_iter().map(|token| token.id).collect();
        for token in tokens.iter().filter(|token| !left.contains(&token.id)) {
            if token.expires_at.is_none_or(|end| end > expired_at) {
                return Err(forged("the tokens of a user"));
            }
            self.take_out(token)?;
            for session in sessions.iter().filter(|session| session.token == Some(token.id)) {
                self.take_out(session)?;
            }
            for login in logins.iter().filter(|login| login.token == Some(token.id)) {
                self.take_out(login)?;
            }
        }
        Ok(forgotten)
    }
}
