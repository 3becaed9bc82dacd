//! The values that an environment lacks, as prompts.

use serde::Serialize;

use super::generate::is_generable;
use takk_catalog::{example_url, reserved};
use takk_model::{Manifest, Place};
use takk_plan::{Declared, EnvironmentPlan, PlannedVariable, State, class_name};
use takk_value::in_words;

/// A value to ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ask {
    /// The name under which it is stored.
    pub name: String,
    /// Its type, in Python syntax.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its purpose.
    pub description: Option<String>,
    /// The allowed values, if there are only some.
    pub choices: Vec<String>,
    /// Whether it must be kept secret.
    pub secret: bool,
    /// The part of a resource that it holds, in words: the dsn of postgres `default`.
    pub part: Option<String>,
    /// An example of a value, for a SQLAlchemy URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// The class with its first declaration.
    pub class: Option<String>,
    /// Where.
    pub place: Place,
    /// How the class is instantiated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// The services that read it.
    pub services: Vec<String>,
    /// Whether a value can be generated.
    pub generable: bool,
}

/// What an environment lacks, in the order of the plan. A variable that nested fields can set together is asked for field by field.
pub fn missing(manifest: &Manifest, plan: &EnvironmentPlan) -> Vec<Ask> {
    let missing = plan.variables.iter().filter(|variable| variable.state == State::Missing);
    let mut asks: Vec<Ask> = missing.flat_map(|variable| asks_of(manifest, variable)).collect();
    let mut seen = std::collections::HashSet::new();
    asks.retain(|ask| seen.insert(ask.name.clone()));
    asks
}

/// The question that sets one name of a variable.
pub fn ask_for(manifest: &Manifest, variable: &PlannedVariable, name: &str) -> Ask {
    let leaf = variable.declared.nested.iter().find(|leaf| leaf.env.iter().any(|known| known == name));
    let generable = is_generable(manifest, name);
    let whole = Ask { generable, ..whole(variable) };
    let inside = variable.declared.inside.iter().find_map(|field| {
        let inside = field.names().find(name)?;
        let types: Vec<String> = inside.types.iter().map(|at| in_words(at.accepts)).collect();
        Some((types.join(" or "), inside.is_secret()))
    });
    let (type_name, secret) = match (leaf, inside) {
        (Some(leaf), _) => (leaf.type_name.clone(), leaf.secret),
        (None, Some((type_name, secret))) => (type_name, secret || variable.declared.secret),
        (None, None) => return Ask { name: name.to_owned(), ..whole },
    };
    Ask { name: name.to_owned(), type_name, secret, choices: Vec::new(), ..whole }
}

fn asks_of(manifest: &Manifest, variable: &PlannedVariable) -> Vec<Ask> {
    // If a nested name is reserved, the user enters the whole variable as JSON instead.
    if variable.lacking().any(|name| reserved(name).is_some()) {
        return vec![ask_for(manifest, variable, &variable.declared.name)];
    }
    variable.lacking().map(|name| ask_for(manifest, variable, name)).collect()
}

fn whole(variable: &PlannedVariable) -> Ask {
    let declared = &variable.declared;
    Ask {
        name: declared.name.clone(),
        type_name: declared.type_name.clone(),
        description: declared.description.clone(),
        choices: declared.choices.clone(),
        secret: declared.holds_secret(),
        part: declared.resource.as_ref().map(|part| format!("the {} of {} `{}`", part.part, part.kind, part.name)),
        example: example(declared),
        class: declared.first_reader().class.as_ref().map(class_name),
        place: declared.place().clone(),
        made: declared.first_reader().made_shortly().map(str::to_owned),
        services: declared.services.clone(),
        generable: false,
    }
}

fn example(declared: &Declared) -> Option<String> {
    let (part, driver) = (declared.resource.as_ref()?, declared.driver.as_ref()?);
    Some(example_url(&part.kind, &driver.scheme))
}
