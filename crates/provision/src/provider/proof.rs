//! Whether a credential works, by the request that the catalog has for it.

use std::time::Duration;

use serde_json::Value;
use takk_catalog::{Probe, Provider};
use zeroize::Zeroizing;

use super::client::{Call, Failure, Reply, send};

/// What is sent as the key to find out whether a server wants one at all.
const NO_KEY: &str = "takk-sends-no-key";

/// A credential, and where it is proved.
pub struct Question<'q> {
    pub provider: &'q Provider,
    pub probe: &'q Probe,
    /// The URL of the API, without a slash at the end; for a webhook, its URL.
    pub base: &'q str,
    /// The key; empty for a webhook.
    pub key: &'q str,
    /// Whether the host is the provider's own. Another host may list its models to everybody, which proves nothing.
    pub is_own_host: bool,
    pub patience: Duration,
}

/// What the service says about a credential, as a phrase that follows its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Works,
    /// It does not work: unknown, revoked or expired.
    Refused(String),
    /// It is known, but the account has no credit left or is limited.
    Exhausted(String),
    /// Nothing is known: the service cannot be reached, or does not say.
    NotProved(String),
}

/// Asks the service.
pub fn ask(question: &Question<'_>) -> Verdict {
    let reply = match sent(question, question.key) {
        Ok(reply) => reply,
        Err(failure) => return Verdict::NotProved(format!("{} {failure}", question.provider.name)),
    };
    let verdict = read(question.provider, question.probe, &reply);
    if verdict != Verdict::Works || question.is_own_host || question.provider.is_webhook() {
        return verdict;
    }
    match sent(question, NO_KEY) {
        Ok(reply) if reply.is_success() => {
            Verdict::NotProved(format!("{} answers without a valid key too, which proves nothing", question.provider.name))
        }
        _ => verdict,
    }
}

fn sent(question: &Question<'_>, key: &str) -> Result<Reply, Failure> {
    let headers = question.probe.headers.iter().filter_map(|header| header.split_once(": "));
    send(&Call {
        method: question.probe.method,
        url: &Zeroizing::new(format!("{}{}", question.base, question.probe.path)),
        headers: headers.map(|(name, value)| (name, Zeroizing::new(value.replace("{key}", key)))).collect(),
        body: question.probe.body,
        patience: question.patience,
    })
}

/// What a response says.
pub(super) fn read(provider: &Provider, probe: &Probe, reply: &Reply) -> Verdict {
    let json = reply.json();
    let name = provider.name;
    if reply.is_success() && is_proof(probe, json.as_ref(), &reply.body) {
        let left = probe.credit.and_then(|at| json.as_ref()?.pointer(at)?.as_f64());
        return match left {
            Some(left) if left <= 0.0 => Verdict::Exhausted(format!("{name} accepts it, but it has no credit left")),
            _ => Verdict::Works,
        };
    }
    let code = json.as_ref().and_then(|json| probe.code.iter().find_map(|at| text_of(json.pointer(at)?)));
    let is_one_of = |codes: &[&str]| code.as_deref().is_some_and(|code| codes.contains(&code));
    // Only a code that the catalog has is shown: a response may repeat the key.
    let known = [probe.refused, probe.expired, probe.forbidden, probe.exhausted].into_iter().any(is_one_of);
    let because = match &code {
        Some(code) if known => code.clone(),
        _ => format!("HTTP status {}", reply.status),
    };
    match reply.status {
        _ if is_one_of(probe.expired) => Verdict::Refused(format!("{name} refuses it: it has expired ({because})")),
        _ if is_one_of(probe.refused) => Verdict::Refused(format!("{name} refuses it: it is unknown or revoked ({because})")),
        _ if is_one_of(probe.exhausted) => {
            Verdict::Exhausted(format!("{name} knows it, but its account has no credit left ({because})"))
        }
        _ if is_one_of(probe.forbidden) => lacks_right(name, &because),
        401 | 403 | 404 | 410 if provider.is_webhook() => {
            Verdict::Refused(format!("{name} does not exist any more ({because})"))
        }
        401 => Verdict::Refused(format!("{name} refuses it: it is unknown, revoked or expired ({because})")),
        402 => Verdict::Exhausted(format!("{name} knows it, but its account has no credit left ({because})")),
        403 => lacks_right(name, &because),
        429 => Verdict::Exhausted(format!("{name} limits it: too many requests, or no credit left ({because})")),
        300..=399 => Verdict::NotProved(format!("{name} redirects the request, which takk does not follow ({because})")),
        500..=599 => Verdict::NotProved(format!("{name} has a fault of its own ({because})")),
        _ => Verdict::NotProved(format!("{name} does not answer as documented ({because})")),
    }
}

fn lacks_right(name: &str, because: &str) -> Verdict {
    Verdict::NotProved(format!("{name} knows it, but it lacks the right to make this request ({because})"))
}

/// Whether a successful response has what only an accepted credential gets.
fn is_proof(probe: &Probe, json: Option<&Value>, body: &[u8]) -> bool {
    match probe.proof {
        Some(at) => {
            json.and_then(|json| json.pointer(at)).is_some_and(|value| !value.is_null() && *value != Value::Bool(false))
        }
        None => std::str::from_utf8(body).is_ok_and(|text| probe.texts.contains(&text.trim())),
    }
}

/// A code, which some services write as a number.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
