//! Changes of values, all or none.

use std::collections::HashSet;

use super::{AccessRequest, Refusal, Result, Visitor, names, unexpected};
use takk_api::{Change, Changed, Changes};
use takk_model::Origin;
use takk_vault::{AccessResponse, Action, IdempotencyKey, SecretValue, Update, request_digest};

/// The maximum number of names in a request.
const MOST: usize = 1000;

/// The request for a change of values. `key` is the caller's idempotency key, `body` the content.
pub fn asked(visitor: Visitor, key: Option<String>, body: &[u8], changes: Changes) -> Result<AccessRequest> {
    let updates = updates(changes.changes)?;
    let (project, environment) = visitor.place();
    let digest = || request_digest(&[project.as_bytes(), environment.as_bytes(), body]);
    let once = key.map(|key| IdempotencyKey { key, digest: digest() });
    Ok(AccessRequest { once, visitor, action: Action::Change { updates, make: true } })
}

pub fn done(given: AccessResponse) -> Result<Changed> {
    match given {
        AccessResponse::Changed { changed, .. } => Ok(Changed { revision: changed.revision, versions: changed.versions }),
        _ => Err(unexpected()),
    }
}

/// The requested updates. Fails if a name occurs twice.
pub(super) fn updates(changes: Vec<Change>) -> Result<Vec<Update>> {
    if changes.len() > MOST {
        return Err(Refusal::invalid(format!("a request can have at most {MOST} changes")));
    }
    let mut seen = HashSet::new();
    changes
        .into_iter()
        .map(|change| {
            let update = update(change)?;
            if !seen.insert(update.name.clone()) {
                return Err(Refusal::invalid(format!("`{}` appears twice", update.name)));
            }
            Ok(update)
        })
        .collect()
}

fn update(change: Change) -> Result<Update> {
    names::variable(&change.name)?;
    let value = match change.value {
        Some(plain) if plain.expose().contains('\0') => {
            return Err(Refusal::invalid(format!("the value of `{}` must not contain a NUL byte", change.name)));
        }
        Some(plain) => Some(SecretValue::new(plain.expose().to_owned())),
        None => None,
    };
    if change.expected_version.is_some_and(|version| version < 0) {
        return Err(Refusal::invalid("`expected_version` must be 0 or greater"));
    }
    Ok(Update { name: change.name, value, expected: change.expected_version, origin: change.origin.unwrap_or(Origin::Set) })
}
