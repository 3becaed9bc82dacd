//! `/api/v1/projects/{project}/environments/{environment}/...`: the values of an environment.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Plain;
use super::names::VariableName;
use takk_model::Origin;

/// What is known of the current version of a name, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// The variable.
    pub name: String,
    /// Counts from 1.
    pub version: i64,
    /// Whether there is a value; else it was unset.
    pub is_set: bool,
    /// When it was stored, in milliseconds since 1970.
    pub set_at: i64,
    /// Hexadecimal; equal values of one project have equal fingerprints. `None` where it was unset, and for a caller who may not read the
    /// value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// How it came to be: `set`, `generated`, `imported`, `promoted`, `rolled-back`.
    pub origin: String,
    /// Who stored it.
    pub author: String,
}

/// `GET .../secrets`: all names of an environment, by name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SecretList {
    /// How often the environment was changed.
    pub revision: i64,
    /// Every name that has or had a value.
    pub secrets: Vec<Held>,
}

/// A name with its value.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct HeldValue {
    /// What is known of it.
    #[serde(flatten)]
    pub held: Held,
    /// The value.
    pub value: Plain,
}

/// `GET .../values`: everything that is set, in one answer.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ValueList {
    /// How often the environment was changed.
    pub revision: i64,
    /// By name.
    pub values: Vec<HeldValue>,
}

/// One change: a new value for a name, or none any more.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The variable.
    #[schema(value_type = VariableName)]
    pub name: String,
    /// Its value; `null` unsets it.
    pub value: Option<Plain>,
    /// The version that it must have now, 0 for none; left out where that does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub expected_version: Option<i64>,
    /// How the value came to be; `set` if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::words::Origin>)]
    pub origin: Option<Origin>,
}

/// `POST .../changes`: all of it or nothing.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// At most one for each name.
    pub changes: Vec<Change>,
}

/// The answer to [`Changes`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    /// How often the environment was changed, this change included.
    pub revision: i64,
    /// The new version of each name, in the order of the changes.
    pub versions: Vec<i64>,
}

/// `GET .../secrets/{name}/versions`: the newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VersionList {
    /// Every version, without its value.
    pub versions: Vec<Held>,
}

/// `GET .../secrets/{name}/versions/{version}`, and `GET .../secrets/{name}` for the current one.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// What is known of it.
    #[serde(flatten)]
    pub held: Held,
    /// The value; `None` where it was unset.
    pub value: Option<Plain>,
}
