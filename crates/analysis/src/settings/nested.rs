//! Under an `env_nested_delimiter`, the variables of the fields inside a field (`EnvSettingsSource.explode_env_vars`).

use std::rc::Rc;

use super::config::{ModelConfig, read_class_of};
use super::field::unwrap_annotated;
use super::fields::substitution;
use super::generics::{substitute, union_members};
use super::models::Models;
use super::reading::{ModelIn, Reading};
use super::rules_version::RestoresCase;
use super::setting::is_pydantic_dataclass;
use super::shapes::form_of;
use super::variables;
use takk_model::{Api, NestedLeaf};
use takk_python::{Class, Value};

/// The number of levels to list.
const LEVELS: usize = 3;
/// The maximum number of leaves below one field: models that contain each other multiply at every level.
const MOST_LEAVES: usize = 2_000;
/// The maximum number of names of one leaf, which also multiply at every level.
const MOST_NAMES: usize = 200;

/// What the walk needs at every level.
pub(super) struct Nesting<'n, 'a> {
    models: &'n Models<'n, 'a>,
    config: &'n ModelConfig<'a>,
    api: Api,
    delimiter: String,
    /// The maximum number of splits after the field's own name; `None` for no limit.
    splits: Option<usize>,
    /// Whether to list every name, because the class splits names with its own source.
    unchecked: bool,
}

/// A variable on the path to a leaf.
#[derive(Clone)]
struct Way {
    name: String,
    /// The parts after the field's own name, by level.
    keys: Vec<String>,
    /// Whether names at deeper levels stay in lower case: below a name that is not an alias, the original case is not restored
    /// (`_replace_field_names_case_insensitively`).
    in_lower_case: bool,
}

impl<'n, 'a> Nesting<'n, 'a> {
    /// The walk for a class with that configuration, if it has a delimiter.
    pub(super) fn new(models: &'n Models<'n, 'a>, config: &'n ModelConfig<'a>, api: Api, custom_sources: bool) -> Option<Self> {
        let delimiter = config.text("env_nested_delimiter").filter(|text| !text.is_empty())?.to_owned();
        let splits = match config.value("env_nested_max_split") {
            // `maxsplit = (env_nested_max_split or 0) - 1`, and a negative `maxsplit` means no limit.
            Some(Value::Int(splits)) if *splits > 0 => usize::try_from(*splits - 1).ok(),
            _ => None,
        };
        Some(Self { models, config, api, delimiter, splits, unchecked: custom_sources })
    }

