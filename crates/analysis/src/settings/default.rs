//! Defaults as data.

use super::field::FieldFacts;
use takk_model::DefaultValue;
use takk_python::{Evaluator, Value, fold};

/// The default of a field, as far as the source determines it. `made` is its value ([`default_value`]).
pub(super) fn default_of<'a>(field: &FieldFacts<'a>, made: Option<&Value<'a>>) -> Option<DefaultValue> {
    if let Some(value) = field.default() {
        return Some(folded(value, &field.default_source));
    }
    let factory = field.default_factory()?;
    Some(match made {
        Some(value) => folded(value, &factory_source(factory, field)),
        None => DefaultValue::Computed(factory_source(factory, field)),
    })
}

/// The default of a field as a value, as far as the source determines it.
pub(super) fn default_value<'a>(evaluator: &Evaluator<'a>, field: &FieldFacts<'a>) -> Option<Value<'a>> {
    field.default().cloned().or_else(|| made_by(evaluator, field.default_factory()?))
}

fn made_by<'a>(evaluator: &Evaluator<'a>, factory: &Value<'a>) -> Option<Value<'a>> {
    match factory {
        Value::External(_) | Value::Function(_) | Value::Class(_) | Value::Method(_) => {
            evaluator.result_of(factory, Vec::new())
        }
        _ => None,
    }
}

fn folded(value: &Value<'_>, source: &str) -> DefaultValue {
    match fold::json(value) {
        Some(json) => DefaultValue::Value(json),
        None => DefaultValue::Computed(match value {
            Value::Unknown(unknown) => unknown.expression.clone(),
            Value::Call(call) if !call.source.is_empty() => call.source.to_string(),
            _ => source.to_owned(),
        }),
    }
}

fn factory_source(factory: &Value<'_>, field: &FieldFacts<'_>) -> String {
    match factory {
        Value::External(path) => format!("{}()", path.strip_prefix("builtins.").unwrap_or(path)),
        Value::Class(class) => format!("{}()", class.name),
        Value::Function(function) if &*function.name != "<lambda>" => format!("{}()", function.name),
        _ => field.default_source.clone(),
    }
}
