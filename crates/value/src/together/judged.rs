//! pydantic's verdict on the value of a field that comes from several variables: each fault with its place and its variables.

use std::cmp::Reverse;

use super::tree::{Items, Node};
use super::{Fault, Problem};
use crate::choices::{Tag, is_named, member_of, tag_keys, tag_type};
use crate::collections::{check_arguments, not_made_of};
use crate::data::Data;
use crate::in_words::in_words;
use crate::verdict::Fault as Checked;
use crate::{Refusal, check_data};
use takk_model::{ModelForm, ModelRule, TaggedRule, TypeAt, ValueType, peeled};

/// The maximum nesting; deeper values are left undecided.
const DEEPEST: usize = 100;

/// The verdict on a value.
#[derive(Default)]
pub(super) struct Judged {
    pub faults: Vec<Fault>,
    /// Why the rest is undecided.
    pub open: Option<String>,
}

impl Judged {
    fn leave_open(&mut self, reason: &str) {
        self.open.get_or_insert_with(|| reason.to_owned());
    }

    fn add(&mut self, other: Self) {
        self.faults.extend(other.faults);
        if let Some(reason) = other.open {
            self.leave_open(&reason);
        }
    }

    fn refuse(&mut self, place: &Place, refusal: Refusal, node: &Node) {
        let problem = Problem::Refused(refusal);
        self.faults.push(Fault { path: place.path.clone(), keys: place.keys.clone(), problem, by: node.all_from() });
    }

    /// The severity: a rejection counts more than a missing value, and the value as a whole more than a part of it.
    fn weight(&self) -> (usize, usize, Reverse<usize>) {
        let missing = self.faults.iter().filter(|fault| matches!(fault.problem, Problem::Missing)).count();
        let deepest = self.faults.iter().map(|fault| fault.path.len()).max();
        (self.faults.len() - missing, missing, Reverse(deepest.unwrap_or_default()))
    }
}

/// A position in a value: the names of the enclosing fields, and the keys that lead there.
#[derive(Clone)]
pub(super) struct Place {
    pub path: Vec<String>,
    /// For each step, the possible keys.
    pub keys: Vec<Vec<String>>,
}

impl Place {
    fn below(&self, name: &str, keys: &[String]) -> Self {
        let mut below = self.clone();
        below.path.push(name.to_owned());
        below.keys.push(keys.to_vec());
        below
    }
}

/// Validates a value. `rules` is the type with its wrappers, `at` the same without.
pub(super) fn judge(node: &Node, rules: &ValueType, at: &TypeAt<'_>, place: &Place) -> Judged {
    let mut judged = Judged::default();
    if place.path.len() > DEEPEST {
        judged.leave_open("it is nested too deeply");
        return judged;
    }
    if let Some(reason) = preceded(rules) {
        judged.leave_open(reason);
        return judged;
    }
    match (node, at.accepts) {
        (Node::Opaque(_), _) => judged.leave_open("takk does not read the value"),
        (_, ValueType::Unchecked(reason)) => judged.leave_open(reason),
        (_, ValueType::Union(members)) => judged = one_of(node, members, at, place),
        (_, ValueType::Tagged(rule)) => judged = tagged(node, rule, at, place),
        (Node::Object(items, _), ValueType::Dict(key, value)) => {
            for (name, item) in items.iter() {
                let place = place.below(name, &[name.to_owned()]);
                if let Err(Checked::Refused(refusal)) = check_data(key, &Data::Text(name.to_owned())) {
                    judged.refuse(&place, refusal, item);
                }
                judged.add(judge(item, value, &at.with(value), &place));
            }
        }
        _ => match at.model().filter(|_| !(matches!(node, Node::Data(..)) && unusual(rules).is_some())) {
            Some(rule) => judged = model(node, rule, at, place),
            None => plain(node, unusual(rules).unwrap_or(at.accepts), place, &mut judged),
        },
    }
    if judged.faults.is_empty() {
        extras(node, rules, place, &mut judged);
    }
    judged
}

/// Why it is undecided what the type accepts: code of the program runs first.
fn preceded(rules: &ValueType) -> Option<&str> {
    match rules {
        ValueType::Preceded(reason, _) => Some(reason),
        ValueType::Constrained(_, inner) => preceded(inner),
        other => other.inside().and_then(preceded),
    }
}

/// The type within a wrapper for unusual texts, or for the rules of pydantic 1.
fn unusual(rules: &ValueType) -> Option<&ValueType> {
    match rules {
        ValueType::Usual(_) | ValueType::First(_) => Some(rules),
        ValueType::Constrained(_, inner) => unusual(inner).map(|_| rules),
        other => other.inside().and_then(unusual),
    }
}

/// Applies wrappers to a value that the type itself accepts.
fn extras(node: &Node, rules: &ValueType, place: &Place, judged: &mut Judged) {
    match rules {
        ValueType::Checked(reason, inner) => {
            judged.leave_open(reason);
            extras(node, inner, place, judged);
        }
        ValueType::Undecoded(inner) | ValueType::EmptyIsUnset(inner) | ValueType::NoneText(_, inner) => {
            extras(node, inner, place, judged);
        }
        ValueType::Merged(inner) | ValueType::Usual(inner) | ValueType::Coerced(_, inner) => extras(node, inner, place, judged),
        ValueType::First(inner) => extras(node, inner, place, judged),
        // If the type accepts the value, only the constraints can still reject it.
        ValueType::Constrained(_, inner) if !matches!(peeled(inner), ValueType::Model(_) | ValueType::Unchecked(_)) => {
            plain(node, rules, place, judged);
        }
        _ => {}
    }
}

