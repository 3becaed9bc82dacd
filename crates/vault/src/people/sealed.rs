//! Users, projects, members, tokens and sessions: verifies the seal of each row before it counts, and seals it again after a change.

use std::sync::Arc;
use std::time::Duration;

use super::rows::{Item, Items, Membership, Scope, Sealed, Table};
use super::state::{State, forged, read};
use super::{PeopleKey, SealCache, Seals};
use crate::retry::retry;
use crate::store::Seals as _;
use crate::store::{
    Accounts, AnswerRow, DeviceLoginRow, MemberRow, ProjectRow, Result, SessionRow, StoreError, TokenRow, UserRow,
};
use takk_model::Role;

/// How often to read rows and seals again that do not match, since somebody else may have changed both in between.
const LOOKS: u32 = 6;

/// Verified access to the rows of people.
pub(crate) struct People<'p> {
    pub(super) rows: Box<dyn Accounts + 'p>,
    pub(super) state: Held<'p>,
    pub(super) key: &'p PeopleKey,
    known: &'p SealCache,
}

/// The known seals, for one read or for a whole transaction.
pub(super) enum Held<'p> {
    Own(State),
    Lent(&'p mut State),
}

impl Held<'_> {
    pub(super) fn get(&mut self) -> &mut State {
        match self {
            Self::Own(state) => state,
            Self::Lent(state) => state,
        }
    }
}

/// A row of members without the user's name.
pub(super) fn membership(row: &MemberRow) -> Membership<'_> {
    Membership { user: row.user, project: &row.project, role: row.role }
}

/// The error for a change outside of a transaction that seals it.
pub(super) fn outside() -> StoreError {
    StoreError::Database("rows of people are changed where they are sealed only".into())
}

impl<'p> People<'p> {
    pub(crate) fn reading(rows: Box<dyn Accounts + 'p>, key: &'p PeopleKey, known: &'p SealCache) -> Self {
        Self { rows, state: Held::Own(State::default()), key, known }
    }

    pub(crate) fn within(rows: Box<dyn Accounts + 'p>, state: &'p mut State, key: &'p PeopleKey, known: &'p SealCache) -> Self {
        Self { rows, state: Held::Lent(state), key, known }
    }

    /// The rows of a scope as sealed or changed; `None` if the stored rows do not match.
    pub(super) fn items(&mut self, scope: &Scope) -> Result<Option<Arc<Items>>> {
        if let Some(items) = self.state.get().items(scope) {
            return Ok(Some(items));
        }
        let found = self.sealed_items(scope)?;
        if let Some(items) = &found {
            self.state.get().hold(scope, items);
        }
        Ok(found)
    }

    /// The rows of a scope as sealed.
    fn sealed_items(&mut self, scope: &Scope) -> Result<Option<Arc<Items>>> {
        let Some(seals) = self.seals_now()? else { return Ok(None) };
        // A scope without a seal must have no rows.
        let Some(row) = seals.get(&scope.to_string()) else { return Ok(Some(Arc::default())) };
        if let Some(items) = self.known.items(row) {
            return Ok(Some(items));
        }
        let items = read(self.rows.as_mut(), scope)?;
        if self.key.seal(&row.scope, row.revision, &items) != row.seal {
            return Ok(None);
        }
        let items = Arc::new(items);
        self.known.keep_items(row.clone(), Arc::clone(&items));
        Ok(Some(items))
    }

    /// The seals of all scopes, if they are valid.
    pub(super) fn seals_now(&mut self) -> Result<Option<Arc<Seals>>> {
        self.state.get().seals(self.rows.as_mut(), self.key, self.known)
    }

    /// Whether a row is covered by a valid seal.
    pub(super) fn holds(&mut self, row: &dyn Sealed) -> Result<bool> {
        Ok(self.items(&row.scope())?.is_some_and(|items| items.contains(&row.item())))
    }

