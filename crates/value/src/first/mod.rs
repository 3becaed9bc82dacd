//! What pydantic 1 accepts (`ModelField.validate` of `pydantic/fields.py`, and the functions of `pydantic/validators.py`): it converts more
//! than pydantic 2, and validates addresses and `None` differently.

mod dates;
mod numbers;
mod plain;
#[cfg(test)]
mod tests;
mod urls;

use super::data::Data;
use super::json::{Broken, Dialect, decode};
use super::verdict::{Check, Fault, refused, unchecked};
use super::{check_data, choices, collections, email, ip, text};
use takk_model::{Constraints, EnumMixin, EnumRule, ValueType, peeled};

/// Whether a field of that type accepts the value.
pub(super) fn check(accepts: &ValueType, data: &Data, constraints: &Constraints) -> Check {
    use ValueType as T;
    match (accepts, data) {
        (T::Any, _) | (T::None, Data::Null) => Ok(()),
        (_, Data::Unknown(reason)) => unchecked(reason.clone()),
        (T::None, _) => refused("type_error.not_none", "None"),
        // JSON is parsed before the check for `None`.
        (T::Json(of), _) => check_json(data, of),
        (T::Union(members), Data::Null) if members.iter().any(allows_none) => Ok(()),
        (T::Literal(values), Data::Null) if values.len() == 1 && values[0].is_null() => Ok(()),
        (_, Data::Null) => refused("type_error.none.not_allowed", super::in_words(accepts)),
        (T::Union(members), _) => choices::check_union(data, members),
        _ => check_some(accepts, data, constraints),
    }
}

/// For a value that is not `None`.
fn check_some(accepts: &ValueType, data: &Data, constraints: &Constraints) -> Check {
    use ValueType as T;
    match accepts {
        T::Str => plain::check_str(data, constraints),
        T::Bytes => plain::check_bytes(data, constraints),
        T::Secret(inner) => plain::check_secret(data, inner, constraints),
        T::Uuid(version) => plain::check_uuid(data, *version),
        T::Path => plain::check_path(data),
        T::Bool => numbers::check_bool(data, constraints),
        T::Int => numbers::check_int(data, constraints),
        T::Float => numbers::check_float(data, constraints),
        T::Decimal => numbers::check_decimal(data, constraints),
        T::ByteSize => numbers::check_byte_size(data),
        T::Literal(values) => choices::check_literal(of_member(data), values),
        T::Enum(rule) => check_enum(data, rule),
        T::List(of) => collections::check_list(data, of, constraints),
        T::Set(of) => check_set(data, of, constraints, "type_error.set"),
        T::FrozenSet(of) => check_set(data, of, constraints, "type_error.frozenset"),
        T::TupleOf(of) => collections::check_tuple_of(data, of, constraints),
        T::Tuple(of) => collections::check_tuple(data, of, constraints),
        T::Dict(key, value) => match object(data)? {
            Some(items) => collections::check_dict(&Data::Object(items), key, value, &Constraints::default()),
            None => refused("type_error.dict", "a JSON object"),
        },
        T::Model(rule) => match object(data)? {
            Some(items) if items.iter().any(|(name, _)| !matches!(name, Data::Text(_) | Data::BrokenText)) => {
                refused("type_error", "a JSON object")
            }
            Some(items) => collections::check_model(&Data::Object(items), rule),
            None => refused("type_error.dict", "a JSON object"),
        },
        T::Url(rule) => urls::check_url(data, &rule.name),
        T::Email => match data {
            Data::Text(text) => email::check_email(&Data::Text(text.trim().to_owned()), constraints),
            _ => plain::check_str(data, &Constraints::default())
                .and_then(|()| unchecked("an email address that is not a string")),
        },
        T::Ip(rule) => match data {
            Data::Text(_) => ip::check_ip(data, *rule, constraints),
            _ => unchecked("an IP address that is not a string"),
        },
        T::Date => dates::check_date(data),
        T::DateTime => dates::check_date_time(data),
        T::Time => dates::check_time(data),
        T::TimeDelta => dates::check_duration(data),
        T::Pattern => match data {
            Data::Text(_) => text::check_pattern(data),
            _ => plain::check_str(data, &Constraints::default()).and_then(|()| unchecked("a pattern that is not a string")),
        },
        _ => unchecked("pydantic 1 may treat it differently"),
    }
}

