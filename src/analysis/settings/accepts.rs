//! What a field accepts, as structure: its annotation, what `Field(...)` adds, and what validators leave open.

use std::rc::Rc;

use serde_json::Value as Json;

use super::class_kind::Base;
use super::config::{ModelConfig, read_class_of};
use super::constraint::{self, Said, constrain};
use super::field::{FieldFacts, typing_name};
use super::fields::substitution;
use super::models::Models;
use super::respelling;
use super::rules_version::ValueRules;
use super::shapes;
use super::types::{generic_target, substitute};
use super::validators::{Moment, Validators};
use crate::model::{
    ClassKind, EnumMixin, EnumRule, ModelField, ModelForm, ModelRule, TaggedRule, UrlRule, ValueType, generic_type, plain_type,
};
use crate::python::{Call, Class, Value, fold};

/// How deep types may nest, and how many there may be, before the rest is left open.
const DEEPEST: u32 = 24;
const MOST: u32 = 500;

/// Configuration that changes what is accepted, and is not followed.
const DOUBTFUL: [&str; 14] = [
    "strict",
    "str_strip_whitespace",
    "str_min_length",
    "str_max_length",
    "regex_engine",
    "coerce_numbers_to_str",
    "allow_inf_nan",
    "enable_decoding",
    "env_parse_none_str",
    "env_parse_enums",
    "val_json_bytes",
    "val_temporal_unit",
    "alias_generator",
    "ignored_types",
];

/// What the fields of one settings class accept.
pub(super) struct Acceptance<'r, 'a> {
    models: &'r Models<'r, 'a>,
    config: &'r ModelConfig<'a>,
    validators: Validators,
    /// Why nothing is certain about any field.
    doubt: Option<String>,
}

impl<'r, 'a> Acceptance<'r, 'a> {
    /// For a class that is read as `kind`.
    pub fn new(
        models: &'r Models<'r, 'a>,
        class: &Rc<Class<'a>>,
        kind: ClassKind,
        config: &'r ModelConfig<'a>,
        custom_sources: bool,
    ) -> Self {
        let validators = Validators::of(models, class);
        let by_pydantic = matches!(kind, ClassKind::Settings | ClassKind::LocalSettings);
        let doubt = if !by_pydantic || models.base(class) != Base::Settings {
            Some("pydantic-settings 2 does not read it".to_owned())
        } else if custom_sources {
            Some("the class chooses its own sources".to_owned())
        } else if validators.model == Some(Moment::Before) {
            Some("a validator of the model runs first".to_owned())
        } else {
            doubt_of(models, class, config)
        };
        Self { models, config, validators, doubt }
    }

    /// What a field accepts from the environment.
    pub fn of(&self, field: &FieldFacts<'a>) -> ValueType {
        if let Some(doubt) = &self.doubt {
            return ValueType::unchecked(doubt.clone());
        }
        if has_alias_path(field.attribute("validation_alias")) {
            return ValueType::unchecked("the variable holds it as a part");
        }
        let mut reader = Reader { models: self.models, walked: 0, within: Vec::new() };
        let accepts = reader.field(field, &self.validators);
        if strict_in_union(&accepts) {
            return ValueType::unchecked("strict types in a union");
        }
        let differs = match self.models.rules.value_rules() {
            ValueRules::Same => false,
            ValueRules::Near => differs_before(&accepts),
            ValueRules::Unknown => true,
        };
        if differs {
            return ValueType::unchecked(format!("pydantic {} may decide otherwise", self.models.rules.pydantic));
        }
        let accepts = if self.config.is_true("case_sensitive") {
            accepts
        } else {
            respelling::ignoring_case(accepts, self.models.rules.restores_case_in())
        };
        let is_no_decode = |item: &Value<'a>| {
            let path = match item {
                Value::External(path) => Some(&**path),
                other => other.call_of().map(|(path, _)| path),
            };
            path.is_some_and(|path| path.ends_with(".NoDecode"))
        };
        let accepts = if field.metadata.iter().any(is_no_decode) { ValueType::Undecoded(Box::new(accepts)) } else { accepts };
        if self.config.is_true("env_ignore_empty") { ValueType::EmptyIsUnset(Box::new(accepts)) } else { accepts }
    }
}

