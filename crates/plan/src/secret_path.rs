//! Where a `Secret("/{stage}/db/password")` is stored in an environment, in the terms of each secret store.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use takk_model::{ClassRef, DefaultValue, Environment, Manifest, SecretPath, SettingsClass};

use super::Reader;

/// A secret path in one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlannedPath {
    /// The path, with its known variables filled in.
    pub path: String,
    /// The variables that have no value here.
    pub unknown: Vec<String>,
    /// The pinned version.
    pub version: Option<String>,
    /// The name in AWS Systems Manager: `/db/password:2`.
    pub aws_ssm: String,
    /// The query for Vault's KV store besides the path: `version=2`.
    pub vault: Option<String>,
    /// The variable that holds it if the environment is the store: `DB_PASSWORD`. It has no version.
    pub env: String,
}

/// How many bytes a value has that a path is filled in with: one that is longer is none, however often the path says it.
const LONGEST: usize = 1_000;

/// The settings classes by their names.
pub(super) struct Classes<'m>(HashMap<(&'m str, &'m str), &'m SettingsClass>);

impl<'m> Classes<'m> {
    /// Those of a manifest; of two with one name, the first.
    pub(crate) fn new(manifest: &'m Manifest) -> Self {
        let mut classes = HashMap::new();
        for class in manifest.read_classes() {
            classes.entry((class.module.as_str(), class.qualname.as_str())).or_insert(class);
        }
        Self(classes)
    }

    /// The path of a field in `environment`. A variable is what the environment's context says, else the literal default of the field of
    /// that name in the class.
    pub(crate) fn planned(&self, path: &SecretPath, reader: &Reader, environment: &Environment) -> PlannedPath {
        let mut text = path.template.clone();
        let mut unknown = Vec::new();
        for variable in &path.variables {
            let value = context(environment, variable).or_else(|| self.default_of(reader, variable));
            match value.filter(|value| value.len() <= LONGEST) {
                Some(value) => text = text.replace(&format!("{{{variable}}}"), &value),
                None => unknown.push(variable.clone()),
            }
        }
        PlannedPath {
            aws_ssm: path.version.as_ref().map_or_else(|| text.clone(), |version| format!("{text}:{version}")),
            vault: path.version.as_ref().map(|version| format!("version={version}")),
            env: env_name(&text),
            version: path.version.clone(),
            unknown,
            path: text,
        }
    }

    fn default_of(&self, reader: &Reader, variable: &str) -> Option<String> {
        let ClassRef { module, qualname } = reader.class.as_ref()?;
        let class = self.0.get(&(module.as_str(), qualname.as_str()))?;
        let field = class.fields.iter().find(|field| field.name == variable && !field.secret)?;
        match field.default.as_ref()? {
            DefaultValue::Value(serde_json::Value::String(text)) => Some(text.clone()),
            DefaultValue::Value(serde_json::Value::Number(number)) => Some(number.to_string()),
            DefaultValue::Value(serde_json::Value::Object(member)) => member.get("value")?.as_str().map(str::to_owned),
            _ => None,
        }
    }
}

fn context(environment: &Environment, variable: &str) -> Option<String> {
    environment.context.iter().find(|(name, _)| name == variable).map(|(_, value)| value.clone())
}

fn env_name(path: &str) -> String {
    let words: Vec<String> = path
        .split(|c: char| !c.is_alphanumeric() && c != '{' && c != '}')
        .filter(|word| !word.is_empty())
        .map(|word| if word.starts_with('{') { word.to_owned() } else { word.to_uppercase() })
        .collect();
    words.join("_")
}
