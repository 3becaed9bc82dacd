//! The end of a resource: its keys, its bucket or queue with all that is in it, its user. What is missing is skipped, so that a removal that
//! was interrupted can be repeated.

use takk_model::error::{Error, Result};

use super::admin::AwsAdmin;
use super::call::Call;
use super::client::Refusal;
use super::found::{Found, name};
use crate::ledger::Entry;

pub(super) fn remove(admin: &AwsAdmin, entry: &Entry) -> Result<()> {
    let found = Found::read(admin, entry)?;
    let foreign = found.foreign(admin, entry);
    if !foreign.is_empty() {
        // What was given away or taken since is not removed.
        let error = Error::usage(format!("{}: not all of it is marked as takk's, so takk removes nothing", entry.key()));
        return Err(foreign.into_iter().fold(error, Error::about).hint("to take it over first: takk provision --adopt"));
    }
    let doing = format!("{}: cannot remove it from the server", entry.key());
    carry_out(admin, entry, &found).map_err(|refusal| refusal.error(&doing))
}

fn carry_out(admin: &AwsAdmin, entry: &Entry, found: &Found) -> Result<(), Refusal> {
    let user = name(entry, "user");
    if let Some(found) = &found.user {
        // From here on, nobody logs in any more.
        for (key, _) in &found.keys {
            Call::iam("DeleteAccessKey", &[("UserName", user), ("AccessKeyId", key)]).send_if_there(admin)?;
        }
    }
    if found.holding.is_some() {
        (admin.service.remove)(admin, entry)?;
    }
    if let Some(found) = &found.user {
        for policy in &found.policies {
            Call::iam("DeleteUserPolicy", &[("UserName", user), ("PolicyName", policy)]).send_if_there(admin)?;
        }
        Call::iam("DeleteUser", &[("UserName", user)]).send_if_there(admin)?;
    }
    Ok(())
}