fn doubt_of<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>, config: &ModelConfig<'a>) -> Option<String> {
    let set = |key: &&&str| config.value(key).is_some_and(|value| !matches!(value, Value::None | Value::Bool(false)));
    if let Some(key) = DOUBTFUL.iter().find(set) {
        return Some(format!("`{key}` is set"));
    }
    if matches!(config.value("enable_decoding"), Some(Value::Bool(false))) {
        return Some("`enable_decoding` is off".to_owned());
    }
    let Some(order) = models.evaluator.resolution_order(class) else { return Some("its bases are not known".to_owned()) };
    let foreign = |base: &Value<'a>| match base {
        Value::External(path) => !is_harmless_base(path),
        Value::Subscript(generic) => matches!(&generic.0, Value::External(path) if !is_harmless_base(path)),
        Value::Class(_) => false,
        _ => true,
    };
    order.iter().any(foreign).then(|| "a base is not read".to_owned())
}

fn is_harmless_base(path: &str) -> bool {
    matches!(
        path.split('.').next(),
        Some("pydantic" | "pydantic_settings" | "typing" | "typing_extensions" | "abc" | "builtins")
    )
}

/// `AliasPath("a", 0)`, alone or among choices: the variable is JSON, and a part of it is taken.
fn has_alias_path(alias: Option<&Value<'_>>) -> bool {
    match alias {
        None | Some(Value::None | Value::Str(_)) => false,
        Some(alias) => match alias.call_of() {
            Some((path, call)) if path.ends_with("AliasChoices") => {
                call.partial || call.positional.iter().any(|choice| has_alias_path(Some(choice)))
            }
            _ => true,
        },
    }
}

/// `_union_has_strict_types`: pydantic-settings then tries to validate by itself first.
fn strict_in_union(accepts: &ValueType) -> bool {
    accepts.union_members().is_some_and(|members| {
        members.iter().any(|member| matches!(member, ValueType::Constrained(of, _) if of.strict) || strict_in_union(member))
    })
}

/// Whether versions since pydantic 2.10 and pydantic-settings 2.7 differ in what they accept: in multiples of floats, email addresses
/// with line ends, dates such as `.5`, the schemes of `ClickHouse`, integers as large as no float in JSON, and the case of aliases.
fn differs_before(accepts: &ValueType) -> bool {
    use ValueType as T;
    match accepts {
        T::Constrained(of, inner) => (of.multiple_of.is_some() && **inner == T::Float) || differs_before(inner),
        T::Email | T::NameEmail | T::Date | T::DateTime | T::Json(_) => true,
        T::Url(rule) => rule.name == "ClickHouseDsn",
        T::Model(rule) => {
            let aliased = |field: &ModelField| field.keys != [field.name.clone()];
            rule.fields.iter().any(|field| aliased(field) || differs_before(&field.accepts))
        }
        T::Union(members) | T::Tuple(members) | T::Tagged(TaggedRule { members, .. }) => members.iter().any(differs_before),
        T::Checked(_, inner) | T::Secret(inner) | T::List(inner) | T::Set(inner) => differs_before(inner),
        T::FrozenSet(inner) | T::TupleOf(inner) | T::Undecoded(inner) | T::EmptyIsUnset(inner) => differs_before(inner),
        T::Dict(key, value) => differs_before(key) || differs_before(value),
        _ => false,
    }
}

/// Reads types.
struct Reader<'r, 'a> {
    models: &'r Models<'r, 'a>,
    walked: u32,
    /// The models around.
    within: Vec<*const Class<'a>>,
}

