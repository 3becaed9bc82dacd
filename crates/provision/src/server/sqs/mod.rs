//! Queues of SQS: a queue, and a user of IAM who may use that queue, and queues whose names begin with its name and `_`.

mod login;
mod queue;

use super::ServerKind;
use super::aws::{AwsAdmin, KEEPS_OUT, PARTS, SETTLES, Service, TLS_REMEDY};

/// Queues.
pub static KIND: ServerKind = ServerKind {
    name: "sqs",
    ledger_name: "sqs-server",
    parse: |text| Ok(Box::new(AwsAdmin::parse(text, &SERVICE)?)),
    log_in: login::log_in,
    keeps_out: KEEPS_OUT,
    tls_remedy: TLS_REMEDY,
    address_form: FORM,
    parts: PARTS,
    settles: SETTLES,
    is_experimental: false,
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
