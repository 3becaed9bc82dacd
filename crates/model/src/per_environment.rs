//! A value that may differ between environments, as `value_for(...)` declares it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A value that may differ by environment. Serialized as the bare value if there are no exceptions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum PerEnvironment<T> {
    /// The same everywhere.
    Same(T),
    /// Different in the environments named.
    Varies {
        /// The value in all other environments.
        default: T,
        /// The exceptions, by name of the environment.
        environments: BTreeMap<String, T>,
    },
}

impl<T> PerEnvironment<T> {
    /// `default`, with exceptions by name of the environment.
    pub fn new(default: T, exceptions: BTreeMap<String, T>) -> Self {
        if exceptions.is_empty() { Self::Same(default) } else { Self::Varies { default, environments: exceptions } }
    }

    /// All values, in any environment.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        let (first, others) = match self {
            Self::Same(value) => (value, None),
            Self::Varies { default, environments } => (default, Some(environments.values())),
        };
        std::iter::once(first).chain(others.into_iter().flatten())
    }

    /// The value in `environment`.
    pub fn value_in(&self, environment: &str) -> &T {
        match self {
            Self::Same(value) => value,
            Self::Varies { default, environments } => environments.get(environment).unwrap_or(default),
        }
    }
}

impl PerEnvironment<bool> {
    /// True in every environment.
    pub fn everywhere() -> Self {
        Self::Same(true)
    }

    /// Whether it is true in every environment.
    pub fn is_true(&self) -> bool {
        *self == Self::Same(true)
    }
}
