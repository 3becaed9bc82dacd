//! The state of each variable in an environment.

use std::sync::Arc;

use super::{Address, Declared, PlannedVariable, State, address, secret_path, stored};
use crate::model::{DefaultValue, Environment, Held, Manifest, TemplatePart};

/// All variables with their states in `environment`, which holds `held`.
pub(super) fn variables(
    declared: &[Arc<Declared>],
    manifest: &Manifest,
    environment: &Environment,
    held: &[Held],
) -> Vec<PlannedVariable> {
    declared.iter().map(|variable| planned(Arc::clone(variable), manifest, environment, held)).collect()
}

fn planned(declared: Arc<Declared>, manifest: &Manifest, environment: &Environment, held: &[Held]) -> PlannedVariable {
    let path = declared.path.as_ref().map(|path| secret_path::planned(path, declared.first_reader(), manifest, environment));
    if let Some(stored) = stored::version(&declared, path.as_ref(), held) {
        return PlannedVariable {
            declared,
            state: State::Set,
            stored: Some(stored),
            value: None,
            reason: None,
            secret_path: path,
        };
    }
    if let Some(path) = path {
        let reason = path.unknown.first().map(|name| format!("`{name}` has no value in `{}`", environment.name));
        let state = State::Path;
        return PlannedVariable { declared, state, stored: None, value: None, reason, secret_path: Some(path) };
    }
    let (state, value, reason) = match composed(&declared, manifest, environment) {
        Some(Address::Url(value)) => (State::Resolved, Some(value), None),
        Some(Address::Unresolved(reason)) => (own_state(&declared), None, Some(reason)),
        None => (own_state(&declared), None, None),
    };
    PlannedVariable { declared, state, stored: None, value, reason, secret_path: None }
}

/// What the code says the value is made of, if it does: the address of a service, or a template.
fn composed(declared: &Declared, manifest: &Manifest, environment: &Environment) -> Option<Address> {
    if let Some(reference) = &declared.service {
        return Some(address::referenced(reference, &declared.services, manifest, environment));
    }
    if declared.template.is_empty() {
        return None;
    }
    let mut value = String::new();
    for part in &declared.template {
        match part {
            TemplatePart::Text(text) => value.push_str(text),
            TemplatePart::Service(reference) => {
                match address::referenced(reference, &declared.services, manifest, environment) {
                    Address::Url(url) => value.push_str(&url),
                    unresolved @ Address::Unresolved(_) => return Some(unresolved),
                }
            }
            TemplatePart::Resource(part) => {
                let reason = format!("composed of the {} of {} `{}`, which has no value yet", part.part, part.kind, part.name);
                return Some(Address::Unresolved(reason));
            }
        }
    }
    Some(Address::Url(value))
}

/// The state from the declaration alone.
fn own_state(declared: &Declared) -> State {
    match &declared.default {
        _ if declared.required => State::Missing,
        Some(DefaultValue::Computed(_)) => State::Computed,
        Some(DefaultValue::Value(serde_json::Value::Null)) => State::Optional,
        None if declared.optional && !declared.has_default => State::Optional,
        Some(DefaultValue::Value(_)) | None => State::Default,
    }
}
