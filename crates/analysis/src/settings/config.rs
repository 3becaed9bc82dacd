//! The configuration of a model after inheritance: `model_config`, `class Config` and class keywords, key by key, in the order of
//! `ConfigWrapper.for_model` (pydantic 2) and `inherit_config` (pydantic 1).

use std::collections::BTreeMap;
use std::rc::Rc;

use super::class_kind::{Base, unresolved_base};
use super::models::Models;
use takk_model::SettingsConfig;
use takk_python::{Class, Evaluator, SETTINGS_DEFAULTS, Value};

/// Keys and values of a configuration.
#[derive(Clone, Default)]
pub struct ModelConfig<'a>(Vec<(Rc<str>, Value<'a>)>);

impl<'a> ModelConfig<'a> {
    /// The value of a key.
    pub fn value(&self, key: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(known, _)| &**known == key).map(|(_, value)| value)
    }

    /// Whether a key is true; an undecided one counts as false.
    pub fn is_true(&self, key: &str) -> bool {
        self.value(key).and_then(Value::truth) == Some(true)
    }

    /// The string value of a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value(key)?.as_str()
    }

    /// The expression of a configuration that is only known at run time as a whole.
    pub fn undecided(&self) -> Option<String> {
        let whole = self.value(UNDECIDED)?;
        Some(match whole {
            Value::Unknown(unknown) => unknown.expression.clone(),
            Value::Call(call) => call.source.to_string(),
            _ => UNDECIDED.to_owned(),
        })
    }

    fn set(&mut self, key: &str, value: Value<'a>) {
        match self.0.iter_mut().find(|(known, _)| &**known == key) {
            Some(item) => item.1 = value,
            None => self.0.push((Rc::from(key), value)),
        }
    }

    /// Applies an option of a call: `_env_prefix` sets `env_prefix`. `None` keeps the class's value, except that it disables files.
    pub(super) fn set_option(&mut self, option: &str, value: &Value<'a>) {
        let key = option.trim_start_matches('_');
        if key == "env_file" || !matches!(value, Value::None) {
            self.set(key, value.clone());
        }
    }

    fn update(&mut self, more: &Self) {
        more.0.iter().for_each(|(key, value)| self.set(key, value.clone()));
    }

    fn update_from(&mut self, value: &Value<'a>) {
        match value {
            Value::Dict(items) => {
                for (key, value) in items.iter() {
                    if let Some(key) = key.as_str() {
                        self.set(key, value.clone());
                    }
                }
            }
            Value::None => {}
            other => self.set(UNDECIDED, other.clone()),
        }
    }

    /// The part of the configuration that determines variables, for the manifest.
    pub fn summary(&self) -> SettingsConfig {
        let mut undecided = BTreeMap::new();
        for (key, value) in &self.0 {
            let expression = match value {
                Value::Unknown(unknown) => unknown.expression.clone(),
                // Another package computes it. An alias generator is only referred to by name, so its value does not matter.
                Value::Call(call) if &**key != "alias_generator" => call.source.to_string(),
                _ => continue,
            };
            if &**key == UNDECIDED || RELEVANT.contains(&&**key) {
                undecided.insert(key.to_string(), expression);
            }
        }
        SettingsConfig {
            env_prefix: self.text("env_prefix").unwrap_or_default().to_owned(),
            env_prefix_target: self.text("env_prefix_target").unwrap_or("variable").to_owned(),
            env_nested_delimiter: self.text("env_nested_delimiter").map(str::to_owned),
            env_nested_max_split: self
                .value("env_nested_max_split")
                .and_then(|v| if let Value::Int(n) = v { Some(*n) } else { None }),
            case_sensitive: self.is_true("case_sensitive"),
            nested_partial_update: self.is_true("nested_model_default_partial_update"),
            env_file: self.value("env_file").map(texts).unwrap_or_default(),
            secrets_dir: self.value("secrets_dir").map(texts).unwrap_or_default(),
            extra: self.text("extra").map(str::to_owned),
            dotenv_filtering: self.text("dotenv_filtering").map(str::to_owned),
            undecided,
        }
    }
}

/// The key for a configuration that is undecided as a whole.
const UNDECIDED: &str = "model_config";

const RELEVANT: [&str; 8] = [
    "env_prefix",
    "env_prefix_target",
    "env_nested_delimiter",
    "env_nested_max_split",
    "case_sensitive",
    "populate_by_name",
    "validate_by_name",
    "alias_generator",
];

fn texts(value: &Value<'_>) -> Vec<String> {
    let text = |value: &Value<'_>| match takk_python::fold::json(value) {
        Some(serde_json::Value::String(text)) => Some(text),
        _ => None,
    };
    match value.elements() {
        Some(items) => items.iter().filter_map(text).collect(),
        None => text(value).into_iter().collect(),
    }
}

