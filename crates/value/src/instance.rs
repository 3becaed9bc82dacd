//! Python values that neither text nor JSON can express: what the defaults of a program consist of.

use super::data::Data;
use super::number::Number;
use super::text::check_length;
use super::verdict::{Check, Fault, refused, unchecked};
use takk_model::{Constraints, EnumMixin, ValueType};

/// Whether a type accepts such a value. `None` for a value that JSON can represent.
pub(super) fn check(accepts: &ValueType, data: &Data, constraints: &Constraints) -> Option<Check> {
    match data {
        Data::Unknown(reason) => Some(unchecked(reason.clone())),
        Data::Bytes(bytes) => Some(check_bytes(accepts, bytes, constraints)),
        Data::Member(value, mixin) => Some(check_member(accepts, value, *mixin, constraints)),
        Data::Secret(class, inner) => Some(check_secret(accepts, class, inner, constraints)),
        Data::Written(class, text) => Some(check_written(accepts, class, text, constraints)),
        Data::Instance(class) => Some(check_instance(accepts, class, constraints)),
        Data::Tuple(_) | Data::Set(_) if !takes_items(accepts) => Some(check_items(accepts)),
        _ => None,
    }
}

/// Rejects a value that a strict type would have to convert. This does not apply to strings in JSON, which pydantic's parser
/// passes on as the values that they represent.
pub(super) fn check_strict(accepts: &ValueType, data: &Data) -> Check {
    if is_unconverted(accepts, data) {
        return refused("is_instance_of", "a value of exactly that type; strict mode converts nothing");
    }
    Ok(())
}

fn is_unconverted(accepts: &ValueType, data: &Data) -> bool {
    use ValueType as T;
    let refuses = |of: &ValueType| matches!(super::check_data(of, data), Err(Fault::Refused(_)));
    match (accepts, data) {
        (T::Constrained(of, inner), Data::Null | Data::Bool(_) | Data::Text(_) | Data::Int(_) | Data::Float(_))
            if of.is_strict() =>
        {
            matches!(**inner, T::Uuid(_) | T::Path | T::Date | T::DateTime | T::Time | T::TimeDelta)
        }
        (T::Constrained(_, inner) | T::Checked(_, inner) | T::Usual(inner), _) => is_unconverted(inner, data),
        (T::Union(members), _) => {
            members.iter().any(|member| is_unconverted(member, data))
                && members.iter().all(|member| is_unconverted(member, data) || refuses(member))
        }
        (
            T::List(of) | T::Set(of) | T::FrozenSet(of) | T::TupleOf(of),
            Data::List(items) | Data::Tuple(items) | Data::Set(items),
        ) => items.iter().any(|item| is_unconverted(of, item)),
        (T::Tuple(of), Data::List(items) | Data::Tuple(items) | Data::Set(items)) => {
            of.iter().zip(items).any(|(of, item)| is_unconverted(of, item))
        }
        (T::Dict(_, of), Data::Object(items)) => items.iter().any(|(_, item)| is_unconverted(of, item)),
        _ => false,
    }
}

fn takes_items(accepts: &ValueType) -> bool {
    use ValueType as T;
    matches!(accepts, T::List(_) | T::Set(_) | T::FrozenSet(_) | T::Tuple(_) | T::TupleOf(_))
}

/// The types that no tuple or set can be an instance of.
fn is_plain(accepts: &ValueType) -> bool {
    use ValueType as T;
    is_scalar(accepts) || matches!(accepts, T::None | T::Path | T::Secret(_) | T::Json(_) | T::Url(_) | T::Email)
}

fn is_scalar(accepts: &ValueType) -> bool {
    use ValueType as T;
    matches!(accepts, T::Str | T::Bytes | T::Int | T::Float | T::Bool | T::Decimal | T::Uuid(_))
}

fn check_items(accepts: &ValueType) -> Check {
    if is_plain(accepts) { mismatch(accepts, "a tuple or a set") } else { unchecked("a tuple or a set") }
}

/// The rejection of a value of a different type.
fn mismatch(accepts: &ValueType, given: &str) -> Check {
    use ValueType as T;
    let error = match accepts {
        T::Str | T::Secret(_) | T::Email => "string_type",
        T::Bytes => "bytes_type",
        T::Int => "int_type",
        T::Float => "float_type",
        T::Bool => "bool_type",
        T::Decimal => "decimal_type",
        T::Uuid(_) => "uuid_type",
        T::Path => "path_type",
        T::None => "none_required",
        T::Json(_) => "json_type",
        T::Url(_) => "url_type",
        _ => return unchecked(given.to_owned()),
    };
    refused(error, super::in_words(accepts))
}

fn check_bytes(accepts: &ValueType, bytes: &[u8], constraints: &Constraints) -> Check {
    use ValueType as T;
    match accepts {
        T::Bytes => check_length(bytes.len(), constraints, ["bytes_too_short", "bytes_too_long"], "bytes"),
        T::Str if constraints.is_strict() => mismatch(accepts, "bytes"),
        T::Str => match std::str::from_utf8(bytes) {
            Ok(text) => super::text::check_str(&Data::Text(text.to_owned()), constraints),
            Err(_) => refused("string_unicode", "a string"),
        },
        T::None | T::List(_) | T::Tuple(_) | T::TupleOf(_) | T::Dict(..) | T::Url(_) => {
            super::check_data(accepts, &Data::Bool(true))
        }
        _ => unchecked("bytes as a default"),
    }
}

