//! `takk plan`: what the program needs in each environment.

use std::borrow::Cow;

use super::paths::{self, Look};
use super::{check, environments, project::ReadProject, rules, up};
use crate::platform::{Platform, holdings};
use takk_model::error::{Error, Result};
use takk_model::{Finding, Held, Origin, Severity};
use takk_plan::{Plan, Provisioned, plan_all};
use takk_provision::Entry;

/// A plan, with the findings of the analysis.
#[derive(Clone, Debug)]
pub struct PlanAnswer {
    pub plan: Plan,
    /// The errors and warnings that are not suppressed.
    pub findings: Vec<Finding>,
}

/// The plan of a project in the named environments, or in all of them, with what `platform` stores for it.
pub fn plan(platform: &mut dyn Platform, project: &ReadProject, names: &[String]) -> Result<PlanAnswer> {
    let environments = environments::choose(names, project)?;
    // Proposals belong to `takk check` only.
    let wanted = |finding: &Finding| finding.severity != Severity::Info;
    let findings = check::check_those(project, &check::Selection::default(), rules::RULES, wanted)?;
    let holdings = holdings(platform, &environments)?;
    let mut plan = plan_all(&project.manifest, &environments, &holdings);
    for environment in &mut plan.environments {
        if up::is_allowed(platform, project, &environment.name).is_ok() {
            environment.propose_up(up::sets(&project.manifest, environment));
        }
        let is_ours = |held: &Held| held.origin == Origin::Provisioned.as_str();
        // The ledger is decrypted only if takk has published a value.
        if holdings.of(&environment.name).iter().any(is_ours) {
            let created = up::ledger::known(platform, environment.name.as_str())?;
            for resource in &mut environment.resources {
                let key = takk_provision::key(&resource.kind, &resource.name);
                resource.provisioned =
                    created.iter().find(|(known, _)| *known == key).map(|(_, kept)| provisioned(&kept.entry));
            }
        }
    }
    Ok(PlanAnswer { plan, findings })
}

/// Asks the backends of secret paths, and records their answers in the plan. Returns why some could not be reached.
///
/// # Errors
///
/// If a backend is misconfigured.
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

/// The part of a ledger entry that a plan shows.
fn provisioned(entry: &Entry) -> Provisioned {
    Provisioned {
        provisioner: entry.provisioner.clone(),
        address: entry.port.map(|port| format!("{}:{port}", entry.host())),
        version: entry.server_version.clone().or_else(|| entry.version.clone()),
        state: entry.state.as_str().to_owned(),
        live_at: entry.live_at,
    }
}
