//! Settings classes and their fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::older_type::older_annotation;
use super::{Annotation, DriverAnswer, Given, Place, ServiceUrlRef, Sources, Usage, ValueType};

/// The name of a class: module and qualified name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClassRef {
    /// The module's dotted name.
    pub module: String,
    /// The class's qualified name.
    pub qualname: String,
}

impl ClassRef {
    /// The class's own name.
    pub fn name(&self) -> &str {
        self.qualname.rsplit('.').next().unwrap_or(&self.qualname)
    }
}

/// Why a class is a settings class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClassKind {
    /// It derives from pydantic's `BaseSettings`.
    Settings,
    /// It derives from `BaseSettings`, and is defined when the function around it runs.
    LocalSettings,
    /// It derives from `SecretModel` of `takk.runtime` or vaultly.
    SecretModel,
    /// A pydantic model that a component lists.
    Model,
    /// A dataclass that a component lists.
    Dataclass,
}

/// Which pydantic a class is written for: the rules for names differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Api {
    /// `pydantic.BaseSettings` of pydantic 1, or `pydantic.v1`.
    V1,
    /// `pydantic_settings.BaseSettings`.
    V2,
}

/// The configuration that decides how variables are found, after inheritance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SettingsConfig {
    /// The prefix of names.
    pub env_prefix: String,
    /// Which names get the prefix: `variable`, `alias` or `all`.
    pub env_prefix_target: String,
    /// Separates the names of nested fields.
    pub env_nested_delimiter: Option<String>,
    /// The maximum number of times that a name is split.
    pub env_nested_max_split: Option<i64>,
    /// Whether names are case-sensitive.
    pub case_sensitive: bool,
    /// Whether variables inside a field update its default model instead of replacing it (`nested_model_default_partial_update`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nested_partial_update: bool,
    /// Dotenv files, as written.
    pub env_file: Vec<String>,
    /// Directories with one file per secret, as written.
    pub secrets_dir: Vec<String>,
    /// What happens to extra names: `allow`, `ignore`, `forbid`.
    pub extra: Option<String>,
    /// Which names of a dotenv file count (`dotenv_filtering`), if it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dotenv_filtering: Option<String>,
    /// Keys whose value is computed, with the expression.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub undecided: BTreeMap<String, String>,
}

/// A class whose fields are read from the environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SettingsClass {
    /// The module's dotted name.
    pub module: String,
    /// The qualified name: `Outer.Inner`, `make.<locals>.Local`.
    pub qualname: String,
    /// The file that defines it, relative to the root.
    pub file: String,
    /// The line of the `class` statement.
    pub line: u32,
    /// The column of the `class` statement.
    pub column: u32,
    /// Why it is a settings class.
    pub kind: ClassKind,
    /// Which pydantic's rules apply.
    pub api: Api,
    /// Its bases as resolved names, nearest first, up to pydantic's own.
    pub bases: Vec<String>,
    /// Its docstring's first paragraph.
    pub description: Option<String>,
    /// How variables are found.
    pub config: SettingsConfig,
    /// Whether the class chooses its own sources (`settings_customise_sources`): it may then read the environment differently.
    pub custom_sources: bool,
    /// The sources that it chooses, highest priority first; absent if it has the default ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<Sources>,
    /// Whether it is defined in test code.
    pub test: bool,
    /// How the project uses it; absent if nothing in the project instantiates it.
    #[serde(default, skip_serializing_if = "Usage::is_unknown")]
    pub usage: Usage,
    /// Its fields in order, inherited ones included.
    #[serde(deserialize_with = "with_types")]
    pub fields: Vec<Setting>,
}

impl SettingsClass {
    /// The class's name.
    pub fn class_ref(&self) -> ClassRef {
        ClassRef { module: self.module.clone(), qualname: self.qualname.clone() }
    }

    /// Whether it reads environment variables.
    pub fn reads_environment(&self) -> bool {
        self.sources.as_ref().is_none_or(Sources::reads_environment)
    }