/// A member of an enum: one of the type itself, one that is also a number or string, or a plain one, whose value is used.
fn check_member(accepts: &ValueType, value: &Data, mixin: Option<EnumMixin>, constraints: &Constraints) -> Check {
    use ValueType as T;
    match (accepts, mixin) {
        (T::Enum(rule), _) => super::choices::check_enum(value, rule, &Constraints::default()),
        (T::Str, Some(EnumMixin::Str))
        | (T::Int, Some(EnumMixin::Int))
        | (T::Float, Some(EnumMixin::Float | EnumMixin::Int)) => super::check_constrained(accepts, value, constraints),
        (T::List(_) | T::Set(_) | T::FrozenSet(_) | T::Tuple(_) | T::TupleOf(_) | T::Dict(..) | T::None, _) => {
            super::check_data(accepts, &Data::Bool(true))
        }
        // Versions differ in which of these take the value of a member.
        _ => unchecked("a member of an enum as a default"),
    }
}

fn check_secret(accepts: &ValueType, class: &str, inner: &Data, constraints: &Constraints) -> Check {
    use ValueType as T;
    let name = match accepts {
        T::Secret(of) => match without_constraints(of) {
            T::Str => "SecretStr",
            T::Bytes => "SecretBytes",
            _ => return unchecked("a secret type defined by the program"),
        },
        T::Str | T::Bytes | T::Int | T::Float | T::Bool | T::None | T::Url(_) | T::Decimal => {
            return mismatch(accepts, "a secret");
        }
        _ => return unchecked("a secret as a default"),
    };
    if class != name {
        return mismatch(accepts, "another secret");
    }
    let length = match inner {
        Data::Text(text) => text.chars().count(),
        Data::Bytes(bytes) => bytes.len(),
        _ if constraints.bounds_length() => return unchecked("the length of a secret"),
        _ => return Ok(()),
    };
    check_length(length, constraints, ["too_short", "too_long"], "characters")
}

fn without_constraints(of: &ValueType) -> &ValueType {
    match of {
        ValueType::Constrained(_, inner) => without_constraints(inner),
        other => other,
    }
}

/// An object that is known by its text. A type accepts its own class unchanged; for other types, it is not a string.
fn check_written(accepts: &ValueType, class: &str, text: &str, constraints: &Constraints) -> Check {
    use ValueType as T;
    match accepts {
        T::Path if class.ends_with("Path") => Ok(()),
        T::Url(rule) if rule.name == class => super::urls::check_url(&Data::Text(text.to_owned()), rule, constraints),
        T::Uuid(_) if class == "UUID" => {
            super::text::check_uuid(&Data::Text(text.to_owned()), uuid_version(accepts), &Constraints::default())
        }
        T::Decimal if class == "Decimal" => {
            let lax = Constraints { strict: None, ..constraints.clone() };
            super::numbers::check_decimal(&Data::Text(text.to_owned()), &lax)
        }
        T::Float if class == "Decimal" && !constraints.is_strict() => Number::literal(text).map_or_else(
            || unchecked("a Decimal"),
            |number| super::numbers::check_float(&Data::Float(number.as_f64()), constraints),
        ),
        T::Str | T::Secret(_) if constraints.coerce_numbers != Some(true) => mismatch(accepts, class),
        T::List(_) | T::Set(_) | T::Tuple(_) | T::TupleOf(_) | T::Dict(..) | T::Model(_) | T::Bool => {
            if matches!(class, "Decimal") {
                unchecked("a Decimal as a default")
            } else {
                super::check_data(accepts, &Data::Float(0.5))
            }
        }
        T::None => mismatch(accepts, class),
        _ => unchecked(format!("a `{class}` as a default")),
    }
}

fn uuid_version(accepts: &ValueType) -> Option<u8> {
    if let ValueType::Uuid(version) = accepts { *version } else { None }
}

/// An object of which only the class is known.
fn check_instance(accepts: &ValueType, class: &str, constraints: &Constraints) -> Check {
    use ValueType as T;
    let same = matches!(
        (accepts, class),
        (T::TimeDelta, "timedelta") | (T::Date, "date") | (T::DateTime, "datetime") | (T::Time, "time")
    );
    match accepts {
        _ if same && constraints.is_empty() => Ok(()),
        T::Str | T::Bool | T::Int | T::Float if matches!(class, "timedelta" | "date" | "datetime" | "time") => {
            mismatch(accepts, class)
        }
        _ => unchecked(format!("a `{class}` as a default")),
    }
}

/// The items of a collection that a type accepts: strict types only accept their own kind.
pub(super) fn items(data: &Data, strict: bool, own: Kind) -> Option<&[Data]> {
    match (data, own) {
        (Data::List(items), Kind::List) | (Data::Tuple(items), Kind::Tuple) | (Data::Set(items), Kind::Set) => Some(items),
        (Data::List(items) | Data::Tuple(items) | Data::Set(items), _) if !strict => Some(items),
        _ => None,
    }
}

/// A kind of collection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Tuple,
    Set,
}
