//! The value of `Base.model_config`: the configuration of a pydantic model after inheritance, merged key by key like
//! `ConfigWrapper.for_model` does.

use std::rc::Rc;

use super::Evaluator;
use super::attribute::class_of;
use super::expression::insert;
use crate::eval::value::{Class, Value};

/// The defaults of `pydantic_settings.BaseSettings.model_config`: a later base that derives from it sets them again.
pub const SETTINGS_DEFAULTS: [(&str, Option<&str>); 9] = [
    ("env_prefix", Some("")),
    ("env_prefix_target", Some("variable")),
    ("case_sensitive", None),
    ("env_nested_delimiter", None),
    ("env_nested_max_split", None),
    ("env_file", None),
    ("secrets_dir", None),
    ("env_parse_none_str", None),
    ("extra", Some("forbid")),
];

/// The items of a dictionary.
type Items<'a> = Vec<(Value<'a>, Value<'a>)>;

impl<'a> Evaluator<'a> {
    /// The merged configuration, if the class is a model. `None` if a later statement replaces it, because then nothing is
    /// merged.
    pub(super) fn model_config(&self, class: &Rc<Class<'a>>) -> Option<Value<'a>> {
        let is_model = self.external_bases(class).iter().any(|base| base.starts_with("pydantic"));
        let replaced = class.attributes.borrow().iter().any(|(name, _)| &**name == "model_config");
        if !is_model || replaced {
            return None;
        }
        let mut items = Items::new();
        self.merge_config(class, &mut items, 0)?;
        Some(Value::Dict(Rc::new(items)))
    }

    fn merge_config(&self, class: &Rc<Class<'a>>, items: &mut Items<'a>, depth: usize) -> Option<()> {
        const DEEPEST: usize = 64;
        if depth > DEEPEST {
            return None;
        }
        for base in &class.bases {
            match (base, class_of(base)) {
                (Value::External(path), _) if path.ends_with(".BaseSettings") => {
                    for (key, text) in SETTINGS_DEFAULTS {
                        insert(items, Value::str(key), text.map_or(Value::None, Value::str));
                    }
                }
                (_, Some(base)) => self.merge_config(&base, items, depth + 1)?,
                _ => {}
            }
        }
        let own = match self.own_attribute(class, "model_config") {
            Some(Value::Dict(own)) => own.to_vec(),
            Some(_) => return None,
            None => self.config_class(class),
        };
        for (key, value) in own {
            insert(items, key, value);
        }
        for (key, value) in &class.keywords {
            insert(items, Value::Str(Rc::clone(key)), value.clone());
        }
        Some(())
    }

    /// The attributes of the nested `class Config`.
    fn config_class(&self, class: &Rc<Class<'a>>) -> Items<'a> {
        let Some(Value::Class(config)) = self.own_attribute(class, "Config") else { return Items::new() };
        let members = self.class_members(&config);
        members.iter().filter_map(|member| Some((Value::Str(Rc::clone(&member.name)), member.value(self)?))).collect()
    }
}
