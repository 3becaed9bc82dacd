//! Verifies everything in a store: values, and people.

use super::manifest::opened_manifest;
use super::state::read;
use super::{Result, SecretsError, Vault};
use crate::store::{EnvironmentRow, StoreError};

/// The result of verifying a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// The number of environments, of all projects.
    pub environments: usize,
    /// The number of versions that were read.
    pub versions: usize,
    /// The defects, one sentence each.
    pub wrong: Vec<String>,
}

impl Vault {
    /// Verifies the database itself, every version of every value of every project, and every row of people.
    pub fn verify(&mut self) -> Result<Verified> {
        let mut verified = Verified { wrong: self.store.defects()?, ..Verified::default() };
        for row in self.store.all_environments()? {
            match self.verify_environment(&row, &mut verified) {
                // It was deleted since it was listed.
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
