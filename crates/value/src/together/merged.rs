//! How the variables of a field are merged before they are validated (`EnvSettingsSource.prepare_field_value`, `explode_env_vars`,
//! `next_field`), function by function.

use super::tree::{Items, Node};
use super::{Fault, Given};
use crate::data::Data;
use crate::json::{Broken, Dialect, decode};
use takk_model::{ModelField, NestedNames, TaggedRule, TypeAt, ValueType, peeled};

/// The merged variables of one field.
pub(super) struct Merged {
    /// The value; `None` if there is none.
    pub node: Option<Node>,
    /// Texts that are not JSON where JSON is required, which ends the program.
    pub faults: Vec<Fault>,
}

/// Merges the variables in `given` for the field.
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
    let explode = |faults: &mut Vec<Fault>| Exploding { names, given, faults }.explode((0..given.len()).filter(there));
    // If the text is not an object, nested names are not even looked up.
    let node = match own {
        None => explode(&mut faults),
        // A text that means `None` is final, without merging.
        Some(own) if none_text(accepts).is_some_and(|none| given[own].text == Some(none)) => Some(Node::of(Data::Null, own)),
        Some(own) => match whole(names, given[own].text, own) {
            None => {
                faults.push(Fault::no_json(vec![names.field.name.clone()], own));
                None
            }
            // `null` counts as not found, without merging.
            Some(Node::Data(Data::Null, _)) if names.rules.decodes => None,
            Some(node @ (Node::Object(..) | Node::Opaque(_))) => Some(match explode(&mut faults) {
                Some(exploded) => node.updated(exploded),
                None => node,
            }),
            Some(node) => Some(node),
        },
    };
    Merged { node, faults }
}

/// Whether a text under that name is decoded as JSON.
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

/// Whether the field's own variable can hold something other than an object, so that nested names are ignored.
pub(super) fn can_hide(accepts: &ValueType) -> bool {
    fn is_more_than_objects(accepts: &ValueType, has_none: bool) -> bool {
        match accepts {
            ValueType::Union(members) => members.iter().any(|member| is_more_than_objects(member, has_none)),
            // `null` counts as not found.
            ValueType::None => has_none,
            // pydantic 1 creates a model or dictionary from anything that `dict()` accepts: `[]` (`Model.validate`, `dict_validator`).
            ValueType::First(inner) if matches!(peeled(inner), ValueType::Model(_) | ValueType::Dict(..)) => true,
            ValueType::Model(_) | ValueType::Tagged(_) | ValueType::Dict(..) => false,
            ValueType::Constrained(_, inner) => is_more_than_objects(inner, has_none),
            other => other.inside().is_none_or(|inner| is_more_than_objects(inner, has_none)),
        }
    }
    is_more_than_objects(accepts, none_text(accepts).is_some())
}

/// The text that means `None` (`env_parse_none_str`).
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

/// The value of the field's own variable; `None` if its text is not JSON where JSON is required.
fn whole(names: &NestedNames<'_>, text: Option<&str>, number: usize) -> Option<Node> {
    let Some(text) = text else { return Some(Node::Opaque(vec![number])) };
    let accepts = &names.field.accepts;
    let as_text = || Some(Node::of(Data::Text(text.to_owned()), number));
    if is_undecoded(accepts) {
        return as_text();
    }
    match decode(text, Dialect::Python) {
        Ok(data) => Some(Node::of(data, number)),
        Err(Broken::TooDeep) => Some(Node::Opaque(vec![number])),
        Err(Broken::Invalid) if accepts.is_complex() || peeled(accepts).is_complex() => None,
        Err(Broken::Invalid) => as_text(),
    }
}

/// What a key refers to while nested names are explored.
#[derive(Clone)]
enum Target<'m> {
    Field(&'m ModelField, TypeAt<'m>),
    /// A type: that of the values of a dictionary.
    Type(TypeAt<'m>),
}

struct Exploding<'e, 'm> {
    names: &'e NestedNames<'m>,
    given: &'e [Given<'e>],
    faults: &'e mut Vec<Fault>,
}

