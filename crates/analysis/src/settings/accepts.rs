//! What a field accepts, as structure: its annotation, what `Field(...)` adds, and what validators leave open.

use std::rc::Rc;

use serde_json::Value as Json;

use super::class_kind::{Base, foreign_base};
use super::config::{ModelConfig, read_class_of};
use super::config_rules::ConfigRules;
use super::constraint::{self, Said, constrain};
use super::environment::{AliasHead, Environment, alias_path};
use super::field::{FieldFacts, typing_name};
use super::fields::substitution;
use super::first::{self, first};
use super::models::Models;
use super::older::{ITSELF, decodes_itself, is_plain_v1, older};
use super::own_url::own_url;
use super::python_value::enum_mixin;
use super::refused::{refusal, refused_default};
use super::respelling;
use super::rules_version::ValueRules;
use super::setting::is_dataclass;
use super::shapes;
use super::sources::Chosen;
use super::types::{generic_target, substitute};
use super::validators::{Moment, Validators};
use takk_model::{ClassKind, EnumRule, ModelField, ModelForm, ModelRule, TaggedRule, ValueType, generic_type, plain_type};
use takk_python::{Call, Class, Value, fold};

/// How deep types may nest, and how many there may be, before the rest is left open.
const DEEPEST: u32 = 24;
const MOST: u32 = 500;

/// What the fields of one settings class accept.
pub(super) struct Acceptance<'r, 'a> {
    models: &'r Models<'r, 'a>,
    config: &'r ModelConfig<'a>,
    class: Rc<Class<'a>>,
    validators: Validators,
    environment: Environment,
    /// Whether the class has a constructor of its own, which may give its fields values.
    constructed: bool,
    /// Whether the class of pydantic 1 reads the texts of types with parts by itself.
    decodes_itself: bool,
    /// Why nothing is certain about the variable of any field.
    doubt: Option<String>,
    /// Whether defaults are as pydantic has them all the same.
    keeps_defaults: bool,
}

/// What a field accepts, from the environment and as a default.
pub(super) struct Accepted {
    pub accepts: ValueType,
    /// Why pydantic refuses its default.
    pub refused_default: Option<String>,
}

impl<'r, 'a> Acceptance<'r, 'a> {
    /// For a class that is read as `kind`.
    pub fn new(
        models: &'r Models<'r, 'a>,
        class: &Rc<Class<'a>>,
        kind: ClassKind,
        config: &'r ModelConfig<'a>,
        chosen: Option<&Chosen>,
    ) -> Self {
        let validators = Validators::of(models, class);
        let by_pydantic = matches!(kind, ClassKind::Settings | ClassKind::LocalSettings);
        let base = models.base(class);
        let is_first = base == Base::SettingsV1 && models.rules.is_pydantic_v1();
        let doubt = if !by_pydantic || !(base == Base::Settings || is_first) {
            Some("pydantic-settings does not read it".to_owned())
        } else if is_first && config.value("customise_sources").is_some() {
            Some(ITSELF.to_owned())
        } else if let Some(undecided) = config.undecided() {
            Some(format!("its configuration is computed: `{undecided}`"))
        } else {
            foreign_base(models, class)
        };
        let (doubt, keeps_defaults) = match (doubt, chosen.filter(|chosen| chosen.is_doubtful())) {
            // Where all sources are known, only the environment is not among them.
            (None, Some(chosen)) => (Some("the class chooses its own sources".to_owned()), !chosen.may_give_anything()),
            (doubt, _) => (doubt, false),
        };
        let order = models.evaluator.resolution_order(class);
        let own = order.iter().flat_map(|order| order.iter()).filter_map(read_class_of);
        let constructed =
            own.into_iter().any(|base| ["__init__", "__new__"].iter().any(|name| models.evaluator.defines(&base, name)));
        let decodes_itself = is_first && decodes_itself(models, class, config);
        let environment = Environment::of(models, config);
        let class = Rc::clone(class);
        Self { models, config, class, validators, environment, constructed, decodes_itself, doubt, keeps_defaults }
    }

