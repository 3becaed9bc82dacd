//! `/api/v1/projects/{project}/environments/{environment}/manifest` and `.../plan`: what the code needs, and what of it is set.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The response to `PUT .../manifest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManifestKept {
    /// Whether the manifest changed.
    pub changed: bool,
    /// The number of variables that need a value and have none.
    pub missing: usize,
}

/// `GET .../plan`: what the code needs in an environment, according to the most recent manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoredPlan {
    /// Who stored the manifest.
    pub author: String,
    /// When, in milliseconds since 1970.
    pub stored_at: i64,
    /// The number of variables that need a value and have none.
    pub missing: usize,
    /// The variables, in the order of their declarations.
    pub variables: Vec<PlanVariable>,
    /// The resources, sorted by kind and name.
    pub resources: Vec<PlanResource>,
    /// The components, sorted by name.
    pub services: Vec<PlanService>,
    /// Names that are set but that the code no longer reads.
    pub unread: Vec<String>,
}

/// A variable that the code reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanVariable {
    /// Its name: the first one that is tried.
    pub name: String,
    /// Its other names, in the order in which they are tried.
    pub alternatives: Vec<String>,
    /// `missing`, `set`, `resolved` (set by takk), `inherited` (from the machine), `path` (from a secret store), `computed`, `default` or `optional`.
    pub state: String,
    /// Its type, in Python syntax.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What it accepts, in words.
    pub accepts: String,
    /// Whether it must be kept secret.
    pub secret: bool,
    /// The description of the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The allowed values, if it is a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// The first class that declares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The place: file and line.
    pub place: String,
    /// The resource that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<PlanPart>,
    /// The services that read it.
    pub services: Vec<String>,
    /// The stored version, if it is `set`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Why takk could not resolve it although the code says what it is composed of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A part of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanPart {
    /// The kind: `postgres`.
    pub kind: String,
    /// The name, which distinguishes several of one kind.
    pub name: String,
    /// The part: `dsn`, `host`, `password`.
    pub part: String,
}

/// A resource that the program connects to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanResource {
    /// The kind: `postgres`.
    pub kind: String,
    /// The name, which distinguishes several of one kind.
    pub name: String,
    /// A compatible server version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The reason for this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The variables that hold its parts.
    pub variables: Vec<String>,
    /// The services that read any of these.
    pub services: Vec<String>,
    /// The place of its first declaration: file and line.
    pub place: String,
}

/// A component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanService {
    /// Its full name.
    pub name: String,
    /// The kind: `network-app`, `worker`, `cron`.
    pub kind: String,
    /// The variables that it reads.
    pub variables: Vec<String>,
}
