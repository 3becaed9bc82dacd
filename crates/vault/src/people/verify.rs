//! Verifies all rows of people: every row is as sealed, and none is missing.

use std::collections::HashSet;

use super::SealCache;
use super::rows::Scope;
use super::sealed::People;
use super::state::read;
use crate::store::{SealRow, StoreError};
use crate::{Result, Vault};

impl Vault {
    /// The defects in the rows of people, one sentence each.
    pub fn verify_people(&mut self) -> Result<Vec<String>> {
        // A cache would prove nothing about the current content of the database.
        let known = SealCache::default();
        let mut people = People::reading(self.store.accounts()?, &self.people_key, &known);
        let (mut wrong, seals) = match people.steady("", People::all_seals) {
            Ok(seals) => (Vec::new(), seals),
            Err(StoreError::Forged { .. }) => {
                let sentence = "the list of users and projects fails authentication: an entry was added or removed, or the list was rolled back";
                (vec![format!("{sentence} to an earlier state")], people.rows.seals()?)
            }
            Err(error) => return Err(error.into()),
        };
        let is_sound = wrong.is_empty();
        for row in &seals {
            if !people.is_sealed(row, is_sound)? {
                wrong.push(people.sentence(row)?);
            }
        }
        people.strangers(&seals, &mut wrong)?;
        Ok(wrong)
    }
}

impl People<'_> {
    fn all_seals(&mut self) -> crate::store::Result<Option<Vec<SealRow>>> {
        Ok(self.seals_now()?.map(|seals| seals.values().cloned().collect()))
    }

    /// Whether the rows of a scope match its current seal. If the root seal is invalid, and no newer seal is known, they may match the
    /// given one.
    fn is_sealed(&mut self, row: &SealRow, is_sound: bool) -> Result<bool> {
        let Some(scope) = Scope::parse(&row.scope) else { return Ok(false) };
        let looked = self.steady("", |this| {
            let now = if is_sound {
                let Some(seals) = this.seals_now()? else { return Ok(None) };
                seals.get(&row.scope).cloned()
            } else {
                Some(row.clone())
            };
            // A scope that was removed since then has no seal.
            let Some(now) = now else { return Ok(Some(true)) };
            let items = read(this.rows.as_mut(), &scope)?;
            let fits = this.key.seal(&now.scope, now.revision, &items) == now.seal;
            Ok((fits || !is_sound).then_some(fits))
        });
        match looked {
            Ok(fits) => Ok(fits),
            Err(StoreError::Forged { .. } | StoreError::Unknown { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn sentence(&mut self, row: &SealRow) -> Result<String> {
        let not = "fail authentication: a row was added, changed or removed, or rolled back to an earlier state";
        Ok(match Scope::parse(&row.scope) {
            Some(Scope::User(id)) => {
                let who = self
                    .rows
                    .user(id)?
                    .map_or_else(|| format!("number {id}, which does not exist"), |user| format!("`{}`", user.name));
                format!("user {who}: name, password, tokens, sessions or linked accounts {not}")
            }
            Some(Scope::Project(name)) => {
                format!("project `{name}`: members, production settings, invitations or CI job trusts {not}")
            }
            Some(Scope::Logins) => format!("pending logins and sign-ins {not}"),
            None => format!("there is a seal for `{}`, which takk does not create", row.scope),
        })
    }

    /// Users and projects that takk did not create.
    fn strangers(&mut self, seals: &[SealRow], wrong: &mut Vec<String>) -> Result<()> {
        let users = self.rows.users()?.into_iter().map(|user| (Scope::User(user.id), format!("user `{}`", user.name)));
        let projects = self.rows.projects(None, None, usize::MAX >> 1)?;
        let projects = projects.into_iter().map(|row| (Scope::Project(row.name.clone()), format!("project `{}`", row.name)));
        let sealed: HashSet<&str> = seals.iter().map(|row| row.scope.as_str()).collect();
        for (scope, name) in users.chain(projects) {
            let text = scope.to_string();
            // One that was created since then has a seal by now.
            if !sealed.contains(text.as_str()) && !self.rows.seals()?.iter().any(|row| row.scope == text) {
                wrong.push(format!("takk did not create {name}: delete it from the database"));
            }
        }
        Ok(())
    }
}