    pub fn of(&self, field: &FieldFacts<'a>) -> Accepted {
        let unchecked = self.doubt.as_ref().map(|doubt| ValueType::unchecked(doubt.clone()));
        if let Some(accepts) = unchecked.as_ref().filter(|_| !self.keeps_defaults) {
            return Accepted { accepts: accepts.clone(), refused_default: None };
        }
        let read = self.of_version(self.reader().type_of(field, &self.validators));
        // What runs first may give the field a value.
        let may_be_given = self.constructed || self.validators.model == Some(Moment::Before);
        let refused_default = if may_be_given || field.is_required() {
            None
        } else if self.models.rules.is_pydantic_v1() {
            refused_default(self.models, field, &read, self.config, &Some)
        } else {
            let of_default = self.reader().type_of(field, &Validators::default());
            let prepared = |value| self.validators.prepared(self.models, &self.class, &field.name, value);
            refused_default(self.models, field, &of_default, self.config, &prepared)
        };
        let has_parts = read.is_complex() || read.is_complex_union();
        let read = if self.decodes_itself && has_parts { ValueType::unchecked(ITSELF) } else { read };
        Accepted { accepts: unchecked.unwrap_or_else(|| self.as_set(field, read)), refused_default }
    }

    fn reader(&self) -> Reader<'_, 'a> {
        let rules = ConfigRules::of(self.config, self.models.rules);
        Reader { models: self.models, environment: &self.environment, rules, lax: false, walked: 0, within: Vec::new() }
    }

    /// A type as the version of pydantic has it.
    fn of_version(&self, read: ValueType) -> ValueType {
        match self.models.rules.value_rules() {
            ValueRules::Same => read,
            ValueRules::Older => older(read, self.models.rules),
            ValueRules::First => first(read),
        }
    }

    /// What the sources make of a text before it is validated.
    fn as_set(&self, field: &FieldFacts<'a>, read: ValueType) -> ValueType {
        let read = match self.validators.model {
            Some(Moment::Before) => read.preceded("a validator of the model runs first"),
            _ => read,
        };
        let delimited = self.config.text("env_nested_delimiter").is_some_and(|delimiter| !delimiter.is_empty());
        let read = if delimited && has_object(&read) { ValueType::Merged(Box::new(read)) } else { read };
        // pydantic 1 gives no name its case back.
        let read = if self.config.is_true("case_sensitive") || self.models.rules.is_pydantic_v1() {
            read
        } else {
            respelling::ignoring_case(read, self.models.rules.restores_case_in())
        };
        let read = match alias_path(field.attribute("validation_alias"), !self.models.rules.alias_path_is_its_head()) {
            AliasHead::Path(path) if !path.is_empty() => self.environment.part(field, path, read),
            AliasHead::None | AliasHead::Path(_) => self.reader().brought(field, &self.validators, read),
            AliasHead::Several => ValueType::unchecked("one of its variables contains it as a part"),
        };
        self.environment.around(read)
    }
}

/// Whether `Json` is in it: such a text is never turned into a value first.
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

/// Whether a model or dictionary is in it, which other variables may fill (`explode_env_vars`).
fn has_object(accepts: &ValueType) -> bool {
    match accepts {
        ValueType::Model(_) | ValueType::Dict(..) | ValueType::Any => true,
        ValueType::Constrained(_, inner) | ValueType::Checked(_, inner) | ValueType::Preceded(_, inner) => has_object(inner),
        ValueType::First(inner) => has_object(inner),
        ValueType::Union(members) | ValueType::Tagged(TaggedRule { members, .. }) => members.iter().any(has_object),
        _ => false,
    }
}

pub(super) struct Reader<'r, 'a> {
    models: &'r Models<'r, 'a>,
    environment: &'r Environment,
    /// What the configuration of the model around says of types.
    rules: ConfigRules,
    /// Whether what makes the field strict is left out: as what texts are turned into values first.
    lax: bool,
    walked: u32,
    within: Vec<*const Class<'a>>,
}

