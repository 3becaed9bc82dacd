//! SQS, as implemented by ElasticMQ and moto: a signed `ListQueues`, in the protocol that all of them support.

use std::time::Instant;

use super::http::Http;
use super::sigv4::Signer;
use super::words::other;
use super::{Accepted, Answer, Login};

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let signer = Signer::new(Http::new(login, login.port, deadline), login, "sqs")?;
    let queues = signer.send("POST", "/", &[], b"Action=ListQueues&Version=2012-11-05")?.done(login)?;
    if !queues.text().contains("ListQueuesResponse") {
        return Err(other(login, "it responded with", &queues.body));
    }
    Ok(Accepted { version: None })
}
