//! `/api/v1/projects/{project}/environments/{environment}/diff` and `.../promote`

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Held;
use super::names::{EnvironmentName, VariableName};

/// `GET .../diff?with=ENVIRONMENT`: compares the values of two environments, as far as the caller can read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Diff {
    /// The other environment.
    pub with: String,
    /// The number of names that have the same value in both.
    pub same: usize,
    /// Names whose values differ, or that are set in only one of them, sorted by name.
    pub differing: Vec<Difference>,
    /// Names that are set in both, but whose values the caller cannot compare because they cannot read both.
    #[serde(default)]
    pub unknown: Vec<String>,
}

/// A name whose values differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// The variable.
    pub name: String,
    /// Its metadata in this environment, if it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub here: Option<Held>,
    /// Its metadata in the other environment, if it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub there: Option<Held>,
}

/// `POST .../promote`: copies values from another environment to this one, all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The environment to copy from.
    #[schema(value_type = EnvironmentName, example = "test")]
    pub from: String,
    /// The variables to copy.
    #[schema(value_type = Vec<VariableName>, min_items = 1, max_items = 1000, example = json!(["KEY"]))]
    pub names: Vec<String>,
    /// The current version that a variable must have in this environment, 0 for no value; a variable that is omitted may have any version.
    #[serde(default)]
    pub expected_versions: BTreeMap<String, i64>,
}
