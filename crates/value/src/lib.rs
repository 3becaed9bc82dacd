//! Whether a field accepts a text from the environment: the same verdict as pydantic's, and the reason, which never contains the text.
//!
//! pydantic-settings first decides whether the text is decoded as JSON (`EnvSettingsSource.prepare_field_value`); the result is validated
//! in lax mode, as pydantic-core does. One file per family of types. The reference is pydantic 2.14 with pydantic-settings 2.16.

mod cast;
mod choices;
mod coerced;
mod collections;
mod data;
mod dates;
mod email;
mod first;
mod generate;
mod in_words;
mod instance;
mod ip;
mod json;
mod leaf;
mod number;
mod numbers;
mod part;
#[cfg(test)]
mod tests;
mod text;
pub mod together;
mod urls;
mod usual;
mod verdict;

pub use data::Data;
use json::{Broken, Dialect};
use verdict::{Check, Fault, refused, refused_as, unchecked};

use takk_model::{CastRule, Constraints, Setting, ValueType};

pub use cast::cast_bool;
pub use generate::{NotGenerable, Wanted, generate, is_generable};
pub use in_words::in_words;
pub use verdict::{Refusal, Verdict};

/// Whether a required field of that type would accept the text.
pub fn check(accepts: &ValueType, text: &str) -> Verdict {
    check_text(accepts, text, true).into()
}

/// Whether a `Secret(...)` field can convert the text.
pub fn check_cast(rule: CastRule, text: &str) -> Verdict {
    cast::check_cast(rule, text).into()
}

/// Whether a setting would accept the text. A text that counts as not set is accepted if there is a default.
pub fn check_setting(setting: &Setting, text: &str) -> Verdict {
    match &setting.path {
        Some(path) => cast::check_cast(path.cast, text).into(),
        None => check_text(&setting.accepts, text, setting.is_needed()).into(),
    }
}

/// The same for one of its names: the first may contain the value as a part (`AliasPath`), the field's own name never does.
pub fn check_named(setting: &Setting, name: &str, text: &str) -> Verdict {
    if setting.env.first().is_none_or(|first| first == name) {
        return check_setting(setting, text);
    }
    let accepts = part::whole(&setting.accepts);
    check_setting(&Setting { accepts, ..setting.clone() }, text)
}

/// Whether a variable is set, but lacks the part that the field uses.
pub fn lacks_part(accepts: &ValueType, text: &str) -> bool {
    part::lacks_part(accepts, text)
}

/// Whether a nested field would accept the text of its own variable. `path` consists of the names of the enclosing fields, starting with
/// the setting.
pub fn check_leaf(accepts: &ValueType, path: &[String], text: &str) -> Verdict {
    match leaf::leaf_of(accepts, path.get(1..).unwrap_or_default()) {
        Some(leaf) => leaf.check(text).into(),
        None => Verdict::Unchecked("only the program knows the model it belongs to".to_owned()),
    }
}

/// Whether a field would accept a Python value, such as a default. `Null` is `None`.
pub fn check_value(accepts: &ValueType, value: &Data) -> Verdict {
    instance::check_strict(accepts, value).and_then(|()| check_data(accepts, value)).into()
}

/// Whether all versions of pydantic parse a value in the same way, for a type without wrappers.
pub fn is_written_usually(accepts: &ValueType, value: &Data) -> bool {
    usual::is_usual(accepts, value)
}

/// Why texts in an unusual form are left undecided.
const OTHERWISE: &str = "some versions of pydantic parse it differently";

fn check_text(accepts: &ValueType, text: &str, required: bool) -> Check {
    let absent = |reason| if required { refused_as("missing", reason) } else { Ok(()) };
    match accepts {
        ValueType::EmptyIsUnset(_) if text.is_empty() => absent("must not be empty"),
        ValueType::EmptyIsUnset(inner) => check_text(inner, text, required),
        ValueType::NoneText(word, inner) if word == text => check_data(inner, &Data::Null),
        ValueType::NoneText(_, inner) => check_text(inner, text, required),
        ValueType::Undecoded(inner) => check_plain(inner, text),
        // The handling of `null` for a complex type differs, too.
        ValueType::Usual(inner) if inner.is_complex() && text.trim() == "null" => unchecked(OTHERWISE),
        ValueType::Coerced(lax, strict) => coerced::check_coerced(lax, strict, text, required),
        ValueType::Part(path, inner) => part::check_part(path, inner, text, required),
        _ if accepts.is_complex() || accepts.is_complex_union() => match json::decode(text, Dialect::Python) {
            _ if choices::is_named(accepts, text) => unchecked("the name of an enum member where JSON is expected"),
            // `None` counts as not found, except in pydantic 1.
            Ok(Data::Null) if !accepts.is_first() => absent("must not be null"),
            Ok(data) => check_data(accepts, &data),
            Err(Broken::TooDeep) => unchecked("it is nested too deeply"),
            Err(Broken::Invalid) if accepts.is_complex_union() => check_data(accepts, &Data::Text(text.to_owned())),
            Err(Broken::Invalid) => refused("json_invalid", part::json_wanted(accepts)),
        },
        _ => check_plain(accepts, text),
    }
}

