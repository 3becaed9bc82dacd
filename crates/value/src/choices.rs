//! `Literal`, `Enum`, unions.

use serde_json::Value as Json;

use super::data::Data;
use super::in_words;
use super::number::Number;
use super::numbers::{float_of, int_of};
use super::verdict::{Check, Fault, refused, refused_as, unchecked};
use takk_model::{Constraints, EnumMixin, EnumRule, ModelField, TaggedRule, ValueType, peeled};

/// `Literal` (`LiteralLookup.validate`).
pub(super) fn check_literal(data: &Data, values: &[Json]) -> Check {
    if values.iter().any(|value| equals(data, value)) {
        Ok(())
    } else {
        refused("literal_error", format!("one of {}", listed(values)))
    }
}

/// `Enum` (`EnumValidator.validate`).
pub(super) fn check_enum(data: &Data, rule: &EnumRule, constraints: &Constraints) -> Check {
    if constraints.is_strict() {
        return refused("is_instance_of", "a member of the enum; strict mode converts nothing");
    }
    let among = |number: Option<Number>| {
        number.is_some_and(|number| rule.values.iter().any(|value| equals(&Data::Int(number.clone()), value)))
    };
    let found = match rule.mixin {
        Some(EnumMixin::Int) => among(int_of(data, false).ok()),
        Some(EnumMixin::Float) => {
            float_of(data, false).is_ok_and(|float| rule.values.iter().any(|value| equals(&Data::Float(float), value)))
        }
        // A float is also accepted for an equal integer.
        None if matches!(data, Data::Float(_) | Data::Int(_) | Data::Bool(_)) => among(int_of(data, false).ok()),
        Some(EnumMixin::Str) | None => false,
    };
    // Other values go to the class itself, which compares them.
    if found { Ok(()) } else { check_among(data, rule) }
}

/// Whether a value equals one of an enum's, as the class itself compares them.
pub(super) fn check_among(data: &Data, rule: &EnumRule) -> Check {
    if rule.values.iter().any(|value| equals(data, value)) {
        Ok(())
    } else if rule.open {
        unchecked("the enum may accept more than its members")
    } else {
        refused("enum", format!("one of {}", listed(&rule.values)))
    }
}

/// Whether a text is the name of a member of an enum within the type (`_annotation_enum_name_to_val`).
pub(super) fn is_named(accepts: &ValueType, text: &str) -> bool {
    use ValueType as T;
    match accepts {
        T::Enum(rule) => rule.by_name.iter().any(|name| name == text),
        T::Union(members) | T::Tuple(members) => members.iter().any(|member| is_named(member, text)),
        T::List(of) | T::Set(of) | T::FrozenSet(of) | T::TupleOf(of) => is_named(of, text),
        T::Dict(key, value) => is_named(key, text) || is_named(value, text),
        T::Constrained(_, of) | T::Checked(_, of) | T::Preceded(_, of) | T::Undecoded(of) | T::Merged(of) | T::Usual(of) => {
            is_named(of, text)
        }
        _ => false,
    }
}

/// A union: one member that accepts is enough. Except for `Literal` and strictness, their order does not matter for that.
pub(super) fn check_union(data: &Data, members: &[ValueType]) -> Check {
    let mut refusals = Vec::new();
    let mut open = None;
    for member in members {
        match super::check_data(member, data) {
            // A union examines the text.
            Ok(()) if matches!(data, Data::BrokenText) => return unchecked("an incomplete Unicode string"),
            Ok(()) => return Ok(()),
            Err(Fault::Refused(refusal)) => refusals.push((member, refusal)),
            Err(Fault::Unchecked(reason)) => open = open.or(Some(reason)),
        }
    }
    if let Some(reason) = open {
        return unchecked(reason);
    }
    refusals.retain(|(member, _)| !matches!(member, ValueType::None));
    match refusals.len() {
        0 => refused("none_required", "None"),
        1 => Err(Fault::Refused(refusals.swap_remove(0).1)),
        _ => {
            let reasons = refusals.iter().map(|(_, refusal)| refusal.reason.as_str());
            refused_as(refusals[0].1.error, any_of(reasons))
        }
    }
}

