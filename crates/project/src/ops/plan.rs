//! `takk plan`: what the program needs in each environment.

use std::borrow::Cow;

use super::paths::{self, Look};
use super::{check, environments, project::ReadProject, rules, up};
use crate::platform::{Platform, holdings};
use takk_model::error::{Error, Result};
use takk_model::{Finding, Held, Origin, Severity};
use takk_plan::{Plan, Provisioned, plan_all};
use takk_provision::Entry;

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
    let mut plan = plan_all(&project.manifest, &environments, &holdings);
    for environment in &mut plan.environments {
        let is_ours = |held: &Held| held.origin == Origin::Provisioned.as_str();
        // Without a value that takk published, the ledger need not be decrypted.
        if holdings.of(&environment.name).iter().any(is_ours) {
            let created = up::ledger(platform, environment.name.as_str())?;
            for resource in &mut environment.resources {
                let key = takk_provision::key(&resource.kind, &resource.name);
                resource.provisioned =
                    created.iter().find(|(known, _)| *known == key).map(|(_, kept)| provisioned(&kept.entry));
            }
        }
    }
    Ok(PlanAnswer { plan, findings })
}

/// Asks the backends of secret paths, and notes their answers in the plan. Returns why some could not be asked.
///
/// # Errors
///
/// If a backend is configured wrongly.
pub fn look(answer: &mut PlanAnswer, project: &ReadProject) -> Result<Vec<Error>> {
    let mut failed = Vec::new();
    for plan in &mut answer.plan.environments {
        let known = project.environments.iter().find(|known| known.name == plan.name).cloned();
        let environment = known.or_else(|| project.config.environment(plan.name.as_str()).map(Cow::into_owned));
        if let Some(environment) = environment {
            failed.extend(paths::look(project, &environment, plan, Look::Prove)?);
        }
    }
    Ok(failed)
}

/// What a plan shows of a server that takk created.
fn provisioned(entry: &Entry) -> Provisioned {
    Provisioned {
        provisioner: entry.provisioner.clone(),
        address: entry.port.map(|port| format!("{}:{port}", entry.host())),
        version: entry.server_version.clone().or_else(|| entry.version.clone()),
        state: entry.state.as_str().to_owned(),
        live_at: entry.live_at,
    }
}
