//! `takk audit verify`: is every row of the audit log what was written, and is none missing?

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use super::unlocked;
use crate::config::Home;
use crate::error::Result;
use crate::platform::explained;
use crate::secrets::{AuditVerified, SecretsError};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AuditVerification {
    /// The file of the store.
    pub file: PathBuf,
    /// How many rows were read.
    pub rows: usize,
    /// The number of the last row.
    pub last: i64,
    /// What authenticates the last row and all before it, in hexadecimal digits.
    pub link: String,
    /// What is wrong, one sentence each.
    pub wrong: Vec<String>,
}

/// Reads the whole log.
pub fn verify(home: &Home) -> Result<AuditVerification> {
    let (mut opening, file) = unlocked(home)?;
    let found = match opening.vault.verify_audit() {
        // A key that is not the log's is an answer too.
        Err(error @ SecretsError::AuditTampered) => {
            AuditVerified { wrong: vec![error.to_string()], ..AuditVerified::default() }
        }
        other => other.map_err(|error| explained(error, &file))?,
    };
    let AuditVerified { rows, last, link, wrong } = found;
    Ok(AuditVerification { file, rows, last, link, wrong })
}
