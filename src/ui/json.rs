//! JSON: indented by two spaces, keys in the order of the types, one newline at the end.

use serde::Serialize;

use super::outgoing;
use takk_model::error::{Error, Result};
use takk_model::{EnvironmentName, Finding, SCHEMA_VERSION};
use takk_project::ops::compare::Comparison;
use takk_project::ops::diff::Diff;
use takk_project::ops::secrets::import::Imported;
use takk_project::ops::secrets::missing::Ask;
use takk_project::ops::secrets::promote::Promoted;

pub fn json<T: Serialize>(value: &T) -> Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Error::internal("cannot write JSON").caused_by(error))?;
    Ok(outgoing::json(&text) + "\n")
}

/// On one line, for a stream of events.
pub fn line<T: Serialize>(value: &T) -> Result<String> {
    let text = serde_json::to_string(value).map_err(|error| Error::internal("cannot write JSON").caused_by(error))?;
    Ok(outgoing::json(&text) + "\n")
}

/// What an environment lacks.
pub fn asks(environment: &EnvironmentName, asks: &[Ask]) -> Result<String> {
    json(&serde_json::json!({ "schema_version": SCHEMA_VERSION, "environment": environment, "missing": asks }))
}

/// The output of `takk secrets import`.
pub fn imported(imported: &Imported) -> Result<String> {
    versioned(imported)
}

/// The output of `takk diff`.
pub fn diff(diff: &Diff) -> Result<String> {
    versioned(diff)
}

/// The output of `takk secrets promote`.
pub fn promoted(promoted: &Promoted) -> Result<String> {
    versioned(promoted)
}

/// An object that starts with the version of its format.
fn versioned<T: Serialize>(answer: &T) -> Result<String> {
    #[derive(Serialize)]
    struct Versioned<'a, T> {
        schema_version: u32,
        #[serde(flatten)]
        answer: &'a T,
    }
    json(&Versioned { schema_version: SCHEMA_VERSION, answer })
}

/// The output of `takk check`.
pub fn findings(findings: &[Finding]) -> Result<String> {
    json(&serde_json::json!({ "schema_version": SCHEMA_VERSION, "findings": findings }))
}

/// The output of `takk check --base`.
pub fn comparison(comparison: &Comparison) -> Result<String> {
    json(&serde_json::json!({
        "schema_version": SCHEMA_VERSION,
        "base": comparison.base,
        "changes": comparison.changes,
    }))
}
