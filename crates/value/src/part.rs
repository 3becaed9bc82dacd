//! Variables that hold JSON: the part that an `AliasPath` takes, and how to prompt for JSON.

use super::check_data;
use super::data::Data;
use super::json::{self, Broken, Dialect};
use super::verdict::{Check, refused, unchecked};
use takk_model::{PathStep, ValueType};

/// Whether the part at that path is accepted. The JSON is decoded regardless of the part's type.
pub(super) fn check_part(path: &[PathStep], accepts: &ValueType, text: &str, required: bool) -> Check {
    let whole = match json::decode(text, Dialect::Python) {
        Ok(whole) => whole,
        Err(Broken::TooDeep) => return unchecked("it is nested too deeply"),
        // If the type of the part may be something else than JSON, a text that is not JSON stays a string, which has no parts.
        Err(Broken::Invalid) if accepts.is_complex_union() => return absent(required),
        Err(Broken::Invalid) if matches!(accepts, ValueType::Unchecked(_)) => return check_data(accepts, &Data::Null),
        Err(Broken::Invalid) => {
            let example = if matches!(path.first(), Some(PathStep::Key(_))) { r#"{"key": "value"}"# } else { r#"["a", "b"]"# };
            return refused("json_invalid", format!("JSON such as {example}; the field reads a part of it"));
        }
    };
    match find(path, &whole) {
        Some(part) => check_data(accepts, part),
        None => absent(required),
    }
}

fn find<'d>(path: &[PathStep], whole: &'d Data) -> Option<&'d Data> {
    path.iter().try_fold(whole, step_into)
}

/// Whether a variable is set but lacks the part that a type uses. False if only the program knows, and if the type uses the whole.
pub(super) fn lacks_part(accepts: &ValueType, text: &str) -> bool {
    match accepts {
        ValueType::EmptyIsUnset(_) if text.is_empty() => false,
        ValueType::NoneText(word, _) if word == text => false,
        ValueType::EmptyIsUnset(inner) | ValueType::NoneText(_, inner) => lacks_part(inner, text),
        ValueType::Part(_, inner) if matches!(**inner, ValueType::Unchecked(_) | ValueType::Preceded(..)) => false,
        ValueType::Part(path, inner) => match json::decode(text, Dialect::Python) {
            // `None` counts as not found.
            Ok(Data::Null) | Err(Broken::TooDeep) => false,
            Ok(whole) => find(path, &whole).is_none(),
            Err(Broken::Invalid) => inner.is_complex_union(),
        },
        _ => false,
    }
}

/// The type of a field under its own name, if another name contains it as a part.
pub(super) fn whole(accepts: &ValueType) -> ValueType {
    match accepts {
        ValueType::EmptyIsUnset(inner) => ValueType::EmptyIsUnset(Box::new(whole(inner))),
        ValueType::NoneText(word, inner) => ValueType::NoneText(word.clone(), Box::new(whole(inner))),
        ValueType::Part(_, inner) => match &**inner {
            ValueType::Constrained(of, _) if of.is_strict() => ValueType::unchecked("it is converted before it is validated"),
            inner => inner.clone(),
        },
        other => other.clone(),
    }
}

fn absent(required: bool) -> Check {
    if required { refused("missing", "JSON that contains the part this field reads") } else { Ok(()) }
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

/// What is expected if a text is not JSON, and how to avoid that.
pub(super) fn json_wanted(accepts: &ValueType) -> String {
    let example = example(accepts);
    match accepts {
        ValueType::Preceded(..) => format!(
            "JSON such as {example}, parsed before any validator runs; to accept other strings, annotate the field with `NoDecode`"
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
        T::First(inner) => example(inner),
        T::Union(members) => members.iter().find(|member| **member != T::None).map_or(r#"{"key": "value"}"#, example),
        T::List(of) | T::Set(of) | T::FrozenSet(of) | T::TupleOf(of) if is_number(of) => "[1, 2]",
        T::List(_) | T::Set(_) | T::FrozenSet(_) | T::TupleOf(_) | T::Tuple(_) => r#"["a", "b"]"#,
        _ => r#"{"key": "value"}"#,
    }
}

fn is_number(of: &ValueType) -> bool {
    match of {
        ValueType::Constrained(_, inner) | ValueType::First(inner) => is_number(inner),
        other => matches!(other, ValueType::Int | ValueType::Float | ValueType::Decimal),
    }
}