    /// Whether these are all rows of a table in a scope.
    pub(super) fn are_all(&mut self, scope: &Scope, table: Table, rows: impl Iterator<Item = Item>) -> Result<bool> {
        let Some(items) = self.items(scope)? else { return Ok(false) };
        let found: Items = rows.collect();
        Ok(items.iter().filter(|(of, _)| *of == table).eq(found.iter()))
    }

    /// Repeats a read until rows and seals match: `look` returns `None` to be called again with fresh seals.
    pub(super) fn steady<T>(&mut self, what: &str, look: impl Fn(&mut Self) -> Result<Option<T>>) -> Result<T> {
        let found = retry(LOOKS, Option::is_none, |look_number| {
            if look_number > 0 {
                self.state.get().look_again();
                std::thread::sleep(Duration::from_millis(1 << look_number));
            }
            match look(self).map_err(Some)? {
                Some(found) => Ok(found),
                // Nobody else can change anything in the meantime.
                None if self.state.get().is_writing() => Err(Some(forged(what))),
                None => Err(None),
            }
        });
        found.map_err(|error| error.unwrap_or_else(|| forged(what)))
    }

    /// Rows of any scopes, each of them verified.
    pub(super) fn list<T: Sealed>(&mut self, what: &str, rows: impl Fn(&mut dyn Accounts) -> Result<Vec<T>>) -> Result<Vec<T>> {
        self.steady(what, |this| {
            let found = rows(this.rows.as_mut())?;
            for row in &found {
                if !this.holds(row)? {
                    return Ok(None);
                }
            }
            Ok(Some(found))
        })
    }

    /// All rows of a table in a scope.
    pub(super) fn all<T: Sealed>(
        &mut self,
        what: &str,
        (scope, table): (&Scope, Table),
        rows: impl Fn(&mut dyn Accounts) -> Result<Vec<T>>,
    ) -> Result<Vec<T>> {
        self.steady(what, |this| {
            let found = rows(this.rows.as_mut())?;
            let are_all = this.are_all(scope, table, found.iter().map(Sealed::item))?;
            Ok(are_all.then_some(found))
        })
    }

    /// Changes the expected rows of a scope. Only allowed in a transaction that seals them.
    pub(super) fn edit(&mut self, scope: &Scope, change: impl FnOnce(&mut Items) -> bool) -> Result<()> {
        self.writing()?;
        let items = self.items(scope)?.ok_or_else(|| forged(scope.to_string()))?;
        let mut items = Arc::unwrap_or_clone(items);
        if !change(&mut items) {
            return Err(forged(scope.to_string()));
        }
        self.state.get().set(scope.clone(), Some(items));
        Ok(())
    }

    /// Adds a new row.
    pub(super) fn insert(&mut self, row: &dyn Sealed) -> Result<()> {
        self.edit(&row.scope(), |items| items.insert(row.item()))
    }

    pub(super) fn take_out(&mut self, row: &dyn Sealed) -> Result<()> {
        self.edit(&row.scope(), |items| items.remove(&row.item()))
    }

    /// Replaces a row by another one of the same scope.
    pub(super) fn replace(&mut self, old: &dyn Sealed, new: &dyn Sealed) -> Result<()> {
        self.edit(&old.scope(), |items| items.remove(&old.item()) && items.insert(new.item()))
    }

    /// Adds a new scope with its first row.
    fn found_scope(&mut self, row: &dyn Sealed) -> Result<()> {
        let scope = row.scope();
        self.writing()?;
        // The scope is sealed, but its row is missing: the ID or name is not really free.
        if self.state.get().has(&scope) {
            return Err(forged(scope.to_string()));
        }
        self.state.get().set(scope, Some(Items::from([row.item()])));
        Ok(())
    }

    /// Fails outside of a transaction that seals changes.
    pub(super) fn writing(&mut self) -> Result<()> {
        if self.state.get().is_writing() { Ok(()) } else { Err(outside()) }
    }

    /// Verifies the rows of a scope before one of them is changed.
    pub(super) fn hold(&mut self, scope: &Scope) -> Result<()> {
        self.writing()?;
        self.items(scope)?.map(drop).ok_or_else(|| forged(scope.to_string()))
    }

