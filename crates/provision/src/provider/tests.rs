//! The answers of services as they document them, and of servers that are none.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use takk_catalog::{Probe, Provider, catalog};
use zeroize::Zeroizing;

use super::client::Reply;
use super::proof::read;
use super::{Question, Verdict, ask};

fn provider(name: &str) -> &'static Provider {
    catalog().providers().find(|provider| provider.name == name).unwrap_or_else(|| panic!("no provider {name}"))
}

fn probe(name: &str) -> &'static Probe {
    provider(name).probe.as_ref().or(provider(name).test_message.as_ref()).expect("it can be proved")
}

fn said(name: &str, status: u16, body: &str) -> Verdict {
    read(provider(name), probe(name), &Reply { status, body: Zeroizing::new(body.as_bytes().to_vec()) })
}

fn refused(text: &str) -> Verdict {
    Verdict::Refused(text.to_owned())
}

fn exhausted(text: &str) -> Verdict {
    Verdict::Exhausted(text.to_owned())
}

fn other(text: &str) -> Verdict {
    Verdict::NotProved(text.to_owned())
}

#[test]
fn documented_answers_about_models_are_understood() {
    for (name, status, body, verdict) in [
        // https://platform.openai.com/docs/api-reference/models/list
        (
            "OpenAI",
            200,
            r#"{"object":"list","data":[{"id":"gpt-5","object":"model","created":1,"owned_by":"openai"}]}"#,
            Verdict::Works,
        ),
        // https://platform.openai.com/docs/guides/error-codes
        (
            "OpenAI",
            401,
            r#"{"error":{"message":"Incorrect API key provided: sk-abc***xyz.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
            refused("OpenAI refuses it: it is unknown or revoked (invalid_api_key)"),
        ),
        (
            "OpenAI",
            429,
            r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
            exhausted("OpenAI knows it, but its account has no credit left (insufficient_quota)"),
        ),
        (
            "OpenAI",
            429,
            r#"{"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#,
            exhausted("OpenAI limits it: too many requests, or no credit left (HTTP status 429)"),
        ),
        (
            "OpenAI",
            403,
            r#"{"error":{"message":"Missing scopes: api.model.read","type":"invalid_request_error","param":null,"code":"missing_scope"}}"#,
            other("OpenAI knows it, but it lacks the right to make this request (missing_scope)"),
        ),
        // https://docs.anthropic.com/en/api/models-list
        ("Anthropic", 200, r#"{"data":[{"type":"model","id":"claude-opus-4-1"}],"has_more":false}"#, Verdict::Works),
        // https://docs.anthropic.com/en/api/errors
        (
            "Anthropic",
            401,
            r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
            refused("Anthropic refuses it: it is unknown or revoked (authentication_error)"),
        ),
        // https://openrouter.ai/docs/api-reference/limits
        (
            "OpenRouter",
            200,
            r#"{"data":{"label":"sk-or-v1-0e6...1c96","usage":25.5,"limit":null,"limit_remaining":null}}"#,
            Verdict::Works,
        ),
        (
            "OpenRouter",
            200,
            r#"{"data":{"label":"sk-or-v1-0e6...1c96","usage":25.5,"limit":25,"limit_remaining":-0.5}}"#,
            exhausted("OpenRouter accepts it, but it has no credit left"),
        ),
        (
            "OpenRouter",
            401,
            r#"{"error":{"code":401,"message":"User not found."}}"#,
            refused("OpenRouter refuses it: it is unknown, revoked or expired (HTTP status 401)"),
        ),
        // https://docs.litellm.ai/docs/proxy/virtual_keys
        (
            "the OpenAI-compatible server",
            400,
            r#"{"error":{"message":"Authentication Error, expired","type":"expired_key","param":"sk-...1234","code":"400"}}"#,
            refused("the OpenAI-compatible server refuses it: it has expired (expired_key)"),
        ),
        (
            "the OpenAI-compatible server",
            429,
            r#"{"error":{"message":"Budget has been exceeded!","type":"budget_exceeded","param":null,"code":"429"}}"#,
            exhausted("the OpenAI-compatible server knows it, but its account has no credit left (budget_exceeded)"),
        ),
    ] {
        assert_eq!(said(name, status, body), verdict, "{name}, {status}: {body}");
    }
}

#[test]
fn documented_answers_about_channels_are_understood() {
    for (name, status, body, verdict) in [
        // https://docs.slack.dev/reference/methods/auth.test
        ("Slack", 200, r#"{"ok":true,"url":"https://x.slack.com/","team":"X","user":"bot","bot_id":"B1"}"#, Verdict::Works),
        (
            "Slack",
            200,
            r#"{"ok":false,"error":"invalid_auth"}"#,
            refused("Slack refuses it: it is unknown or revoked (invalid_auth)"),
        ),
        ("Slack", 200, r#"{"ok":false,"error":"token_expired"}"#, refused("Slack refuses it: it has expired (token_expired)")),
        (
            "Slack",
            200,
            r#"{"ok":false,"error":"internal_error"}"#,
            other("Slack does not answer as documented (HTTP status 200)"),
        ),
        // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
        ("the Slack webhook", 200, "ok", Verdict::Works),
        ("the Slack webhook", 404, "no_service", refused("the Slack webhook does not exist any more (HTTP status 404)")),
        // https://docs.discord.com/developers/resources/webhook#get-webhook-with-token
        ("the Discord webhook", 200, r#"{"id":"223704706495545344","type":1,"name":"test webhook"}"#, Verdict::Works),
        (
            "the Discord webhook",
            404,
            r#"{"message":"Unknown Webhook","code":10015}"#,
            refused("the Discord webhook does not exist any more (HTTP status 404)"),
        ),
        ("the Teams webhook", 200, "1", Verdict::Works),
        ("the Teams webhook", 202, "", Verdict::Works),
        (
            "the Teams webhook",
            200,
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429",
            other("the Teams webhook does not answer as documented (HTTP status 200)"),
        ),
    ] {
        assert_eq!(said(name, status, body), verdict, "{name}, {status}: {body}");
    }
}

#[test]
fn what_a_service_repeats_is_not_shown() {
    let body = r#"{"error":{"message":"sk-abc","type":"sk-abc","code":"sk-abc"}}"#;
    for status in [200, 301, 400, 401, 402, 403, 404, 418, 429, 500] {
        for provider in catalog().providers() {
            let verdict = said(provider.name, status, body);
            assert!(verdict != Verdict::Works && !format!("{verdict:?}").contains("sk-abc"), "{verdict:?}");
        }
    }
}

#[test]
fn a_page_is_no_proof() {
    for body in ["<html>Please sign in to the network</html>", "", "null", "[]", "{\"data\":null,\"ok\":false}"] {
        assert!(matches!(said("OpenAI", 200, body), Verdict::NotProved(_)), "{body}");
        assert!(matches!(said("Slack", 200, body), Verdict::NotProved(_)), "{body}");
    }
}

/// A server that sends the same response to everyone, with what it received.
fn server(says: &'static [u8]) -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("it has one");
    let (sender, received) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 4096];
            let count = stream.read(&mut request).unwrap_or(0);
            drop(sender.send(String::from_utf8_lossy(&request[..count]).into_owned()));
            drop(stream.write_all(says));
        }
    });
    (format!("http://{address}"), received)
}

