//! Defaults that pydantic rejects. Settings validate their defaults (`validate_default`): an invalid one counts as no default, and the
//! program does not start without the variable.

use super::config::ModelConfig;
use super::default::default_value;
use super::field::FieldFacts;
use super::models::Models;
use super::older::differs;
use super::python_value::data_of;
use super::rules_version::{RulesVersion, ValueRules};
use takk_model::ValueType;
use takk_python::Value;
use takk_value::{Data, Refusal, Verdict, check_value, is_written_usually};

/// Why pydantic rejects the default of a field: by the rules of the newest version, or by those of pydantic 1. `made` is the default,
/// `prepared` the value after validators that run first. `None` if it is accepted, and if that is not certain.
pub(super) fn refused_default<'a>(
    models: &Models<'_, 'a>,
    field: &FieldFacts<'a>,
    made: Option<&Value<'a>>,
    accepts: &ValueType,
    config: &ModelConfig<'a>,
    prepared: &dyn Fn(Value<'a>) -> Option<Value<'a>>,
) -> Option<String> {
    let validates = if models.rules.is_pydantic_v1() { "validate_all" } else { "validate_default" };
    // Settings validate defaults unless configured otherwise.
    let validates = !matches!(config.value(validates), Some(wish) if !matches!(wish, Value::None | Value::Bool(true)));
    let made = made?;
    let refusal = refusal(models, field, Some(made), accepts, validates, prepared)?;
    let given = data_of(models.evaluator, made);
    Some(format!("{}: {}", shown(&given), refusal.sentence()))
}

/// Why a field rejects its default, if it does. `made` is the default, if it is already known, and `validates` whether the configuration
/// enables the validation of defaults.
pub(super) fn refusal<'a>(
    models: &Models<'_, 'a>,
    field: &FieldFacts<'a>,
    made: Option<&Value<'a>>,
    accepts: &ValueType,
    validates: bool,
    prepared: &dyn Fn(Value<'a>) -> Option<Value<'a>>,
) -> Option<Refusal> {
    let (evaluator, rules) = (models.evaluator, models.rules);
    let is_wanted = match field.attribute("validate_default") {
        None | Some(Value::None) => validates,
        Some(wish) => matches!(wish, Value::Bool(true)),
    };
    if field.undecided || !is_wanted {
        return None;
    }
    let made = made.cloned().or_else(|| default_value(evaluator, field))?;
    let data = data_of(evaluator, &prepared(made)?);
    let is_certain = match rules.value_rules() {
        // The types of pydantic 1 have their own rules.
        ValueRules::Same | ValueRules::First => true,
        ValueRules::Older => is_read_alike(accepts, &data, rules),
    };
    match check_value(accepts, &data) {
        Verdict::Refused(refusal) if is_certain => Some(refusal),
        _ => None,
    }
}

/// Whether all versions of pydantic 2 agree on a Python value. They differ in unusual texts (`older`), and in numbers that stand for times.
fn is_read_alike(accepts: &ValueType, data: &Data, rules: &RulesVersion) -> bool {
    use ValueType as T;
    let each = |of: &ValueType, items: &[Data]| items.iter().all(|item| is_read_alike(of, item, rules));
    match (accepts, data) {
        (T::Constrained(of, inner), _) => {
            let is_known = of.coerce_numbers.is_none() || rules.coerces_numbers();
            // The conversion between strict lists and tuples was different in pydantic 2.0.
            let is_converted = matches!(
                (&**inner, data),
                (T::List(_), Data::Tuple(_) | Data::Set(_))
                    | (T::Tuple(_) | T::TupleOf(_), Data::List(_) | Data::Set(_))
                    | (T::Set(_) | T::FrozenSet(_), Data::List(_) | Data::Tuple(_))
            );
            let is_known = is_known && !(of.is_strict() && is_converted);
            is_known && of.multiple_of.is_none() && is_read_alike(inner, data, rules)
        }
        (T::Checked(_, inner), _) => is_read_alike(inner, data, rules),
        (T::Union(members), _) => members.iter().all(|member| is_read_alike(member, data, rules)),
        (
            T::List(of) | T::Set(of) | T::FrozenSet(of) | T::TupleOf(of),
            Data::List(items) | Data::Tuple(items) | Data::Set(items),
        ) => each(of, items),
        (T::Tuple(of), Data::List(items) | Data::Tuple(items) | Data::Set(items)) => {
            of.iter().zip(items).all(|(of, item)| is_read_alike(of, item, rules))
        }
        (T::Dict(key, value), Data::Object(items)) => {
            items.iter().all(|(name, item)| is_read_alike(key, name, rules) && is_read_alike(value, item, rules))
        }
        (T::Model(_) | T::Tagged(_) | T::Enclosing(_), Data::Object(_)) | (T::Url(_), Data::Written(..)) => false,
        (_, Data::Null) => true,
        (T::Date | T::DateTime | T::Time | T::TimeDelta | T::ByteSize, _) => is_written_usually(accepts, data),
        (T::Secret(of), Data::Text(_)) => **of == T::Str,
        (T::Url(rule), _) if rule.name == "ClickHouseDsn" => false,
        (_, Data::Text(_)) if differs(accepts) || matches!(accepts, T::Json(_)) => is_written_usually(accepts, data),
        _ => true,
    }
}

/// The default in a sentence. Not shown if it may be secret.
fn shown(data: &Data) -> String {
    match data {
        Data::Null => "`None`".to_owned(),
        Data::Bool(true) => "`True`".to_owned(),
        Data::Bool(false) => "`False`".to_owned(),
        Data::Text(text) if text.is_empty() => "`\"\"`".to_owned(),
        Data::List(items) if items.is_empty() => "`[]`".to_owned(),
        Data::Object(items) if items.is_empty() => "`{}`".to_owned(),
        _ => "in the code".to_owned(),
    }
}