impl<'m> Exploding<'_, 'm> {
    /// `explode_env_vars`: `None` if there is no nested variable.
    fn explode(&mut self, numbers: impl Iterator<Item = usize>) -> Option<Node> {
        let mut result = Node::Object(Items::default(), Vec::new());
        let mut found = false;
        for number in numbers {
            let name = self.names.compared(self.given[number].name);
            let Some(keys) = self.names.keys(&name) else { continue };
            let Some((last, before)) = keys.split_last() else { continue };
            found = true;
            let mut target = Some(Target::Type(self.names.outermost()));
            let mut is_decoded = !is_undecoded(&self.names.field.accepts);
            let mut node = &mut result;
            for key in before {
                target = target.and_then(|target| self.next(&target, key));
                if let Some(Target::Field(field, _)) = target {
                    is_decoded = !is_undecoded(&field.accepts);
                }
                if let Node::Object(items, from) = node {
                    from.push(number);
                    node = items.or_object(key, number);
                }
            }
            let target = target.and_then(|target| self.next(&target, last));
            let decoding = if self.names.rules.decodes { self.decoding(target.as_ref(), is_decoded) } else { Decoding::None };
            let value = self.value(decoding, number, &keys);
            if let Node::Object(items, from) = node {
                from.push(number);
                // A text that means `None` replaces nothing (`EnvNoneType`).
                if !matches!(value, Read::NoneText) || items.get(last).is_none_or(is_empty) {
                    items.set(last, value.node(number));
                }
            }
        }
        found.then_some(result)
    }

    /// How the text of a target is decoded. `is_decoded` is the setting of the closest enclosing field.
    fn decoding(&self, target: Option<&Target<'m>>, is_decoded: bool) -> Decoding {
        match target {
            Some(Target::Field(field, at)) => match (at.accepts.is_complex(), at.accepts.is_complex_union()) {
                _ if is_undecoded(&field.accepts) => Decoding::None,
                (true, _) => Decoding::Json,
                (false, true) => Decoding::JsonOrText,
                _ if field.is_part && self.names.rules.decodes_parts => Decoding::JsonOrText,
                _ => Decoding::None,
            },
            Some(Target::Type(at)) if at.accepts.is_complex() => Decoding::JsonOrText,
            Some(Target::Type(at)) if at.accepts.is_complex_union() && self.names.rules.values_come_first && is_decoded => {
                Decoding::ContainerOrText
            }
            None if self.is_dictionary() => Decoding::JsonOrText,
            Some(Target::Type(_)) | None => Decoding::None,
        }
    }

    /// The value of one variable, decoded if its type is complex. If a text cannot be decoded, nothing more is reported about it.
    fn value(&mut self, decoding: Decoding, number: usize, keys: &[&str]) -> Read {
        let Some(text) = self.given[number].text else { return Read::Unknown };
        let as_text = || match none_text(&self.names.field.accepts) {
            Some(none) if none == text => Read::NoneText,
            _ => Read::Data(Data::Text(text.to_owned())),
        };
        if text.is_empty() || decoding == Decoding::None {
            return as_text();
        }
        match decode(text, Dialect::Python) {
            Ok(data) if decoding == Decoding::ContainerOrText && !matches!(data, Data::List(_) | Data::Object(_)) => as_text(),
            Ok(data) => Read::Data(data),
            Err(Broken::TooDeep) => Read::Unknown,
            Err(Broken::Invalid) if decoding != Decoding::Json => as_text(),
            Err(Broken::Invalid) => {
                let path = std::iter::once(self.names.field.name.clone()).chain(keys.iter().map(|key| (*key).to_owned()));
                self.faults.push(Fault::no_json(path.collect(), number));
                Read::Unknown
            }
        }
    }

    /// Whether the field itself is a dictionary. If its annotation is not known, `dict[...]` is assumed.
    fn is_dictionary(&self) -> bool {
        let (field, rules) = (self.names.field, self.names.rules);
        rules.compares_fields
            && matches!(peeled(&field.accepts), ValueType::Dict(..))
            && field.annotation.as_ref().is_none_or(|annotation| annotation.is_dictionary(rules.knows_bare_dict))
    }

    /// `next_field`
    fn next(&self, target: &Target<'m>, key: &str) -> Option<Target<'m>> {
        let (Target::Field(_, at) | Target::Type(at)) = target;
        self.next_of(at, key)
    }

    fn next_of(&self, at: &TypeAt<'m>, key: &str) -> Option<Target<'m>> {
        use ValueType as T;
        let rules = self.names.rules;
        if let Some(model) = at.model() {
            let is_looked_into = model.form.is_model() || (rules.compares_fields && model.form.is_looked_into());
            let mut fields = model.fields.iter().filter(|_| is_looked_into);
            return fields.find(|field| self.is_named(field, key)).map(|field| Target::Field(field, at.field(field)));
        }
        if !rules.looks_through_types {
            return None;
        }
        let in_one = |of: &'m ValueType| self.next_of(&at.with(of), key);
        match at.accepts {
            T::Union(members) | T::Tagged(TaggedRule { members, .. }) | T::Tuple(members) => members.iter().find_map(in_one),
            T::List(of) | T::Set(of) | T::FrozenSet(of) | T::TupleOf(of) => in_one(of),
            T::Dict(_, value) if rules.values_come_first => Some(Target::Type(at.with(value))),
            T::Dict(of, value) => {
                let inside = in_one(of).or_else(|| in_one(value));
                inside.or_else(|| rules.looks_into_values.then(|| Target::Type(at.with(value))))
            }
            _ => None,
        }
    }

    /// Whether a key is one of the names by which a field is looked up (`_extract_field_info`): its own, with the class's prefix unless it
    /// has an alias, or an alias.
    fn is_named(&self, field: &ModelField, key: &str) -> bool {
        let rules = self.names.rules;
        if !rules.compares_fields {
            return field.name == key;
        }
        let is = |name: &str| self.names.compared(name) == key;
        let prefixed = || field.keys.contains(&field.name) && is(&format!("{}{}", self.names.config.env_prefix, field.name));
        is(&field.name) || (rules.looks_for_aliases && (prefixed() || field.keys.iter().any(|name| is(name))))
    }
}

/// How a text is decoded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decoding {
    None,
    Json,
    /// As JSON, or unchanged if it is not JSON.
    JsonOrText,
    /// Like `JsonOrText`, but unchanged unless it is a list or an object.
    ContainerOrText,
}

/// The result of decoding a text.
enum Read {
    Unknown,
    /// It means `None` (`env_parse_none_str`).
    NoneText,
    Data(Data),
}

impl Read {
    fn node(self, from: usize) -> Node {
        match self {
            Self::Unknown => Node::Opaque(vec![from]),
            Self::NoneText => Node::of(Data::Null, from),
            Self::Data(data) => Node::of(data, from),
        }
    }
}

fn is_empty(node: &Node) -> bool {
    matches!(node, Node::Object(items, _) if items.iter().next().is_none())
}
