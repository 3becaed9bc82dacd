//! The state of each variable in an environment.

use std::sync::Arc;

use super::address::Components;
use super::compose::Parts;
use super::secret_path::Classes;
use super::stored::{self, Inside, Stored};
use super::{Address, Declared, PlannedVariable, State};
use takk_catalog::reserved;
use takk_model::{DefaultValue, Environment, Given, Held, Manifest, TemplatePart};

/// All variables with their states in `environment`, which holds what is `stored`.
pub(super) fn variables(
    declared: &[Arc<Declared>],
    manifest: &Manifest,
    environment: &Environment,
    stored: Stored<'_>,
) -> Vec<PlannedVariable> {
    let known = Known {
        declared,
        parts: Parts::new(declared, stored.held),
        components: Components::new(manifest),
        classes: Classes::new(manifest),
    };
    declared.iter().map(|variable| planned(Arc::clone(variable), &known, environment, stored)).collect()
}

/// What is looked up for each variable.
struct Known<'k> {
    declared: &'k [Arc<Declared>],
    parts: Parts<'k>,
    components: Components<'k>,
    classes: Classes<'k>,
}

fn planned(declared: Arc<Declared>, known: &Known, environment: &Environment, stored: Stored<'_>) -> PlannedVariable {
    let held = stored.held;
    let path = declared.path.as_ref().map(|path| known.classes.planned(path, declared.first_reader(), environment));
    let are_read = |name: &str| known.declared.iter().any(|other| other.reads(name));
    let inside = Inside::of(&declared, stored, &are_read);
    let version = match &inside {
        Some(inside) if inside.is_set => inside.latest().filter(|_| inside.missing.is_empty()),
        _ => stored::version(&declared, path.as_ref(), held),
    };
    let is_partial = inside.as_ref().is_some_and(|inside| inside.is_set && !inside.missing.is_empty());
    let (missing, inside) = match inside {
        Some(inside) => (inside.missing, inside.unlisted),
        None => (beside_files(&declared, held), Vec::new()),
    };
    if let Some(stored) = version {
        let reason = declared.given.as_ref().filter(|given| given.hides_environment()).map(Given::in_words);
        return PlannedVariable {
            declared,
            state: State::Set,
            missing: Vec::new(),
            inside,
            stored: Some(stored),
            composed_of: Vec::new(),
            value: None,
            reason,
            secret_path: path,
        };
    }
    if let Some(path) = path {
        let reason = path.unknown.first().map(|name| format!("`{name}` has no value in `{}`", environment.name));
        let state = State::Path;
        let composed_of = Vec::new();
        let (missing, stored, secret_path) = (Vec::new(), None, Some(path));
        return PlannedVariable { declared, state, missing, inside, stored, composed_of, value: None, reason, secret_path };
    }
    let made = |state, composed_of, value, reason| {
        let declared = Arc::clone(&declared);
        let missing = if state == State::Missing && missing != [declared.name.as_str()] { missing } else { Vec::new() };
        PlannedVariable { declared, state, missing, inside, stored: None, composed_of, value, reason, secret_path: None }
    };
    if is_partial {
        return made(State::Missing, Vec::new(), None, None);
    }
    if let Some(why) = reserved(&declared.name) {
        return made(State::Inherited, Vec::new(), None, Some(format!("takk does not set this name: {why}")));
    }
    match composed(&declared, known, environment, held) {
        Some(Composed::Text(value)) => made(State::Resolved, Vec::new(), Some(value), None),
        Some(Composed::Of(names)) => made(State::Resolved, names, None, None),
        Some(Composed::Unresolved(reason)) => made(own_state(&declared), Vec::new(), None, Some(reason)),
        None => {
            let given = declared.given.as_ref().filter(|_| own_state(&declared) == State::Source).map(Given::in_words);
            made(own_state(&declared), Vec::new(), None, given.or_else(|| declared.spared.clone()))
        }
    }
}

/// What remains to be set of a field that a file provides in part.
fn beside_files(declared: &Declared, held: &[Held]) -> Vec<String> {
    if declared.nested.iter().all(|leaf| leaf.given.is_none()) {
        return Vec::new();
    }
    let mut needed = declared.needed();
    needed.retain(|name| held.iter().all(|held| held.name != *name));
    needed
}

/// What a value is composed of.
enum Composed {
    /// Of nothing secret: this value.
    Text(String),
    /// Of the stored values of these names.
    Of(Vec<String>),
    /// Of something without a value.
    Unresolved(String),
}

/// What the code declares the value to be composed of, if it does: the URL of a service, a template, or the parts of a resource.
fn composed(declared: &Declared, known: &Known, environment: &Environment, held: &[Held]) -> Option<Composed> {
    let service = |reference| known.components.address(reference, &declared.services, environment);
    if let Some(reference) = &declared.service {
        return Some(match service(reference) {
            Address::Url(url) => Composed::Text(url),
            Address::Unresolved(reason) => Composed::Unresolved(reason),
        });
    }
    if declared.template.is_empty() {
        let names = if held.is_empty() { None } else { known.parts.of_address(declared) };
        return names.map(Composed::Of);
    }
    let names = match known.parts.of_template(declared) {
        Ok(names) => names,
        Err(part) => {
            let reason = format!("composed from the {} of {} `{}`, which has no value yet", part.part, part.kind, part.name);
            return Some(Composed::Unresolved(reason));
        }
    };
    let mut value = String::new();
    for part in &declared.template {
        match part {
            TemplatePart::Text(text) => value.push_str(text),
            TemplatePart::Service(reference) => match service(reference) {
                Address::Url(url) => value.push_str(&url),
                Address::Unresolved(reason) => return Some(Composed::Unresolved(reason)),
            },
            TemplatePart::Resource(_) => {}
        }
    }
    Some(if names.is_empty() { Composed::Text(value) } else { Composed::Of(names) })
}

/// The state from the declaration alone.
fn own_state(declared: &Declared) -> State {
    match &declared.default {
        _ if declared.required => State::Missing,
        _ if declared.given.is_some() => State::Source,
        None if declared.spared.is_some() && !declared.has_default => State::Optional,
        Some(DefaultValue::Computed(_)) => State::Computed,
        Some(DefaultValue::Value(serde_json::Value::Null)) => State::Optional,
        None if declared.optional && !declared.has_default => State::Optional,
        Some(DefaultValue::Value(_)) | None => State::Default,
    }
}