    /// Every leaf below a field of that type with those names.
    pub(super) fn leaves(&self, name: &str, env: &[String], annotation: &Value<'a>, models: &[ModelIn<'a>]) -> Vec<NestedLeaf> {
        let models = self.inside(models);
        let mut leaves = Vec::new();
        if models.is_empty() {
            return leaves;
        }
        let in_lower_case = !self.restores_case(annotation, true);
        let ways: Vec<Way> = env.iter().map(|name| Way { name: name.clone(), keys: Vec::new(), in_lower_case }).collect();
        self.below(&[name.to_owned()], &ways, &models, 1, &mut leaves);
        leaves
    }

    fn below(&self, path: &[String], ways: &[Way], models: &[Value<'a>], level: usize, leaves: &mut Vec<NestedLeaf>) {
        if leaves.len() >= MOST_LEAVES {
            return;
        }
        for model in models {
            let Some(class) = read_class_of(model) else { continue };
            let filled = substitution(model, &class);
            let config = self.models.config(&class);
            for field in self.models.fields(&class).iter() {
                let annotation =
                    if filled.is_empty() { field.annotation.clone() } else { substitute(&field.annotation, &filled) };
                let said = Reading::of(self.models, &annotation);
                let ways = self.ways_below(field, &config, ways);
                let path = [path, &[field.name.to_string()]].concat();
                let inner = self.inside(&said.models);
                if !inner.is_empty() && level < LEVELS {
                    let stays = !self.restores_case(&annotation, false);
                    let deeper = |way: Way| Way { in_lower_case: way.in_lower_case || stays, ..way };
                    let ways: Vec<Way> = ways.into_iter().map(deeper).collect();
                    self.below(&path, &ways, &inner, level + 1, leaves);
                    continue;
                }
                let env: Vec<String> = ways.iter().filter(|way| self.arrives(way)).map(|way| way.name.clone()).collect();
                if env.is_empty() || leaves.iter().any(|leaf| leaf.path == path) {
                    continue;
                }
                leaves.push(NestedLeaf {
                    path,
                    env,
                    type_name: said.annotation().map_or_else(String::new, ToString::to_string),
                    annotation: said.annotation().cloned(),
                    required: field.is_required() && !(self.api == Api::V1 && said.optional && !field.insists),
                    secret: said.secret,
                    given: None,
                });
            }
        }
    }

    /// Whether splitting the variable gives the path back: a name that contains the delimiter itself is split in the wrong place.
    fn arrives(&self, way: &Way) -> bool {
        if self.api == Api::V1 || self.models.rules.splits_behind_prefix() {
            return self.arrives_behind_prefix(way);
        }
        let rest = way.keys.join(&self.delimiter);
        let parts: Vec<&str> = match self.splits {
            Some(splits) => rest.splitn(splits + 1, &self.delimiter).collect(),
            None => rest.split(&self.delimiter).collect(),
        };
        self.unchecked || parts == way.keys
    }

    /// pydantic 1 and early releases of pydantic-settings remove as many characters as the prefix has, split the rest, and drop the first
    /// part.
    fn arrives_behind_prefix(&self, way: &Way) -> bool {
        let prefix = self.config.text("env_prefix").unwrap_or_default();
        let rest: String = way.name.chars().skip(prefix.chars().count()).collect();
        let parts = rest.split(&self.delimiter).skip(1);
        self.unchecked || parts.map(str::to_lowercase).eq(way.keys.iter().map(|key| key.to_lowercase()))
    }

    /// The models whose fields have their own names, and which are the value itself rather than items of a list or dictionary.
    fn inside(&self, models: &[ModelIn<'a>]) -> Vec<Value<'a>> {
        let has_fields = |class: &Rc<Class<'a>>| self.models.base(class).is_model() || form_of(self.models, class).is_some();
        let is_inside = |found: &&ModelIn<'a>| found.is_whole && read_class_of(&found.model).as_ref().is_some_and(has_fields);
        models.iter().filter(is_inside).map(|found| found.model.clone()).collect()
    }

    /// Whether the original case of nested names is restored for a field of that type.
    fn restores_case(&self, annotation: &Value<'a>, is_outermost: bool) -> bool {
        if self.api == Api::V1 || self.config.is_true("case_sensitive") {
            return true;
        }
        let (bare, _) = unwrap_annotated(annotation);
        let is_model = |value: &Value<'a>| read_class_of(value).is_some_and(|class| self.models.base(&class).is_model());
        let is_none = |value: &Value<'a>| matches!(value, Value::None);
        let members = union_members(&bare);
        let is_optional = members.len() == 2 && members.iter().any(is_none);
        let some = members.iter().find(|member| is_optional && !is_none(member));
        match self.models.rules.restores_case_in() {
            // `Annotated` is seen through to its model.
            RestoresCase::DirectModels if is_outermost && is_optional => is_model(&unwrap_annotated(&members[0]).0),
            RestoresCase::DirectModels => is_model(&bare),
            RestoresCase::OptionalModels => is_model(some.unwrap_or(&bare)),
            RestoresCase::EveryModel => {
                let (inner, _) = unwrap_annotated(some.unwrap_or(&bare));
                is_model(&inner) || read_class_of(&inner).is_some_and(|class| is_pydantic_dataclass(&class))
            }
        }
    }

    /// The names of a nested field: the outer name, the delimiter, and the names by which the model accepts the field. The class's prefix
    /// is not repeated.
    fn ways_below(&self, field: &super::field::FieldFacts<'a>, config: &ModelConfig<'a>, ways: &[Way]) -> Vec<Way> {
        let sensitive = self.config.is_true("case_sensitive");
        let own = variables::inner_names(self.models, field, config, self.api, sensitive);
        let mut below = Vec::new();
        for way in ways {
            for inner in &own {
                if way.in_lower_case && inner.name != inner.name.to_lowercase() {
                    continue;
                }
                let name = format!("{}{}{}", way.name, self.delimiter, inner.name);
                below.push(Way {
                    name: if sensitive { name } else { name.to_uppercase() },
                    keys: [way.keys.as_slice(), std::slice::from_ref(&inner.name)].concat(),
                    in_lower_case: way.in_lower_case || (inner.beside_alias && !sensitive),
                });
                if below.len() == MOST_NAMES {
                    return below;
                }
            }
        }
        below
    }
}