impl<'a> Reader<'_, 'a> {
    /// A field: its type, what is put on it, and its validators.
    fn field(&mut self, field: &FieldFacts<'a>, validators: &Validators) -> ValueType {
        if field.undecided {
            return ValueType::unchecked("the source does not decide the field");
        }
        let mut accepts = self.read(&field.annotation, 0);
        for item in &field.metadata {
            accepts = self.annotate(accepts, item);
        }
        let keywords = field.attributes.iter().filter(|(name, _)| &**name != "discriminator");
        accepts = constrain(accepts, constraint::keywords(keywords.map(|(name, value)| (&**name, value))));
        if let Some(tag) = field.attribute("discriminator").filter(|value| !matches!(value, Value::None)) {
            accepts = tagged(accepts, tag);
        }
        match validators.moment(&field.name) {
            Some(Moment::Before) => ValueType::unchecked("a validator runs first"),
            Some(Moment::After) => accepts.checked("a validator runs after it"),
            None if validators.model.is_some() => accepts.checked("a validator of the model runs after it"),
            None => accepts,
        }
    }

    fn read(&mut self, value: &Value<'a>, depth: u32) -> ValueType {
        self.walked += 1;
        if depth > DEEPEST || self.walked > MOST {
            return ValueType::unchecked("the type is too large");
        }
        match value {
            Value::None => ValueType::None,
            Value::External(path) => plain_type(path),
            Value::Class(class) => self.class(class, value),
            Value::Union(members) => self.union(members, depth),
            Value::Subscript(generic) => self.generic(value, &generic.0, &generic.1, depth),
            Value::Alias(alias) => {
                let target = self.models.evaluator.alias_target(alias);
                self.read(&target, depth + 1)
            }
            Value::Call(call) => self.constrained(call, depth),
            Value::Unknown(unknown) => ValueType::unchecked(format!("`{}` is not known", unknown.expression)),
            _ => ValueType::unchecked("the type is not known"),
        }
    }

    fn union(&mut self, members: &[Value<'a>], depth: u32) -> ValueType {
        let mut read: Vec<ValueType> = Vec::new();
        for member in members {
            match self.read(member, depth + 1) {
                // What is not checked may also decide whether the text is decoded.
                unchecked @ ValueType::Unchecked(_) => return unchecked,
                ValueType::Union(inner) => read.extend(inner),
                other => read.push(other),
            }
        }
        ValueType::Union(read)
    }

    fn generic(&mut self, whole: &Value<'a>, base: &Value<'a>, arguments: &[Value<'a>], depth: u32) -> ValueType {
        let Some(first) = arguments.first() else { return ValueType::unchecked("a type without its arguments") };
        match typing_name(base) {
            Some("Annotated") => {
                let mut accepts = self.read(first, depth + 1);
                for item in &arguments[1..] {
                    accepts = self.annotate(accepts, item);
                }
                return accepts;
            }
            Some("Optional") => return self.union(&[first.clone(), Value::None], depth),
            Some("Union") => return self.union(arguments, depth),
            Some("Final" | "Required" | "NotRequired" | "ReadOnly") => return self.read(first, depth + 1),
            Some("Literal") => return literal(arguments),
            _ => {}
        }
        if let Some(target) = generic_target(self.models.evaluator, base, arguments) {
            return self.read(&target, depth + 1);
        }
        match base {
            Value::Class(class) => self.class(class, whole),
            Value::External(path) => {
                let inner: Vec<ValueType> = arguments
                    .iter()
                    .filter(|argument| !matches!(argument, Value::Ellipsis))
                    .map(|argument| self.read(argument, depth + 1))
                    .collect();
                let endless = matches!(arguments.get(1), Some(Value::Ellipsis));
                generic_type(path, inner, endless)
            }
            _ => ValueType::unchecked("the type is not known"),
        }
    }

    fn class(&mut self, class: &Rc<Class<'a>>, whole: &Value<'a>) -> ValueType {
        let evaluator = self.models.evaluator;
        if evaluator.is_enum(class) {
            return self.enumeration(class);
        }
        let form = match self.models.base(class) {
            Base::Model => Some(ModelForm::Model),
            Base::Plain => shapes::form_of(self.models, class).filter(|_| !shapes::decides_itself(self.models, class)),
            _ => None,
        };
        let Some(form) = form else { return ValueType::unchecked(format!("`{}` decides itself", class.name)) };
        let pointer = Rc::as_ptr(class);
        if let Some(further) = self.within.iter().rev().position(|outer| *outer == pointer) {
            return match (u32::try_from(further), whole) {
                (Ok(further), Value::Class(_)) => ValueType::Enclosing(further),
                _ => ValueType::unchecked("the model holds itself"),
            };
        }
        self.within.push(pointer);
        let model = self.model(class, whole, form);
        self.within.pop();
        model
    }

    fn model(&mut self, class: &Rc<Class<'a>>, whole: &Value<'a>, form: ModelForm) -> ValueType {
        let models = self.models;
        let config = models.config(class);
        if let Some(doubt) = doubt_of(models, class, &config) {
            return ValueType::unchecked(doubt);
        }
        let is_root = models.evaluator.external_bases(class).iter().any(|base| base.ends_with(".RootModel"));
        let validators = Validators::of(models, class);
        let own = |name: &str| models.evaluator.defines(class, name);
        if is_root || validators.model == Some(Moment::Before) || own("__init__") || own("__get_pydantic_core_schema__") {
            return ValueType::unchecked(format!("`{}` decides itself", class.name));
        }
        let filled = substitution(whole, class);
        let by_name = config.is_true("populate_by_name") || config.is_true("validate_by_name");
        let mut fields = Vec::new();
        for field in models.fields(class).iter() {
            let mut field = field.clone();
            if !filled.is_empty() {
                field.annotation = substitute(&field.annotation, &filled);
            }
            let (required, can_be_given) = shapes::is_given(models, class, &field, form);
            if !can_be_given {
                continue;
            }
            let Some((keys, is_part)) = shapes::keys_of(&field, by_name) else {
                return ValueType::unchecked("the names of its fields are not decided by the source");
            };
            let mut accepts = self.field(&field, &validators);
            if is_part {
                accepts = ValueType::unchecked("the variable holds it as a part");
            }
            fields.push(ModelField { name: field.name.to_string(), keys, accepts, required, is_part });
        }
        let extra = match config.value("extra") {
            None | Some(Value::None) => "ignore",
            Some(extra) => match extra.as_str() {
                Some(extra) => extra,
                None => return ValueType::unchecked("`extra` is not decided by the source"),
            },
        };
        let forbid_extra = extra == "forbid" || form == ModelForm::NamedTuple;
        let model = ModelRule { form, fields, forbid_extra, allow_extra: extra == "allow", ignore_case: false };
        let is_looked_over = validators.model.is_some() || own("__post_init__") || own("model_post_init");
        let model = ValueType::Model(model);
        if is_looked_over { model.checked("a validator of the model runs after it") } else { model }
    }

    fn enumeration(&self, class: &Rc<Class<'a>>) -> ValueType {
        let evaluator = self.models.evaluator;
        let bases = evaluator.external_bases(class);
        let mixin = bases.iter().find_map(|base| match base.rsplit('.').next() {
            Some("int" | "IntEnum") => Some(EnumMixin::Int),
            Some("str" | "StrEnum") => Some(EnumMixin::Str),
            Some("float") => Some(EnumMixin::Float),
            _ => None,
        });
        let members = evaluator.members(class);
        let values: Vec<Json> = members.iter().filter_map(|member| scalar(&member.value)).collect();
        let order = evaluator.resolution_order(class);
        let own = |name: &str| {
            let bases = order.iter().flat_map(|order| order.iter()).filter_map(read_class_of);
            bases.into_iter().any(|base| evaluator.defines(&base, name))
        };
        let known = |base: &Rc<str>| matches!(base.split('.').next(), Some("enum" | "builtins" | "typing" | "abc"));
        let flags = bases.iter().any(|base| base.contains("Flag"));
        let changed = ["_missing_", "__new__", "__init__", "__eq__", "__hash__"].into_iter().any(own);
        let open = values.len() != members.len() || flags || changed || !bases.iter().all(known) || values.is_empty();
        ValueType::Enum(EnumRule { mixin, values, open })
    }

    /// `conint(ge=1)`, `conlist(int, min_length=1)`, `NewType("Id", int)`.
    fn constrained(&mut self, call: &Call<'a>, depth: u32) -> ValueType {
        let Value::External(path) = &call.callee else { return ValueType::unchecked("the type is made by the program") };
        let name = path.rsplit('.').next().unwrap_or(path);
        if call.partial {
            return ValueType::unchecked("the type is made by the program");
        }
        let mut item = |position| match call.argument(position, "item_type") {
            Some(item) => self.read(item, depth + 1),
            None => ValueType::Any,
        };
        let plain = match name {
            "NewType" => return item(1),
            "conint" => ValueType::Int,
            "confloat" => ValueType::Float,
            "constr" => ValueType::Str,
            "conbytes" => ValueType::Bytes,
            "condecimal" => ValueType::Decimal,
            "condate" => ValueType::Date.checked("bounds on a date"),
            "conlist" => wrap(item(0), ValueType::List),
            "conset" => wrap(item(0), ValueType::Set),
            "confrozenset" => wrap(item(0), ValueType::FrozenSet),
            _ => return ValueType::unchecked("the type is made by the program"),
        };
        if name == "conlist" && call.keyword("unique_items").is_some() {
            return plain.checked("`unique_items`");
        }
        constrain(plain, constraint::keywords_of(call))
    }

    /// Whether pydantic passes over what is made of the class when it stands in `Annotated`: it has none of the methods that pydantic
    /// asks for (`_apply_single_annotation`), and neither do its bases.
    fn is_inert(&self, class: &Rc<Class<'a>>) -> bool {
        const ASKED: [&str; 4] = [
            "__get_pydantic_core_schema__",
            "__prepare_pydantic_annotations__",
            "__get_validators__",
            "__is_annotated_types_grouped_metadata__",
        ];
        let evaluator = self.models.evaluator;
        let harmless = |base: &Rc<str>| matches!(base.split('.').next(), Some("enum" | "builtins" | "typing" | "abc"));
        let order = evaluator.resolution_order(class);
        let is_known = order.iter().flat_map(|order| order.iter()).all(|base| match base {
            Value::Class(base) => !ASKED.iter().any(|name| evaluator.defines(base, name)),
            Value::External(path) => harmless(path),
            _ => false,
        });
        order.is_some() && is_known && evaluator.external_bases(class).iter().all(harmless)
    }

    /// Puts what stands in `Annotated` on a type.
    fn annotate(&mut self, accepts: ValueType, item: &Value<'a>) -> ValueType {
        let (path, call) = match item {
            Value::External(path) => (&**path, None),
            Value::Call(call) => match &call.callee {
                Value::External(path) => (&**path, Some(&**call)),
                Value::Class(class) if self.is_inert(class) => return accepts,
                _ => return ValueType::unchecked("the program's own annotation"),
            },
            Value::Class(class) if self.is_inert(class) => return accepts,
            Value::Member(member) if self.is_inert(&member.class) => return accepts,
            // Plain data is for others to read.
            Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::None | Value::Dict(_) => return accepts,
            Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::Bytes(_) => return accepts,
            _ => return ValueType::unchecked("the program's own annotation"),
        };
        let (root, name) = (path.split('.').next().unwrap_or(path), path.rsplit('.').next().unwrap_or(path));
        if !matches!(root, "pydantic" | "pydantic_settings" | "annotated_types" | "typing_extensions" | "typing") {
            return if root == "takk" { accepts } else { ValueType::unchecked("the annotation of another package") };
        }
        match name {
            "Field" | "FieldInfo" | "StringConstraints" | "Interval" => match call {
                Some(call) if !call.partial => match call.keyword("discriminator").filter(|tag| !matches!(tag, Value::None)) {
                    Some(tag) => tagged(accepts, tag),
                    None => constrain(accepts, constraint::keywords_of(call)),
                },
                _ => ValueType::unchecked("constraints that are not decided by the source"),
            },
            "Gt" | "Ge" | "Lt" | "Le" | "MultipleOf" | "MinLen" | "MaxLen" | "AllowInfNan" | "Strict" | "Len" => {
                constrain(accepts, single(name, call))
            }
            // The class itself, rather than an instance, does not keep pydantic-settings from decoding first.
            "Json" if call.is_none() => ValueType::unchecked("`Json` decides itself"),
            "Json" => wrap(accepts, ValueType::Json),
            "UuidVersion" => match call.and_then(|call| call.argument(0, "uuid_version")) {
                Some(Value::Int(version)) => ValueType::Uuid(u8::try_from(*version).ok()),
                _ => accepts.checked("a version that is not decided by the source"),
            },
            "UrlConstraints" => match (accepts, call) {
                (ValueType::Url(rule), Some(call)) if !call.partial => url_constraints(rule, call),
                _ => ValueType::unchecked("constraints that are not decided by the source"),
            },
            "AfterValidator" | "Predicate" | "Not" | "PathType" | "Timezone" => accepts.checked("a validator runs after it"),
            "NoDecode" | "ForceDecode" | "PlainSerializer" | "WrapSerializer" | "WithJsonSchema" | "Doc" | "Examples" => {
                accepts
            }
            "FailFast" | "SerializeAsAny" | "doc" | "Unit" | "deprecated" | "Sensitive" => accepts,
            _ => ValueType::unchecked(format!("`{name}` decides itself")),
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
            said.doubt = Some(format!("`{key}` is not decided by the source"));
        }
    }
    if call.is_some_and(|call| call.partial) {
        said.doubt = Some("constraints that are not decided by the source".to_owned());
    }
    said
}

fn url_constraints(mut rule: UrlRule, call: &Call<'_>) -> ValueType {
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
            return ValueType::unchecked(format!("`{key}` is not decided by the source"));
        }
    }
    ValueType::Url(rule)
}