/// The configuration of a class.
pub(super) fn config_of<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> ModelConfig<'a> {
    match models.base(class) {
        Base::SettingsV1 | Base::ModelV1 => config_v1(models.evaluator, class),
        Base::Plain if unresolved_base(models.evaluator, class, &|_| true).is_none() => config_plain(models.evaluator, class),
        Base::Plain => config_v2(models, class),
        _ => after_hooks(models, class, config_v2(models, class)),
    }
}

/// Some classes change their configuration when they are subclassed or created: `cls.model_config.update(env_prefix=cls.prefix)`.
fn after_hooks<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>, mut config: ModelConfig<'a>) -> ModelConfig<'a> {
    let itself = Value::Class(Rc::clone(class));
    for (name, inherited_only) in
        [("__init_subclass__", true), ("__pydantic_init_subclass__", true), ("__new__", false), ("__init__", false)]
    {
        let Some((method, source)) = models.evaluator.method(class, name, inherited_only) else { continue };
        if !source.contains("model_config") {
            continue;
        }
        let keywords = if inherited_only { class.keywords.clone() } else { Vec::new() };
        let first = if name == "__init__" { models.evaluator.result_of(&itself, Vec::new()) } else { Some(itself.clone()) };
        let before =
            Value::Dict(Rc::new(config.0.iter().map(|(key, value)| (Value::Str(Rc::clone(key)), value.clone())).collect()));
        let arguments = (first.into_iter().collect(), keywords);
        if let Some(after) = models.evaluator.attribute_after(class, "model_config", before, &method, arguments) {
            config.update_from(&after);
        }
    }
    config
}

fn config_v2<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> ModelConfig<'a> {
    let mut config = ModelConfig::default();
    for base in &class.bases {
        match base {
            Value::External(path) if path.ends_with(".BaseSettings") => {
                for (key, text) in SETTINGS_DEFAULTS {
                    config.set(key, text.map_or(Value::None, Value::str));
                }
                config.set("validate_default", Value::Bool(true));
            }
            _ => {
                if let Some(base) = read_class_of(base) {
                    config.update(&models.config(&base));
                }
            }
        }
    }
    match models.evaluator.own_attribute(class, "model_config") {
        Some(value) if value.truth() != Some(false) => config.update_from(&value),
        _ => {
            if let Some(Value::Class(inner)) = models.evaluator.own_attribute(class, "Config") {
                config.update(&config_class(models.evaluator, &inner, &[]));
            }
        }
    }
    // An assignment after the class was created takes precedence.
    if !class.is_changed("model_config") {
        class.keywords.iter().for_each(|(key, value)| config.set(key, value.clone()));
    }
    config
}

/// In a class that is not a model, `model_config` is an ordinary attribute: the nearest one counts, without merging.
fn config_plain<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>) -> ModelConfig<'a> {
    let mut config = ModelConfig::default();
    let order = evaluator.resolution_order(class);
    let mut classes = order.iter().flat_map(|order| order.iter()).filter_map(read_class_of);
    if let Some(value) = classes.find_map(|base| evaluator.own_attribute(&base, "model_config")) {
        config.update_from(&value);
    }
    config
}

/// The attributes of a `class Config`, including inherited ones, except those inherited from `others`.
fn config_class<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>, others: &[Rc<Class<'a>>]) -> ModelConfig<'a> {
    let mut config = ModelConfig::default();
    let order = evaluator.resolution_order(class);
    for base in order.iter().flat_map(|order| order.iter().rev()).filter_map(read_class_of) {
        if !Rc::ptr_eq(&base, class) && others.iter().any(|other| Rc::ptr_eq(other, &base)) {
            continue;
        }
        for member in evaluator.class_members(&base).iter() {
            if let Some(value) = member.value(evaluator) {
                config.set(&member.name, value);
            }
        }
    }
    config
}

/// pydantic 1: the `Config` of each class derives from those of its bases, the first base last, and class keywords override it. Naming the
/// `Config` of a base as its base does not change that order (`inherit_config`).
fn config_v1<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>) -> ModelConfig<'a> {
    let mut config = ModelConfig::default();
    let order = evaluator.resolution_order(class);
    let bases: Vec<Rc<Class<'a>>> = order.iter().flat_map(|order| order.iter().rev()).filter_map(read_class_of).collect();
    let own = |base: &Rc<Class<'a>>| match evaluator.own_attribute(base, "Config") {
        Some(Value::Class(inner)) => Some(inner),
        _ => None,
    };
    let configs: Vec<Rc<Class<'a>>> = bases.iter().filter_map(own).collect();
    for base in &bases {
        if let Some(inner) = own(base) {
            config.update(&config_class(evaluator, &inner, &configs));
        }
        base.keywords.iter().for_each(|(key, value)| config.set(key, value.clone()));
    }
    config
}

/// The class of a base, without type arguments, if takk has read it.
pub(super) fn read_class_of<'a>(base: &Value<'a>) -> Option<Rc<Class<'a>>> {
    match base {
        Value::Class(class) => Some(Rc::clone(class)),
        Value::Subscript(generic) => read_class_of(&generic.0),
        _ => None,
    }
}
