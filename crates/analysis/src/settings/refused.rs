//! Defaults that pydantic refuses. Settings validate their defaults (`validate_default`): one that is refused is none, and without the
//! variable the program does not start.

use super::config::ModelConfig;
use super::default::default_value;
use super::field::FieldFacts;
use super::python_value::data_of;
use takk_model::ValueType;
use takk_python::{Evaluator, Value};
use takk_value::{Data, Verdict, check_value};

/// Why pydantic refuses the default of a field that accepts that. `None` where it is accepted, and where that is not certain. `validates` is
/// the key of the configuration that says whether defaults are validated.
pub(super) fn refused_default<'a>(
    evaluator: &Evaluator<'a>,
    field: &FieldFacts<'a>,
    accepts: &ValueType,
    config: &ModelConfig<'a>,
    validates: &str,
) -> Option<String> {
    let said = |value: Option<&Value<'a>>| value.filter(|value| !matches!(value, Value::None)).cloned();
    let wish = said(field.attribute("validate_default")).or_else(|| said(config.value(validates)));
    if field.undecided || wish.is_some_and(|wish| !matches!(wish, Value::Bool(true))) {
        return None;
    }
    let data = data_of(evaluator, &default_value(evaluator, field)?);
    // In pydantic 1, what has the default `None` allows `None`.
    if data == Data::Null && validates == "validate_all" {
        return None;
    }
    match check_value(if validates == "validate_all" { accepts } else { of_a_value(accepts, &data) }, &data) {
        Verdict::Refused(refusal) => {
            let place = if refusal.place.is_empty() { String::new() } else { format!(" at {}", refusal.place) };
            Some(format!("{}: expected {}{place}", shown(&data), refusal.expected))
        }
        Verdict::Accepted | Verdict::Unchecked(_) => None,
    }
}

/// Versions of pydantic 2 read odd texts differently; of what is no text they say the same.
fn of_a_value<'t>(accepts: &'t ValueType, data: &Data) -> &'t ValueType {
    let ValueType::Usual(inner) = accepts else { return accepts };
    match (&**inner, data) {
        (ValueType::Int | ValueType::Float | ValueType::Literal(_), Data::Int(_) | Data::Float(_) | Data::Null) => inner,
        (ValueType::Json(_), Data::Int(_) | Data::Float(_) | Data::Bool(_) | Data::Null | Data::List(_) | Data::Object(_)) => {
            inner
        }
        _ => accepts,
    }
}

/// The default in a sentence. What may be a secret is not shown.
fn shown(data: &Data) -> String {
    match data {
        Data::Null => "`None`".to_owned(),
        Data::Bool(true) => "`True`".to_owned(),
        Data::Bool(false) => "`False`".to_owned(),
        Data::Text(text) if text.is_empty() => "`\"\"`".to_owned(),
        Data::List(items) if items.is_empty() => "`[]`".to_owned(),
        Data::Object(items) if items.is_empty() => "`{}`".to_owned(),
        _ => "that is given".to_owned(),
    }
}
