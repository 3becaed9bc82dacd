//! `/api/v1/projects` and `/api/v1/projects/{project}/environments`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::EnvironmentName;
use super::secrets::Change;

/// A project that the server knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectInfo {
    /// Its name.
    pub name: String,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
}

/// An environment of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnvironmentInfo {
    /// Its name: `dev`, `preview/login`.
    pub name: String,
    /// Whether its values are the operators'.
    #[serde(default)]
    pub is_production: bool,
    /// How often it was changed.
    pub revision: i64,
    /// How many values it has.
    pub values: usize,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When its time is over, in milliseconds since 1970; `None` if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// `/api/v1/projects/{project}/production`: which environments are production and which are not, where their names do not say so: `dev`,
/// `test`, `qa` and `preview/...` are not, and every other one is. They need not be there yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Production {
    /// Those that are named production; `prod` is always among them.
    #[schema(value_type = Vec<EnvironmentName>, max_items = 100)]
    pub environments: Vec<String>,
    /// Those that are named otherwise; none of them is among `environments`.
    #[serde(default)]
    #[schema(value_type = Vec<EnvironmentName>, max_items = 100)]
    pub not_production: Vec<String>,
}

/// `PUT .../environments/{environment}`: makes it with its first values, in one transaction; 409 if it is there already.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnvironment {
    /// When its time is over, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// Its first values.
    #[serde(default)]
    pub changes: Vec<Change>,
}