fn plain(node: &Node, accepts: &ValueType, place: &Place, judged: &mut Judged) {
    let Some(data) = node.data() else { return judged.leave_open("takk does not read the value") };
    // The name of an enum member stands for it (`env_parse_enums`).
    if matches!(&data, Data::Text(text) if !accepts.is_complex() && is_named(accepts, text)) {
        return;
    }
    match check_data(accepts, &data) {
        Ok(()) => {}
        Err(Checked::Unchecked(reason)) => judged.leave_open(&reason),
        Err(Checked::Refused(refusal)) => judged.refuse(place, refusal, node),
    }
}

/// A union: one member that accepts is enough. If several reject, the one with the fewest faults is assumed to be meant.
fn one_of(node: &Node, members: &[ValueType], at: &TypeAt<'_>, place: &Place) -> Judged {
    let is_null = matches!(node, Node::Data(Data::Null, _));
    let mut best: Option<Judged> = None;
    let some = members.iter().filter(|member| is_null || **member != ValueType::None);
    for member in some {
        let judged = judge(node, member, &at.with(member), place);
        if judged.faults.is_empty() && judged.open.is_none() {
            return judged;
        }
        if best.as_ref().is_none_or(|best| judged.weight() < best.weight()) {
            best = Some(judged);
        }
    }
    best.unwrap_or_default()
}

fn tagged(node: &Node, rule: &TaggedRule, at: &TypeAt<'_>, place: &Place) -> Judged {
    let mut judged = Judged::default();
    let Node::Object(items, _) = node else {
        plain(node, at.accepts, place, &mut judged);
        return judged;
    };
    let keys = tag_keys(rule);
    let here = place.below(&rule.tag, keys);
    // The original case of names is not restored in a union of several models.
    let Some(tag) = keys.iter().find_map(|key| items.get(key)) else {
        let problem = Problem::Missing;
        judged.faults.push(Fault { path: here.path, keys: here.keys, problem, by: Vec::new() });
        return judged;
    };
    let Some(data) = tag.data() else {
        judged.leave_open("takk does not read the value");
        return judged;
    };
    match member_of(rule, &data) {
        Tag::Member(member) => return judge(node, member, &at.with(member), place),
        Tag::Open => judged.leave_open("the program chooses the model"),
        Tag::Unknown => {
            let refusal = Refusal {
                error: "union_tag_invalid",
                reason: format!("must be {}", in_words(&tag_type(rule))),
                place: String::new(),
            };
            judged.refuse(&here, refusal, tag);
        }
    }
    judged
}

fn model(node: &Node, rule: &ModelRule, at: &TypeAt<'_>, place: &Place) -> Judged {
    let mut judged = Judged::default();
    let Node::Object(items, _) = node else {
        let Some(data) = node.data() else { return judged };
        let made = match &data {
            Data::List(items) if rule.form == ModelForm::NamedTuple => check_arguments(items, rule),
            _ => {
                let expected = if rule.form == ModelForm::NamedTuple { "a JSON array or object" } else { "a JSON object" };
                Err(Checked::Refused(Refusal {
                    error: not_made_of(rule.form),
                    reason: format!("must be {expected}"),
                    place: String::new(),
                }))
            }
        };
        match made {
            Ok(()) => {}
            Err(Checked::Unchecked(reason)) => judged.leave_open(&reason),
            Err(Checked::Refused(refusal)) => judged.refuse(place, refusal, node),
        }
        return judged;
    };
    let respelt = rule.ignore_case.then(|| respelt(items, rule));
    let items = respelt.as_ref().unwrap_or(items);
    let mut used: Vec<&str> = Vec::new();
    for field in &rule.fields {
        let place = place.below(&field.name, &field.keys);
        match field.keys.iter().find_map(|key| Some((key, items.get(key)?))) {
            Some((key, item)) => {
                used.push(key);
                judged.add(judge(item, &field.accepts, &at.field(field), &place));
            }
            None if field.required => {
                judged.faults.push(Fault { path: place.path, keys: place.keys, problem: Problem::Missing, by: Vec::new() });
            }
            None => {}
        }
    }
    if rule.forbid_extra {
        for (name, item) in items.iter().filter(|(name, _)| !used.contains(name)) {
            let reason = "must not be set: no field has that name".to_owned();
            let refusal = Refusal { error: "extra_forbidden", reason, place: String::new() };
            judged.refuse(&place.below(name, &[name.to_owned()]), refusal, item);
        }
    }
    judged
}

/// The names as spelled in the fields: if several become equal, the last one wins.
fn respelt(items: &Items, rule: &ModelRule) -> Items {
    let spellings = rule.spellings();
    let mut found = Items::default();
    for (name, item) in items.iter() {
        found.set(spellings.get(&name.to_lowercase()).copied().unwrap_or(name), item.clone());
    }
    found
}
