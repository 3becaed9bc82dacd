//! A look at everything in a store.

use super::state::read;
use super::{Result, Vault};
use crate::store::EnvironmentRow;

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
    /// What is wrong with the store: the file itself, and every version of every value of every project in it.
    pub fn verify(&mut self) -> Result<Verified> {
        let mut verified = Verified { wrong: self.store.defects()?, ..Verified::default() };
        for row in self.store.all_environments()? {
            verified.environments += 1;
            if let Err(error) = self.verify_environment(&row, &mut verified) {
                verified.wrong.push(format!("{}: {error}", row.project));
            }
        }
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
        Ok(())
    }
}
