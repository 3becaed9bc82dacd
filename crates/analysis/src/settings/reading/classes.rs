//! Classes: enums, models, and other classes with fields.

use std::borrow::Cow;
use std::rc::Rc;

use serde_json::Value as Json;

use super::Reader;
use super::walk::{any_object, is_scalar};
use crate::settings::class_kind::{Base, foreign_base};
use crate::settings::config::{ModelConfig, read_class_of};
use crate::settings::config_rules::ConfigRules;
use crate::settings::field::FieldFacts;
use crate::settings::fields::substitution;
use crate::settings::first;
use crate::settings::generics::substitute;
use crate::settings::older::is_plain_v1;
use crate::settings::own_url::own_url;
use crate::settings::python_value::enum_mixin;
use crate::settings::refused::refusal;
use crate::settings::setting::is_dataclass;
use crate::settings::shapes;
use crate::settings::validators::Moment;
use takk_model::{EnumRule, ModelField, ModelForm, ModelRule, ValueType};
use takk_python::{Class, Value, fold};

impl<'a> Reader<'_, 'a> {
    /// Reads a class with its type arguments.
    pub(super) fn class(
        &mut self,
        class: &Rc<Class<'a>>,
        whole: &Value<'a>,
        arguments: &[Value<'a>],
        outer: bool,
        depth: u32,
    ) -> ValueType {
        let is_enum = self.models.evaluator.is_enum(class);
        if !is_enum {
            self.note_class(class, whole, outer);
        }
        let from = self.told_so_far();
        self.arguments(arguments, depth);
        self.tell_class(class, from);
        if is_enum {
            return self.enumeration(class, outer);
        }
        if !self.accepting {
            return ValueType::Any;
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
        let telling = std::mem::replace(&mut self.telling, false);
        let config = self.models.config(class);
        let around = self.rules.clone();
        // A class without a configuration inherits that of the enclosing model (`_config_wrapper_stack`).
        if matches!(form, ModelForm::Model | ModelForm::PydanticDataclass) {
            self.rules = Some(Rc::new(ConfigRules::of(&config, self.models.rules)));
        }
        let model = self.model(class, whole, &config, form);
        self.rules = around;
        self.telling = telling;
        self.within.pop();
        model
    }

    /// A class that does its own validation. For some, it is known whether their texts are JSON.
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
        let own = |name: &str| models.evaluator.defines(class, name);
        if own("__init__") || own("__get_pydantic_core_schema__") {
            return open(format!("`{}` does its own validation", class.name));
        }
        let validators = models.validators(class);
        let filled = substitution(whole, class);
        let validates = self.rules.as_ref().is_some_and(|rules| rules.validates_defaults());
        let mut fields = Vec::new();
        for field in models.fields(class).iter() {
            let field = if filled.is_empty() {
                Cow::Borrowed(field)
            } else {
                Cow::Owned(FieldFacts { annotation: substitute(&field.annotation, &filled), ..field.clone() })
            };
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
            // A standard dataclass inherits the enclosing configuration: in settings, its defaults are validated.
            let required = required || refusal(models, &field, None, &accepts, validates, &Some).is_some();
            fields.push(ModelField { name: field.name.to_string(), keys, accepts, required, is_part });
        }
        let (inherits, usual) = match form {
            ModelForm::Dataclass | ModelForm::TypedDict => (models.rules.dataclasses_inherit(), "ignore"),
            ModelForm::NamedTuple => (models.rules.named_tuples_inherit(), "forbid"),
            ModelForm::Model | ModelForm::PydanticDataclass => (false, "ignore"),
        };
        let inherited = self.rules.as_ref().and_then(|rules| rules.extra()).filter(|_| inherits);
        let extra = match config.value("extra") {
            None | Some(Value::None) => inherited.unwrap_or(usual),
            Some(extra) => match extra.as_str() {
                Some(extra) => extra,
                None => return open("`extra` is computed".to_owned()),
            },
        };
        // A `NamedTuple` drops extra values.
        let allow_extra = extra == "allow" && form != ModelForm::NamedTuple;
        let forbid_extra = extra == "forbid";
        let model = ValueType::Model(ModelRule { form, fields, forbid_extra, allow_extra, ignore_case: false });
        if form == ModelForm::Dataclass && self.rules.as_ref().is_some_and(|rules| rules.is_strict()) {
            return model.preceded("strict mode accepts only an instance of the dataclass");
        }
        if form == ModelForm::NamedTuple && !forbid_extra {
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

    /// A `RootModel`: its root determines whether its texts are JSON.
    fn root_model(&mut self, class: &Rc<Class<'a>>) -> ValueType {
        let reason = format!("`{}` does its own validation", class.name);
        let root = class.bases.iter().find_map(|base| match base {
            Value::Subscript(generic) => generic.1.first().cloned(),
            _ => None,
        });
        match root.map(|root| self.read(&root, false, 1)) {
            Some(read) => read.preceded(reason),
            None => ValueType::unchecked(reason),
        }
    }

    fn enumeration(&mut self, class: &Rc<Class<'a>>, outer: bool) -> ValueType {
        let evaluator = self.models.evaluator;
        let is_told = outer && self.telling;
        if !self.accepting && !is_told {
            return ValueType::Any;
        }
        let members = evaluator.members(class);
        let mut values: Vec<Json> = Vec::new();
        for member in members.iter() {
            let Some(value) = fold::json(&member.value) else { continue };
            if is_told {
                self.tell_member(&value);
            }
            if is_scalar(&member.value) {
                values.push(value);
            }
        }
        if !self.accepting {
            return ValueType::Any;
        }
        let bases = evaluator.external_bases(class);
        let mixin = enum_mixin(evaluator, class);
        let mixin = if self.models.rules.is_pydantic_v1() { first::mixin(mixin, &bases) } else { mixin };
        let order = evaluator.resolution_order(class);
        let own = |name: &str| {
            let bases = order.iter().flat_map(|order| order.iter()).filter_map(read_class_of);
            bases.into_iter().any(|base| evaluator.defines(&base, name))
        };
        let known = |base: &Rc<str>| matches!(base.split('.').next(), Some("enum" | "builtins" | "typing" | "abc"));
        let flags = bases.iter().any(|base| base.contains("Flag"));
        let changed = ["_missing_", "__new__", "__init__", "__eq__", "__hash__"].into_iter().any(own);
        let open = values.len() != members.len() || flags || changed || !bases.iter().all(known) || values.is_empty();
        let names_members = self.environment.is_some_and(|environment| environment.names_members);
        let names = members.iter().filter(|_| names_members).map(|member| member.name.to_string());
        self.on(ValueType::Enum(EnumRule { mixin, values, open, by_name: names.collect() }))
    }
}
