//! Where a `Secret("/{stage}/db/password")` is stored in an environment, in the terms of each secret store.

use std::collections::HashMap;

use serde::Serialize;

use takk_model::{
    ClassRef, DefaultValue, Environment, Manifest, PathPiece, SecretPath, SettingsClass, path_env_name, path_pieces,
};

use super::Reader;

/// A secret path in one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// What its backend says, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<LivePath>,
}

/// What a backend says of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LivePath {
    /// Whether it is there.
    pub state: LiveState,
    /// The version that a read gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When that version was written, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<i64>,
    /// Why it is not there, or was not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}

/// Whether a path is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LiveState {
    /// It is there, and this identity may read it.
    There,
    /// There is nothing at this path.
    Missing,
    /// The path is there, and the pinned version is not.
    VersionMissing,
    /// The version was deleted or destroyed.
    Destroyed,
    /// This identity may not read it.
    NotReadable,
    /// Its value cannot be converted to the type of the field.
    Refused,
    /// It could not be found out.
    NotChecked,
}

impl LiveState {
    /// The state as words, as every output shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::There => "there",
            Self::Missing => "missing",
            Self::VersionMissing => "version missing",
            Self::Destroyed => "destroyed",
            Self::NotReadable => "not readable",
            Self::Refused => "not valid",
            Self::NotChecked => "not checked",
        }
    }
}

/// The maximum length in bytes of a value that fills in a path: a longer one counts as unknown, however often the path refers to it.
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

    /// The path of a field in `environment`. A variable comes from the environment's context, else from the literal default of the field of
    /// that name in the class.
    pub(crate) fn planned(&self, path: &SecretPath, reader: &Reader, environment: &Environment) -> PlannedPath {
        let mut text = String::new();
        let mut unknown: Vec<String> = Vec::new();
        for piece in path_pieces(&path.template) {
            match piece {
                PathPiece::Text(literal) => text.push_str(&literal),
                PathPiece::Variable(variable) => {
                    let value = context(environment, variable).or_else(|| self.default_of(reader, variable));
                    if let Some(value) = value.filter(|value| value.len() <= LONGEST) {
                        text.push_str(&value);
                    } else {
                        text.extend(["{", variable, "}"]);
                        if !unknown.iter().any(|known| known == variable) {
                            unknown.push(variable.to_owned());
                        }
                    }
                }
                // An invalid path is a finding; here it stays as written.
                PathPiece::Fault(fault) => text.push_str(&fault.source()),
            }
        }
        PlannedPath {
            aws_ssm: path.version.as_ref().map_or_else(|| text.clone(), |version| format!("{text}:{version}")),
            vault: path.version.as_ref().map(|version| format!("version={version}")),
            env: env_name(&text, &unknown),
            version: path.version.clone(),
            unknown,
            path: text,
            live: None,
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

/// The variable of a path. Without a value here it stays as written.
fn env_name(path: &str, unknown: &[String]) -> String {
    let mut name = path_env_name(path);
    for variable in unknown {
        name = name.replace(&format!("{{{}}}", variable.to_uppercase()), &format!("{{{variable}}}"));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_the_environment_is_envbackends() {
        assert_eq!(env_name("/prod/my-app.key:field", &[]), "PROD_MY-APP.KEY:FIELD");
        assert_eq!(env_name("/{stage}/db", &["stage".to_owned()]), "{stage}_DB");
    }
}
