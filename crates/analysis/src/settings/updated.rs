//! The default of a nested field that its variables update (`nested_model_default_partial_update`): pydantic-settings passes what
//! `model_dump()` gives of it, and puts the variables on top (`DefaultSettingsSource`).

use serde_json::{Map, Value as Json};

use super::default::default_value;
use super::field::FieldFacts;
use super::models::Models;
use super::shapes::keys_of;
use takk_python::{Call, Value};

/// The maximum nesting of instances.
const DEEPEST: u32 = 8;

/// The part of a default that can be updated: an object with its fields, `null` for `None`, and `true` for any other value, including one
/// that is only known at run time. A field that is only read by its aliases is left out, because the default is passed by names.
pub(super) fn dumped<'a>(models: &Models<'_, 'a>, value: &Value<'a>) -> Json {
    inner(models, value, DEEPEST)
}

fn inner<'a>(models: &Models<'_, 'a>, value: &Value<'a>, depth: u32) -> Json {
    match value {
        Value::None => Json::Null,
        Value::Call(call) if depth > 0 => instance(models, call, depth - 1).unwrap_or(Json::Bool(true)),
        _ => Json::Bool(true),
    }
}

/// The fields of an instance of a class of the project.
fn instance<'a>(models: &Models<'_, 'a>, call: &Call<'a>, depth: u32) -> Option<Json> {
    let Value::Class(class) = &call.callee else { return None };
    if call.partial || !call.positional.is_empty() {
        return None;
    }
    let config = models.config(class);
    let mut items = Map::new();
    for field in models.fields(class).iter() {
        let (keys, _) = keys_of(models, field, &config)?;
        if !keys.iter().any(|key| **key == *field.name) || is_excluded(field) {
            continue;
        }
        let given = call.keywords.iter().find(|(name, _)| *name == field.name || keys.iter().any(|key| **key == **name));
        let value = given.map(|(_, value)| value.clone()).or_else(|| default_value(models.evaluator, field));
        items.insert(field.name.to_string(), value.map_or(Json::Bool(true), |value| inner(models, &value, depth)));
    }
    Some(Json::Object(items))
}

/// Whether it is excluded when an instance is dumped.
fn is_excluded(field: &FieldFacts<'_>) -> bool {
    field.attribute("exclude").and_then(Value::truth) == Some(true)
}
