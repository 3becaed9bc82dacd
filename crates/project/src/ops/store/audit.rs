//! `takk audit verify`: whether every row of the audit log is unchanged, and none is missing. It also verifies people and their roles:
//! whoever could change those could act under another name in the log.

use serde::Serialize;

use super::{StorePlace, Target};
use takk_model::error::Result;
use takk_vault::{AuditVerified, SecretsError};

/// The result of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditVerification {
    /// Where the store is.
    #[serde(flatten)]
    pub place: StorePlace,
    /// How many rows were read.
    pub rows: usize,
    /// The number of the last row.
    pub last: i64,
    /// The code that authenticates the last row and all rows before it, in hexadecimal.
    pub link: String,
    /// The defects, one sentence each.
    pub wrong: Vec<String>,
}

/// Reads and verifies the whole log.
pub fn verify(target: Target) -> Result<AuditVerification> {
    let mut opening = target.unlocked()?;
    let found = match opening.vault.verify_audit() {
        // A key that does not match the log is a result, too.
        Err(error @ SecretsError::AuditTampered) => {
            AuditVerified { wrong: vec![error.to_string()], ..AuditVerified::default() }
        }
        other => other.map_err(|error| target.explained(error))?,
    };
    let AuditVerified { rows, last, link, mut wrong } = found;
    wrong.extend(opening.vault.verify_people().map_err(|error| target.explained(error))?);
    Ok(AuditVerification { place: target.place()?, rows, last, link, wrong })
}
