//! What S3 and SQS have in common: signed requests, and users of IAM with a policy and an access key of their own.
//!
//! AWS makes up the access keys, and says a secret key once. It is stored as soon as it is known; a key of which takk does not have the
//! secret is deleted, and replaced by another one.

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
