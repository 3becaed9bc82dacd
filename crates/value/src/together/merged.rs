//! What the variables of a field become before they are validated (`EnvSettingsSource.prepare_field_value`, `explode_env_vars`,
//! `next_field`), function by function.

use super::tree::{Items, Node};
use super::{Fault, Given};
use crate::data::Data;
use crate::json::{Broken, Dialect, decode};
use takk_model::{ModelField, NestedNames, TaggedRule, TypeAt, ValueType, peeled};

/// What the variables of one field become.
pub(super) struct Merged {
    /// The value; `None` if there is none.
    pub node: Option<Node>,
    /// Texts that are no JSON where JSON is expected: the program ends there.
    pub faults: Vec<Fault>,
}

/// Puts together what `given` says of the field.
pub(super) fn merged(names: &NestedNames<'_>, given: &[Given<'_>]) -> Merged {
    let mut faults = Vec::new();
    let accepts = &names.field.accepts;
    let skips_empty = ignores_empty(accepts);
    let there = |number: &usize| !(skips_empty && given[*number].text == Some(""));
    let by_name = |own: &String| {
        let own = names.compared(own);
        (0..given.len()).filter(there).rfind(|number| names.compared(given[*number].name) == own)
    };
    let own = names.field.env.iter().find_map(by_name);
    let mut exploded = Exploding { names, given, faults: &mut faults }.explode((0..given.len()).filter(there));
    let node = match own {
        None => exploded,
        Some(own) => match whole(names, given[own].text, own) {
            None => {
                faults.push(Fault::no_json(vec![names.field.name.clone()], own));
                None
            }
            // `None` counts as not found, and nothing is put together.
            Some(Node::Data(Data::Null, _)) if names.rules.decodes => None,
            Some(node @ (Node::Object(..) | Node::Opaque(_))) => Some(match exploded.take() {
                Some(exploded) => node.updated(exploded),
                None => node,
            }),
            Some(node) => Some(node),
        },
    };
    Merged { node, faults }
}

/// Whether a text of JSON under that name is decoded.
pub(super) fn is_decoded(names: &NestedNames<'_>, name: &str) -> bool {
    let given = [Given { name, text: Some("{}") }];
    let is_object = |node: &Node| !matches!(node, Node::Data(..));
    let Some(node) = merged(names, &given).node else { return false };
    let compared = names.compared(name);
    let mut at = &node;
    for key in names.keys(&compared).unwrap_or_default() {
        let Node::Object(items, _) = at else { return false };
        let Some(next) = items.get(key) else { return false };
        at = next;
    }
    is_object(at)
}

fn ignores_empty(accepts: &ValueType) -> bool {
    match accepts {
        ValueType::EmptyIsUnset(_) => true,
        other => other.inside().is_some_and(ignores_empty),
    }
}

/// The text that stands for `None` (`env_parse_none_str`).
fn none_text(accepts: &ValueType) -> Option<&str> {
    match accepts {
        ValueType::NoneText(text, _) => Some(text),
        other => other.inside().and_then(none_text),
    }
}

fn is_undecoded(accepts: &ValueType) -> bool {
    match accepts {
        ValueType::Undecoded(_) => true,
        ValueType::Constrained(_, inner) | ValueType::Preceded(_, inner) => is_undecoded(inner),
        other => other.inside().is_some_and(is_undecoded),
    }
}

/// The value of the field's own variable; `None` if its text is no JSON where JSON is expected.
fn whole(names: &NestedNames<'_>, text: Option<&str>, number: usize) -> Option<Node> {
    let Some(text) = text else { return Some(Node::Opaque(vec![number])) };
    let accepts = &names.field.accepts;
    let as_text = || Some(Node::of(Data::Text(text.to_owned()), number));
    if none_text(accepts) == Some(text) {
        return Some(Node::of(Data::Null, number));
    }
    if is_undecoded(accepts) {
        return as_text();
    }
    match decode(text, Dialect::Python) {
        Ok(data) => Some(Node::of(data, number)),
        Err(Broken::TooDeep) => Some(Node::Opaque(vec![number])),
        Err(Broken::Invalid) if peeled(accepts).is_complex() => None,
        Err(Broken::Invalid) => as_text(),
    }
}

/// What a key of a name leads to while names are looked into.
#[derive(Clone)]
enum Target<'m> {
    /// A field, its type.
    Field(&'m ModelField, TypeAt<'m>),
    /// A type: the values of a dictionary.
    Type(TypeAt<'m>),
}

struct Exploding<'e, 'm> {
    names: &'e NestedNames<'m>,
    given: &'e [Given<'e>],
    faults: &'e mut Vec<Fault>,
}

