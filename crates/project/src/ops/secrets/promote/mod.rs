//! `takk secrets promote`: finds what one environment has and another lacks, proposes an action for each name, and applies all of them in
//! one change.

mod address;
mod candidates;
mod propose;

use std::collections::HashMap;

use serde::Serialize;
use zeroize::Zeroizing;

use self::candidates::{Candidate, candidates};
use self::propose::{Proposer, made_up};
use super::missing::{Ask, ask_for, missing};
use super::{names, set};
use crate::platform::{Platform, Snapshot};
use takk_model::Origin;
use takk_model::error::{Error, Result};
use takk_model::{Environment, EnvironmentName, Manifest};
use takk_plan::{EnvironmentPlan, plan};
use takk_vault::{Random, SecretValue, Update};

/// What to do with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Copy the value.
    Copy,
    /// Generate a new value.
    Regenerate,
    /// Ask the user for one.
    Ask,
    /// Leave it unchanged.
    Keep,
}

/// A proposal for a name, without a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proposal {
    /// The name that it is stored under.
    pub name: String,
    /// What to do.
    pub action: Action,
    /// Why, as a phrase.
    pub reason: String,
    /// Whether the program fails to start without it.
    pub required: bool,
    /// The version that was stored; `None` until then.
    pub version: Option<i64>,
}

/// The proposals for an environment, and the values to copy.
pub struct Sheet {
    /// The source environment.
    pub from: EnvironmentName,
    /// The target environment.
    pub to: EnvironmentName,
    /// What to do, in the order of the plan.
    pub proposals: Vec<Proposal>,
    copies: HashMap<String, SecretValue>,
    versions: HashMap<String, i64>,
    /// Whether the user selected variables.
    is_part: bool,
}

/// The values that the user entered, by name, with their origins.
pub type Typed = HashMap<String, (SecretValue, Origin)>;

/// The result of a promotion, without values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Promoted {
    /// The source environment.
    pub from: EnvironmentName,
    /// The target environment.
    pub to: EnvironmentName,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// The proposals; those without a version were not carried out.
    pub proposals: Vec<Proposal>,
    /// The required variables that still have no value, among the selected ones if there were any.
    pub missing: Vec<String>,
}

/// Proposes what to do with each name; if there are `typed` names, only with those, and even if they have a value already.
pub fn propose(
    manifest: &Manifest,
    environments: [&Environment; 2],
    platform: &mut dyn Platform,
    typed: &[String],
    random: &dyn Random,
) -> Result<Sheet> {
    let [from, to] = environments;
    if from.name == to.name {
        return Err(Error::usage(format!("`{}` cannot be promoted to itself", from.name)).hint("name two environments"));
    }
    let Snapshot { held: held_from, values, .. } = platform.snapshot(from.name.as_str())?.without_provisioned();
    let (held_to, versions) = (platform.held(to.name.as_str())?, platform.versions(to.name.as_str())?);
    let plans = [plan(manifest, from, &held_from), plan(manifest, to, &held_to)];
    let named: Vec<_> = typed.iter().map(|name| names::declared(&plans[1], name)).collect::<Result<_>>()?;
    let named: Vec<&str> = named.iter().map(|name| &**name).collect();
    let mut values: HashMap<String, SecretValue> = values.into_iter().collect();
    let proposer = Proposer::new(manifest, &plans, &values, random);
    let mut proposals = Vec::new();
    let mut taken = Vec::new();
    for candidate in candidates(&plans, [&held_from, &held_to], &named) {
        let (action, reason) = proposer.decide(&candidate, !named.is_empty());
        let Candidate { name, from, required, .. } = candidate;
        if let (Action::Copy, Some(from)) = (action, from) {
            taken.push((name.clone(), from.name.clone()));
        }
        proposals.push(Proposal { name, action, reason, required, version: None });
    }
    let copies = taken.into_iter().filter_map(|(name, from)| Some((name, values.remove(&from)?))).collect();
    Ok(Sheet { from: from.name.clone(), to: to.name.clone(), proposals, copies, versions, is_part: !named.is_empty() })
}

impl Sheet {
    /// Whether there is anything to do.
    pub fn is_idle(&self) -> bool {
        self.proposals.iter().all(|proposal| proposal.action == Action::Keep)
    }

    /// The values to ask the user for.
    pub fn asks(&self, manifest: &Manifest, plan: &EnvironmentPlan) -> Vec<Ask> {
        let asked = self.proposals.iter().filter(|proposal| proposal.action == Action::Ask);
        asked
            .filter_map(|proposal| Some(ask_for(manifest, names::variable_of(plan, &proposal.name)?, &proposal.name)))
            .collect()
    }

    /// The result if nothing is done: for a dry run, or because there is nothing to do.
    pub fn undone(self, dry_run: bool) -> Promoted {
        let Self { from, to, proposals, .. } = self;
        let lacking = proposals.iter().filter(|proposal| proposal.required && proposal.action != Action::Keep);
        let missing = lacking.map(|proposal| proposal.name.clone()).collect();
        Promoted { from, to, dry_run, proposals, missing }
    }

    /// Carries everything out in one transaction, with the values that the user entered.
    pub fn apply(
        mut self,
        platform: &mut dyn Platform,
        manifest: &Manifest,
        to: &Environment,
        mut typed: Typed,
        random: &dyn Random,
    ) -> Result<Promoted> {
        let mut updates = Vec::new();
        let mut places = Vec::new();
        for (at, proposal) in self.proposals.iter().enumerate() {
            let name = &proposal.name;
            let (value, origin) = match proposal.action {
                Action::Keep => continue,
                Action::Copy => (self.copies.remove(name), Origin::Promoted),
                Action::Regenerate => (Some(value_for(manifest, name, random)?), Origin::Generated),
                Action::Ask => match typed.remove(name) {
                    Some((value, origin)) => (Some(value), origin),
                    None => continue,
                },
            };
            let Some(value) = value else { continue };
            set::check(manifest, name, value.expose())?;
            // Values that somebody else stored in the meantime are not overwritten.
            let expected = Some(self.versions.get(name).copied().unwrap_or(0));
            updates.push(Update { name: name.clone(), value: Some(value), expected, origin });
            places.push(at);
        }
        if !updates.is_empty() {
            let versions = platform.update(self.to.as_str(), &updates)?;
            for (at, version) in places.into_iter().zip(versions) {
                self.proposals[at].version = Some(version);
            }
        }
        let plan = plan(manifest, to, &platform.held(self.to.as_str())?);
        let is_meant = |name: &String| !self.is_part || self.proposals.iter().any(|proposal| proposal.name == *name);
        let missing = missing(manifest, &plan).into_iter().map(|ask| ask.name).filter(is_meant).collect();
        Ok(Promoted { from: self.from, to: self.to, dry_run: false, proposals: self.proposals, missing })
    }
}

fn value_for(manifest: &Manifest, name: &str, random: &dyn Random) -> Result<SecretValue> {
    let made = made_up(manifest, name, random)?;
    let value: Zeroizing<String> =
        made.map_err(|why| Error::internal(format!("could not generate a value for `{name}`")).caused_by(why))?;
    Ok(SecretValue::from(value.as_str()))
}
