//! What older versions accept: the common rules where they agree, and undecided where they differ. Determined by running them
//! (`tests/it/values.rs`).

use std::rc::Rc;

use super::config::{ModelConfig, read_class_of};
use super::models::Models;
use super::rules_version::RulesVersion;
use takk_model::{Constraints, EnumMixin, ModelField, ValueType};
use takk_python::{Class, Value};

/// For pydantic 2 before 2.14, or pydantic-settings before 2.16.
pub(super) fn older(read: ValueType, rules: &RulesVersion) -> ValueType {
    use ValueType as T;
    let inner = |of: Box<T>| Box::new(older(*of, rules));
    match read {
        // The check for multiples of a float was different.
        T::Constrained(of, on) if of.multiple_of.is_some() && is_float(&on) => on.preceded(rules.differs()),
        T::Constrained(of, on) if of.is_strict() && !is_scalar(&on) => on.preceded(rules.differs()),
        T::Constrained(of, on) => match older(*on, rules) {
            unchecked @ T::Unchecked(_) => unchecked,
            on => T::Constrained(Box::new(of_version(*of, rules)), Box::new(on)),
        },
        T::Secret(of) => secret(*of, rules),
        T::Model(mut rule) => {
            let aliased = |field: &ModelField| field.keys != [field.name.clone()];
            if rule.fields.iter().any(aliased) {
                return T::Model(rule).preceded(rules.differs());
            }
            for field in &mut rule.fields {
                field.accepts = older(std::mem::replace(&mut field.accepts, T::Any), rules);
            }
            T::Model(rule)
        }
        T::Union(members) => T::Union(members.into_iter().map(|member| older(member, rules)).collect()),
        T::Tuple(members) => T::Tuple(members.into_iter().map(|member| older(member, rules)).collect()),
        T::Dict(key, value) => T::Dict(inner(key), inner(value)),
        T::List(of) => T::List(inner(of)),
        T::Set(of) => T::Set(inner(of)),
        T::FrozenSet(of) => T::FrozenSet(inner(of)),
        T::TupleOf(of) => T::TupleOf(inner(of)),
        T::Checked(reason, of) => older(*of, rules).checked(reason),
        T::Undecoded(of) => T::Undecoded(inner(of)),
        T::Coerced(lax, of) => T::Coerced(inner(lax), inner(of)),
        T::Json(of) => T::Usual(Box::new(T::Json(inner(of)))),
        T::Url(rule) if rule.name == "ClickHouseDsn" => T::unchecked(rules.differs()),
        other if differs(&other) => T::Usual(Box::new(other)),
        other => other,
    }
}

/// The constraints that older versions support.
fn of_version(of: Constraints, rules: &RulesVersion) -> Constraints {
    // Converting numbers to strings exists since pydantic 2.4.
    Constraints { coerce_numbers: of.coerce_numbers.filter(|_| rules.coerces_numbers()), ..of }
}

fn secret(of: ValueType, rules: &RulesVersion) -> ValueType {
    let plain = match &of {
        ValueType::Constrained(_, inner) => inner,
        other => other,
    };
    match plain {
        ValueType::Str => ValueType::Usual(Box::new(ValueType::Secret(Box::new(of)))),
        // No text was accepted before pydantic 2.7.
        ValueType::Bytes if rules.reads_secret_bytes() => ValueType::Secret(Box::new(of)),
        _ => ValueType::unchecked(rules.differs()),
    }
}

fn is_float(of: &ValueType) -> bool {
    matches!(of, ValueType::Float)
}

fn is_scalar(of: &ValueType) -> bool {
    use ValueType as T;
    matches!(of, T::Str | T::Int | T::Float | T::Bool | T::Bytes)
}

/// Types for which unusual texts are parsed differently.
pub(super) fn differs(of: &ValueType) -> bool {
    use ValueType as T;
    match of {
        T::Int | T::Float | T::Uuid(_) | T::Date | T::Time | T::DateTime | T::TimeDelta | T::Url(_) => true,
        T::Email | T::NameEmail | T::ByteSize | T::Literal(_) => true,
        T::Enum(rule) => rule.mixin != Some(EnumMixin::Str),
        _ => false,
    }
}

/// The reason for uncertainty if the class has its own parser.
pub(super) const ITSELF: &str = "the class parses its variables itself";

/// Whether the `Config` of a pydantic 1 class has its own parser or decoder, as a value or as a function, which receives the texts of
/// complex types (`EnvSettingsSource.__call__`).
pub(super) fn decodes_itself<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>, config: &ModelConfig<'a>) -> bool {
    const OWN: [&str; 2] = ["parse_env_var", "json_loads"];
    let evaluator = models.evaluator;
    let order = evaluator.resolution_order(class);
    let bases = order.iter().flat_map(|order| order.iter()).filter_map(read_class_of);
    let configs = bases.filter_map(|base| match evaluator.own_attribute(&base, "Config") {
        Some(Value::Class(config)) => evaluator.resolution_order(&config),
        _ => None,
    });
    let defines = |base: Rc<Class<'a>>| OWN.iter().any(|name| evaluator.defines(&base, name));
    OWN.iter().any(|key| config.value(key).is_some())
        || configs.into_iter().any(|order| order.iter().filter_map(read_class_of).any(defines))
}

/// Whether a pydantic 1 model validates its fields as written.
pub(super) fn is_plain_v1<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> bool {
    let config = models.config(class);
    let evaluator = models.evaluator;
    let order = evaluator.resolution_order(class);
    let decides = |base: &Rc<Class<'a>>| {
        let hooks = ["__init__", "__new__", "__get_validators__", "validate"];
        hooks.iter().any(|name| evaluator.defines(base, name))
    };
    let renames = ["fields", "alias_generator", "orm_mode", "smart_union"].iter().any(|key| config.value(key).is_some());
    let fields = models.fields(class);
    // A model without fields may have a `__root__`.
    !fields.is_empty()
        && !renames
        && !order.iter().flat_map(|order| order.iter()).filter_map(read_class_of).any(|base| decides(&base))
}
