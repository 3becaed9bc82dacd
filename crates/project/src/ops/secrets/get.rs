//! `takk secrets get`: returns stored values.

use crate::platform::Platform;
use takk_model::EnvironmentName;
use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;
use takk_vault::SecretValue;

/// The current value of a name, or that of a version. `None` if there is none.
pub fn find(
    platform: &mut dyn Platform,
    environment: &EnvironmentName,
    name: &str,
    version: Option<i64>,
) -> Result<Option<SecretValue>> {
    let Some(version) = version else { return platform.value(environment.as_str(), name) };
    // A version that never existed is a different error.
    let is_known = platform.history(environment.as_str(), name)?.iter().any(|known| known.version == version);
    if is_known { platform.version(environment.as_str(), name, version) } else { Ok(None) }
}

/// Like [`find`], but fails if there is no value.
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