/// A text without conversion, or the enum member with that name.
fn check_plain(accepts: &ValueType, text: &str) -> Check {
    match choices::is_named(accepts, text) {
        true if accepts.is_complex() => unchecked("the name of an enum member for a type that is parsed as JSON"),
        true => Ok(()),
        false => check_data(accepts, &Data::Text(text.to_owned())),
    }
}

/// Whether a validator of that type accepts the value.
fn check_data(accepts: &ValueType, data: &Data) -> Check {
    check_constrained(accepts, data, &Constraints::default())
}

/// Applies a wrapper type; `None` for a type without wrappers.
fn of_parts(accepts: &ValueType, data: &Data, constraints: &Constraints) -> Option<Check> {
    use ValueType as T;
    Some(match accepts {
        T::Any => Ok(()),
        T::Union(members) => choices::check_union(data, members),
        T::Constrained(inner, of) => check_constrained(of, data, inner),
        T::Checked(reason, inner) => match check_constrained(inner, data, constraints) {
            Ok(()) => unchecked(reason.clone()),
            fault @ Err(Fault::Refused(_) | Fault::Unchecked(_)) => fault,
        },
        T::Preceded(reason, _) => unchecked(reason.clone()),
        T::First(inner) => first::check(inner, data, constraints),
        T::Usual(inner) if !usual::is_usual(inner, data) => unchecked(OTHERWISE),
        T::Usual(inner) => check_constrained(inner, data, constraints),
        T::Merged(inner) => match (data, check_constrained(inner, data, constraints)) {
            (Data::Object(_), Err(Fault::Refused(refusal))) if refusal.error == "extra_forbidden" => {
                Err(Fault::Refused(refusal))
            }
            (Data::Object(_), _) => unchecked("other variables add to it"),
            (_, check) => check,
        },
        T::Undecoded(inner) | T::EmptyIsUnset(inner) | T::NoneText(_, inner) | T::Coerced(_, inner) | T::Part(_, inner) => {
            check_constrained(inner, data, constraints)
        }
        _ => return None,
    })
}

fn check_constrained(accepts: &ValueType, data: &Data, constraints: &Constraints) -> Check {
    use ValueType as T;
    if let Some(check) = of_parts(accepts, data, constraints) {
        return check;
    }
    if let Some(check) = instance::check(accepts, data, constraints) {
        return check;
    }
    match accepts {
        T::None => {
            if matches!(data, Data::Null) {
                Ok(())
            } else {
                refused("none_required", "None")
            }
        }
        T::Str => text::check_str(data, constraints),
        T::Bytes => text::check_bytes(data, constraints),
        T::Int => numbers::check_int(data, constraints),
        T::Float => numbers::check_float(data, constraints),
        T::Bool => numbers::check_bool(data, constraints),
        T::Decimal => numbers::check_decimal(data, constraints),
        T::Uuid(version) => text::check_uuid(data, *version, constraints),
        T::Path => text::check_path(data, constraints),
        T::Secret(inner) => text::check_secret(data, inner, constraints),
        T::Literal(values) => choices::check_literal(data, values),
        T::Enum(rule) => choices::check_enum(data, rule, constraints),
        T::ByteSize => numbers::check_byte_size(data, constraints),
        T::Pattern => text::check_pattern(data),
        T::List(of) => collections::check_list(data, of, constraints),
        T::Set(of) => collections::check_set(data, of, constraints, "set_type"),
        T::FrozenSet(of) => collections::check_set(data, of, constraints, "frozen_set_type"),
        T::TupleOf(of) => collections::check_tuple_of(data, of, constraints),
        T::Tuple(of) => collections::check_tuple(data, of, constraints),
        T::Dict(key, value) => collections::check_dict(data, key, value, constraints),
        T::Model(rule) => collections::check_model(data, rule),
        T::Tagged(rule) => choices::check_tagged(data, rule),
        T::Enclosing(_) => unchecked("the model is recursive"),
        T::Json(of) => collections::check_json(data, of, constraints),
        T::Url(rule) => urls::check_url(data, rule, constraints),
        T::Email | T::NameEmail => email::check_email(data, constraints),
        T::Ip(rule) => ip::check_ip(data, *rule, constraints),
        T::Date => dates::check_date(data, constraints),
        T::DateTime => dates::check_date_time(data, constraints),
        T::Time => dates::check_time(data, constraints),
        T::TimeDelta => dates::check_duration(data, constraints),
        T::Unchecked(reason) => unchecked(reason.clone()),
        // Wrappers were handled above.
        _ => Ok(()),
    }
}