    /// Where the class is defined.
    pub fn place(&self) -> Place {
        Place::new(self.file.clone(), self.line, self.column)
    }
}

/// One field.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an answer of its own in the contract, and they do not exclude one another"
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Setting {
    /// The field's name in Python.
    pub name: String,
    /// The environment variables in the order in which pydantic tries them; upper case unless `case_sensitive`. `null` if they are
    /// computed.
    #[serde(serialize_with = "names_or_null", deserialize_with = "no_names_if_null")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<String>>"))]
    pub env: Vec<String>,
    /// With an `env_nested_delimiter`, every name of a nested field, to depth 3.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nested: Vec<NestedLeaf>,
    /// The annotation, resolved, in Python syntax: for people.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The same as a structure: for programs. Absent where nothing but its text is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotation: Option<Annotation>,
    /// What it accepts, as a structure. Earlier versions leave it out where the type's text says everything.
    #[serde(default = "left_out")]
    #[cfg_attr(feature = "schema", schemars(transform = without_default))]
    pub accepts: ValueType,
    /// Whether it has no default.
    pub required: bool,
    /// Whether `None` is allowed.
    pub optional: bool,
    /// Whether the value must be kept secret.
    pub secret: bool,
    /// The default; absent when there is none.
    #[serde(default, deserialize_with = "written_default", skip_serializing_if = "Option::is_none")]
    pub default: Option<DefaultValue>,
    /// Why pydantic rejects the default, if it does: the program does not start without the variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_default: Option<String>,
    /// Whether the default is an instance whose parts can be updated (`nested_model_default_partial_update`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub updates_default: bool,
    /// What of that default is there to be updated: an object with its fields, `null` for `None`, and `true` for any other value. Absent
    /// where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_default: Option<serde_json::Value>,
    /// Constraints by name: `ge`, `min_length`, `pattern`, ...
    pub constraints: BTreeMap<String, serde_json::Value>,
    /// The values that `Literal` or `Enum` allow, as strings in the environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// `description=`, or the attribute's docstring under `use_attribute_docstrings`.
    pub description: Option<String>,
    /// Whether it is marked `deprecated`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// The resource that it is a part of.
    pub resource: Option<ResourcePart>,
    /// Whether it is a SQLAlchemy URL, whose scheme can name a driver (`postgresql+asyncpg`), rather than a plain address.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sqlalchemy: bool,
    /// The driver that such a URL should name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<DriverAnswer>,
    /// The service whose URL it is.
    pub service: Option<ServiceUrlRef>,
    /// The parts that it is composed of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub template: Vec<TemplatePart>,
    /// The path in a secret store (`Secret("/path")`).
    pub path: Option<SecretPath>,
    /// What sets it besides its variables, if its class chooses its sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given>,
    /// The class that declares it, if it is another one.
    pub owner: ClassRef,
    /// The file that declares it.
    pub file: String,
    /// The line that declares it.
    pub line: u32,
    /// The column that declares it.
    pub column: u32,
}

/// Serializes an empty list as `null`: the names are computed.
fn names_or_null<S: serde::Serializer>(names: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    if names.is_empty() { serializer.serialize_none() } else { names.serialize(serializer) }
}

fn no_names_if_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Distinguishes a default of `None` from no default.
fn written_default<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<DefaultValue>, D::Error> {
    DefaultValue::deserialize(deserializer).map(Some)
}

/// The value for a type that an earlier version left out.
fn left_out() -> ValueType {
    ValueType::Unchecked(String::new())
}

/// The internal placeholder for a missing value is never written, so it is no default of the schema.
#[cfg(feature = "schema")]
fn without_default(schema: &mut schemars::Schema) {
    schema.remove("default");
}

/// Reads fields of earlier versions, which have no annotation, and whose `accepts` is missing if the text of the type says it.
fn with_types<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Setting>, D::Error> {
    let mut fields = Vec::<Setting>::deserialize(deserializer)?;
    for field in fields.iter_mut().filter(|field| field.annotation.is_none()) {
        field.annotation = older_annotation(&field.type_name);
        if field.accepts == left_out() {
            let accepts = field.annotation.as_ref().and_then(Annotation::accepts);
            field.accepts =
                accepts.unwrap_or_else(|| ValueType::unchecked(format!("`{}` does its own validation", field.type_name)));
        }
    }
    Ok(fields)
}