fn asked(base: &str, key: &str, patience: Duration) -> Verdict {
    let provider = provider("OpenAI");
    ask(&Question { provider, probe: probe("OpenAI"), base, key, is_own_host: true, patience })
}

#[test]
fn a_redirect_is_not_followed() {
    let (elsewhere, received) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{\"data\":[]}");
    let redirect = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere}/models\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    let (base, _) = server(Box::leak(redirect.into_boxed_str()).as_bytes());
    let verdict = asked(&base, "hunter2", Duration::from_secs(5));
    assert_eq!(
        verdict,
        Verdict::NotProved("OpenAI redirects the request, which takk does not follow (HTTP status 307)".to_owned())
    );
    assert!(received.try_recv().is_err(), "the key went elsewhere");
}

#[test]
fn servers_that_are_none_are_described_without_the_key() {
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent_at = silent.local_addr().expect("it has one");
    for (base, words) in [
        (format!("http://{nobody}"), "the connection is refused"),
        (format!("http://{silent_at}"), "does not respond in time"),
        (server(b"220 smtp.example ready\r\n").0, "is not valid HTTP"),
        (server(b"").0, "closes the connection"),
        (server(b"HTTP/1.1 200 OK\r\n\r\n").0.replace("http:", "https:"), "certificate cannot be trusted"),
    ] {
        let Verdict::NotProved(said) = asked(&base, "hunter2", Duration::from_millis(700)) else { panic!("{base} is proved") };
        assert!(said.starts_with("OpenAI ") && said.contains(words) && !said.contains("hunter2"), "{base}: {said}");
    }
    let (base, received) = server(b"HTTP/1.1 200 OK\r\n\r\n");
    let verdict = asked(&base, "hunter2\r\nX-Other: 1", Duration::from_secs(5));
    assert!(
        matches!(&verdict, Verdict::NotProved(said) if said.contains("characters") && !said.contains("hunter2")),
        "{verdict:?}"
    );
    assert!(received.try_recv().is_err(), "something was sent");
}

#[test]
fn a_server_that_wants_no_key_proves_nothing() {
    let (base, received) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{\"data\":[]}");
    let provider = provider("the OpenAI-compatible server");
    let question = Question {
        provider,
        probe: provider.probe.as_ref().expect("it has one"),
        base: &base,
        key: "hunter2",
        is_own_host: false,
        patience: Duration::from_secs(5),
    };
    assert!(matches!(ask(&question), Verdict::NotProved(said) if said.contains("without a valid key")));
    let requests: Vec<String> = received.try_iter().collect();
    assert!(requests.len() == 2 && requests[0].contains("hunter2") && !requests[1].contains("hunter2"), "{requests:?}");
}
