//! The login of a program to its bucket: with the stored keys, it lists it.

use super::super::aws::Client;
use crate::ledger::Entry;
use crate::login::{Accepted, NotReady};

/// Lists the bucket once.
pub(super) fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let client = Client::of_entry(entry, "s3")?;
    let bucket = entry.credentials.get("bucket").map(|name| name.as_str()).unwrap_or_default();
    let reply = client.send("GET", &format!("/{bucket}"), &[("list-type", "2"), ("max-keys", "1")], &[], b"");
    let reply = reply.map_err(|refusal| refusal.not_ready())?;
    // `SeaweedFS 30GB 3.97`
    let version = reply.server.filter(|server| server.starts_with("SeaweedFS"));
    Ok(Accepted { version: version.and_then(|server| server.rsplit(' ').next().map(str::to_owned)) })
}
