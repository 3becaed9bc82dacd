//! `takk check --live`: keys of outside services, proved by local servers that answer as these document it. The links are in
//! `crates/provision/src/provider/tests.rs`.

use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::Project;
use crate::client::fake::{Fake, Request, answer};
use crate::ports::free_port;
use crate::process::{Answer, piped};
use crate::terminal::converse;

const SETTINGS: &str = r#"
from pydantic import SecretStr
from pydantic_settings import BaseSettings
from takk.secrets import DiscordWebhookUrl, LLMBaseAPI, LLMToken, SlackWebhookUrl


class Keys(BaseSettings):
    openai_api_key: SecretStr | None = None
    anthropic_api_key: SecretStr | None = None
    openrouter_api_key: SecretStr | None = None
    slack_bot_token: SecretStr | None = None
    discord_webhook_url: DiscordWebhookUrl | None = None
    slack_webhook_url: SlackWebhookUrl | None = None


class Llm(BaseSettings):
    llm_base_api: LLMBaseAPI = "https://openrouter.ai/api/v1"
    llm_token: LLMToken | None = None
"#;

/// What no output may contain.
const CANARY: &str = "canary5f1c";

/// A part of a path, and the status and body with which it is answered.
type Reply = (&'static str, &'static str, &'static str);

/// The services of the catalog at one local address, each below a path of its own.
struct Services {
    fake: Fake,
    /// Bodies and status lines that replace the usual ones, by path.
    replies: Arc<Mutex<Vec<Reply>>>,
}

impl Services {
    fn new() -> Self {
        let replies: Arc<Mutex<Vec<Reply>>> = Arc::default();
        let others = Arc::clone(&replies);
        let fake = Fake::new(move |_, request, stream| {
            let other = others.lock().expect("no panic").iter().find(|(path, ..)| request.line.contains(path)).copied();
            let (status, body) = other.map_or_else(|| usual(request), |(_, status, body)| (status, body));
            answer(stream, status, "", body);
        });
        Self { fake, replies }
    }

    fn reply(&self, path: &'static str, status: &'static str, body: &'static str) {
        self.replies.lock().expect("no panic").insert(0, (path, status, body));
    }

    /// The table of hosts for takk.
    fn table(&self) -> String {
        let url = &self.fake.url;
        ["https://api.openai.com", "https://api.anthropic.com", "https://openrouter.ai", "https://slack.com"]
            .into_iter()
            .chain(["https://discord.com", "https://hooks.slack.com"])
            .map(|host| format!("{host}={url}/{}", host.trim_start_matches("https://")))
            .collect::<Vec<_>>()
            .join(",")
    }

    fn takk(&self, project: &Project, arguments: &[&str]) -> Answer {
        let mut command = project.command(arguments);
        command.env("TAKK_TEST_HOSTS", self.table()).env_remove("CI");
        let answer = piped(command, b"");
        assert!(!answer.out.contains(CANARY) && !answer.err.contains(CANARY), "{answer:?}");
        answer
    }
}

fn usual(request: &Request) -> (&'static str, &'static str) {
    let is_bearer = |key: &str| request.header("authorization").is_some_and(|value| value == format!("Bearer {key}{CANARY}"));
    let error = "401 Unauthorized";
    match request.line.as_str() {
        "GET /api.openai.com/v1/models" if is_bearer("sk-proj-") => ("200 OK", r#"{"object":"list","data":[{"id":"gpt-5"}]}"#),
        "GET /api.openai.com/v1/models" => {
            (error, r#"{"error":{"message":"Incorrect API key provided: canary5f1c","type":"x","code":"invalid_api_key"}}"#)
        }
        "GET /api.anthropic.com/v1/models" if request.header("anthropic-version") == Some("2023-06-01") => {
            match request.header("x-api-key") {
                Some(key) if key == format!("sk-ant-{CANARY}") => ("200 OK", r#"{"data":[],"has_more":false}"#),
                _ => (error, r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#),
            }
        }
        "GET /openrouter.ai/api/v1/key" if is_bearer("sk-or-") => ("200 OK", r#"{"data":{"limit_remaining":null}}"#),
        "POST /slack.com/api/auth.test" if is_bearer("xoxb-") => ("200 OK", r#"{"ok":true,"team":"X"}"#),
        "POST /slack.com/api/auth.test" => ("200 OK", r#"{"ok":false,"error":"invalid_auth"}"#),
        "GET /discord.com/api/webhooks/1/canary5f1c" => ("200 OK", r#"{"id":"1","type":1}"#),
        "POST /discord.com/api/webhooks/1/canary5f1c" => ("204 No Content", ""),
        "POST /hooks.slack.com/services/T/B/canary5f1c" => ("200 OK", "ok"),
        _ => ("404 Not Found", "{}"),
    }
}

/// Codes with messages, from the JSON.
fn findings(answer: &Answer) -> Vec<(String, String)> {
    let json: Value = serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("a text").to_owned();
    let findings = json["findings"].as_array().expect("findings");
    let of_live = |code: &str| ["TK112", "TK113", "TK114"].contains(&code);
    findings.iter().map(|finding| (text(finding, "code"), text(finding, "message"))).filter(|(code, _)| of_live(code)).collect()
}

fn filled() -> Project {
    let project = Project::with(SETTINGS);
    for (name, value) in [
        ("OPENAI_API_KEY", "sk-proj-canary5f1c"),
        ("ANTHROPIC_API_KEY", "sk-ant-canary5f1c"),
        ("OPENROUTER_API_KEY", "sk-or-canary5f1c"),
        ("SLACK_BOT_TOKEN", "xoxb-canary5f1c"),
        ("DISCORD_WEBHOOK_URL", "https://discord.com/api/webhooks/1/canary5f1c"),
        ("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T/B/canary5f1c"),
        ("LLM_TOKEN", "sk-or-canary5f1c"),
    ] {
        project.set(name, value);
    }
    project
}

const LIVE: [&str; 6] = ["check", "--env", "dev", "--live", "--ignore", "TK104"];

#[test]
fn keys_that_work_are_said_to_work() {
    let (project, services) = (filled(), Services::new());
    let answer = services.takk(&project, &LIVE);
    assert_eq!(answer.code, 0, "{answer:?}");
    for (name, provider) in [
        ("OPENAI_API_KEY", "OpenAI"),
        ("ANTHROPIC_API_KEY", "Anthropic"),
        ("OPENROUTER_API_KEY", "OpenRouter"),
        ("LLM_TOKEN", "OpenRouter"),
        ("SLACK_BOT_TOKEN", "Slack"),
        ("DISCORD_WEBHOOK_URL", "the Discord webhook"),
    ] {
        let line = format!("`{name}` in `dev` works: {provider} accepts it");
        assert!(answer.err.contains(&line), "{line}: {}", answer.err);
    }
    // Nothing is posted to a channel unless the user asks for it.
    assert!(!answer.err.contains("SLACK_WEBHOOK_URL"), "{}", answer.err);
    assert_eq!(services.fake.lines().len(), 6);
    assert_eq!(project.takk(&["check", "--env", "dev", "--ignore", "TK104"]).code, 0);
    assert_eq!(services.fake.lines().len(), 6, "without --live, nobody is asked");
    let answer = services.takk(&project, &["check", "--env", "dev", "--live", "--send-test", "--ignore", "TK104"]);
    assert!(answer.code == 0 && answer.err.contains("`SLACK_WEBHOOK_URL` in `dev` works"), "{answer:?}");
    let lines = services.fake.lines().split_off(6);
    assert!(lines.contains(&"POST /hooks.slack.com/services/T/B/canary5f1c".to_owned()), "{lines:?}");
    assert!(lines.contains(&"POST /discord.com/api/webhooks/1/canary5f1c".to_owned()), "{lines:?}");
}

#[test]
fn what_is_wrong_is_said_in_words_in_every_format() {
    let (project, services) = (filled(), Services::new());
    project.set("OPENAI_API_KEY", "sk-canary5f1c");
    services.reply("anthropic", "503 Service Unavailable", "canary5f1c");
    services.reply("openrouter", "429 Too Many Requests", r#"{"error":{"code":429,"message":"canary5f1c"}}"#);
    services.reply("auth.test", "200 OK", r#"{"ok":false,"error":"token_expired"}"#);
    services.reply("discord", "302 Found", "canary5f1c");
    let answer = services.takk(&project, &[&["--json"], &LIVE[..]].concat());
    assert_eq!(answer.code, 1, "{answer:?}");
    let found = findings(&answer);
    let has = |code: &str, message: &str| {
        assert!(found.iter().any(|(one, text)| one == code && text == message), "{code} {message}: {found:#?}");
    };
    has("TK112", "`OPENAI_API_KEY` in `dev`: OpenAI refuses it: it is unknown or revoked (invalid_api_key)");
    has("TK112", "`SLACK_BOT_TOKEN` in `dev`: Slack refuses it: it has expired (token_expired)");
    has("TK113", "`LLM_TOKEN` in `dev`: OpenRouter limits it: too many requests, or no credit left (HTTP status 429)");
    has("TK114", "`ANTHROPIC_API_KEY` in `dev`: Anthropic has a fault of its own (HTTP status 503)");
    has(
        "TK114",
        "`DISCORD_WEBHOOK_URL` in `dev`: the Discord webhook redirects the request, which takk does not follow (HTTP status 302)",
    );
    for format in ["text", "github", "sarif", "junit"] {
        let answer = services.takk(&project, &[&LIVE[..], &["--format", format]].concat());
        assert!(answer.code == 1 && answer.out.contains("it is unknown or revoked (invalid_api_key)"), "{answer:?}");
    }
}

#[test]
fn a_host_that_only_the_repository_names_gets_no_key() {
    let (project, services) = (filled(), Services::new());
    let thief = Fake::new(|_, request, stream| {
        let knows = request.header("authorization") == Some("Bearer sk-or-canary5f1c");
        let (status, body) = if knows { ("200 OK", r#"{"data":[{"id":"m"}]}"#) } else { ("401 Unauthorized", "{}") };
        answer(stream, status, "", body);
    });
    let host = thief.url.trim_start_matches("http://");
    project.write(&SETTINGS.replace("https://openrouter.ai/api/v1", &format!("{}/v1", thief.url)));
    let answer = services.takk(&project, &[&["--json"], &LIVE[..]].concat());
    let refused = format!("`LLM_TOKEN` in `dev`: takk does not send it to `{host}`, which it does not know");
    assert_eq!(findings(&answer), [("TK114".to_owned(), refused.clone())]);
    assert!(answer.out.contains(&format!("--allow-host {host}")), "{}", answer.out);
    // A value that is stored does not make the host one that the user confirmed either.
    project.set("LLM_BASE_API", &format!("{}/v1", thief.url));
    let answer = services.takk(&project, &[&["--json"], &LIVE[..]].concat());
    assert_eq!(findings(&answer), [("TK114".to_owned(), refused)]);
    assert_eq!(thief.lines(), [""; 0]);
    // Nor do other places to name one.
    for url in ["https://api.openai.com.evil.example/v1", "https://openrouter.ai@evil.example/v1", "http://openrouter.ai/v1"] {
        project.set("LLM_BASE_API", url);
        let answer = services.takk(&project, &[&["--json"], &LIVE[..]].concat());
        let [(code, message)] = &findings(&answer)[..] else { panic!("{url}: {answer:?}") };
        assert!(code == "TK114" && message.starts_with("`LLM_TOKEN`"), "{url}: {message}");
    }
    project.set("LLM_BASE_API", &format!("{}/v1", thief.url));
    let allowed = [&LIVE[..], &["--allow-host", host]].concat();
    let answer = services.takk(&project, &allowed);
    assert!(answer.code == 0 && answer.err.contains("`LLM_TOKEN` in `dev` works"), "{answer:?}");
    assert_eq!(thief.lines(), ["GET /v1/models"; 2], "with the key, and with none that is valid");
}

#[test]
fn a_key_of_one_provider_does_not_go_to_another() {
    let (project, services) = (filled(), Services::new());
    project.set("OPENAI_API_KEY", "sk-ant-canary5f1c");
    let answer = services.takk(&project, &[&["--json"], &LIVE[..]].concat());
    let message = "`OPENAI_API_KEY` in `dev`: takk cannot prove it: it begins like a key of Anthropic, so takk does not send it to OpenAI";
    assert_eq!(findings(&answer), [("TK114".to_owned(), message.to_owned())]);
    assert!(!services.fake.lines().iter().any(|line| line.contains("openai")), "{:?}", services.fake.lines());
}

#[test]
fn an_outage_is_not_a_refusal() {
    let project = Project::with(SETTINGS);
    project.set("OPENAI_API_KEY", "sk-proj-canary5f1c");
    let nobody = format!("127.0.0.1:{}", free_port());
    let mut command = project.command(&["--json", "check", "--env", "dev", "--live"]);
    command.env("TAKK_TEST_HOSTS", format!("https://api.openai.com=http://{nobody}"));
    command.env("HTTPS_PROXY", "http://127.0.0.1:1").env("HTTP_PROXY", "http://127.0.0.1:1");
    let answer = piped(command, b"");
    let message = "`OPENAI_API_KEY` in `dev`: OpenAI cannot be reached: the connection is refused";
    assert_eq!(findings(&answer), [("TK114".to_owned(), message.to_owned())]);
    assert_eq!(answer.code, 1);
}

#[test]
fn the_user_is_asked_once_about_a_host() {
    let (project, services) = (filled(), Services::new());
    let other = Fake::new(|_, request, stream| {
        let knows = request.header("authorization") == Some("Bearer sk-or-canary5f1c");
        let (status, body) = if knows { ("200 OK", r#"{"data":[]}"#) } else { ("401 Unauthorized", "{}") };
        answer(stream, status, "", body);
    });
    let host = other.url.trim_start_matches("http://").to_owned();
    project.write(&SETTINGS.replace("https://openrouter.ai/api/v1", &format!("{}/v1", other.url)));
    let program = assert_cmd::cargo::cargo_bin("takk");
    let command: Vec<&str> = std::iter::once(program.to_str().expect("text")).chain(LIVE).collect();
    let (home, table) = (project.home(), services.table());
    let variables = [("TAKK_HOME", home.as_str()), ("TAKK_KEYRING", "off"), ("TAKK_TEST_HOSTS", table.as_str())];
    let question = format!("Send `LLM_TOKEN` of `dev` to `{host}`");
    let said = converse(&project.root(), &command, &variables, &[(&question, "n\r")], &[]);
    assert!(said.code == Some(1) && other.lines().is_empty(), "{}", said.screen);
    let said = converse(&project.root(), &command, &variables, &[(&question, "y\r")], &[]);
    assert!(said.code == Some(0) && !said.screen.contains(CANARY), "{}", said.screen);
    assert_eq!(other.lines().len(), 2);
    let answer = services.takk(&project, &LIVE);
    assert!(answer.code == 0 && answer.err.contains("`LLM_TOKEN` in `dev` works"), "the agreement is recorded: {answer:?}");
}

#[test]
fn the_options_belong_together() {
    let project = Project::with(SETTINGS);
    for arguments in [
        &["check", "--live"][..],
        &["check", "--env", "dev", "--send-test"],
        &["check", "--env", "dev", "--allow-host", "x"],
        &["check", "--env", "dev", "--live", "--offline"],
        &["check", "--env", "dev", "--live", "--base", "HEAD"],
    ] {
        assert_eq!(project.takk(arguments).code, 2, "{arguments:?}");
    }
}
