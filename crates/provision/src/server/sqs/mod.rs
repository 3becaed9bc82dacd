//! Queues of SQS: a queue, and a user of IAM who may use that queue, and queues whose names begin with its name and `_`.

mod login;
mod queue;

use std::time::Duration;

use super::ServerKind;
use super::aws::{AwsAdmin, Service};

/// Queues.
pub static KIND: ServerKind = ServerKind {
    name: "sqs",
    ledger_name: "sqs-server",
    parse: |text| Ok(Box::new(AwsAdmin::parse(text, &SERVICE)?)),
    log_in: login::log_in,
    keeps_out: "new keys may take a while until all of the service knows them: run the command again",
    tls_remedy: "use https:// instead of http://",
    address_form: FORM,
    parts: &[("endpoint", "{endpoint}"), ("region", "{region}")],
    settles: Duration::from_secs(45),
};

/// How an address is written.
const FORM: &str =
    "https://ACCESS_KEY:SECRET_KEY@sqs.eu-central-1.amazonaws.com, elsewhere with ?region=us-east-1&iam=https://host:port";

static SERVICE: Service = Service {
    name: "sqs",
    display: "SQS",
    noun: "queue",
    form: FORM,
    count: queue::count,
    probe: queue::probe,
    find: queue::find,
    statements: queue::statements,
    creation: queue::creation,
    remove: queue::remove,
    is_global: false,
};
