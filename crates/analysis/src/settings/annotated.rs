//! The metadata in `Annotated`, and how it changes what the type accepts.

use std::rc::Rc;

use super::constraint::{self, Said};
use super::reading::{Reader, tagged, wrap};
use takk_model::{UrlRule, ValueType};
use takk_python::{Call, Class, Value};

impl<'a> Reader<'_, 'a> {
    /// Whether pydantic ignores instances of the class in `Annotated`: neither it nor its bases have any of the methods that pydantic looks
    /// for (`_apply_single_annotation`).
    fn is_inert(&self, class: &Rc<Class<'a>>) -> bool {
        const ASKED: [&str; 4] = [
            "__get_pydantic_core_schema__",
            "__prepare_pydantic_annotations__",
            "__get_validators__",
            "__is_annotated_types_grouped_metadata__",
        ];
        let evaluator = self.models().evaluator;
        let harmless = |base: &Rc<str>| matches!(base.split('.').next(), Some("enum" | "builtins" | "typing" | "abc"));
        let order = evaluator.resolution_order(class);
        let is_known = order.iter().flat_map(|order| order.iter()).all(|base| match base {
            Value::Class(base) => !ASKED.iter().any(|name| evaluator.defines(base, name)),
            Value::External(path) => harmless(path),
            _ => false,
        });
        order.is_some() && is_known && evaluator.external_bases(class).iter().all(harmless)
    }

    /// Applies an item of `Annotated` to a type.
    pub(super) fn annotate(&mut self, accepts: ValueType, item: &Value<'a>) -> ValueType {
        // pydantic 1 only considers `Field(...)`, and only around the whole type of a field (`ModelField._get_field_info`).
        if self.models().rules.is_pydantic_v1() {
            return accepts;
        }
        let (path, call) = match item {
            Value::External(path) => (&**path, None),
            Value::Call(call) => match &call.callee {
                Value::External(path) => (&**path, Some(&**call)),
                Value::Class(class) if self.is_inert(class) => return accepts,
                _ => return accepts.preceded("an annotation defined by the program"),
            },
            Value::Class(class) if self.is_inert(class) => return accepts,
            Value::Member(member) if self.is_inert(&member.class) => return accepts,
            // Plain data is metadata for others.
            Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::None | Value::Dict(_) => return accepts,
            Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::Bytes(_) => return accepts,
            _ => return accepts.preceded("an annotation defined by the program"),
        };
        let (root, name) = (path.split('.').next().unwrap_or(path), path.rsplit('.').next().unwrap_or(path));
        if !matches!(root, "pydantic" | "pydantic_settings" | "annotated_types" | "typing_extensions" | "typing") {
            return if root == "takk" { accepts } else { accepts.preceded("an annotation from another package") };
        }
        match name {
            "Field" | "FieldInfo" | "StringConstraints" | "Interval" => match call {
                Some(call) if !call.partial => match call.keyword("discriminator").filter(|tag| !matches!(tag, Value::None)) {
                    Some(tag) => tagged(accepts, tag),
                    None => self.constrain(accepts, constraint::keywords_of(call)),
                },
                _ => accepts.checked("computed constraints"),
            },
            "Gt" | "Ge" | "Lt" | "Le" | "MultipleOf" | "MinLen" | "MaxLen" | "AllowInfNan" | "Strict" | "Len" => {
                self.constrain(accepts, single(name, call))
            }
            // The class itself, as opposed to an instance, does not stop pydantic-settings from decoding first.
            "Json" if call.is_none() => ValueType::unchecked("`Json` does its own validation"),
            "Json" => wrap(accepts, ValueType::Json),
            "UuidVersion" => match call.and_then(|call| call.argument(0, "uuid_version")) {
                Some(Value::Int(version)) => ValueType::Uuid(u8::try_from(*version).ok()),
                _ => accepts.checked("a computed version"),
            },
            "UrlConstraints" => match (accepts, call) {
                (ValueType::Url(rule), Some(call)) if !call.partial => url_constraints(rule, call),
                _ => ValueType::unchecked("computed constraints"),
            },
            "AfterValidator" | "Predicate" | "Not" | "PathType" | "Timezone" => {
                accepts.checked("a validator checks it afterwards")
            }
            "NoDecode" | "ForceDecode" | "PlainSerializer" | "WrapSerializer" | "WithJsonSchema" | "Doc" | "Examples" => {
                accepts
            }
            name if name.starts_with("Cli") && root == "pydantic_settings" => accepts,
            "FailFast" | "SerializeAsAny" | "doc" | "Unit" | "deprecated" | "Sensitive" => accepts,
            _ => accepts.preceded(format!("`{name}` does its own validation")),
        }
    }
}

/// `Gt(1)`, `MinLen(1)`, `Len(1, 2)`, `Strict()`.
fn single(name: &str, call: Option<&Call<'_>>) -> Said {
    let mut said = constraint::keywords(std::iter::empty());
    let argument = |position: usize, name: &str| call.and_then(|call| call.argument(position, name));
    let keys: &[(usize, &str)] = match name {
        "Gt" => &[(0, "gt")],
        "Ge" => &[(0, "ge")],
        "Lt" => &[(0, "lt")],
        "Le" => &[(0, "le")],
        "MultipleOf" => &[(0, "multiple_of")],
        "MinLen" => &[(0, "min_length")],
        "MaxLen" => &[(0, "max_length")],
        "Len" => &[(0, "min_length"), (1, "max_length")],
        "AllowInfNan" => &[(0, "allow_inf_nan")],
        _ => &[(0, "strict")],
    };
    for (position, key) in keys {
        let value = argument(*position, key).cloned();
        let standard = || matches!(*key, "strict" | "allow_inf_nan").then_some(Value::Bool(true));
        if let Some(value) = value.or_else(standard).filter(|value| !matches!(value, Value::None))
            && !constraint::set(&mut said.constraints, key, &value)
        {
            said.doubt = Some(format!("`{key}` is computed"));
        }
    }
    if call.is_some_and(|call| call.partial) {
        said.doubt = Some("computed constraints".to_owned());
    }
    said
}

pub(super) fn url_constraints(mut rule: UrlRule, call: &Call<'_>) -> ValueType {
    for (key, value) in &call.keywords {
        let text = || value.as_str().map(str::to_owned);
        let read = match (&**key, value) {
            (_, Value::None) => true,
            ("max_length", Value::Int(longest)) => {
                rule.max_length = u64::try_from(*longest).ok();
                rule.max_length.is_some()
            }
            ("allowed_schemes", Value::List(items)) => {
                rule.schemes = items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect();
                rule.schemes.len() == items.len()
            }
            ("host_required", Value::Bool(required)) => {
                rule.host_required = *required;
                true
            }
            ("default_host", _) => {
                rule.default_host = text();
                rule.default_host.is_some()
            }
            ("default_port", Value::Int(port)) => {
                rule.default_port = u16::try_from(*port).ok();
                rule.default_port.is_some()
            }
            ("default_path" | "preserve_empty_path", _) => true,
            _ => false,
        };
        if !read {
            return ValueType::unchecked(format!("`{key}` is computed"));
        }
    }
    ValueType::Url(rule)
}
