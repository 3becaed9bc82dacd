//! The login of a program to its queue: with the stored keys, it asks where that is.

use super::super::aws::Client;
use crate::ledger::Entry;
use crate::login::{Accepted, NotReady};

/// Looks the queue up once.
pub(super) fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let client = Client::of_entry(entry, "sqs")?;
    let queue = entry.credentials.get("queue").map(|name| name.as_str()).unwrap_or_default();
    client.action("GetQueueUrl", "2012-11-05", &[("QueueName", queue)]).map_err(|refusal| refusal.not_ready())?;
    Ok(Accepted { version: None })
}
