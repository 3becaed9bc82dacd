//! The driver that a URL of SQLAlchemy names, and why it is that one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Place;

/// How a URL of SQLAlchemy begins, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DriverAnswer {
    /// The scheme: `postgresql+asyncpg`; `postgresql` where SQLAlchemy takes its own default.
    pub scheme: String,
    /// SQLAlchemy's name of the driver, if the scheme names one.
    pub driver: Option<String>,
    /// What decided.
    pub rule: DriverRule,
    /// Why, as one phrase: `asyncpg 0.31.0 is locked`.
    pub reason: String,
    /// The package that installs the driver.
    pub package: Option<String>,
    /// Its version, if a lock pins one.
    pub package_version: Option<String>,
    /// Where what decided is written: a line of the lock, the call that makes the engine, the default.
    pub place: Option<Place>,
}

/// What decided which driver is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DriverRule {
    /// The field's own default names it.
    Default,
    /// It is the only one among the packages.
    Only,
    /// Only it works with the engines that the code makes, asynchronous ones first.
    Engine,
    /// The project itself requires it; others come with other packages.
    Direct,
    /// It comes first in the catalog.
    Order,
    /// No driver is among the packages that the type allows.
    None,
}
