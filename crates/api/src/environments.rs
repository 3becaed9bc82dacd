//! `/api/v1/projects` and `/api/v1/projects/{project}/environments`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::EnvironmentName;
use super::secrets::Change;

/// A project on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectInfo {
    /// Its name.
    pub name: String,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
}

/// An environment of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnvironmentInfo {
    /// Its name: `dev`, `preview/login`.
    pub name: String,
    /// Whether it is production: only operators and owners can read its values.
    #[serde(default)]
    pub is_production: bool,
    /// The number of changes so far.
    pub revision: i64,
    /// The number of values.
    pub values: usize,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// When it expires, in milliseconds since 1970; `null` if it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// `/api/v1/projects/{project}/production`: which environments are production, where it does not follow from the name: `dev`,
/// `test`, `qa` and `preview/...` are not production, and all others are. The environments need not exist yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Production {
    /// The environments that are production; always contains `prod`.
    #[schema(value_type = Vec<EnvironmentName>, max_items = 100)]
    pub environments: Vec<String>,
    /// The environments that are not production; must not overlap with `environments`.
    #[serde(default)]
    #[schema(value_type = Vec<EnvironmentName>, max_items = 100)]
    pub not_production: Vec<String>,
}

/// `PUT .../environments/{environment}`: creates the environment with its first values in one transaction; 409 if it already exists.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnvironment {
    /// When it expires, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// Its first values.
    #[serde(default)]
    pub changes: Vec<Change>,
}
