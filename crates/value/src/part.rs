//! Variables that hold JSON: the part that an `AliasPath` takes, and how JSON is asked for.

use super::check_data;
use super::data::Data;
use super::json::{self, Broken, Dialect};
use super::verdict::{Check, refused, unchecked};
use takk_model::{PathStep, ValueType};

/// Whether the part at that path is accepted. JSON is read whatever the type of the part is.
pub(super) fn check_part(path: &[PathStep], accepts: &ValueType, text: &str, required: bool) -> Check {
    let whole = match json::decode(text, Dialect::Python) {
        Ok(whole) => whole,
        Err(Broken::TooDeep) => return unchecked("it is nested too deep"),
        // Where the type of the part may be something else than JSON, what is no JSON is passed on as a text, which has no parts.
        Err(Broken::Invalid) if accepts.is_complex_union() => return absent(required),
        Err(Broken::Invalid) if matches!(accepts, ValueType::Unchecked(_)) => return check_data(accepts, &Data::Null),
        Err(Broken::Invalid) => {
            let example = if matches!(path.first(), Some(PathStep::Key(_))) { r#"{"key": "value"}"# } else { r#"["a", "b"]"# };
            return refused("json_invalid", format!("JSON such as {example}, of which the field takes a part"));
        }
    };
    let mut at = &whole;
    for step in path {
        match step_into(at, step) {
            Some(inner) => at = inner,
            None => return absent(required),
        }
    }
    check_data(accepts, at)
}

fn absent(required: bool) -> Check {
    if required { refused("missing", "JSON that has the part which the field takes") } else { Ok(()) }
}

fn step_into<'d>(data: &'d Data, step: &PathStep) -> Option<&'d Data> {
    match (data, step) {
        (Data::List(items), PathStep::Index(index)) => {
            let length = i64::try_from(items.len()).ok()?;
            let at = if *index < 0 { index + length } else { *index };
            items.get(usize::try_from(at).ok()?)
        }
        (Data::Object(items), PathStep::Key(key)) => {
            items.iter().find(|(name, _)| matches!(name, Data::Text(name) if name == key)).map(|(_, value)| value)
        }
        _ => None,
    }
}

/// What is asked for where a text is no JSON, and how to do without.
pub(super) fn json_wanted(accepts: &ValueType) -> String {
    let example = example(accepts);
    match accepts {
        ValueType::Preceded(..) => format!(
            "JSON such as {example}, which is read before any validator runs; a field that is to take other texts needs `NoDecode`"
        ),
        _ => format!("JSON such as {example}"),
    }
}

fn example(accepts: &ValueType) -> &'static str {
    use ValueType as T;
    match accepts {
        T::Constrained(_, inner) | T::Checked(_, inner) | T::Preceded(_, inner) | T::Merged(inner) | T::Usual(inner) => {
            example(inner)
        }
        T::List(of) | T::Set(of) | T::FrozenSet(of) | T::TupleOf(of) if is_number(of) => "[1, 2]",
        T::List(_) | T::Set(_) | T::FrozenSet(_) | T::TupleOf(_) | T::Tuple(_) => r#"["a", "b"]"#,
        _ => r#"{"key": "value"}"#,
    }
}

fn is_number(of: &ValueType) -> bool {
    match of {
        ValueType::Constrained(_, inner) => is_number(inner),
        other => matches!(other, ValueType::Int | ValueType::Float | ValueType::Decimal),
    }
}
