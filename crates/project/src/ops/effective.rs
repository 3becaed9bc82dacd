//! What the program gets in an environment: each variable with its value and where it comes from, and what stops the program.

use std::collections::HashMap;

use super::compose::Composer;
use super::secrets::accepted::{Accepted, Refused, accepted_among_others};
use super::together::{Found, faults};
use takk_catalog::reserved;
use takk_model::{Environment, Manifest, Place, Service, SettingsClass};
use takk_plan::{EnvironmentPlan, PlannedVariable, State};
use takk_vault::SecretValue;

pub struct Effective {
    /// The variables to set, by name, in the order of the plan.
    pub variables: Vec<(String, SecretValue)>,
    pub troubles: Vec<Trouble>,
    /// Stored names that are withheld, because they affect other programs and the user has not allowed them.
    pub withheld: Vec<String>,
}

impl Effective {
    /// Adds a value, and records whether the program rejects it. All values that a program receives pass through here.
    fn take(&mut self, manifest: &Manifest, name: &str, value: SecretValue) {
        if reserved(name).is_some() {
            return;
        }
        self.give(manifest, name, value);
    }

    /// Adds values under reserved names, if the user has allowed the name.
    fn take_reserved(
        &mut self,
        manifest: &Manifest,
        stored: HashMap<String, SecretValue>,
        plan: &EnvironmentPlan,
        allowed: &[String],
    ) {
        let is_read = |name: &String| plan.variables.iter().any(|variable| variable.stored_names().any(|known| known == name));
        let mut rest: Vec<(String, SecretValue)> =
            stored.into_iter().filter(|(name, _)| reserved(name).is_some() && is_read(name)).collect();
        rest.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, value) in rest {
            if allowed.contains(&name) { self.give(manifest, &name, value) } else { self.withheld.push(name) }
        }
    }

    /// Records the faults of fields that several of the values set together.
    fn judge_together(&mut self, manifest: &Manifest, around: &Surroundings<'_>) {
        let wanted = |class: &SettingsClass| match around.service {
            None => true,
            Some(service) => {
                let class = class.class_ref();
                let reads = |of: &Service| of.name == service && of.settings.contains(&class);
                manifest.shared_settings.contains(&class) || manifest.services.iter().any(reads)
            }
        };
        let values = self.variables.iter().map(|(name, value)| (name.as_str(), value.expose()));
        for fault in faults(manifest, &values, &wanted, around.beside) {
            let trouble = match fault {
                Found::Missing { name, place } => Trouble::Missing { name, place },
                Found::Refused { name, refused } => Trouble::Refused { name, refused },
            };
            if self.troubles.iter().all(|known| known.name() != trouble.name()) {
                self.troubles.push(trouble);
            }
        }
    }

    fn give(&mut self, manifest: &Manifest, name: &str, value: SecretValue) {
        if let Accepted::No(refused) = accepted_among_others(manifest, name, value.expose()) {
            self.troubles.push(Trouble::Refused { name: name.to_owned(), refused });
        }
        self.variables.push((name.to_owned(), value));
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A required variable has no value anywhere.
    Missing { name: String, place: Place },
    /// The program rejects a stored value: its type has changed since.
    Refused { name: String, refused: Refused },
}

impl Trouble {
    fn name(&self) -> &str {
        let (Self::Missing { name, .. } | Self::Refused { name, .. }) = self;
        name
    }
}

/// The sources of values besides the store.
pub struct Surroundings<'s> {
    /// Restricts the variables to those that this service reads.
    pub service: Option<&'s str>,
    /// Reserved names whose stored values the user wants to pass on.
    pub allowed: &'s [String],
    /// Whether a variable has a value in the inherited environment, or in a file that its class reads.
    pub has_value: &'s dyn Fn(&PlannedVariable) -> bool,
    /// The names that a class finds there.
    pub beside: &'s dyn Fn(&SettingsClass) -> Vec<String>,
}

/// The variables that the program receives, given the `stored` values by name, in the environment of the plan.
#[expect(clippy::implicit_hasher, reason = "a map with the standard hasher is what there is")]
pub fn effective(
    manifest: &Manifest,
    environment: &Environment,
    plan: &EnvironmentPlan,
    mut stored: HashMap<String, SecretValue>,
    around: &Surroundings<'_>,
) -> Effective {
    let mut composed = composed(manifest, environment, plan, &stored);
    let mut found = Effective { variables: Vec::new(), troubles: Vec::new(), withheld: Vec::new() };
    for variable in &plan.variables {
        if around.service.is_some_and(|service| !variable.declared.services.iter().any(|name| name == service)) {
            continue;
        }
        match variable.state {
            State::Set => {
                for name in variable.stored_names().filter(|name| reserved(name).is_none()) {
                    let Some(value) = stored.remove(name) else { continue };
                    found.take(manifest, name, value);
                }
            }
            State::Resolved => {
                let name = variable.declared.name.clone();
                let public = variable.value.as_deref().map(SecretValue::from);
                match public.or_else(|| composed.remove(&name)) {
                    Some(value) => found.take(manifest, &name, value),
                    None => found.troubles.push(Trouble::Missing { name, place: variable.declared.place().clone() }),
                }
            }
            State::Missing => {
                // A field that is only partly stored is passed on too: the other parts may come from elsewhere.
                for name in variable.stored_names().filter(|name| reserved(name).is_none()) {
                    let Some(value) = stored.remove(name) else { continue };
                    found.take(manifest, name, value);
                }
                if !(around.has_value)(variable) {
                    let place = variable.declared.place();
                    let missing =
                        variable.lacking().map(|name| Trouble::Missing { name: name.to_owned(), place: place.clone() });
                    found.troubles.extend(missing);
                }
            }
            State::Inherited | State::Path | State::Source | State::Computed | State::Default | State::Optional => {}
        }
    }
    found.take_reserved(manifest, stored, plan, around.allowed);
    found.judge_together(manifest, around);
    found
}

/// The values that are composed of stored ones, by name.
fn composed(
    manifest: &Manifest,
    environment: &Environment,
    plan: &EnvironmentPlan,
    stored: &HashMap<String, SecretValue>,
) -> HashMap<String, SecretValue> {
    let composer = Composer { manifest, environment, plan, stored };
    let variables = plan.variables.iter().filter(|variable| !variable.composed_of.is_empty());
    variables.filter_map(|variable| Some((variable.declared.name.clone(), composer.compose(variable)?))).collect()
}