impl Setting {
    /// The variables that it reads under its own names; none if a secret path provides it.
    pub fn variables(&self) -> &[String] {
        if self.path.is_some() { &[] } else { &self.env }
    }

    /// Whether the program fails to start without a value: there is no default, or pydantic rejects it.
    pub fn is_needed(&self) -> bool {
        self.required || self.refused_default.is_some()
    }

    /// Where the field is declared.
    pub fn place(&self) -> Place {
        Place::new(self.file.clone(), self.line, self.column)
    }
}

/// A field of a nested model that has a variable of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NestedLeaf {
    /// The names of the fields on the path.
    pub path: Vec<String>,
    /// Its variables.
    pub env: Vec<String>,
    /// Its type: for people.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The same as a structure, where what the field around accepts is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotation: Option<Annotation>,
    /// Whether it has no default.
    pub required: bool,
    /// Whether it must be kept secret.
    pub secret: bool,
    /// The place in a file that sets it, if its class reads that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Place>,
}

/// A default as far as the source decides it.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultValue {
    /// The value as JSON. An enum member is `{"enum": "Colour.RED", "value": "red"}`, a secret `{"secret": "x"}`.
    Value(serde_json::Value),
    /// Only known at run time: the expression. Serialised as `{"computed": "..."}`.
    Computed(String),
}

impl DefaultValue {
    /// The default as a variable would hold it; `None` if no text gives the default (`None`, or computed), or if it must not be shown.
    pub fn text(&self) -> Option<String> {
        let Self::Value(value) = self else { return None };
        let plain = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match value {
            serde_json::Value::Null => None,
            serde_json::Value::Object(map) if map.contains_key("secret") => None,
            serde_json::Value::Object(map) if map.contains_key("enum") => map.get("value").map(plain),
            other => Some(plain(other)),
        }
    }
}

impl Serialize for DefaultValue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Computed(expression) => serde_json::json!({ "computed": expression }).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for DefaultValue {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let expression =
            value.as_object().filter(|object| object.len() == 1).and_then(|object| object.get("computed")?.as_str());
        Ok(match expression {
            Some(expression) => Self::Computed(expression.to_owned()),
            None => Self::Value(value),
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for DefaultValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DefaultValue".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Any JSON value; {\"computed\": \"<expression>\"} if it is computed; {\"enum\": \"Class.MEMBER\", \"value\": v} for a member of an enum; {\"secret\": v} for a secret."
        })
    }
}

/// The part of a resource that a field holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResourcePart {
    /// The kind, a file name of the catalog.
    pub kind: String,
    /// The resource's name.
    pub name: String,
    /// The part: `dsn`, `host`, `password`, ...
    pub part: String,
}

/// One piece of a composed value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TemplatePart {
    /// Text as it is.
    Text(String),
    /// A part of a resource.
    Resource(ResourcePart),
    /// The URL of a service.
    Service(ServiceUrlRef),
}

/// How a `Secret` field converts the stored text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CastRule {
    /// The text itself.
    Text,
    /// `int(text)`.
    Int,
    /// `float(text)`.
    Float,
    /// true/1/yes/on, false/0/no/off.
    Bool,
    /// `json.loads(text)`.
    Json,
    /// The field's own `transform`.
    Transform,
}

/// `Secret("/{stage}/db/password", ttl=60)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SecretPath {
    /// The path as written, `{var}` included.
    pub template: String,
    /// The variables in it.
    pub variables: Vec<String>,
    /// The pinned version.
    pub version: Option<String>,
    /// Seconds in the cache: `null` for forever, 0 for never.
    pub ttl: Option<f64>,
    /// How the text is converted to a value.
    pub cast: CastRule,
}
