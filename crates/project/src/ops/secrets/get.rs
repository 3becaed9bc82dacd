//! `takk secrets get`: returns one value.

use crate::platform::Platform;
use takk_model::EnvironmentName;
use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;
use takk_vault::SecretValue;

/// The current value of a name, or the one of a version.
pub fn get(
    platform: &mut dyn Platform,
    environment: &EnvironmentName,
    name: &str,
    version: Option<i64>,
) -> Result<SecretValue> {
    let absent = || {
        Error::usage(format!("`{name}` has no value in `{environment}`"))
            .hint(format!("set it: `takk secrets set {word} --env {environment}`", word = shell_word(name)))
    };
    let value = match version {
        Some(version) => platform.version(environment.as_str(), name, version)?,
        None => platform.value(environment.as_str(), name)?,
    };
    value.ok_or_else(absent)
}
