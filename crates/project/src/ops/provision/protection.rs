//! `takk provision unprotect`: allows the removal of protected resources for an hour.

use crate::ops::up::Kept;
use crate::ops::up::down::chosen;
use crate::ops::up::ledger::write;
use crate::platform::{Platform, now};
use takk_model::EnvironmentName;
use takk_model::error::{Error, Result};

/// How long the protection is lifted, in milliseconds.
const LIFTED: i64 = 60 * 60 * 1000;

/// Lifts the protection of resources. Returns their keys, and when the protection returns.
pub fn unprotect(
    platform: &mut dyn Platform,
    environment: &EnvironmentName,
    resources: &[String],
) -> Result<(Vec<String>, i64)> {
    let mut until = now().saturating_add(LIFTED);
    let mut keys = Vec::new();
    for (key, Kept { mut entry, version }) in chosen(platform, environment, resources)? {
        if !entry.protected {
            return Err(Error::usage(format!("{key} is not protected")));
        }
        if let Some(server) = platform.provisioning() {
            until = server.unprotect(environment.as_str(), &key)?;
            keys.push(key);
            continue;
        }
        entry.unprotected_until = Some(until);
        write(platform, environment.as_str(), &Kept { entry, version }, Vec::new(), Some("resource.unprotect"))?;
        keys.push(key);
    }
    Ok((keys, until))
}
