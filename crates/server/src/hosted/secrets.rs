//! Names in an environment and the metadata of their current versions.

use super::authorize::AuthorizedAccess;
use super::environments::tag;
use super::versions::held_for;
use super::{Hosted, Result};
use takk_api::SecretList;

/// The metadata of every name, with an `ETag`.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<(SecretList, String)> {
    let seen = hosted.vault.seen(&visit.project, &visit.environment)?;
    let may_read = visit.reads(hosted)?;
    // The list also depends on whether the caller may read the values.
    let tag = format!("{}.{}", tag(seen.created_at, seen.revision), u8::from(may_read));
    let secrets = seen.entries.into_iter().map(|entry| held_for(entry, may_read)).collect();
    Ok((SecretList { revision: seen.revision, secrets }, tag))
}
