//! Names that a resource needs, and that something of somebody else has.

use takk_model::error::{Error, Result};

/// Stops where something of somebody else has one of the names of a resource, unless it is to be taken over. Each fact says what has which
/// name.
pub(super) fn check_foreign(key: &str, facts: Vec<String>, adopts: bool) -> Result<()> {
    if facts.is_empty() || adopts {
        return Ok(());
    }
    let error = Error::usage(format!("{key}: its names are in use on the server"));
    let error = facts.into_iter().fold(error, Error::about);
    Err(error.hint("to take all of it over: --adopt; else rename what is there, or give the project another name"))
}
