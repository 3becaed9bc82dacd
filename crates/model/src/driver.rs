//! The driver that a SQLAlchemy URL names, and why.

use serde::{Deserialize, Serialize};

use super::Place;

/// The scheme of a SQLAlchemy URL, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DriverAnswer {
    /// The scheme: `postgresql+asyncpg`; `postgresql` if SQLAlchemy uses its own default.
    pub scheme: String,
    /// SQLAlchemy's name of the driver, if the scheme names one.
    pub driver: Option<String>,
    /// What determined it.
    pub rule: DriverRule,
    /// Why, as one phrase: `asyncpg 0.31.0 is locked`.
    pub reason: String,
    /// The package that installs the driver.
    pub package: Option<String>,
    /// Its version, if a lock pins one.
    pub package_version: Option<String>,
    /// The place that determined it: a line of the lock, the call that creates the engine, the default.
    pub place: Option<Place>,
}

/// What determines the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DriverRule {
    /// The field's default names it.
    Default,
    /// It is the only one among the packages.
    Only,
    /// Only this one works with the engines that the code creates, asynchronous ones first.
    Engine,
    /// The project itself requires it; the other drivers are only dependencies of other packages.
    Direct,
    /// It comes first in the catalog.
    Order,
    /// None of the packages is a driver that the type allows.
    None,
}
