//! The walk itself: what each form of a type is, and what it accepts.

use std::rc::Rc;

use serde_json::Value as Json;

use super::Reader;
use crate::settings::constraint::{self, constrain};
use crate::settings::field::typing_name;
use crate::settings::first;
use crate::settings::generics::generic_target;
use takk_model::{Annotation, NewType, SourceType, TaggedRule, ValueType, generic_type, plain_type};
use takk_python::{Call, Value, fold};

const TOO_LARGE: &str = "its type is too large";
const NOT_KNOWN: &str = "its type is unknown";
const MADE: &str = "the program creates the type";

impl<'a> Reader<'_, 'a> {
    /// Reads one type: records it, and returns what it accepts. `outer`: the value itself has this type, rather than its items.
    pub(in crate::settings) fn read(&mut self, value: &Value<'a>, outer: bool, depth: u32) -> ValueType {
        if self.is_too_large(depth) {
            return self.unknown("...", TOO_LARGE);
        }
        match value {
            Value::None => {
                self.tell_none(outer);
                ValueType::None
            }
            Value::External(path) => self.external(path, outer),
            Value::Class(class) => self.class(class, value, &[], outer, depth),
            Value::Union(members) => self.union(members, outer, depth),
            Value::Subscript(generic) => self.generic(value, &generic.0, &generic.1, outer, depth),
            Value::Alias(alias) => {
                let target = self.models.evaluator.alias_target(alias);
                self.read(&target, outer, depth + 1)
            }
            Value::Call(call) => self.call(call, outer, depth),
            Value::Unknown(unknown) => {
                self.tell_unresolved(unknown);
                let open = self.unknown(&unknown.expression, "");
                if self.accepting { ValueType::unchecked(format!("`{}` is unknown", unknown.expression)) } else { open }
            }
            Value::TypeVar(name) => self.unknown(name, NOT_KNOWN),
            Value::Str(text) => self.unknown(text, NOT_KNOWN),
            Value::Ellipsis => {
                self.tell(|| Annotation::Ellipsis);
                self.open(NOT_KNOWN)
            }
            Value::List(items) => {
                let from = self.told_so_far();
                self.arguments(items, depth);
                self.tell_of(from, Annotation::List);
                self.open(NOT_KNOWN)
            }
            _ => {
                self.tell(|| Annotation::library("typing.Any"));
                self.open(NOT_KNOWN)
            }
        }
    }

    /// A type of which only the source is known.
    fn unknown(&mut self, source: &str, reason: &str) -> ValueType {
        self.tell(|| Annotation::source(source));
        self.open(reason)
    }

    fn open(&self, reason: &str) -> ValueType {
        if self.accepting { ValueType::unchecked(reason) } else { ValueType::Any }
    }

    fn external(&mut self, path: &Rc<str>, outer: bool) -> ValueType {
        self.note_external(path, outer);
        self.tell_external(path, self.told_so_far());
        if self.accepting { self.on(with_parts(path).unwrap_or_else(|| plain_type(path))) } else { ValueType::Any }
    }

    /// `[A, B]`: types that are only recorded.
    pub(super) fn arguments(&mut self, arguments: &[Value<'a>], depth: u32) {
        if self.telling {
            self.facts_only(|reader| {
                for argument in arguments {
                    reader.read(argument, false, depth + 1);
                }
            });
        }
    }

    fn union(&mut self, members: &[Value<'a>], outer: bool, depth: u32) -> ValueType {
        let from = self.told_so_far();
        let mut read: Vec<ValueType> = Vec::new();
        // A member that cannot be checked may also determine whether the text is decoded.
        let mut open = None;
        for member in members {
            let accepting = self.accepting && open.is_none();
            let accepts = if accepting {
                self.read(member, outer, depth + 1)
            } else {
                self.facts_only(|reader| reader.read(member, outer, depth + 1))
            };
            match accepts {
                _ if !accepting => {}
                unchecked @ ValueType::Unchecked(_) => open = Some(unchecked),
                ValueType::Union(inner) => read.extend(inner),
                other => read.push(other),
            }
        }
        self.tell_of(from, Annotation::union);
        open.unwrap_or(ValueType::Union(read))
    }

    fn generic(&mut self, whole: &Value<'a>, base: &Value<'a>, arguments: &[Value<'a>], outer: bool, depth: u32) -> ValueType {
        if arguments.is_empty() {
            self.facts_only(|reader| reader.with_arguments(whole, base, arguments, outer, depth));
            return self.open("a type without arguments");
        }
        self.with_arguments(whole, base, arguments, outer, depth)
    }

    fn with_arguments(
        &mut self,
        whole: &Value<'a>,
        base: &Value<'a>,
        arguments: &[Value<'a>],
        outer: bool,
        depth: u32,
    ) -> ValueType {
        let first = arguments.first();
        match (typing_name(base), first) {
            (Some("Annotated"), Some(first)) => return self.annotated(first, &arguments[1..], outer, depth),
            (Some("Optional"), first) => return self.optional(first, outer, depth),
            (Some("Union"), _) => return self.union(arguments, outer, depth),
            (Some("Final" | "Required" | "NotRequired" | "ReadOnly"), Some(first)) => {
                return self.read(first, outer, depth + 1);
            }
            (Some(name @ ("ClassVar" | "InitVar" | "TypeAlias")), Some(first)) => {
                self.facts_only(|reader| reader.read(first, outer, depth + 1));
                return self.open(&format!("`{name}` does its own validation"));
            }
            (Some("Literal"), _) => return self.literal(arguments, outer),
            _ => {}
        }
        if let Some(target) = generic_target(self.models.evaluator, base, arguments) {
            return self.read(&target, outer, depth + 1);
        }
        match base {
            Value::Class(class) => self.class(class, whole, arguments, outer, depth),
            Value::External(path) => self.external_generic(path, arguments, outer, depth),
            _ => {
                let from = self.told_so_far();
                self.facts_only(|reader| reader.read(base, outer, depth + 1));
                self.arguments(arguments, depth);
                self.tell_of(from, |mut told| {
                    let of = told.split_off(told.len().min(1));
                    let source = told.iter().map(Annotation::to_string).collect();
                    Annotation::Source(SourceType { source, of })
                });
                self.open(NOT_KNOWN)
            }
        }
    }

    fn external_generic(&mut self, path: &Rc<str>, arguments: &[Value<'a>], outer: bool, depth: u32) -> ValueType {
        self.note_external(path, outer);
        let from = self.told_so_far();
        let mut inner = Vec::new();
        if arguments.is_empty() {
            self.tell(|| Annotation::source("()"));
        }
        for argument in arguments {
            if matches!(argument, Value::Ellipsis) {
                self.tell(|| Annotation::Ellipsis);
            } else {
                let accepts = self.read(argument, false, depth + 1);
                inner.push(accepts);
            }
        }
        self.tell_external(path, from);
        if !self.accepting {
            return ValueType::Any;
        }
        let endless = matches!(arguments.get(1), Some(Value::Ellipsis));
        self.on(with_parts(path).unwrap_or_else(|| generic_type(path, inner, endless)))
    }

    fn annotated(&mut self, first: &Value<'a>, metadata: &[Value<'a>], outer: bool, depth: u32) -> ValueType {
        self.tell_metadata(metadata);
        let accepts = self.read(first, outer, depth + 1);
        if !self.accepting {
            return accepts;
        }
        metadata.iter().fold(accepts, |accepts, item| self.annotate(accepts, item))
    }

    fn optional(&mut self, inner: Option<&Value<'a>>, outer: bool, depth: u32) -> ValueType {
        let from = self.told_so_far();
        let accepts = inner.map_or(ValueType::Any, |inner| self.read(inner, outer, depth + 1));
        self.tell_or_none(from, outer);
        match accepts {
            accepts if !self.accepting => accepts,
            unchecked @ ValueType::Unchecked(_) => unchecked,
            ValueType::Union(mut members) => {
                members.push(ValueType::None);
                ValueType::Union(members)
            }
            other => ValueType::Union(vec![other, ValueType::None]),
        }
    }

    fn literal(&mut self, arguments: &[Value<'a>], outer: bool) -> ValueType {
        let (mut values, mut told, mut open) = (Vec::new(), Vec::new(), None);
        let mut queue: Vec<&Value<'a>> = arguments.iter().rev().collect();
        while let Some(argument) = queue.pop() {
            if let Value::Subscript(inner) = argument
                && typing_name(&inner.0) == Some("Literal")
            {
                queue.extend(inner.1.iter().rev());
                continue;
            }
            let value = match argument {
                Value::Member(member) => fold::json(&member.value),
                other => fold::json(other),
            };
            told.extend(value.clone());
            match argument {
                // Bytes are never decoded from a text.
                Value::Bytes(_) => values.push(Json::Array(Vec::new())),
                other if is_scalar(other) && value.is_some() => values.extend(value),
                _ => open = Some("a `Literal` of enum members"),
            }
        }
        self.tell_literal(told, outer);
        match open {
            Some(reason) => self.open(reason),
            None => ValueType::Literal(values),
        }
    }

    /// `conint(ge=1)`, `conlist(int, min_length=1)`, `NewType("Id", int)`.
    fn call(&mut self, call: &Rc<Call<'a>>, outer: bool, depth: u32) -> ValueType {
        let Value::External(path) = &call.callee else { return self.unknown(&call.source, MADE) };
        let name = path.rsplit('.').next().unwrap_or(path);
        let (path, plain): (_, fn(Box<ValueType>) -> ValueType) = match name {
            "NewType" => return self.new_type(call, outer, depth),
            "conint" => ("builtins.int", |_| ValueType::Int),
            "confloat" => ("builtins.float", |_| ValueType::Float),
            "constr" => ("builtins.str", |_| ValueType::Str),
            "conbytes" => ("builtins.bytes", |_| ValueType::Bytes),
            "condecimal" => ("decimal.Decimal", |_| ValueType::Decimal),
            "condate" => ("datetime.date", |_| ValueType::Date.checked("bounds on a date")),
            "conlist" => ("builtins.list", ValueType::List),
            "conset" => ("builtins.set", ValueType::Set),
            "confrozenset" => ("builtins.frozenset", ValueType::FrozenSet),
            _ => return self.unknown(&call.source, MADE),
        };
        let from = self.told_so_far();
        let has_items = matches!(name, "conlist" | "conset" | "confrozenset");
        let item = call.argument(0, "item_type").filter(|_| has_items);
        let item = item.map_or(ValueType::Any, |item| self.read(item, false, depth + 1));
        self.tell_external(path, from);
        self.tell_metadata(&[Value::Call(Rc::clone(call))]);
        if !self.accepting || call.partial {
            return self.open(MADE);
        }
        let plain = plain(Box::new(item));
        if name == "conlist" && call.keyword("unique_items").is_some() {
            return plain.checked("`unique_items`");
        }
        let is_first = self.models.rules.is_pydantic_v1();
        let said = if is_first { first::keywords_of(call) } else { constraint::keywords_of(call) };
        constrain(self.on(plain), said)
    }

    /// A `NewType`.
    fn new_type(&mut self, call: &Rc<Call<'a>>, outer: bool, depth: u32) -> ValueType {
        let (from, models) = (self.told_so_far(), self.said.models.len());
        let accepts = match call.argument(1, "item_type") {
            Some(inner) if !call.partial => self.read(inner, outer, depth + 1),
            Some(_) => self.open(MADE),
            None if call.partial => self.open(MADE),
            None => ValueType::Any,
        };
        if self.telling {
            // pydantic-settings does not look for nested fields of a model in it.
            self.said.models[models..].iter_mut().for_each(|inside| inside.is_whole = false);
        }
        self.tell_of(from, |told| {
            Annotation::NewType(NewType { source: call.source.to_string(), of: Box::new(Annotation::union(told)) })
        });
        accepts
    }

    /// Applies the configuration to a type.
    pub(super) fn on(&self, of: ValueType) -> ValueType {
        self.rules.as_ref().map_or_else(|| ValueType::Any, |rules| rules.on(of))
    }
}

/// A union whose member is selected by a tag.
pub(in crate::settings) fn tagged(accepts: ValueType, tag: &Value<'_>) -> ValueType {
    let Some(tag) = tag.as_str() else { return ValueType::unchecked("a union whose member the program chooses") };
    let Some(members) = accepts.union_members() else { return accepts };
    let (nothing, members): (Vec<_>, Vec<_>) = members.iter().cloned().partition(|member| *member == ValueType::None);
    let union = ValueType::Tagged(TaggedRule { tag: tag.to_owned(), members });
    if nothing.is_empty() { union } else { ValueType::Union(vec![union, ValueType::None]) }
}

/// A model or dictionary of which nothing else is known.
pub(super) fn any_object() -> ValueType {
    ValueType::Dict(Box::new(ValueType::Any), Box::new(ValueType::Any))
}

/// A complex type whose texts are JSON, and of which nothing else is known here.
fn with_parts(path: &str) -> Option<ValueType> {
    let (root, name) = (path.split('.').next()?, path.rsplit('.').next()?);
    if !matches!(root, "typing" | "collections" | "typing_extensions") {
        return None;
    }
    let list = || ValueType::List(Box::new(ValueType::Any));
    let of = |accepts: ValueType| Some(accepts.preceded(format!("`{name}` does its own validation")));
    match name {
        "deque" | "Deque" | "MutableSequence" => of(list()),
        "OrderedDict" | "defaultdict" | "DefaultDict" | "Counter" | "ChainMap" => of(any_object()),
        _ => None,
    }
}

/// Whether a value can be compared with one decoded from JSON.
pub(super) fn is_scalar(value: &Value<'_>) -> bool {
    matches!(value, Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_))
}

pub(in crate::settings) fn wrap(inner: ValueType, around: fn(Box<ValueType>) -> ValueType) -> ValueType {
    around(Box::new(inner))
}
