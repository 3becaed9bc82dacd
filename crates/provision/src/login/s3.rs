//! S3, as implemented by SeaweedFS and others: a signed request for the bucket.

use std::time::Instant;

use super::http::{Http, Reply};
use super::sigv4::Signer;
use super::words::{foreign, other, version_number};
use super::{Accepted, Answer, Login, NotReady};

/// Error codes that say nothing about the credentials: the bucket does not exist until [`create_bucket`] creates it.
const NO_BUCKET: &str = "NoSuchBucket";

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let signer = Signer::new(Http::new(login, login.port, deadline), login, "s3")?;
    // Lists all buckets: a server may report a missing bucket before it checks a signature.
    let buckets = signer.send("GET", "/", &[], b"")?;
    let server = buckets.server.clone().unwrap_or_default();
    match buckets.status {
        200 if buckets.text().contains("<ListAllMyBucketsResult") => {}
        200 => return Err(other(login, "it responded with", &buckets.body)),
        // The keys may be restricted to one bucket.
        _ if code(&buckets) == "AccessDenied" && login.credential("bucket").is_some() => {}
        _ => return Err(failed(login, buckets)),
    }
    if let Some(bucket) = login.credential("bucket") {
        let listed = signer.send("GET", &format!("/{bucket}"), &[("list-type", "2"), ("max-keys", "1")], b"")?;
        if listed.status != 200 && code(&listed) != NO_BUCKET {
            return Err(failed(login, listed));
        }
    }
    Ok(Accepted { version: version(&server) })
}

/// Creates the bucket in the credentials, unless it exists and belongs to them.
///
/// # Errors
///
/// Why it was not created. `Refused` if the bucket belongs to somebody else, or the keys may not create one.
pub fn create_bucket(login: &Login<'_>) -> Result<(), NotReady> {
    let Some(bucket) = login.credential("bucket") else {
        return Err(NotReady::Refused("the credentials do not name a bucket".to_owned()));
    };
    let signer = Signer::new(Http::new(login, login.port, login.deadline()), login, "s3")?;
    let path = format!("/{bucket}");
    let created = signer.send("PUT", &path, &[], b"")?;
    if created.status == 200 || code(&created) == "BucketAlreadyOwnedByYou" {
        return Ok(());
    }
    // Some servers only say that it exists, whoever owns it.
    if code(&created) == "BucketAlreadyExists" {
        let listed = signer.send("GET", &path, &[("list-type", "2"), ("max-keys", "1")], b"")?;
        return if listed.status == 200 { Ok(()) } else { Err(failed(login, listed)) };
    }
    Err(failed(login, created))
}

/// The code of an error response.
fn code(reply: &Reply) -> String {
    let text = reply.text();
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    code.map_or_else(String::new, |(code, _)| code.trim().to_owned())
}

fn failed(login: &Login<'_>, reply: Reply) -> NotReady {
    let (code, status) = (code(&reply), reply.status);
    if code.is_empty() {
        let strange = || NotReady::OtherServer(format!("it responded with HTTP status {status}"));
        return reply.done(login).err().unwrap_or_else(strange);
    }
    let text = reply.text();
    let message = text.split_once("<Message>").and_then(|(_, rest)| rest.split_once("</Message>"));
    let said = foreign(login, format!("{code}: {}", message.map_or("", |(message, _)| message)).as_bytes());
    if status == 429 || status >= 500 { NotReady::Starting(said) } else { NotReady::Refused(said) }
}

/// The version in SeaweedFS' `Server` header: `SeaweedFS 30GB 3.97`.
fn version(server: &str) -> Option<String> {
    server.starts_with("SeaweedFS").then(|| server.split(' ').next_back()).flatten().and_then(version_number)
}
