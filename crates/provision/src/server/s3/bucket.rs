//! A bucket.

use serde_json::{Value, json};

use super::super::aws::{AwsAdmin, Call, Holding, Refusal, tags, xml};
use crate::ledger::Entry;

/// The region whose buckets are created without naming it.
const DEFAULT_REGION: &str = "us-east-1";

fn path(entry: &Entry) -> String {
    format!("/{}", name(entry))
}

fn name(entry: &Entry) -> &str {
    entry.credentials.get("bucket").map(|name| name.as_str()).unwrap_or_default()
}

/// How many buckets there are.
pub(super) fn count(admin: &AwsAdmin) -> Result<usize, Refusal> {
    let text = Call::s3("ListAllMyBuckets", "GET", "/".to_owned(), &[], String::new()).send(admin)?;
    Ok(xml::all(&text, "Bucket").len())
}

/// Asks whether a bucket may be removed, for one that is not there.
pub(super) fn probe() -> Call {
    Call::s3("DeleteBucket", "DELETE", "/takk-nobody-has-a-bucket-of-this-name-7c1f".to_owned(), &[], String::new())
}

/// The bucket of an entry.
pub(super) fn find(admin: &AwsAdmin, entry: &Entry) -> Result<Option<Holding>, Refusal> {
    let path = path(entry);
    let list = [("list-type", "2"), ("max-keys", "2")];
    let Some(objects) = Call::s3("ListBucket", "GET", path.clone(), &list, String::new()).send_if_there(admin)? else {
        return Ok(None);
    };
    let of_tags = Call::s3("GetBucketTagging", "GET", path, &[("tagging", "")], String::new()).send_if_there(admin)?;
    let of_tags = of_tags.unwrap_or_default();
    let tags =
        xml::all(&of_tags, "Tag").into_iter().filter_map(|tag| Some((xml::first(tag, "Key")?, xml::first(tag, "Value")?)));
    let is_empty = xml::all(&objects, "Contents").is_empty();
    let content = if is_empty { "is empty" } else { "has objects" };
    Ok(Some(Holding { tags: tags.collect(), is_empty, content: content.to_owned() }))
}

/// What the program may do: with objects what it likes, and nothing with the bucket itself.
pub(super) fn statements(_: &AwsAdmin, entry: &Entry, _: &str) -> Value {
    let bucket = format!("arn:aws:s3:::{}", name(entry));
    let objects = [
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:GetObjectTagging",
        "s3:PutObjectTagging",
    ];
    json!([
        { "Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": [bucket] },
        { "Effect": "Allow", "Action": objects, "Resource": [format!("{bucket}/*")] },
    ])
}

/// What creates and marks it.
pub(super) fn creation(admin: &AwsAdmin, entry: &Entry, exists: bool) -> Vec<Call> {
    let mut calls = Vec::new();
    if !exists {
        let region = &admin.client.region;
        let place =
            format!("<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>");
        let body = if region == DEFAULT_REGION { String::new() } else { place };
        calls.push(Call::s3("CreateBucket", "PUT", path(entry), &[], body));
    }
    let own = tags(entry).into_iter();
    let own = own.map(|(key, value)| format!("<Tag><Key>{key}</Key><Value>{}</Value></Tag>", xml::escaped(&value)));
    let body = format!("<Tagging><TagSet>{}</TagSet></Tagging>", own.collect::<String>());
    calls.push(Call::s3("PutBucketTagging", "PUT", path(entry), &[("tagging", "")], body));
    calls
}

/// Removes all versions of all objects, and then the bucket.
pub(super) fn remove(admin: &AwsAdmin, entry: &Entry) -> Result<(), Refusal> {
    let path = path(entry);
    let list = [("max-keys", "1000"), ("versions", "")];
    let versions = Call::s3("ListBucketVersions", "GET", path.clone(), &list, String::new());
    loop {
        let Some(text) = versions.send_if_there(admin)? else { return Ok(()) };
        let all = ["Version", "DeleteMarker"].into_iter().flat_map(|element| xml::all(&text, element));
        let objects: String = all.filter_map(object).collect();
        if objects.is_empty() {
            break;
        }
        let body = format!("<Delete><Quiet>true</Quiet>{objects}</Delete>");
        let said = Call::s3("DeleteObjectVersion", "POST", path.clone(), &[("delete", "")], body).send(admin)?;
        if let Some(error) = xml::all(&said, "Error").first() {
            let part = |name: &str| xml::first(error, name).unwrap_or_default();
            let message = format!("an object cannot be deleted: {}", part("Message"));
            return Err(Refusal::Said { status: 409, code: part("Code"), message });
        }
    }
    Call::s3("DeleteBucket", "DELETE", path, &[], String::new()).send_if_there(admin).map(drop)
}

/// One version of an object in a request to delete it.
fn object(version: &str) -> Option<String> {
    let (key, id) = (xml::first(version, "Key")?, xml::first(version, "VersionId")?);
    Some(format!("<Object><Key>{}</Key><VersionId>{}</VersionId></Object>", xml::escaped(&key), xml::escaped(&id)))
}