impl<'r, 'a> Reader<'r, 'a> {
    /// The models that types are looked up in.
    pub fn models(&self) -> &'r Models<'r, 'a> {
        self.models
    }

    /// A field: its type, what is put on it, its validators, and how a text of its own comes to it.
    fn field(&mut self, field: &FieldFacts<'a>, validators: &Validators) -> ValueType {
        let read = self.type_of(field, validators);
        self.brought(field, validators, read)
    }

    /// How a text comes to a field.
    fn brought(&mut self, field: &FieldFacts<'a>, validators: &Validators, read: ValueType) -> ValueType {
        let has_parts = read.is_complex() || read.is_complex_union();
        if has_parts && self.environment.leaves(field) {
            return ValueType::Undecoded(Box::new(read));
        }
        if has_parts || !self.environment.turns(field) || has_json(&read) {
            return read;
        }
        let lax = self.rules.lax();
        let strict = std::mem::replace(&mut self.rules, lax);
        self.lax = true;
        let lax = self.type_of(field, validators);
        self.lax = false;
        self.rules = strict;
        ValueType::Coerced(Box::new(lax), Box::new(read))
    }

    /// Puts constraints on a type.
    pub fn constrain(&self, accepts: ValueType, said: Said) -> ValueType {
        if matches!(accepts, ValueType::Constrained(..))
            && !said.constraints.is_empty()
            && self.models.rules.keeps_constraints()
        {
            return accepts.preceded(self.models.rules.differs());
        }
        constrain(accepts, said)
    }

    /// A field: its type, what is put on it, and its validators.
    fn type_of(&mut self, field: &FieldFacts<'a>, validators: &Validators) -> ValueType {
        if field.undecided {
            return ValueType::unchecked("the field is computed");
        }
        if field.several && self.models.rules.keeps_constraints() {
            return ValueType::unchecked(self.models.rules.differs());
        }
        let accepts = self.read(&field.annotation, 0);
        let accepts = if self.models.rules.is_pydantic_v1() {
            first::of_field(accepts, field)
        } else {
            self.with_keywords(accepts, field)
        };
        match validators.moment(&field.name) {
            Some(Moment::Before) => accepts.preceded("a validator runs first"),
            Some(Moment::After) => accepts.checked("a validator checks it afterwards"),
            None if validators.model.is_some() => accepts.checked("a validator of the model checks it afterwards"),
            None => accepts,
        }
    }

    /// The type of a field with what is put on it.
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

    fn read(&mut self, value: &Value<'a>, depth: u32) -> ValueType {
        self.walked += 1;
        if depth > DEEPEST || self.walked > MOST {
            return ValueType::unchecked("its type is too large");
        }
        match value {
            Value::None => ValueType::None,
            Value::External(path) => self.rules.on(with_parts(path).unwrap_or_else(|| plain_type(path))),
            Value::Class(class) => self.class(class, value),
            Value::Union(members) => self.union(members, depth),
            Value::Subscript(generic) => self.generic(value, &generic.0, &generic.1, depth),
            Value::Alias(alias) => {
                let target = self.models.evaluator.alias_target(alias);
                self.read(&target, depth + 1)
            }
            Value::Call(call) => self.constrained(call, depth),
            Value::Unknown(unknown) => ValueType::unchecked(format!("`{}` is unknown", unknown.expression)),
            _ => ValueType::unchecked("its type is unknown"),
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
        let Some(first) = arguments.first() else { return ValueType::unchecked("a type without arguments") };
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
                self.rules.on(with_parts(path).unwrap_or_else(|| generic_type(path, inner, endless)))
            }
            _ => ValueType::unchecked("its type is unknown"),
        }
    }

    fn class(&mut self, class: &Rc<Class<'a>>, whole: &Value<'a>) -> ValueType {
        let evaluator = self.models.evaluator;
        if evaluator.is_enum(class) {
            return self.enumeration(class);
        }
        if let Some(url) = own_url(self.models, class) {
            return url;
        }
        let form = match self.models.base(class) {
            Base::Model => Some(ModelForm::Model),
            Base::ModelV1 if self.models.rules.is_pydantic_v1() => {
                Some(ModelForm::Model).filter(|_| is_plain_v1(self.models, class))
            }
            Base::Plain if !self.models.rules.is_pydantic_v1() => {
                shapes::form_of(self.models, class).filter(|_| !shapes::decides_itself(self.models, class))
            }
            _ => None,
        };
        let Some(form) = form else { return self.foreign_class(class) };
        let pointer = Rc::as_ptr(class);
        if let Some(further) = self.within.iter().rev().position(|outer| *outer == pointer) {
            return match (u32::try_from(further), whole) {
                (Ok(further), Value::Class(_)) => ValueType::Enclosing(further),
                _ => any_object().preceded("the model is recursive"),
            };
        }
        self.within.push(pointer);
        let config = self.models.config(class);
        let around = self.rules.clone();
        // A class without a configuration has that of the model around it (`_config_wrapper_stack`).
        if matches!(form, ModelForm::Model | ModelForm::PydanticDataclass) {
            self.rules = ConfigRules::of(&config, self.models.rules);
        }
        let model = self.model(class, whole, &config, form);
        self.rules = around;
        self.within.pop();
        model
    }

    /// A class that decides itself what it accepts: whether its texts are JSON is known of some.
    fn foreign_class(&self, class: &Rc<Class<'a>>) -> ValueType {
        const OBJECTS: [&str; 5] = ["TypedDict", "dict", "Dict", "Mapping", "MutableMapping"];
        const LISTS: [&str; 8] = ["NamedTuple", "list", "set", "frozenset", "tuple", "List", "Set", "deque"];
        let reason = format!("`{}` does its own validation", class.name);
        if self.models.rules.is_pydantic_v1() {
            let is_model = matches!(self.models.base(class), Base::SettingsV1 | Base::ModelV1);
            return if is_model { any_object().preceded(reason) } else { ValueType::unchecked(reason) };
        }
        let bases = self.models.evaluator.external_bases(class);
        let has = |names: &[&str]| bases.iter().any(|base| names.contains(&base.rsplit('.').next().unwrap_or(base)));
        if is_dataclass(class) || matches!(self.models.base(class), Base::Settings | Base::SecretModel) || has(&OBJECTS) {
            any_object().preceded(reason)
        } else if has(&LISTS) {
            ValueType::List(Box::new(ValueType::Any)).preceded(reason)
        } else {
            ValueType::unchecked(reason)
        }
    }

    fn model(&mut self, class: &Rc<Class<'a>>, whole: &Value<'a>, config: &ModelConfig<'a>, form: ModelForm) -> ValueType {
        let models = self.models;
        let open = |reason: String| any_object().preceded(reason);
        if models.evaluator.external_bases(class).iter().any(|base| base.ends_with(".RootModel")) {
            return self.root_model(class);
        }
        if let Some(doubt) = foreign_base(models, class) {
            return open(doubt);
        }
        if let Some(undecided) = config.undecided() {
            return open(format!("its configuration is computed: `{undecided}`"));
        }
        let validators = Validators::of(models, class);
        let own = |name: &str| models.evaluator.defines(class, name);
        if own("__init__") || own("__get_pydantic_core_schema__") {
            return open(format!("`{}` does its own validation", class.name));
        }
        let filled = substitution(whole, class);
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
            let Some((keys, is_part)) = shapes::keys_of(models, &field, config) else {
                return open("the names of its fields are computed".to_owned());
            };
            let mut accepts = self.field(&field, &validators);
            if is_part {
                accepts = ValueType::unchecked("the variable contains it as a part");
            }
            // A dataclass of Python has the rules around it: in settings, its defaults are validated.
            let validates = self.rules.validates_defaults();
            let required = required || refusal(models, &field, &accepts, validates, &Some).is_some();
            fields.push(ModelField { name: field.name.to_string(), keys, accepts, required, is_part });
        }
        let (inherits, usual) = match form {
            ModelForm::Dataclass | ModelForm::TypedDict => (models.rules.dataclasses_inherit(), "ignore"),
            ModelForm::NamedTuple => (models.rules.named_tuples_inherit(), "forbid"),
            ModelForm::Model | ModelForm::PydanticDataclass => (false, "ignore"),
        };
        let extra = match config.value("extra") {
            None | Some(Value::None) => self.rules.extra().filter(|_| inherits).unwrap_or(usual),
            Some(extra) => match extra.as_str() {
                Some(extra) => extra,
                None => return open("`extra` is computed".to_owned()),
            },
        };
        // A `NamedTuple` drops what it takes beside its fields.
        let allow_extra = extra == "allow" && form != ModelForm::NamedTuple;
        let model = ModelRule { form, fields, forbid_extra: extra == "forbid", allow_extra, ignore_case: false };
        let model = ValueType::Model(model);
        if form == ModelForm::Dataclass && self.rules.is_strict() {
            return model.preceded("strict mode accepts only an instance of the dataclass");
        }
        if form == ModelForm::NamedTuple && extra != "forbid" {
            return model.checked("pydantic may reject names that are not fields");
        }
        let is_looked_over = own("__post_init__") || own("model_post_init");
        match validators.model {
            Some(Moment::Before) => model.preceded(format!("`{}` does its own validation", class.name)),
            Some(Moment::After) => model.checked("a validator of the model checks it afterwards"),
            None if is_looked_over => model.checked("the model checks it as a whole"),
            None => model,
        }
    }

    /// A `RootModel`: whether its texts are JSON is what its root says.
    fn root_model(&mut self, class: &Rc<Class<'a>>) -> ValueType {
        let reason = format!("`{}` does its own validation", class.name);
        let root = class.bases.iter().find_map(|base| match base {
            Value::Subscript(generic) => generic.1.first().cloned(),
            _ => None,
        });
        match root.map(|root| self.read(&root, 1)) {
            Some(read) => read.preceded(reason),
            None => ValueType::unchecked(reason),
        }
    }

    fn enumeration(&self, class: &Rc<Class<'a>>) -> ValueType {
        let evaluator = self.models.evaluator;
        let bases = evaluator.external_bases(class);
        let mixin = enum_mixin(evaluator, class);
        let mixin = if self.models.rules.is_pydantic_v1() { first::mixin(mixin, &bases) } else { mixin };
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
        let names = members.iter().map(|member| member.name.to_string());
        let by_name = if self.environment.names_members { names.collect() } else { Vec::new() };
        self.rules.on(ValueType::Enum(EnumRule { mixin, values, open, by_name }))
    }

    /// `conint(ge=1)`, `conlist(int, min_length=1)`, `NewType("Id", int)`.
    fn constrained(&mut self, call: &Call<'a>, depth: u32) -> ValueType {
        let Value::External(path) = &call.callee else { return ValueType::unchecked("the program creates the type") };
        let name = path.rsplit('.').next().unwrap_or(path);
        if call.partial {
            return ValueType::unchecked("the program creates the type");
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
            _ => return ValueType::unchecked("the program creates the type"),
        };
        if name == "conlist" && call.keyword("unique_items").is_some() {
            return plain.checked("`unique_items`");
        }
        let said = if self.models.rules.is_pydantic_v1() { first::keywords_of(call) } else { constraint::keywords_of(call) };
        constrain(self.rules.on(plain), said)
    }
}

