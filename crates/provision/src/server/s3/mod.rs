//! Buckets on AWS, and on servers that speak its protocols, SeaweedFS for one: a bucket, and a user of IAM who may read and write objects of
//! that bucket alone.

mod bucket;
mod login;

use super::ServerKind;
use super::aws::{AwsAdmin, KEEPS_OUT, PARTS, SETTLES, Service, TLS_REMEDY};

/// Buckets.
pub static KIND: ServerKind = ServerKind {
    name: "s3",
    ledger_name: "s3-server",
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
    "https://ACCESS_KEY:SECRET_KEY@s3.eu-central-1.amazonaws.com, elsewhere with ?region=us-east-1&iam=https://host:port";

static SERVICE: Service = Service {
    name: "s3",
    display: "S3",
    noun: "bucket",
    form: FORM,
    count: bucket::count,
    probe: bucket::probe,
    find: bucket::find,
    statements: bucket::statements,
    creation: bucket::creation,
    remove: bucket::remove,
    is_global: true,
};