fn allows_none(member: &ValueType) -> bool {
    matches!(peeled(member), ValueType::None | ValueType::Any)
}

/// `validate_json`: a `None` value or result is passed on to the type.
fn check_json(data: &Data, of: &ValueType) -> Check {
    let text = match data {
        Data::Null => return check_data(of, &Data::Null),
        Data::Text(text) => text.as_str(),
        Data::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => return refused("value_error.json", "valid JSON"),
        },
        Data::BrokenText | Data::Member(..) | Data::Written(..) => return unchecked("JSON that is not a plain string"),
        _ => return refused("type_error.json", "JSON in a string"),
    };
    match decode(text, Dialect::Python) {
        Ok(inner) => check_data(of, &inner),
        Err(Broken::Invalid) => refused("value_error.json", "valid JSON"),
        Err(Broken::TooDeep) => unchecked("it is nested too deeply"),
    }
}

/// A member that is also a string or number compares as such.
fn of_member(data: &Data) -> &Data {
    match data {
        Data::Member(value, Some(_)) => value,
        other => other,
    }
}

/// `enum_member_validator`: the class itself compares. An `IntEnum` converts to an integer first.
fn check_enum(data: &Data, rule: &EnumRule) -> Check {
    let own = match data {
        Data::Member(value, _) => value,
        other => other,
    };
    if let Data::Unknown(reason) = own {
        return unchecked(reason.clone());
    }
    let number = match rule.mixin {
        Some(EnumMixin::Int) => Some(Data::Int(numbers::int_of(own)?)),
        _ => None,
    };
    choices::check_among(number.as_ref().unwrap_or(own), rule)
}

/// `set[T]`. The length is that of the input (`set_length_validator` runs first).
fn check_set(data: &Data, of: &ValueType, constraints: &Constraints, error: &'static str) -> Check {
    collections::check_set(data, of, &Constraints::default(), error)?;
    let (Data::List(items) | Data::Tuple(items) | Data::Set(items)) = data else { return Ok(()) };
    if !constraints.bounds_length() {
        return Ok(());
    }
    let is_plain = |item: &Data| matches!(item, Data::Text(_));
    let is_number = |item: &Data| matches!(item, Data::Int(_));
    if !items.iter().all(is_plain) && !items.iter().all(is_number) {
        return unchecked("how many distinct items it has");
    }
    let different = (0..items.len()).filter(|at| !items[..*at].contains(&items[*at])).count();
    text::check_length(different, constraints, ["value_error.set.min_items", "value_error.set.max_items"], "items")
}

/// The items of an object, or of pairs that Python's `dict` converts to one. `None` for anything else.
fn object(data: &Data) -> Result<Option<Vec<(Data, Data)>>, Fault> {
    let pairs = match data {
        Data::Object(items) => return Ok(Some(items.clone())),
        Data::Text(text) if text.is_empty() => return Ok(Some(Vec::new())),
        Data::List(pairs) | Data::Tuple(pairs) => pairs,
        Data::Set(_) | Data::Instance(_) | Data::Written(..) | Data::Member(..) => {
            return unchecked("how `dict` converts it");
        }
        _ => return Ok(None),
    };
    let mut items: Vec<(Data, Data)> = Vec::new();
    for pair in pairs {
        let (key, value) = match pair {
            Data::List(pair) | Data::Tuple(pair) if pair.len() == 2 => (pair[0].clone(), pair[1].clone()),
            Data::Text(text) if text.chars().count() == 2 => {
                let mut letters = text.chars().map(|letter| Data::Text(letter.to_string()));
                (letters.next().unwrap_or(Data::Null), letters.next().unwrap_or(Data::Null))
            }
            Data::Object(pair) if pair.len() == 2 => (pair[0].0.clone(), pair[1].0.clone()),
            Data::Set(_) | Data::Unknown(_) | Data::BrokenText => return unchecked("how `dict` converts it"),
            _ => return Ok(None),
        };
        if matches!(key, Data::List(_) | Data::Object(_) | Data::Set(_)) {
            return Ok(None);
        }
        // The last of several values of a key wins.
        items.retain(|(known, _)| *known != key);
        items.push((key, value));
    }
    Ok(Some(items))
}
