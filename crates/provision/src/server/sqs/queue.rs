//! A queue, and those that the program creates beside it.

use serde_json::{Value, json};

use super::super::aws::{AwsAdmin, Call, Holding, Refusal, tags, xml};
use crate::ledger::Entry;
use takk_model::counted::counted;

fn name(entry: &Entry) -> &str {
    entry.credentials.get("queue").map(|name| name.as_str()).unwrap_or_default()
}

/// How many queues there are: of more than 1000, as many as fit on a page.
pub(super) fn count(admin: &AwsAdmin) -> Result<usize, Refusal> {
    Ok(urls(admin, "")?.len())
}

/// Asks whether a queue may be removed, for one that is not there.
pub(super) fn probe() -> Call {
    Call::sqs("GetQueueUrl", &[("QueueName", "takk-nobody-has-a-queue-of-this-name")])
}

fn urls(admin: &AwsAdmin, prefix: &str) -> Result<Vec<String>, Refusal> {
    let parameters = [("QueueNamePrefix", prefix)];
    let text = Call::sqs("ListQueues", if prefix.is_empty() { &[] } else { &parameters }).send(admin)?;
    Ok(xml::all(&text, "QueueUrl").iter().filter_map(|url| xml::first(&format!("<a>{url}</a>"), "a")).collect())
}

fn url(admin: &AwsAdmin, name: &str) -> Result<Option<String>, Refusal> {
    let text = Call::sqs("GetQueueUrl", &[("QueueName", name)]).send_if_there(admin)?;
    Ok(text.and_then(|text| xml::first(&text, "QueueUrl")))
}

/// The queue of an entry.
pub(super) fn find(admin: &AwsAdmin, entry: &Entry) -> Result<Option<Holding>, Refusal> {
    let Some(url) = url(admin, name(entry))? else { return Ok(None) };
    let of_tags = Call::sqs("ListQueueTags", &[("QueueUrl", &url)]).send_if_there(admin)?.unwrap_or_default();
    let tags =
        xml::all(&of_tags, "Tag").into_iter().filter_map(|tag| Some((xml::first(tag, "Key")?, xml::first(tag, "Value")?)));
    let number = ("AttributeName.1", "ApproximateNumberOfMessages");
    let messages = Call::sqs("GetQueueAttributes", &[("QueueUrl", &url), number]).send_if_there(admin)?.unwrap_or_default();
    let messages = xml::first(&messages, "Value").unwrap_or_else(|| "0".to_owned());
    Ok(Some(Holding {
        tags: tags.collect(),
        is_empty: messages == "0",
        content: format!("has about {}", counted(messages, "message")),
    }))
}

/// What the program may do: everything with its queues but to share them.
pub(super) fn statements(admin: &AwsAdmin, entry: &Entry, account: &str) -> Value {
    let queue = format!("arn:aws:sqs:{}:{account}:{}", admin.client.region, name(entry));
    let actions = [
        "sqs:SendMessage",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueUrl",
        "sqs:GetQueueAttributes",
        "sqs:SetQueueAttributes",
        "sqs:PurgeQueue",
        "sqs:CreateQueue",
        "sqs:DeleteQueue",
    ];
    json!([{ "Effect": "Allow", "Action": actions, "Resource": [queue, format!("{queue}_*")] }])
}

/// What creates and marks it.
pub(super) fn creation(admin: &AwsAdmin, entry: &Entry, exists: bool) -> Vec<Call> {
    let own = tags(entry);
    if !exists {
        return vec![Call::sqs("CreateQueue", &[("QueueName", name(entry))]).with_tags("Tag", &own)];
    }
    let url = url(admin, name(entry)).ok().flatten().unwrap_or_default();
    vec![Call::sqs("TagQueue", &[("QueueUrl", &url)]).with_tags("Tag", &own)]
}

/// Removes the queues of the program, and then its own.
pub(super) fn remove(admin: &AwsAdmin, entry: &Entry) -> Result<(), Refusal> {
    let delete = |url: &str| Call::sqs("DeleteQueue", &[("QueueUrl", url)]).send_if_there(admin).map(drop);
    // Names of other environments have no `_`.
    for url in urls(admin, &format!("{}_", name(entry)))? {
        delete(&url)?;
    }
    match url(admin, name(entry))? {
        Some(url) => delete(&url),
        None => Ok(()),
    }
}
