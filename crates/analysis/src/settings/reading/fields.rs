//! A field: its type, its constraints, its validators, and how the text of its own variable is read.

use std::rc::Rc;

use super::Reader;
use super::walk::tagged;
use crate::settings::constraint::{self, Said, constrain};
use crate::settings::field::FieldFacts;
use crate::settings::first;
use crate::settings::validators::{Moment, Validators};
use takk_model::{TaggedRule, ValueType};
use takk_python::Value;

impl<'a> Reader<'_, 'a> {
    /// A field of a model: its type with metadata, its validators, and how its own variable is converted.
    pub(super) fn field(&mut self, field: &FieldFacts<'a>, validators: &Validators) -> ValueType {
        let read = validated(self.type_of(field), field, validators);
        self.brought(field, validators, read)
    }

    /// How a text is converted for a field. Records nothing about its type again.
    pub(in crate::settings) fn brought(
        &mut self,
        field: &FieldFacts<'a>,
        validators: &Validators,
        read: ValueType,
    ) -> ValueType {
        let Some(environment) = self.environment else { return read };
        let has_parts = read.is_complex() || read.is_complex_union();
        if has_parts && environment.leaves(field) {
            return ValueType::Undecoded(Box::new(read));
        }
        if has_parts || !environment.turns(field) || has_json(&read) {
            return read;
        }
        // The type to which a text is converted first is the same, with other rules.
        let lax = self.rules.as_ref().map(|rules| Rc::new(rules.lax()));
        let strict = std::mem::replace(&mut self.rules, lax);
        let telling = std::mem::replace(&mut self.telling, false);
        self.lax = true;
        let lax = validated(self.type_of(field), field, validators);
        self.lax = false;
        self.telling = telling;
        self.rules = strict;
        ValueType::Coerced(Box::new(lax), Box::new(read))
    }

    /// Adds constraints to a type.
    pub(in crate::settings) fn constrain(&self, accepts: ValueType, said: Said) -> ValueType {
        if matches!(accepts, ValueType::Constrained(..))
            && !said.constraints.is_empty()
            && self.models.rules.keeps_constraints()
        {
            return accepts.preceded(self.models.rules.differs());
        }
        constrain(accepts, said)
    }

    /// The type of a field with its metadata.
    pub(in crate::settings) fn type_of(&mut self, field: &FieldFacts<'a>) -> ValueType {
        let open = if field.undecided {
            Some("the field is computed".to_owned())
        } else if field.several && self.models.rules.keeps_constraints() {
            Some(self.models.rules.differs())
        } else {
            None
        };
        if let Some(reason) = open {
            self.facts_only(|reader| reader.read(&field.annotation, true, 0));
            return ValueType::unchecked(reason);
        }
        let accepts = self.read(&field.annotation, true, 0);
        if self.models.rules.is_pydantic_v1() { first::of_field(accepts, field) } else { self.with_keywords(accepts, field) }
    }

    fn with_keywords(&mut self, mut accepts: ValueType, field: &FieldFacts<'a>) -> ValueType {
        if self.lax {
            accepts = accepts.relaxed();
        }
        for item in &field.metadata {
            if !(self.lax && is_strict_mark(item)) {
                accepts = self.annotate(accepts, item);
            }
        }
        let is_said = |name: &str| name != "discriminator" && !(self.lax && name == "strict");
        let said = field.attributes.iter().filter(|(name, _)| is_said(name));
        accepts = self.constrain(accepts, constraint::keywords(said.map(|(name, value)| (&**name, value))));
        match field.attribute("discriminator").filter(|value| !matches!(value, Value::None)) {
            Some(tag) => tagged(accepts, tag),
            None => accepts,
        }
    }
}

/// What validators leave of what the type of a field accepts.
pub(in crate::settings) fn validated(accepts: ValueType, field: &FieldFacts<'_>, validators: &Validators) -> ValueType {
    match validators.moment(&field.name) {
        Some(Moment::Before) => accepts.preceded("a validator runs first"),
        Some(Moment::After) => accepts.checked("a validator checks it afterwards"),
        None if validators.model.is_some() => accepts.checked("a validator of the model checks it afterwards"),
        None => accepts,
    }
}

/// Whether the type contains `Json`: such a text is never converted first.
fn has_json(accepts: &ValueType) -> bool {
    use ValueType as T;
    match accepts {
        T::Json(_) => true,
        T::Union(members) | T::Tuple(members) | T::Tagged(TaggedRule { members, .. }) => members.iter().any(has_json),
        T::Constrained(_, inner) | T::Checked(_, inner) | T::List(inner) | T::Secret(inner) => has_json(inner),
        _ => false,
    }
}

/// `Strict()`, `Strict`
fn is_strict_mark(item: &Value<'_>) -> bool {
    let path = match item {
        Value::External(path) => Some(&**path),
        other => other.call_of().map(|(path, _)| path),
    };
    path.is_some_and(|path| path.ends_with(".Strict"))
}
