//! `takk run`: what a command gets.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use super::Project;

#[test]
fn a_command_gets_exactly_what_the_code_declares() {
    let project = Project::new();
    project.fill();
    let mut command = project.command(&["run", "--env", "dev", "--", "env", "-0"]);
    command.env_clear().env("TAKK_HOME", project.home()).env("TAKK_KEYRING", "off").env("OTHER", "kept");
    command.env("APP_LEVEL", "high").env("PATH", std::env::var_os("PATH").expect("a path"));
    command.env("TAKK_MASTER_KEY_FILE", format!("{}/master.key", project.home()));
    let output = command.output().expect("run");
    let mut names: Vec<String> = String::from_utf8(output.stdout)
        .expect("text")
        .split('\0')
        .filter(|line| !line.is_empty() && !line.starts_with("PATH="))
        .map(str::to_owned)
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "APP_API_KEY=vendor-key-17".to_owned(),
            "APP_DATABASE_URL=postgresql://app:pw@localhost/app".to_owned(),
            "APP_LEVEL=low".to_owned(),
            "APP_SESSION_SECRET=a session secret".to_owned(),
            "OTHER=kept".to_owned(),
            format!("TAKK_HOME={}", project.home()),
            "TAKK_KEYRING=off".to_owned(),
        ],
        "the stored value wins, and the master key is not handed on"
    );
}

#[test]
fn what_is_missing_may_be_inherited() {
    let project = Project::new();
    project.fill();
    assert_eq!(project.takk(&["secrets", "unset", "APP_LEVEL"]).code, 0);
    let answer = project.takk(&["run", "--", "true"]);
    assert_eq!(answer.code, 2);
    insta::assert_snapshot!(answer.err, @r"
    error: one required value is missing in `dev`
      APP_LEVEL (settings.py:13)
      hint: takk secrets set --env dev
    ");
    let output = project.command(&["run", "--", "printenv", "app_level"]).env("app_level", "high").output().expect("run");
    assert_eq!(String::from_utf8(output.stdout).expect("text"), "high\n");
}

#[test]
fn exit_codes_and_signals_are_the_commands() {
    let project = Project::new();
    project.fill();
    assert_eq!(project.takk(&["run", "--", "sh", "-c", "exit 42"]).code, 42);
    let status = project.command(&["run", "--", "sh", "-c", "kill -TERM $$"]).status().expect("run");
    assert_eq!(status.signal(), Some(15));
    assert_eq!(project.takk(&["run", "--", "no-such-command-here"]).code, 127);
    assert_eq!(project.takk(&["run", "--", "/"]).code, 126);
    assert_eq!(project.takk(&["run"]).code, 2);
}

#[test]
fn redaction_masks_secrets_and_nothing_else() {
    let project = Project::new();
    project.fill();
    let script = "printf '%s|%s|%s' \"$APP_API_KEY\" \"$APP_LEVEL\" \"$(printf %s \"$APP_API_KEY\" | base64)\"; exit 3";
    let answer = project.takk(&["run", "--redact", "--", "sh", "-c", script]);
    assert_eq!(answer.code, 3);
    assert_eq!(answer.out, "[redacted APP_API_KEY]|low|[redacted APP_API_KEY]");
}

#[test]
fn a_service_gets_no_more_than_it_declares() {
    let project = Project::with(&format!(
        "{}\n\nclass Worker(BaseSettings):\n    queue_password: SecretStr\n\n\nfrom takk import NetworkApp, Project\n\n\
         project = Project(\"app\", api=NetworkApp(command=[\"api\"], port=1, settings=[Settings]), \
         worker=NetworkApp(command=[\"w\"], port=2, settings=[Worker]))\n",
        super::SETTINGS
    ));
    project.fill();
    let answer = project.takk(&["run", "--", "true"]);
    assert!(answer.err.contains("QUEUE_PASSWORD"), "{}", answer.err);
    let answer = project.takk(&["run", "--service", "api", "--", "sh", "-c", "echo $APP_LEVEL$QUEUE_PASSWORD"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, "low\n"), "{}", answer.err);
    project.set("QUEUE_PASSWORD", "queue-pass-1");
    let answer = project.takk(&["run", "--service", "worker", "--", "sh", "-c", "echo $APP_LEVEL$QUEUE_PASSWORD"]);
    assert_eq!(answer.out, "queue-pass-1\n");
    let answer = project.takk(&["run", "--service", "wroker", "--", "true"]);
    assert!(answer.err.contains("did you mean `worker`?"), "{}", answer.err);
}

#[test]
fn a_watched_command_starts_again_when_one_of_its_values_changes() {
    let project = Project::new();
    project.fill();
    let mut command = project.command(&["run", "--watch", "--", "sh", "-c", "echo level $APP_LEVEL; exec sleep 60"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut next = || lines.next().expect("a line").expect("text");
    assert_eq!(next(), "level low");
    // Values of other environments are ignored.
    project.set_in("prod", "APP_LEVEL", "high");
    project.set("APP_LEVEL", "high");
    assert_eq!(next(), "level high");
    // SIGTERM ends the command too.
    assert!(Command::new("kill").arg(child.id().to_string()).status().expect("kill").success());
    child.wait().expect("ended");
}
