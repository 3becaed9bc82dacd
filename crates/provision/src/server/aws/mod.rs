//! What S3 and SQS have in common: signed requests, and users of IAM with a policy and an access key of their own.
//!
//! AWS makes up the access keys, and says a secret key once. It is stored as soon as it is known; a key of which takk does not have the
//! secret is deleted, and replaced by another one.

use std::time::Duration;

mod admin;
mod call;
mod client;
mod found;
mod iam;
mod removal;
mod tags;
pub(super) mod xml;

pub(super) use self::admin::{AwsAdmin, Service};
pub(super) use self::call::Call;
pub(super) use self::client::{Client, Refusal};
pub(super) use self::found::Holding;
pub(super) use self::tags::tags;

/// What may prevent a new login from connecting.
pub(super) const KEEPS_OUT: &str = "new keys may take a while until all of the service knows them: run the command again";
/// How an admin address gets to require TLS.
pub(super) const TLS_REMEDY: &str = "use https:// instead of http://";
/// The parts that the admin address decides.
pub(super) const PARTS: &[(&str, &str)] = &[("endpoint", "{endpoint}"), ("region", "{region}")];
/// How long IAM may take until all of the service knows a new key.
pub(super) const SETTLES: Duration = Duration::from_secs(45);
