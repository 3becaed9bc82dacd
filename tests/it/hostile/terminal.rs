//! Names from a repository reach a terminal or the log of a CI job only as text: every command, in every form.

use super::harness::{Said, Site, To, commands, formats};
use super::names::{EVIL, assert_annotations, assert_tame, everything, evil_line, toml};
use crate::terminal::converse;

/// The arguments of each command, to be run in this order, in one checkout with one store.
const ROWS: &[(&str, &[&[&str]])] = &[
    ("completions", &[&["bash"], &["EVIL"]]),
    ("doctor", &[&[]]),
    ("plan", &[&[], &["--all", "--env", "dev", "--env", "prod"], &["--env", "EVIL"], &["EVIL"], &["--EVIL"]]),
    ("inspect", &[&[], &["EVIL"]]),
    (
        "check",
        &[
            &[],
            &["--env", "prod"],
            &["--base", "EVIL"],
            &["--select", "EVIL"],
            &["--env", "prod", "--live", "--allow-host", "EVIL"],
        ],
    ),
    ("explain", &[&["TK001"], &["EVIL"]]),
    ("why", &[&["EVIL"], &["PLAIN"], &["MORE"], &["PICK"]]),
    ("dotenv", &[&[], &["-o", "../outside/EVIL.env"]]),
    ("docs", &[&[]]),
    ("export compose", &[&["--env", "dev"], &["--env", "dev", "--output", "../outside/EVIL.yaml"]]),
    (
        "secrets set",
        &[
            &["PLAIN", "--env", "dev", "--file", "value"],
            &["PORT", "--env", "dev", "--file", "value"],
            &["PICK", "--env", "dev", "--file", "import.env"],
            &["EVIL", "--env", "dev", "--file", "value"],
            &["API_TOKEN", "--env", "dev", "--generate"],
            &["--env", "dev"],
        ],
    ),
    (
        "secrets import",
        &[&["import.env", "--env", "dev"], &["import.env", "--env", "dev", "--partial"], &["EVIL", "--env", "dev"]],
    ),
    ("secrets list", &[&[], &["--env", "dev"], &["--env", "EVIL"]]),
    ("secrets get", &[&["EVIL", "--env", "dev"], &["PLAIN", "--env", "dev"]]),
    ("secrets history", &[&["PLAIN", "--env", "dev"], &["EVIL", "--env", "dev"]]),
    ("secrets rollback", &[&["PLAIN", "--env", "dev", "--to", "1"], &["EVIL", "--env", "dev", "--to", "1"]]),
    ("secrets export", &[&["--env", "dev"], &["--env", "prod"], &["--env", "dev", "--output", "../outside/EVIL.out"]]),
    (
        "secrets promote",
        &[
            &["--from", "dev", "--to", "prod", "--dry-run"],
            &["--from", "dev", "--to", "prod", "--yes"],
            &["--from", "EVIL", "--to", "prod"],
        ],
    ),
    ("diff", &[&["dev", "prod"], &["dev", "prod", "--all"], &["EVIL", "prod"]]),
    ("run", &[&["--env", "dev", "--", "true"], &["--env", "prod", "--", "EVIL"], &["--env", "EVIL", "--", "true"]]),
    ("up", &[&["--env", "dev", "--dry-run"], &["EVIL", "--env", "dev"], &["--env", "prod"], &["--engine", "EVIL"]]),
    ("down", &[&["--env", "dev"], &["EVIL", "--env", "dev"], &["--data", "--env", "dev"], &["--env", "EVIL"]]),
    ("ps", &[&["--env", "dev"], &["--env", "EVIL"]]),
    ("logs", &[&["EVIL", "--env", "dev"]]),
    ("status", &[&["--env", "dev"]]),
    ("secrets unset", &[&["EVIL", "--env", "dev"], &["PLAIN", "--env", "dev"]]),
    ("env list", &[&[]]),
    ("env create", &[&["preview/x", "--from", "dev"], &["EVIL"]]),
    ("env use", &[&["EVIL"], &["prod"], &["--clear"]]),
    ("env delete", &[&["EVIL", "--yes"], &["preview/x", "--yes"]]),
    ("env sweep", &[&[]]),
    ("provision admin set", &[&["postgres", "--env", "dev", "--file", "value"], &["EVIL", "--env", "dev", "--file", "value"]]),
    (
        "provision",
        &[
            &["--env", "dev"],
            &["--env", "prod"],
            &["--env", "dev", "--dry-run"],
            &["EVIL", "--env", "dev"],
            &["EVIL", "--env", "dev", "--adopt", "--dry-run"],
            &["postgres", "--env", "EVIL"],
        ],
    ),
    ("provision admin list", &[&["--env", "dev"], &["--env", "EVIL"]]),
    ("provision admin unset", &[&["EVIL", "--env", "dev"], &["postgres", "--env", "EVIL"]]),
    ("provision remove", &[&["EVIL", "--env", "dev"], &["postgres", "--env", "EVIL"]]),
    ("provision unprotect", &[&["EVIL", "--env", "dev"], &["postgres", "--env", "EVIL"]]),
    ("link", &[&["EVIL"], &["--unlink"], &[]]),
    ("login", &[&["EVIL"], &["http://127.0.0.1:1/EVIL"]]),
    ("logout", &[&["EVIL"], &[]]),
    ("push", &[&[], &["--env", "EVIL"], &["--env", "dev"]]),
    ("whoami", &[&[], &["EVIL"]]),
    ("serve", &[&["--listen", "EVIL"], &["--database", "EVIL"]]),
    ("audit verify", &[&[], &["--database", "EVIL"]]),
    ("store status", &[&[]]),
    ("store verify", &[&[]]),
    ("store backup", &[&["../outside/EVIL.backup"], &["EVIL/no/such"]]),
    ("store rekey", &[&[], &["--EVIL"]]),
    ("store restore", &[&["../outside/EVIL.backup", "--yes"], &["EVIL", "--yes"]]),
];