/// A union as the one whose member a tag names.
fn tagged(accepts: ValueType, tag: &Value<'_>) -> ValueType {
    let Some(tag) = tag.as_str() else { return ValueType::unchecked("a union whose members the program tells apart") };
    let Some(members) = accepts.union_members() else { return accepts };
    let (nothing, members): (Vec<_>, Vec<_>) = members.iter().cloned().partition(|member| *member == ValueType::None);
    let union = ValueType::Tagged(TaggedRule { tag: tag.to_owned(), members });
    if nothing.is_empty() { union } else { ValueType::Union(vec![union, ValueType::None]) }
}

/// The value of a member as it compares with what is decoded from JSON.
fn scalar(value: &Value<'_>) -> Option<Json> {
    match value {
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => fold::json(value),
        _ => None,
    }
}

fn literal(arguments: &[Value<'_>]) -> ValueType {
    let mut values = Vec::new();
    let mut queue: Vec<&Value<'_>> = arguments.iter().rev().collect();
    while let Some(argument) = queue.pop() {
        match argument {
            Value::Subscript(inner) if typing_name(&inner.0) == Some("Literal") => queue.extend(inner.1.iter().rev()),
            // Bytes are never decoded from a text.
            Value::Bytes(_) => values.push(Json::Array(Vec::new())),
            other => match scalar(other) {
                Some(value) => values.push(value),
                None => return ValueType::unchecked("a `Literal` of members of an enum"),
            },
        }
    }
    ValueType::Literal(values)
}

/// A type around another.
fn wrap(inner: ValueType, around: fn(Box<ValueType>) -> ValueType) -> ValueType {
    around(Box::new(inner))
}
