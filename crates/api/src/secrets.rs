//! `/api/v1/projects/{project}/environments/{environment}/...`: the values of an environment.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Plain;
use super::names::VariableName;
use takk_model::Origin;

/// The metadata of the current version of a name, without the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// The variable.
    pub name: String,
    /// The version, starting at 1.
    pub version: i64,
    /// Whether there is a value; if not, it was unset.
    pub is_set: bool,
    /// When it was stored, in milliseconds since 1970.
    pub set_at: i64,
    /// A fingerprint, in hexadecimal; equal values of one project have equal fingerprints. `null` if it was unset, or if the caller cannot read the
    /// value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Where it came from: `set`, `generated`, `imported`, `promoted`, `rolled-back`, `provisioned`.
    pub origin: String,
    /// Who stored it.
    pub author: String,
}

/// `GET .../secrets`: all names of an environment, sorted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SecretList {
    /// The number of changes to the environment.
    pub revision: i64,
    /// Every name that has or had a value.
    pub secrets: Vec<Held>,
}

/// A name with its value.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct HeldValue {
    /// The metadata.
    #[serde(flatten)]
    pub held: Held,
    /// The value.
    pub value: Plain,
}

/// `GET .../values`: all values that are set, in one response.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ValueList {
    /// The number of changes to the environment.
    pub revision: i64,
    /// Sorted by name.
    pub values: Vec<HeldValue>,
}

/// One change: sets or unsets a name.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The variable.
    #[schema(value_type = VariableName)]
    pub name: String,
    /// The new value; `null` unsets it.
    pub value: Option<Plain>,
    /// The current version that it must have, 0 for no value; omit it to accept any version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub expected_version: Option<i64>,
    /// Where the value came from; the default is `set`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::words::Origin>)]
    pub origin: Option<Origin>,
}

/// `POST .../changes`: changes many values, all or none.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// The changes, at most one for each name.
    pub changes: Vec<Change>,
}

/// The response to [`Changes`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    /// The number of changes to the environment, including this one.
    pub revision: i64,
    /// The new version of each name, in the order of the changes.
    pub versions: Vec<i64>,
}

/// `GET .../secrets/{name}/versions`: newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VersionList {
    /// All versions, without their values.
    pub versions: Vec<Held>,
}

/// `GET .../secrets/{name}/versions/{version}`, and `GET .../secrets/{name}` for the current one.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// The metadata.
    #[serde(flatten)]
    pub held: Held,
    /// The value; `null` if it was unset.
    pub value: Option<Plain>,
}
