//! Names of an environment and what is known of their current versions.

use super::entry::Visit;
use super::environments::tag;
use super::held::held;
use super::{Hosted, Result};
use crate::wire::SecretList;

/// What is known of every name, and what changes when any of it does.
pub fn list(hosted: &mut Hosted, visit: &Visit) -> Result<(SecretList, String)> {
    let seen = hosted.vault.seen(&visit.project, &visit.environment)?;
    let tag = tag(seen.created_at, seen.revision);
    Ok((SecretList { revision: seen.revision, secrets: seen.entries.into_iter().map(held).collect() }, tag))
}
