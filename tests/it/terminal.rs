//! takk in a terminal with a user who answers.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// The result of a terminal session.
pub(crate) struct Conversation {
    /// The exit code; `None` if an expected prompt never appeared.
    pub code: Option<i64>,
    /// Everything on the screen, without colours and cursor movements.
    pub screen: String,
    /// The same, as the terminal received it.
    pub raw: String,
    /// Whether the terminal echoes what is typed, as it should after the session.
    pub echo: bool,
}

/// Runs a command in a terminal. `steps`: what to wait for, and what to type then. `answers`: patterns of prompts, each with what to type
/// whenever it appears.
pub(crate) fn converse(
    directory: &Path,
    command: &[&str],
    variables: &[(&str, &str)],
    steps: &[(&str, &str)],
    answers: &[(&str, &str)],
) -> Conversation {
    let answers: serde_json::Map<String, Value> =
        answers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    hold(directory, command, variables, &json!({ "steps": steps, "answers": answers }))
}

/// Runs a long command in a terminal, and types something as soon as a text appears.
pub(crate) fn interrupt(
    directory: &Path,
    command: &[&str],
    variables: &[(&str, &str)],
    text: &str,
    typed: &str,
) -> Conversation {
    hold(directory, command, variables, &json!({ "steps": [[text, typed]], "at_once": true }))
}

fn hold(directory: &Path, command: &[&str], variables: &[(&str, &str)], script: &Value) -> Conversation {
    let mut environment: serde_json::Map<String, Value> =
        [("PATH", std::env::var("PATH").unwrap_or_default()), ("TERM", "xterm-256color".to_owned())]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .collect();
    environment.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    let mut script = script.clone();
    script["command"] = json!(command);
    script["env"] = Value::Object(environment);
    script["cwd"] = json!(directory);
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interactive/converse.py");
    let mut python = Command::new("python3");
    let mut child = python.arg(driver).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
    child.stdin.take().expect("a pipe").write_all(script.to_string().as_bytes()).expect("Python reads");
    let output = child.wait_with_output().expect("Python ends");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("an answer");
    let raw = answer["screen"].as_str().expect("text").to_owned();
    let screen = anstream::adapter::strip_str(&raw).to_string().replace('\r', "");
    let echo = answer["echo"] == true;
    Conversation { code: answer["code"].as_i64(), screen, raw, echo }
}

/// The program under test.
pub(crate) fn takk() -> String {
    assert_cmd::cargo::cargo_bin("takk").to_string_lossy().into_owned()
}