impl<'m> Exploding<'_, 'm> {
    /// `explode_env_vars`: `None` where no variable is inside the field.
    fn explode(&mut self, numbers: impl Iterator<Item = usize>) -> Option<Node> {
        let mut result = Node::Object(Items::default(), Vec::new());
        let mut found = false;
        for number in numbers {
            let name = self.names.compared(self.given[number].name);
            let Some(keys) = self.names.keys(&name) else { continue };
            let Some((last, before)) = keys.split_last() else { continue };
            found = true;
            let mut target = Some(Target::Type(self.names.outermost()));
            let mut node = &mut result;
            for key in before {
                target = target.and_then(|target| self.next(&target, key));
                if let Node::Object(items, from) = node {
                    from.push(number);
                    node = items.or_object(key, number);
                }
            }
            let target = target.and_then(|target| self.next(&target, last));
            let Some(value) = self.value(target.as_ref(), number, &keys) else { continue };
            if let Node::Object(items, from) = node {
                from.push(number);
                items.set(last, value);
            }
        }
        found.then_some(result)
    }

    /// The value of one variable, decoded where its type is complex; `None` if that fails.
    fn value(&mut self, target: Option<&Target<'m>>, number: usize, keys: &[&str]) -> Option<Node> {
        let Some(text) = self.given[number].text else { return Some(Node::Opaque(vec![number])) };
        let as_text = || Some(Node::of(Data::Text(text.to_owned()), number));
        if none_text(&self.names.field.accepts) == Some(text) {
            return Some(Node::of(Data::Null, number));
        }
        let (is_complex, may_fail) = match target {
            _ if text.is_empty() || !self.names.rules.decodes => (false, true),
            Some(Target::Field(field, at)) => match (at.accepts.is_complex(), at.accepts.is_complex_union()) {
                _ if is_undecoded(&field.accepts) => (false, true),
                (true, _) => (true, false),
                (false, true) => (true, true),
                _ => (field.is_part && self.names.rules.decodes_parts, true),
            },
            Some(Target::Type(at)) => (at.accepts.is_complex(), true),
            None => (self.is_dictionary(), true),
        };
        if !is_complex {
            return as_text();
        }
        match decode(text, Dialect::Python) {
            Ok(data) => Some(Node::of(data, number)),
            Err(Broken::TooDeep) => Some(Node::Opaque(vec![number])),
            Err(Broken::Invalid) if may_fail => as_text(),
            Err(Broken::Invalid) => {
                let path = std::iter::once(self.names.field.name.clone()).chain(keys.iter().map(|key| (*key).to_owned()));
                self.faults.push(Fault::no_json(path.collect(), number));
                None
            }
        }
    }

    /// Whether the field itself is a dictionary. A `Mapping` is none.
    fn is_dictionary(&self) -> bool {
        let field = self.names.field;
        matches!(peeled(&field.accepts), ValueType::Dict(..)) && !field.type_name.contains("Mapping")
    }

    /// `next_field`
    fn next(&self, target: &Target<'m>, key: &str) -> Option<Target<'m>> {
        let (Target::Field(_, at) | Target::Type(at)) = target;
        self.next_of(at, key)
    }

    fn next_of(&self, at: &TypeAt<'m>, key: &str) -> Option<Target<'m>> {
        use ValueType as T;
        if let Some(model) = at.model() {
            let mut fields = model.fields.iter().filter(|_| model.form.is_looked_into());
            return fields.find(|field| self.is_named(field, key)).map(|field| Target::Field(field, at.field(field)));
        }
        let first = |inner: &[&'m ValueType]| inner.iter().find_map(|inner| self.next_of(&at.with(inner), key));
        match at.accepts {
            T::Union(members) | T::Tagged(TaggedRule { members, .. }) | T::Tuple(members) => {
                members.iter().find_map(|member| self.next_of(&at.with(member), key))
            }
            T::List(of) | T::Set(of) | T::FrozenSet(of) | T::TupleOf(of) => first(&[of]),
            T::Dict(of, value) => {
                first(&[of, value]).or_else(|| self.names.rules.looks_into_values.then(|| Target::Type(at.with(value))))
            }
            _ => None,
        }
    }

    /// Whether a key is one of the names by which a field is looked for: its own, or with the prefix of the class in front.
    fn is_named(&self, field: &ModelField, key: &str) -> bool {
        let is = |name: &str| self.names.compared(name) == key;
        let prefixed = |name: &str| {
            key.strip_prefix(self.names.compared(&self.names.config.env_prefix).as_str())
                .is_some_and(|rest| self.names.compared(name) == rest)
        };
        is(&field.name) || prefixed(&field.name) || field.keys.iter().any(|name| is(name))
    }
}
