//! `/api/v1/projects/{project}/environments/{environment}/diff` and `.../promote`

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Held;
use super::names::{EnvironmentName, VariableName};

/// `GET .../diff?with=ENVIRONMENT`: two environments by their values, as far as the caller may read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Diff {
    /// The other one.
    pub with: String,
    /// How many names have the same value in both.
    pub same: usize,
    /// Names whose value is not the same, or is in one of them only, by name.
    pub differing: Vec<Difference>,
    /// Names that are set in both, where the caller may not read both values and is not told whether they are the same.
    #[serde(default)]
    pub unknown: Vec<String>,
}

/// A name whose value is not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// The variable.
    pub name: String,
    /// What is known of it here, if it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub here: Option<Held>,
    /// What is known of it in the other one, if it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub there: Option<Held>,
}

/// `POST .../promote`: values of another environment are taken over into this one, all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The environment that they are taken from.
    #[schema(value_type = EnvironmentName, example = "test")]
    pub from: String,
    /// The variables.
    #[schema(value_type = Vec<VariableName>, min_items = 1, max_items = 1000, example = json!(["KEY"]))]
    pub names: Vec<String>,
    /// The version that a variable must have here now, 0 for none; those of `names` that are left out may have any.
    #[serde(default)]
    pub expected_versions: BTreeMap<String, i64>,
}
