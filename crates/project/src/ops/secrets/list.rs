//! `takk secrets list`: the contents of an environment, without values.

use serde::Serialize;

use crate::platform::Platform;
use takk_model::error::Result;
use takk_model::{EnvironmentName, Held};

/// What an environment holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listing {
    /// The environment.
    pub environment: EnvironmentName,
    /// The server that stores it; `None` for the store of this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Its values by name.
    pub values: Vec<Listed>,
}

/// The metadata of a stored value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listed {
    /// The name.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// When it was stored, in milliseconds since 1970.
    pub set_at: i64,
    /// How it came to be.
    pub origin: String,
    /// Who stored it.
    pub author: String,
}

/// What each of the environments holds.
pub fn list(platform: &mut dyn Platform, environments: &[EnvironmentName]) -> Result<Vec<Listing>> {
    let mut listings = Vec::new();
    for environment in environments {
        let held = platform.held(environment.as_str())?;
        let server = platform.server().map(str::to_owned);
        listings.push(Listing { environment: environment.clone(), server, values: held.into_iter().map(listed).collect() });
    }
    Ok(listings)
}

fn listed(held: Held) -> Listed {
    let Held { name, version, set_at, origin, author, .. } = held;
    Listed { name, version, set_at, origin, author }
}
