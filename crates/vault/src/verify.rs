//! Verifies everything in a store: values, and people.

use super::manifest::opened_manifest;
use super::state::read;
use super::{Result, SecretsError, Vault};
use crate::store::{EnvironmentRow, StoreError};

/// What a look at everything in a store found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many environments there are, of all projects.
    pub environments: usize,
    /// How many versions of values were read.
    pub versions: usize,
    /// What is wrong, one sentence each.
    pub wrong: Vec<String>,
}

impl Vault {
    /// What is wrong with the store: the file itself, and every version of every value of every project in it, and every row of people.
    pub fn verify(&mut self) -> Result<Verified> {
        let mut verified = Verified { wrong: self.store.defects()?, ..Verified::default() };
        for row in self.store.all_environments()? {
            match self.verify_environment(&row, &mut verified) {
                // Somebody deleted it since it was listed.
                Err(SecretsError::NoEnvironment(_)) => continue,
                Err(error @ (SecretsError::Rekeyed | SecretsError::Store(StoreError::Unavailable(_)))) => return Err(error),
                Err(error) => verified.wrong.push(format!("{}: {error}", row.project)),
                Ok(()) => {}
            }
            verified.environments += 1;
        }
        verified.wrong.extend(self.verify_people()?);
        Ok(verified)
    }

    fn verify_environment(&mut self, row: &EnvironmentRow, verified: &mut Verified) -> Result<()> {
        let opened = self.load_anew(&row.project, &row.name)?;
        for current in &opened.current {
            for version in self.store.history(opened.row.id, &current.name)? {
                verified.versions += 1;
                if let Err(error) = read(&opened, &version) {
                    verified.wrong.push(format!("{}: {error}", row.project));
                }
            }
        }
        if let Some(Err(error)) = self.store.manifest(opened.row.id)?.map(|row| opened_manifest(&opened, row)) {
            verified.wrong.push(format!("{}: {error}", row.project));
        }
        Ok(())
    }
}
