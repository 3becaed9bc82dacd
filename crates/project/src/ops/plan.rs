//! `takk plan`: what the program needs in each environment.

use super::{check, environments, project::ReadProject, rules};
use crate::platform::{Platform, holdings};
use takk_model::error::Result;
use takk_model::{Finding, Severity};
use takk_plan::{Plan, plan_all};

/// The answer: a plan and what was found on the way.
#[derive(Clone, Debug)]
pub struct PlanAnswer {
    pub plan: Plan,
    /// The errors and warnings that are not silenced.
    pub findings: Vec<Finding>,
}

/// The plan of a project in the environments named, or in all of them, with what `platform` holds of it.
pub fn plan(platform: &mut dyn Platform, project: &ReadProject, names: &[String]) -> Result<PlanAnswer> {
    let environments = environments::choose(names, project)?;
    // Proposals have a place in `takk check` only.
    let wanted = |finding: &Finding| finding.severity != Severity::Info;
    let findings = check::check_those(project, &check::Selection::default(), rules::RULES, wanted)?;
    let holdings = holdings(platform, &environments)?;
    Ok(PlanAnswer { plan: plan_all(&project.manifest, &environments, &holdings), findings })
}
