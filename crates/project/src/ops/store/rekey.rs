//! `takk store rekey`: a new master key.

use std::path::Path;

use serde::Serialize;

use super::{KeyPlace, StorePlace, Target};
use crate::platform::with_key_places;
use takk_model::error::{Error, Result};
use takk_vault::KeySetting;
use takk_vault::rekey as renew;

/// The result of a rekey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rekeyed {
    /// Where the store is.
    #[serde(flatten)]
    pub place: StorePlace,
    /// How many environments the store has.
    pub environments: usize,
    /// Where the new master key is.
    pub key: KeyPlace,
    /// The variable that must be changed to the new key, if one held the old key.
    pub switch: Option<&'static str>,
}

/// Gives the store a new master key, written to `new_key_file` if the current key is set by a variable.
pub fn rekey(target: Target, new_key_file: Option<&Path>) -> Result<Rekeyed> {
    let switch = target.home.master_key.as_ref().map(|setting| match setting {
        KeySetting::File(_) => "TAKK_MASTER_KEY_FILE",
        KeySetting::Text(_) => "TAKK_MASTER_KEY",
    });
    check(switch, new_key_file)?;
    let mut opening = target.unlocked()?;
    let renewed = with_key_places(target.home, target.directory()?, |places| renew(&mut opening.vault, places, new_key_file));
    let renewed = renewed.map_err(|error| target.explained(error))?;
    Ok(Rekeyed { place: target.place()?, environments: renewed.environments, key: renewed.source.into(), switch })
}

/// Fails if there is no place for the new key.
fn check(switch: Option<&'static str>, new_key_file: Option<&Path>) -> Result<()> {
    match (switch, new_key_file) {
        (Some(variable), None) => Err(Error::usage(format!("the master key comes from {variable}, which takk cannot change"))
            .hint("pass a file for the new key: takk store rekey --new-key-file PATH")),
        (None, Some(_)) => Err(Error::usage("takk keeps the master key of this store itself, and will keep the new one there")
            .hint("leave --new-key-file out")),
        (Some(_), Some(path)) if path.symlink_metadata().is_ok() => {
            Err(Error::usage(format!("`{}` already exists", path.display())).hint("choose a new file for the new master key"))
        }
        _ => Ok(()),
    }
}