/// Commands whose result is a value for a program.
const VALUES: [&str; 2] = ["secrets get", "secrets export"];

/// Arguments may also come from elsewhere, such as the name of a branch in a CI job.
fn filled(argument: &str) -> String {
    let evil: String = EVIL.replace('/', "").chars().take(120).collect();
    match argument {
        "MORE" => format!("{EVIL}A"),
        "EVIL" => EVIL.to_owned(),
        other => other.replace("EVIL", &evil),
    }
}

fn assert_said(said: &Said, command: &str, arguments: &[&str], to: To) {
    let what = format!("`{command} {}` to {to:?}", arguments.join(" ").escape_debug());
    let colored = to == To::Terminals;
    if arguments.windows(2).any(|pair| pair == ["--format", "github"]) {
        assert_annotations(&said.out, &what);
    } else if VALUES.contains(&command) {
        // On a terminal, the value is escaped, with its line breaks.
        let shown =
            if colored { said.out.replace("CANARY", "canary").replace("::", ":").replace("##", "#") } else { String::new() };
        assert_tame(&shown, colored, &what);
    } else {
        // Line breaks mean nothing in a page, but may matter in the log to which it is printed.
        let is_page = arguments.windows(2).any(|pair| pair == ["--format", "html"]);
        let out = if is_page { said.out.replace("CANARY", "canary") } else { said.out.clone() };
        assert_tame(if command == "completions" { "" } else { &out }, colored, &what);
    }
    assert_tame(&said.err, colored, &what);
    // For `secrets import`, it is the format of the input.
    let is_answer = command != "secrets import" && (to == To::Pipes || !VALUES.contains(&command));
    let is_json = arguments.contains(&"json") && is_answer;
    if is_json && said.code < 2 && !said.out.is_empty() {
        serde_json::from_str::<serde_json::Value>(&said.out).unwrap_or_else(|error| panic!("{what}: {error}"));
    }
}

fn every_command(to: To) {
    let site = everything();
    let before = site.files();
    for (command, rows) in ROWS {
        let path: Vec<String> = command.split(' ').map(str::to_owned).collect();
        let formats = formats(&path);
        for row in *rows {
            let row: Vec<String> = row.iter().map(|argument| filled(argument)).collect();
            let base: Vec<&str> = path.iter().chain(&row).map(String::as_str).collect();
            let forms = formats.iter().map(|format| vec!["--format", format.as_str()]);
            for form in std::iter::once(Vec::new()).chain(forms).chain([vec!["--json"]]) {
                // Everything after `--` belongs to the command to run.
                let at = base.iter().position(|argument| *argument == "--").unwrap_or(base.len());
                let arguments = [&base[..at], &form, &base[at..]].concat();
                assert_said(&site.takk(&arguments, to), command, &arguments, to);
            }
        }
    }
    let mut after = site.files();
    after.retain(|path, _| !path.starts_with(site.outside()) || path.ends_with("code was run"));
    assert_eq!(after, before, "the checkout is as it was, and nothing of it was run");
}

#[test]
fn every_command_has_a_row() {
    let rows: Vec<&str> = ROWS.iter().map(|(command, _)| *command).collect();
    let all: Vec<String> = commands().iter().map(|path| path.join(" ")).collect();
    for command in &all {
        assert!(rows.contains(&command.as_str()), "a hostile row is missing for `takk {command}`");
    }
    for row in rows {
        assert!(all.iter().any(|command| command == row), "`takk {row}` is no command");
    }
    // Both a group and a command of its own.
    assert!(all.iter().any(|command| command == "provision") && !all.iter().any(|command| command == "provision admin"));
    let of = |command: &str| formats(&[command.to_owned()]);
    assert_eq!(of("plan"), ["text", "json", "markdown", "html"]);
    assert_eq!(of("check"), ["text", "json", "github", "sarif", "junit"]);
}

