//! `/api/v1/projects/{project}/environments/{environment}/manifest` and `.../plan`: what the code needs, and what of it is there.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The answer to `PUT .../manifest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManifestKept {
    /// Whether it is another one than before.
    pub changed: bool,
    /// How many variables have no value and need one.
    pub missing: usize,
}

/// `GET .../plan`: what the code needs in an environment, by the manifest that was stored last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoredPlan {
    /// Who stored the manifest.
    pub author: String,
    /// When, in milliseconds since 1970.
    pub stored_at: i64,
    /// How many variables have no value and need one.
    pub missing: usize,
    /// Variables in the order of their declarations.
    pub variables: Vec<PlanVariable>,
    /// Resources by kind, then name.
    pub resources: Vec<PlanResource>,
    /// Components by name.
    pub services: Vec<PlanService>,
    /// Names that are set and that no code reads any more.
    pub unread: Vec<String>,
}

/// A variable that the code reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanVariable {
    /// Its name: the first that is tried.
    pub name: String,
    /// The other names, in the order tried.
    pub alternatives: Vec<String>,
    /// `missing`, `set`, `resolved` (takk makes it), `inherited` (it has what the machine says), `path` (it comes from a secret store), `computed`, `default` or `optional`.
    pub state: String,
    /// Its type, as Python writes it.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What it accepts, in words.
    pub accepts: String,
    /// Whether it must be kept secret.
    pub secret: bool,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The values that are allowed, if they are listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// The class that declares it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Where: file and line.
    pub place: String,
    /// The resource that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<PlanPart>,
    /// The services that read it.
    pub services: Vec<String>,
    /// The stored version, if it is `set`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Why it could not be resolved although the code says what it is made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A part of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanPart {
    /// The kind: `postgres`.
    pub kind: String,
    /// The name that tells several of one kind apart.
    pub name: String,
    /// The part: `dsn`, `host`, `password`.
    pub part: String,
}

/// Something that the program connects to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanResource {
    /// The kind: `postgres`.
    pub kind: String,
    /// The name that tells several of one kind apart.
    pub name: String,
    /// The server version that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Why that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The variables that carry its parts.
    pub variables: Vec<String>,
    /// The services that read one of these.
    pub services: Vec<String>,
    /// Where it is first declared: file and line.
    pub place: String,
}

/// A component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanService {
    /// Its full name.
    pub name: String,
    /// What it is: `network-app`, `worker`, `cron`.
    pub kind: String,
    /// The variables that it reads.
    pub variables: Vec<String>,
}