/// A union whose member is selected by a tag (`TaggedUnionValidator`).
pub(super) fn check_tagged(data: &Data, rule: &TaggedRule) -> Check {
    let Data::Object(items) = data else { return refused("model_attributes_type", "a JSON object") };
    let given = |key: &String| items.iter().find(|(name, _)| matches!(name, Data::Text(name) if name == key));
    let Some((_, tag)) = tag_keys(rule).iter().find_map(given) else {
        return refused("union_tag_not_found", format!("a JSON object with `{}`", rule.tag));
    };
    match member_of(rule, tag) {
        Tag::Member(member) => super::check_data(member, data),
        Tag::Unknown => refused_as("union_tag_invalid", format!("must have {} as `{}`", in_words(&tag_type(rule)), rule.tag)),
        Tag::Open => unchecked("the program chooses the model"),
    }
}

pub(super) enum Tag<'r> {
    Member(&'r ValueType),
    Unknown,
    Open,
}

/// The keys of the tag: those of the field in the first member that has it.
pub(super) fn tag_keys(rule: &TaggedRule) -> &[String] {
    rule.members.iter().find_map(|member| tag_field(member, &rule.tag)).map_or(&[], |field| field.keys.as_slice())
}

/// The tags that the members allow.
pub(super) fn tag_type(rule: &TaggedRule) -> ValueType {
    let fields = rule.members.iter().filter_map(|member| tag_field(member, &rule.tag));
    let values = fields.flat_map(|field| match peeled(&field.accepts) {
        ValueType::Literal(values) => values.clone(),
        ValueType::Enum(rule) => rule.values.clone(),
        _ => Vec::new(),
    });
    ValueType::Literal(values.collect())
}

fn tag_field<'r>(member: &'r ValueType, tag: &str) -> Option<&'r ModelField> {
    let ValueType::Model(model) = peeled(member) else { return None };
    model.fields.iter().find(|field| field.name == tag)
}

/// The member that a tag selects.
pub(super) fn member_of<'r>(rule: &'r TaggedRule, tag: &Data) -> Tag<'r> {
    let mut is_open = false;
    for member in &rule.members {
        let values = match tag_field(member, &rule.tag).map(|field| peeled(&field.accepts)) {
            Some(ValueType::Literal(values)) => values,
            Some(ValueType::Enum(rule)) if !rule.open => &rule.values,
            _ => {
                is_open = true;
                continue;
            }
        };
        if values.iter().any(|value| equals(tag, value)) {
            return Tag::Member(member);
        }
    }
    if is_open { Tag::Open } else { Tag::Unknown }
}

/// Whether Python considers them equal: `1 == 1.0 == True`.
fn equals(data: &Data, value: &Json) -> bool {
    match (data, value) {
        (Data::Null, Json::Null) => true,
        (Data::Text(text), Json::String(other)) => text == other,
        (Data::Bool(_) | Data::Int(_) | Data::Float(_), Json::Bool(_) | Json::Number(_)) => {
            let wanted = match value {
                Json::Bool(truth) => Some(Number::int(i64::from(*truth))),
                other => Number::literal(&other.to_string()),
            };
            let given = match data {
                Data::Bool(truth) => Some(Number::int(i64::from(*truth))),
                Data::Int(int) => Some(int.clone()),
                Data::Float(float) => Number::of_float(*float),
                _ => None,
            };
            given.zip(wanted).is_some_and(|(given, wanted)| given.compare(&wanted).is_eq())
        }
        _ => false,
    }
}

/// Joins several reasons: `must be an integer, or a JSON array`.
fn any_of<'r>(reasons: impl Iterator<Item = &'r str>) -> String {
    const MUST_BE: &str = "must be ";
    let mut text = String::new();
    let mut all_are = true;
    for reason in reasons {
        all_are &= reason.starts_with(MUST_BE);
        let reason = if all_are && !text.is_empty() { &reason[MUST_BE.len()..] } else { reason };
        text.push_str(if text.is_empty() { "" } else { ", or " });
        text.push_str(reason);
    }
    text
}

/// The values in Python syntax. They are from the code, not from the checked value.
fn listed(values: &[Json]) -> String {
    let texts: Vec<String> = values.iter().map(Json::to_string).collect();
    texts.join(", ")
}
