//! `takk inspect`: what the code declares, with all findings.

use serde::Serialize;

use super::{check, project::ReadProject, rules};
use takk_model::error::Result;
use takk_model::{Finding, Manifest};

/// The output of `takk inspect --format json`; its format is stable.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inspection {
    /// What the code declares.
    #[serde(flatten)]
    pub manifest: Manifest,
    /// The findings that are not suppressed.
    pub findings: Vec<Finding>,
}

/// What a project declares.
pub fn inspect(project: ReadProject) -> Result<Inspection> {
    let findings = check::check(&project, &check::Selection::default(), rules::RULES)?;
    Ok(Inspection { manifest: project.manifest, findings })
}
