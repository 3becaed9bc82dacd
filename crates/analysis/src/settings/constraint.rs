//! Constraints on a type: those of `Field(...)` and `Annotated[T, ...]`, and the types that they apply to
//! (`pydantic/_internal/_known_annotated_metadata.py`).

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;

use super::field::FieldFacts;
use takk_model::{Constraints, ValueType};
use takk_python::{Call, Value, fold};

/// The constraints in a call, and what could not be read.
#[derive(Clone)]
pub(super) struct Said {
    pub constraints: Constraints,
    pub doubt: Option<String>,
}

/// Reads keywords, skipping those that are not constraints.
pub(super) fn keywords<'v, 'a: 'v>(given: impl Iterator<Item = (&'v str, &'v Value<'a>)>) -> Said {
    let mut said = Said { constraints: Constraints::default(), doubt: None };
    for (name, value) in given {
        if !matches!(value, Value::None) && !set(&mut said.constraints, name, value) {
            said.doubt = Some(format!("`{name}` is computed"));
        }
    }
    said
}

/// The keywords of a call.
pub(super) fn keywords_of(call: &Call<'_>) -> Said {
    keywords(call.keywords.iter().map(|(name, value)| (&**name, value)))
}

/// Sets a constraint; returns `false` if it cannot be read.
pub(super) fn set(constraints: &mut Constraints, name: &str, value: &Value<'_>) -> bool {
    let json = || fold::json(value).filter(|json| matches!(json, Json::Number(_)) || decimal_text(value, json));
    let length = || json().and_then(|json| json.as_u64());
    match name {
        "gt" => put(&mut constraints.gt, json()),
        "ge" => put(&mut constraints.ge, json()),
        "lt" => put(&mut constraints.lt, json()),
        "le" => put(&mut constraints.le, json()),
        "multiple_of" => put(&mut constraints.multiple_of, json()),
        "min_length" => put(&mut constraints.min_length, length()),
        "max_length" => put(&mut constraints.max_length, length()),
        "max_digits" => put(&mut constraints.max_digits, length()),
        "decimal_places" => put(&mut constraints.decimal_places, length()),
        "pattern" => match value {
            Value::Str(text) => put(&mut constraints.pattern, Some(text.to_string())),
            _ => false,
        },
        "allow_inf_nan" => put(&mut constraints.allow_inf_nan, value.truth()),
        "strict" => value.truth().is_some_and(|truth| {
            constraints.strict = Some(truth);
            true
        }),
        "strip_whitespace" => value.truth().is_some_and(|truth| {
            constraints.strip_whitespace = Some(truth);
            true
        }),
        "coerce_numbers_to_str" => put(&mut constraints.coerce_numbers, value.truth()),
        // These change the text after all checks.
        "to_lower" | "to_upper" | "curtail_length" => true,
        "regex" | "min_items" | "max_items" | "unique_items" | "ascii_only" | "discriminator" => false,
        _ => true,
    }
}

/// Whether it is `Decimal("1.5")`.
fn decimal_text(value: &Value<'_>, json: &Json) -> bool {
    json.is_string() && value.call_of().is_some_and(|(path, _)| path == "decimal.Decimal")
}

fn put<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let read = value.is_some();
    *place = value;
    read
}

/// Adds constraints to a type. Later ones replace earlier ones of the same name (`apply_known_metadata`).
pub(super) fn constrain(of: ValueType, said: Said) -> ValueType {
    let constrained = if said.constraints.is_empty() { of } else { put_on(of, said.constraints) };
    match said.doubt {
        Some(doubt) => constrained.checked(doubt),
        None => constrained,
    }
}

