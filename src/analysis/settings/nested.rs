//! Under an `env_nested_delimiter`, the variables of the fields inside a field (`EnvSettingsSource.explode_env_vars`).

use super::config::{ModelConfig, read_class_of};
use super::fields::substitution;
use super::models::Models;
use super::types::{TypeFacts, substitute};
use super::variables;
use crate::model::{Api, NestedLeaf};
use crate::python::Value;

/// How many levels are listed.
const LEVELS: usize = 3;

/// What the walk needs at every level.
pub struct Nesting<'n, 'a> {
    models: &'n Models<'n, 'a>,
    config: &'n ModelConfig<'a>,
    api: Api,
    delimiter: String,
    /// How many names may follow the field's own.
    depth: usize,
}

impl<'n, 'a> Nesting<'n, 'a> {
    /// The walk for a class of that configuration, if it has a delimiter.
    pub fn new(models: &'n Models<'n, 'a>, config: &'n ModelConfig<'a>, api: Api, custom_sources: bool) -> Option<Self> {
        let delimiter = config.text("env_nested_delimiter").filter(|text| !text.is_empty())?.to_owned();
        let depth = match config.value("env_nested_max_split") {
            // Splitting once leaves one name behind the field's, and so on.
            // A source of the project's own may split otherwise.
            Some(Value::Int(splits)) if *splits > 0 && !custom_sources => usize::try_from(*splits).unwrap_or(LEVELS).min(LEVELS),
            _ => LEVELS,
        };
        Some(Self { models, config, api, delimiter, depth })
    }

    /// Every leaf below a field of that type and those names.
    pub fn leaves(&self, name: &str, env: &[String], models: &[Value<'a>]) -> Vec<NestedLeaf> {
        let mut leaves = Vec::new();
        self.below(&[name.to_owned()], env, models, 1, &mut leaves);
        leaves
    }

    fn below(&self, path: &[String], env: &[String], models: &[Value<'a>], level: usize, leaves: &mut Vec<NestedLeaf>) {
        if level > self.depth {
            return;
        }
        for model in models {
            let Some(class) = read_class_of(model) else { continue };
            let filled = substitution(model, &class);
            let config = self.models.config(&class);
            for field in self.models.fields(&class).iter() {
                let annotation = if filled.is_empty() { field.annotation.clone() } else { substitute(&field.annotation, &filled, 0) };
                let facts = TypeFacts::of(self.models.evaluator, &annotation);
                let names = self.names_below(field, &config, env);
                let path = [path, &[field.name.to_string()]].concat();
                let inner: Vec<Value<'a>> = facts.models.iter().filter(|m| self.has_fields(m)).cloned().collect();
                if inner.is_empty() || level == self.depth {
                    if leaves.iter().any(|leaf| leaf.path == path) {
                        continue;
                    }
                    leaves.push(NestedLeaf {
                        path,
                        env: names,
                        type_name: facts.display,
                        required: field.is_required(),
                        secret: facts.secret,
                    });
                } else {
                    self.below(&path, &names, &inner, level + 1, leaves);
                }
            }
        }
    }

    fn has_fields(&self, model: &Value<'a>) -> bool {
        read_class_of(model).is_some_and(|class| {
            self.models.base(&class).is_model() || super::setting::is_dataclass(&class)
        })
    }

    /// The names of an inner field: the outer name, the delimiter, and the names by which the model takes the field. The prefix of the
    /// class is not repeated.
    fn names_below(&self, field: &super::field::FieldFacts<'a>, config: &ModelConfig<'a>, env: &[String]) -> Vec<String> {
        let insensitive = !self.config.is_true("case_sensitive");
        let own = variables::inner_names(self.models, field, config, self.api);
        let mut names = Vec::new();
        for outer in env {
            for inner in &own {
                let name = format!("{outer}{}{inner}", self.delimiter);
                names.push(if insensitive { name.to_uppercase() } else { name });
            }
        }
        names
    }
}
