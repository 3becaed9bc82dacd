//! A look at all people: is every row what was sealed, and is none missing?

use super::rows::Scope;
use super::sealed::People;
use super::state::read;
use crate::secrets::{Result, Vault};
use crate::store::{SealRow, StoreError};

impl Vault {
    /// What is wrong with the rows of people, one sentence each.
    pub fn verify_people(&mut self) -> Result<Vec<String>> {
        let mut people = People::reading(self.store.accounts()?, &self.people_key, &self.people);
        let (mut wrong, seals) = match people.steady("", People::all_seals) {
            Ok(seals) => (Vec::new(), seals),
            Err(StoreError::Forged { .. }) => {
                let sentence =
                    "the list of users and projects is not what was written: one was put in, removed, or taken back to what \
                                it was earlier"
                        .to_owned();
                (vec![sentence], people.rows.seals()?)
            }
            Err(error) => return Err(error.into()),
        };
        for row in &seals {
            if !people.is_sealed(row)? {
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

    /// Whether the rows of a scope are those that were sealed, by that seal or the one that came meanwhile.
    fn is_sealed(&mut self, row: &SealRow) -> Result<bool> {
        let Some(scope) = Scope::parse(&row.scope) else { return Ok(false) };
        let looked = self.steady("", |this| {
            let rows = this.rows.as_mut();
            let Some(row) = rows.seals()?.into_iter().find(|now| now.scope == row.scope) else { return Ok(Some(())) };
            let items = read(rows, &scope)?;
            Ok((this.key.seal(&row.scope, row.revision, &items) == row.seal).then_some(()))
        });
        match looked {
            Ok(()) => Ok(true),
            Err(StoreError::Forged { .. } | StoreError::Unknown { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn sentence(&mut self, row: &SealRow) -> Result<String> {
        let not = "not what was written: a row was put in, changed, removed, or taken back to what it was earlier";
        Ok(match Scope::parse(&row.scope) {
            Some(Scope::User(id)) => {
                let who = self
                    .rows
                    .user(id)?
                    .map_or_else(|| format!("number {id}, who is missing"), |user| format!("`{}`", user.name));
                format!("user {who}: name, password, tokens, sessions or accounts elsewhere are {not}")
            }
            Some(Scope::Project(name)) => {
                format!("project `{name}`: members, production, invitations or rules for CI jobs are {not}")
            }
            Some(Scope::Logins) => format!("programs and browsers that are about to sign in are {not}"),
            None => format!("there is a seal for `{}`, which takk does not make", row.scope),
        })
    }

    /// Users and projects that takk did not make.
    fn strangers(&mut self, seals: &[SealRow], wrong: &mut Vec<String>) -> Result<()> {
        let users = self.rows.users()?.into_iter().map(|user| (Scope::User(user.id), format!("user `{}`", user.name)));
        let projects = self.rows.projects(None, None, usize::MAX >> 1)?;
        let projects = projects.into_iter().map(|row| (Scope::Project(row.name.clone()), format!("project `{}`", row.name)));
        for (scope, name) in users.chain(projects) {
            let text = scope.to_string();
            let is_known = |seals: &[SealRow]| seals.iter().any(|row| row.scope == text);
            // One that was made since is in the seals by now.
            if !is_known(seals) && !is_known(&self.rows.seals()?) {
                wrong.push(format!("{name} was not made by takk: remove it from the database"));
            }
        }
        Ok(())
    }
}