    /// Verifies that a user has no role in a project.
    fn has_no_role(&mut self, user: i64, project: &str) -> Result<bool> {
        let items = self.items(&Scope::Project(project.to_owned()))?;
        let is_there =
            |items: &Items| Role::ALL.iter().any(|role| items.contains(&Membership { user, project, role: *role }.item()));
        Ok(items.is_some_and(|items| !is_there(&items)))
    }

    /// Verifies the result of a lookup: either the row is sealed, or the scope that it would create does not exist.
    fn holds_maybe<T: Sealed>(&mut self, found: Option<&T>, scope: &Scope, table: Table) -> Result<bool> {
        match found {
            Some(row) => self.holds(row),
            None => self.are_all(scope, table, std::iter::empty()),
        }
    }
}

impl Accounts for People<'_> {
    fn add_user(&mut self, row: &UserRow) -> Result<i64> {
        self.writing()?;
        let id = self.rows.add_user(row)?;
        self.found_scope(&UserRow { id, ..row.clone() })?;
        Ok(id)
    }

    fn user(&mut self, id: i64) -> Result<Option<UserRow>> {
        self.steady("a user", |this| {
            let found = this.rows.user(id)?;
            Ok(this.holds_maybe(found.as_ref(), &Scope::User(id), Table::Users)?.then_some(found))
        })
    }

    fn user_named(&mut self, name: &str) -> Result<Option<UserRow>> {
        let mut found = self.list("a user", |rows| Ok(rows.user_named(name)?.into_iter().collect()))?;
        Ok(found.pop())
    }

    fn users(&mut self) -> Result<Vec<UserRow>> {
        self.steady("the list of users", |this| {
            let found = this.rows.users()?;
            for row in &found {
                if !this.holds(row)? {
                    return Ok(None);
                }
            }
            let are_sealed = this.seals_now()?.is_some();
            Ok((are_sealed && this.state.get().users() == found.len()).then_some(found))
        })
    }

    fn set_password(&mut self, id: i64, password: Option<&str>) -> Result<bool> {
        self.writing()?;
        let Some(old) = self.user(id)? else { return Ok(false) };
        let changed = self.rows.set_password(id, password)?;
        self.replace(&old, &UserRow { password: password.map(str::to_owned), ..old.clone() })?;
        Ok(changed)
    }

    fn remove_user(&mut self, id: i64) -> Result<bool> {
        self.writing()?;
        if self.user(id)?.is_none() {
            return Ok(false);
        }
        // Rows of other scopes that are deleted with the user.
        for project in self.projects(Some(id), None, usize::MAX >> 1)? {
            self.remove_member(id, &project.name)?;
        }
        for trust in self.trusts_of(id)? {
            self.take_out(&trust)?;
        }
        for invitation in self.invitations_with(id)? {
            self.take_out(&invitation)?;
        }
        for login in self.device_logins()?.iter().filter(|login| login.user == Some(id)) {
            self.take_out(login)?;
        }
        for sign_in in self.sign_ins()?.iter().filter(|sign_in| sign_in.user == Some(id)) {
            self.take_out(sign_in)?;
        }
        let removed = self.rows.remove_user(id)?;
        self.state.get().set(Scope::User(id), None);
        Ok(removed)
    }

    fn add_project(&mut self, row: &ProjectRow) -> Result<bool> {
        self.writing()?;
        let added = self.rows.add_project(row)?;
        if added {
            self.found_scope(row)?;
        }
        Ok(added)
    }

    fn project(&mut self, name: &str) -> Result<Option<ProjectRow>> {
        self.steady("a project", |this| {
            let found = this.rows.project(name)?;
            Ok(this.holds_maybe(found.as_ref(), &Scope::Project(name.to_owned()), Table::Projects)?.then_some(found))
        })
    }

    fn projects(&mut self, user: Option<i64>, after: Option<&str>, limit: usize) -> Result<Vec<ProjectRow>> {
        let found = self.list("a project", |rows| rows.projects(user, after, limit))?;
        if let Some(user) = user {
            for project in &found {
                self.role(user, &project.name)?;
            }
        }
        Ok(found)
    }

    fn set_production(&mut self, project: &str, production: &[String], not_production: &[String]) -> Result<bool> {
        self.writing()?;
        let Some(old) = self.project(project)? else { return Ok(false) };
        let changed = self.rows.set_production(project, production, not_production)?;
        let (production, not_production) = (production.to_vec(), not_production.to_vec());
        self.replace(&old, &ProjectRow { production, not_production, ..old.clone() })?;
        Ok(changed)
    }

    fn members(&mut self, project: &str) -> Result<Vec<MemberRow>> {
        self.steady("the members of a project", |this| {
            let found = this.rows.members(project)?;
            let scope = Scope::Project(project.to_owned());
            let are_all = this.are_all(&scope, Table::Members, found.iter().map(|row| membership(row).item()))?;
            Ok(are_all.then_some(found))
        })
    }

    fn standing(&mut self, user: i64, project: &str) -> Result<Option<(ProjectRow, Role)>> {
        self.steady("the role of a user", |this| {
            let found = this.rows.standing(user, project)?;
            let holds = match &found {
                Some((row, role)) => this.holds(row)? && this.holds(&Membership { user, project, role: *role })?,
                None => this.has_no_role(user, project)?,
            };
            Ok(holds.then_some(found))
        })
    }

    fn role(&mut self, user: i64, project: &str) -> Result<Option<Role>> {
        self.steady("the role of a user", |this| {
            let found = this.rows.role(user, project)?;
            let holds = match found {
                Some(role) => this.holds(&Membership { user, project, role })?,
                None => this.has_no_role(user, project)?,
            };
            Ok(holds.then_some(found))
        })
    }

    fn set_member(&mut self, user: i64, project: &str, role: Role) -> Result<()> {
        self.writing()?;
        let old = self.role(user, project)?;
        self.rows.set_member(user, project, role)?;
        if let Some(role) = old {
            self.take_out(&Membership { user, project, role })?;
        }
        self.insert(&Membership { user, project, role })
    }

    fn remove_member(&mut self, user: i64, project: &str) -> Result<bool> {
        self.writing()?;
        let Some(role) = self.role(user, project)? else { return Ok(false) };
        let removed = self.rows.remove_member(user, project)?;
        self.take_out(&Membership { user, project, role })?;
        Ok(removed)
    }

    fn add_token(&mut self, row: &TokenRow) -> Result<i64> {
        self.hold(&row.scope())?;
        let row = TokenRow { hash: self.key.kept(&row.hash), last_used_at: None, revoked_at: None, ..row.clone() };
        let id = self.rows.add_token(&row)?;
        self.insert(&TokenRow { id, ..row })?;
        Ok(id)
    }

    fn token(&mut self, hash: &[u8]) -> Result<Option<(TokenRow, UserRow)>> {
        let kept = self.key.kept(hash);
        self.steady("a token", |this| {
            let found = this.rows.token(&kept)?;
            let holds = match &found {
                Some((token, user)) => this.holds(token)? && this.holds(user)?,
                None => true,
            };
            Ok(holds.then_some(found))
        })
    }

    fn tokens(&mut self, user: Option<i64>) -> Result<Vec<TokenRow>> {
        match user {
            Some(id) => self.all("the tokens of a user", (&Scope::User(id), Table::Tokens), |rows| rows.tokens(user)),
            None => self.list("a token", |rows| rows.tokens(None)),
        }
    }

    fn revoke_token(&mut self, id: i64, at: i64) -> Result<bool> {
        self.writing()?;
        let old = self.token_numbered(id)?.filter(|token| token.revoked_at.is_none());
        let Some(old) = old else { return Ok(false) };
        let revoked = self.rows.revoke_token(id, at)?;
        self.replace(&old, &TokenRow { revoked_at: Some(at), ..old.clone() })?;
        Ok(revoked)
    }

    fn use_token(&mut self, id: i64, at: i64) -> Result<()> {
        self.rows.use_token(id, at)
    }

    fn answer(&mut self, caller: i64, key: &str) -> Result<Option<AnswerRow>> {
        self.rows.answer(caller, key)
    }

    fn keep_answer(&mut self, row: &AnswerRow) -> Result<()> {
        self.rows.keep_answer(row)
    }

    fn forget_answers(&mut self, before: i64) -> Result<usize> {
        self.rows.forget_answers(before)
    }

    fn add_device_login(&mut self, row: &DeviceLoginRow) -> Result<()> {
        self.hold(&Scope::Logins)?;
        let row = DeviceLoginRow { poll_hash: self.key.kept(&row.poll_hash), ..row.clone() };
        self.rows.add_device_login(&row)?;
        self.insert(&row)
    }

    fn device_login(&mut self, code: &str) -> Result<Option<DeviceLoginRow>> {
        let mut found = self.list("a pending login", |rows| Ok(rows.device_login(code)?.into_iter().collect()))?;
        Ok(found.pop())
    }

    fn polling(&mut self, poll_hash: &[u8]) -> Result<Option<DeviceLoginRow>> {
        let kept = self.key.kept(poll_hash);
        let mut found = self.list("a pending login", |rows| Ok(rows.polling(&kept)?.into_iter().collect()))?;
        Ok(found.pop())
    }

    fn let_in(&mut self, code: &str, user: i64, token: Option<i64>) -> Result<bool> {
        self.writing()?;
        let old = self.device_login(code)?.filter(|login| login.user.is_none());
        let Some(old) = old else { return Ok(false) };
        let agreed = self.rows.let_in(code, user, token)?;
        self.replace(&old, &DeviceLoginRow { user: Some(user), token, ..old.clone() })?;
        Ok(agreed)
    }

    fn remove_device_login(&mut self, code: &str) -> Result<bool> {
        self.writing()?;
        let Some(old) = self.device_login(code)? else { return Ok(false) };
        let removed = self.rows.remove_device_login(code)?;
        self.take_out(&old)?;
        Ok(removed)
    }

    fn count_device_logins(&mut self, most: usize) -> Result<usize> {
        self.rows.count_device_logins(most)
    }

    fn forget_device_logins(&mut self, expired_at: i64) -> Result<usize> {
        self.writing()?;
        for old in self.rows.device_logins()?.iter().filter(|login| login.expires_at <= expired_at) {
            self.take_out(old)?;
        }
        self.rows.forget_device_logins(expired_at)
    }

    fn add_session(&mut self, row: &SessionRow) -> Result<()> {
        self.hold(&row.scope())?;
        let row = SessionRow { hash: self.key.kept(&row.hash), ..row.clone() };
        self.rows.add_session(&row)?;
        self.insert(&row)
    }

    fn session(&mut self, hash: &[u8]) -> Result<Option<(SessionRow, UserRow)>> {
        let kept = self.key.kept(hash);
        self.steady("a session", |this| {
            let found = this.rows.session(&kept)?;
            let holds = match &found {
                Some((session, user)) => this.holds(session)? && this.holds(user)?,
                None => true,
            };
            Ok(holds.then_some(found))
        })
    }

    fn remove_session(&mut self, hash: &[u8]) -> Result<bool> {
        self.writing()?;
        let Some((old, _)) = self.session(hash)? else { return Ok(false) };
        let removed = self.rows.remove_session(&old.hash)?;
        self.take_out(&old)?;
        Ok(removed)
    }

    fn remove_sessions(&mut self, user: i64, except: &[u8]) -> Result<usize> {
        self.writing()?;
        let except = self.key.kept(except);
        for old in self.rows.sessions(user)?.iter().filter(|session| session.hash != except) {
            self.take_out(old)?;
        }
        self.rows.remove_sessions(user, &except)
    }

    fn forget_sessions(&mut self, expired_at: i64) -> Result<usize> {
        self.writing()?;
        for old in self.rows.expired_sessions(expired_at)? {
            self.take_out(&old)?;
        }
        self.rows.forget_sessions(expired_at)
    }
}
