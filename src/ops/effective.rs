//! What the program gets in an environment: each variable with its value and where it comes from, and what stops the program.

use std::collections::HashMap;

use super::compose::Composer;
use super::secrets::accepted::{Accepted, Refused, accepted};
use crate::model::{Environment, Manifest, Place};
use crate::plan::{EnvironmentPlan, PlannedVariable, State};
use crate::secrets::SecretValue;

/// What the program gets.
pub struct Effective {
    /// The variables to set, by name, in the order of the plan.
    pub variables: Vec<(String, SecretValue)>,
    /// What stops the program.
    pub troubles: Vec<Trouble>,
}

impl Effective {
    /// Takes a value, and notes if the program refuses it.
    fn take(&mut self, manifest: &Manifest, name: &str, value: SecretValue) {
        if let Accepted::No(refused) = accepted(manifest, name, value.expose()) {
            self.troubles.push(Trouble::Refused { name: name.to_owned(), refused });
        }
        self.variables.push((name.to_owned(), value));
    }
}

/// What stops the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A required variable has no value anywhere.
    Missing {
        /// Its name.
        name: String,
        /// Where it is declared.
        place: Place,
    },
    /// A stored value is one that the program refuses: its type has changed since.
    Refused {
        /// The name.
        name: String,
        /// Why.
        refused: Refused,
    },
}

/// What else there is besides the store.
pub struct Surroundings<'s> {
    /// Only what this service reads counts.
    pub service: Option<&'s str>,
    /// Whether a variable has a value in the environment that the command inherits, or in a file that its class reads.
    pub has_value: &'s dyn Fn(&PlannedVariable) -> bool,
}

/// What the program gets of `values`, the stored ones by name, in the environment of the plan.
pub fn effective(
    manifest: &Manifest,
    environment: &Environment,
    plan: &EnvironmentPlan,
    values: Vec<(String, SecretValue)>,
    around: &Surroundings<'_>,
) -> Effective {
    let mut stored: HashMap<String, SecretValue> = values.into_iter().collect();
    let mut composed = composed(manifest, environment, plan, &stored);
    let mut found = Effective { variables: Vec::new(), troubles: Vec::new() };
    for variable in &plan.variables {
        if around.service.is_some_and(|service| !variable.declared.services.iter().any(|name| name == service)) {
            continue;
        }
        match variable.state {
            State::Set => {
                for name in variable.stored_names() {
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
            State::Missing if !(around.has_value)(variable) => {
                let declared = &variable.declared;
                found.troubles.push(Trouble::Missing { name: declared.name.clone(), place: declared.place().clone() });
            }
            State::Missing | State::Path | State::Computed | State::Default | State::Optional => {}
        }
    }
    found
}

/// The values that are put together from stored ones, by name.
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
