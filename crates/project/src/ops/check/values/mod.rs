//! Findings about the stored values of an environment, one file each. To add one, add its file, its `mod` line and its line in [`RULES`];
//! codes are never reused, and start with 1.

mod credential_exhausted;
mod credential_not_proved;
mod credential_refused;
mod driver_not_locked;
mod made_if;
mod missing_value;
mod path_missing;
mod path_not_readable;
mod path_version_missing;
mod placeholder_value;
mod refused_path;
mod refused_value;
mod reused_value;
mod secret_path;
mod stale_value;

use std::collections::{HashMap, HashSet};

use super::live::Proof;
use crate::ops::other_sources::OtherSources;
use crate::ops::project::ReadProject;
use crate::ops::together::{Found, faults};
use takk_catalog::reserved;
use takk_model::{EnvironmentName, Finding, Holdings, RuleDoc};
use takk_plan::{EnvironmentPlan, PlannedVariable};
use takk_vault::SecretValue;

/// The input of the rules.
pub struct Context<'c> {
    pub project: &'c ReadProject,
    /// The plan of the environment.
    pub plan: &'c EnvironmentPlan,
    /// The stored values by name.
    pub values: &'c HashMap<String, SecretValue>,
    /// What every environment holds, without the values.
    pub holdings: &'c Holdings,
    /// The names of all environments of the project.
    pub environments: &'c [EnvironmentName],
    /// What `--live` found out about stored credentials.
    pub proofs: &'c [Proof],
    /// What the program finds without takk.
    pub beside: &'c OtherSources,
}

#[derive(Clone, Copy)]
pub struct Rule {
    /// Its documentation.
    pub doc: RuleDoc,
    pub check: fn(&Context<'_>, &mut Vec<Finding>),
}

pub const RULES: &[Rule] = &[
    missing_value::RULE,
    made_if::RULE,
    refused_value::RULE,
    placeholder_value::RULE,
    reused_value::RULE,
    stale_value::RULE,
    driver_not_locked::RULE,
    path_missing::RULE,
    path_version_missing::RULE,
    path_not_readable::RULE,
    refused_path::RULE,
    credential_refused::RULE,
    credential_exhausted::RULE,
    credential_not_proved::RULE,
];

/// Everything that the rules find.
pub fn findings(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in RULES {
        (rule.check)(context, &mut found);
    }
    found
}

impl<'c> Context<'c> {
    /// The faults of fields that several stored values set together.
    fn together(&self) -> Vec<Found> {
        let stale: HashSet<&str> = self.plan.stale.iter().map(|stale| stale.stored.name.as_str()).collect();
        let values = self.values.iter().map(|(name, value)| (name.as_str(), value.expose()));
        let is_given = |(name, _): &(&str, &str)| reserved(name).is_none() && !stale.contains(name);
        faults(&self.project.manifest, &values.filter(is_given), &|_| true, &|_| Vec::new())
    }

    /// The dotenv file that has a variable, by a path that a command finds.
    fn dotenv_file(&self, variable: &PlannedVariable) -> Option<String> {
        Some(self.project.path_of(&self.beside.in_file(&self.project.manifest, variable)?.file))
    }

    /// The stored values of a variable, by name.
    fn stored(&self, variable: &'c PlannedVariable) -> impl Iterator<Item = (&'c str, &'c SecretValue)> {
        variable.stored_names().filter_map(|name| Some((name, self.values.get(name)?)))
    }
}