#[test]
fn no_name_steers_a_terminal() {
    every_command(To::Terminals);
}

#[test]
fn no_name_steers_the_log_of_a_ci_job() {
    every_command(To::Pipes);
}

#[test]
fn settings_of_takk_and_locks_that_cannot_be_read_are_told_as_text() {
    let evil = toml(EVIL);
    let line = evil_line();
    for (file, content) in [
        ("takk.toml", format!("{evil} = 1\n")),
        ("takk.toml", format!("server = {evil}\n")),
        ("takk.toml", format!("project = {evil}\n[environments.{evil}]\ndomain = {evil}\n")),
        ("takk.toml", format!("[environments.dev]\n{evil} = {evil}\n")),
        ("takk.toml", format!("environments = \"{line}\n")),
        ("takk.toml", format!("x = [\n# {line}\n::error::CANARY\n")),
        ("takk.toml", format!("select = [{evil}]\nignore = [{evil}]\nexclude = [{evil}]\n")),
        ("pyproject.toml", format!("[project]\nname = \"{line}\n::error::CANARY\n")),
        ("pyproject.toml", format!("[tool.takk.environments.{evil}]\nttl = {evil}\n")),
        ("uv.lock", format!("version = {evil}\n::error::CANARY {line}\n")),
        ("poetry.lock", format!("[[package]]\nname = {evil}\nversion = {evil}\n[metadata]\nlock-version = {evil}\n")),
        (
            "Pipfile.lock",
            format!("{{\"default\": {{{}: {{\"version\": {}}}}}", super::names::quoted(EVIL), super::names::quoted(EVIL)),
        ),
        ("bad.py", format!("class S(BaseSettings:\n    x: \"{line}\"\n::error::CANARY\n")),
    ] {
        let site = Site::new();
        site.write("s.py", "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    x: str\n    redis_url: str = 'redis://h'\n");
        site.write(file, &content);
        for arguments in
            [&["plan"][..], &["check"], &["doctor"], &["env", "list"], &["run", "--", "true"], &["link"], &["inspect"]]
        {
            for to in [To::Pipes, To::Terminals] {
                let said = site.takk(arguments, to);
                assert_tame(&said.out, to == To::Terminals, &format!("{arguments:?} with {file} {content:?}"));
                assert_tame(&said.err, to == To::Terminals, &format!("{arguments:?} with {file} {content:?}"));
            }
        }
    }
}

/// What a prompt may send: takk's styles, cursor movements, and switching bracketed paste.
fn without_movements(raw: &str) -> String {
    let mut text = raw.to_owned();
    for sequence in ["\u{1b}[?25l", "\u{1b}[?25h", "\u{1b}[?2004h", "\u{1b}[?2004l", "\r\u{1b}[J", "\r\n"] {
        text = text.replace(sequence, "\n");
    }
    for number in 0..2000 {
        text = text.replace(&format!("\u{1b}[{number}A"), "").replace(&format!("\u{1b}[{number}G"), "");
    }
    text
}

#[test]
fn a_question_is_text() {
    let site = everything();
    let takk = crate::terminal::takk();
    let home = site.home().to_string_lossy().into_owned();
    let variables = [("TAKK_HOME", home.as_str()), ("TAKK_KEYRING", "off")];
    let command = [takk.as_str(), "secrets", "set", "--env", "dev"];
    let answers = [(r"\? ", "\u{1b}")];
    let conversation = converse(&site.root(), &command, &variables, &[], &answers);
    assert!(conversation.screen.contains("? PICK"), "it asks: {}", conversation.screen);
    assert_tame(&without_movements(&conversation.raw), true, "a question");
}

#[test]
fn what_hostile_names_look_like() {
    let site = everything();
    let shown = |arguments: &[&str]| {
        let said = site.takk(arguments, To::Terminals);
        said.out.replace('\u{1b}', "␛") + &said.err.replace('\u{1b}', "␛")
    };
    insta::assert_snapshot!("hostile_plan", shown(&["plan", "--all", "--env", "dev"]));
    insta::assert_snapshot!("hostile_check", shown(&["check"]));
    insta::assert_snapshot!("hostile_dotenv", shown(&["dotenv"]));
    insta::assert_snapshot!("hostile_why", shown(&["why", "PICK"]));
    insta::assert_snapshot!(
        "hostile_argument",
        shown(&["plan", "--env", EVIL]) + &shown(&["plan", &format!("--{}", evil_line())])
    );
}
