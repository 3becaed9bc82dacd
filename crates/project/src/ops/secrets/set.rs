//! `takk secrets set`: validates a value as pydantic would, and stores it.

use super::accepted::{Accepted, Refused, accepted};
use super::names::inside;
use crate::platform::Platform;
use takk_catalog::reserved;
use takk_model::Origin;
use takk_model::error::{Error, Result};
use takk_model::{EnvironmentName, Manifest};
use takk_vault::{SecretValue, Update};

/// A value that was stored.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Stored {
    pub name: String,
    pub environment: EnvironmentName,
    pub version: i64,
    /// Why it is not certain that pydantic accepts the value, if it is not.
    pub unchecked: Option<String>,
}

/// Checks and stores one value under a declared name. Names in `allowed` may be reserved.
pub fn set(
    platform: &mut dyn Platform,
    manifest: &Manifest,
    environment: &EnvironmentName,
    (name, allowed): (&str, &[String]),
    value: SecretValue,
    origin: Origin,
) -> Result<Stored> {
    let unchecked = check_allowed(manifest, name, value.expose(), allowed)?;
    let update = Update { name: name.to_owned(), value: Some(value), expected: None, origin };
    let versions = platform.update(environment.as_str(), &[update])?;
    let version = versions.first().copied().unwrap_or_default();
    Ok(Stored { name: name.to_owned(), environment: environment.clone(), version, unchecked })
}

/// Removes the value of a name. `None` if it has none.
pub fn unset(platform: &mut dyn Platform, environment: &EnvironmentName, name: &str) -> Result<Option<i64>> {
    let held = platform.held(environment.as_str())?;
    let Some(held) = held.iter().find(|held| held.name == name) else { return Ok(None) };
    let update = Update { name: name.to_owned(), value: None, expected: Some(held.version), origin: Origin::Set };
    Ok(platform.update(environment.as_str(), &[update])?.first().copied())
}

/// Fails if the value may not be stored. Returns why it is not certain that pydantic accepts it, if it is not.
pub fn check(manifest: &Manifest, name: &str, text: &str) -> Result<Option<String>> {
    check_allowed(manifest, name, text, &[])
}

/// The same if the user has allowed some reserved names.
pub fn check_allowed(manifest: &Manifest, name: &str, text: &str, allowed: &[String]) -> Result<Option<String>> {
    refuse_reserved(name, allowed)?;
    if text.contains('\0') {
        return Err(Error::usage(format!(
            "the value of `{name}` contains a NUL byte, which an environment variable cannot hold"
        ))
        .hint("encode it, as base64 for example, and decode it in the program"));
    }
    match accepted(manifest, name, text) {
        Accepted::Yes => Ok(None),
        Accepted::Unchecked(reason) => Ok(Some(reason)),
        Accepted::No(refused) => {
            let error = refusal(name, &refused);
            Err(match manifest.nested().find_map(|(_, nested)| inside(&nested, name)) {
                Some(hint) => error.hint(hint),
                None => error,
            })
        }
    }
}

/// Rejects a reserved name, unless the user has allowed it.
pub fn refuse_reserved(name: &str, allowed: &[String]) -> Result<()> {
    match reserved(name) {
        Some(why) if !allowed.iter().any(|known| known == name) => {
            Err(Error::usage(format!("cannot store a value under `{name}`: {why}"))
                .hint("rename the field, give it an alias, or give the class an `env_prefix`: takk explain TK026")
                .hint(format!("to store it anyway: --allow-name {name}")))
        }
        _ => Ok(()),
    }
}

fn refusal(name: &str, refused: &Refused) -> Error {
    let message = format!("`{name}` must be {}: {}", refused.type_name, refused.sentence());
    Error::usage(message).hint(format!("{} reads it ({})", refused.field, refused.place.short()))
}