/// A union as the one whose member a tag names.
pub(super) fn tagged(accepts: ValueType, tag: &Value<'_>) -> ValueType {
    let Some(tag) = tag.as_str() else { return ValueType::unchecked("a union whose member the program chooses") };
    let Some(members) = accepts.union_members() else { return accepts };
    let (nothing, members): (Vec<_>, Vec<_>) = members.iter().cloned().partition(|member| *member == ValueType::None);
    let union = ValueType::Tagged(TaggedRule { tag: tag.to_owned(), members });
    if nothing.is_empty() { union } else { ValueType::Union(vec![union, ValueType::None]) }
}

/// A model or dictionary of which nothing is known.
fn any_object() -> ValueType {
    ValueType::Dict(Box::new(ValueType::Any), Box::new(ValueType::Any))
}

/// Types with parts whose texts are JSON, and of which nothing else is known here.
fn with_parts(path: &str) -> Option<ValueType> {
    let (root, name) = (path.split('.').next()?, path.rsplit('.').next()?);
    if !matches!(root, "typing" | "collections" | "typing_extensions") {
        return None;
    }
    let reason = format!("`{name}` does its own validation");
    match name {
        "deque" | "Deque" | "MutableSequence" => Some(ValueType::List(Box::new(ValueType::Any)).preceded(reason)),
        "OrderedDict" | "defaultdict" | "DefaultDict" | "Counter" | "ChainMap" => Some(any_object().preceded(reason)),
        _ => None,
    }
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
                None => return ValueType::unchecked("a `Literal` of enum members"),
            },
        }
    }
    ValueType::Literal(values)
}

pub(super) fn wrap(inner: ValueType, around: fn(Box<ValueType>) -> ValueType) -> ValueType {
    around(Box::new(inner))
}