fn put_on(of: ValueType, new: Constraints) -> ValueType {
    match of {
        ValueType::Unchecked(_) | ValueType::Checked(..) | ValueType::Preceded(..) => of,
        ValueType::Constrained(old, inner) if is_allowed(&inner, &new) => ValueType::Constrained(Box::new(new.or(*old)), inner),
        // Constraints on `T | None` apply to `T`.
        ValueType::Union(members) => {
            let others = members.iter().filter(|member| **member != ValueType::None).count();
            if others != 1 || others == members.len() {
                return ValueType::Union(members).checked("constraints on a union");
            }
            let put = |member| if member == ValueType::None { member } else { put_on(member, new.clone()) };
            ValueType::Union(members.into_iter().map(put).collect())
        }
        other if is_allowed(&other, &new) => ValueType::Constrained(Box::new(new), Box::new(other)),
        other => other.checked("constraints that the type does not support"),
    }
}

fn is_allowed(of: &ValueType, new: &Constraints) -> bool {
    use ValueType as T;
    let number = !new.bounds_number();
    let length = !new.bounds_length();
    let text = !new.bounds_text();
    let digits = !new.bounds_digits();
    let infinite = new.allow_inf_nan.is_none();
    match of {
        T::Str => number && digits && infinite,
        T::Bytes => number && digits && infinite && text,
        T::Int => length && digits && infinite && text,
        T::Float => length && digits && text,
        T::Decimal => length && text,
        T::Bool => number && length && digits && infinite && text,
        T::Secret(_) | T::List(_) | T::Set(_) | T::FrozenSet(_) | T::Tuple(_) | T::TupleOf(_) | T::Dict(..) => {
            number && digits && infinite && text && !new.is_strict()
        }
        _ => false,
    }
}

/// The constraints listed for a field.
const CONSTRAINTS: [&str; 13] = [
    "gt",
    "ge",
    "lt",
    "le",
    "multiple_of",
    "min_length",
    "max_length",
    "pattern",
    "regex",
    "max_digits",
    "decimal_places",
    "strict",
    "allow_inf_nan",
];

/// The limit that is part of a pydantic type (`pydantic/types.py`).
pub(super) fn implied(name: &str) -> Option<(&'static str, i64)> {
    match name {
        "PositiveInt" | "PositiveFloat" => Some(("gt", 0)),
        "NegativeInt" | "NegativeFloat" => Some(("lt", 0)),
        "NonNegativeInt" | "NonNegativeFloat" => Some(("ge", 0)),
        "NonPositiveInt" | "NonPositiveFloat" => Some(("le", 0)),
        _ => None,
    }
}

/// Adds the constraints of `Field(...)`.
pub(super) fn add_attributes(field: &FieldFacts<'_>, found: &mut BTreeMap<String, Json>) {
    add(&field.attributes, found);
}

/// `regex` in pydantic 1 is `pattern` in pydantic 2.
fn constraint_name(name: &str) -> &str {
    if name == "regex" { "pattern" } else { name }
}

/// Adds the constraints within a type: `Gt(1)`, `StringConstraints(min_length=1)`, `conint(ge=1)`, `Field(gt=1)`.
pub(super) fn add_said(item: &Value<'_>, found: &mut BTreeMap<String, Json>) {
    let Some((path, call)) = item.call_of() else { return };
    let name = path.rsplit('.').next().unwrap_or(path);
    let single = match name {
        "Gt" => Some("gt"),
        "Ge" => Some("ge"),
        "Lt" => Some("lt"),
        "Le" => Some("le"),
        "MultipleOf" => Some("multiple_of"),
        "MinLen" => Some("min_length"),
        "MaxLen" => Some("max_length"),
        _ => None,
    };
    if let (Some(key), Some(value)) =
        (single, call.positional.first().or_else(|| call.keywords.first().map(|(_, value)| value)))
    {
        found.extend(fold::json(value).map(|value| (key.to_owned(), value)));
    }
    add(&call.keywords, found);
}

fn add(said: &[(Rc<str>, Value<'_>)], found: &mut BTreeMap<String, Json>) {
    for (key, value) in said {
        if CONSTRAINTS.contains(&&**key)
            && let Some(value) = fold::json(value).filter(|value| !value.is_null())
        {
            found.insert(constraint_name(key).to_owned(), value);
        }
    }
}
