//! `takk secrets set` in a terminal, and without one.

use super::Project;
use crate::terminal::{Conversation, converse, takk};

/// `takk secrets set` with these arguments in a terminal.
pub(super) fn asked(project: &Project, arguments: &[&str], steps: &[(&str, &str)]) -> Conversation {
    let program = takk();
    let command: Vec<&str> = [program.as_str(), "secrets", "set"].into_iter().chain(arguments.iter().copied()).collect();
    let home = project.home();
    let variables = [("TAKK_HOME", home.as_str()), ("TAKK_KEYRING", "off"), ("USER", "ada")];
    converse(&project.root(), &command, &variables, steps, &[])
}

#[test]
fn each_missing_value_is_asked_for_and_checked() {
    let project = Project::new();
    let steps = [
        ("? APP_API_KEY", "short\r"),
        ("APP_API_KEY` must be", "\u{1}\u{5}"),
        ("APP_API_KEY", "er-than-that\r"),
        ("? APP_SESSION_SECRET", "\r"),
        ("? APP_DATABASE_URL", "postgresql://app:pw@localhost/app\r"),
        ("? APP_LEVEL", "\u{1b}[B\r"),
    ];
    let conversation = asked(&project, &[], &steps);
    assert_eq!(conversation.code, Some(0), "{}", conversation.screen);
    assert!(conversation.screen.contains("[1/4] APP_API_KEY"), "{}", conversation.screen);
    assert!(conversation.screen.contains("Given out by the vendor"), "{}", conversation.screen);
    assert!(conversation.screen.contains("4 values stored in dev, nothing is missing."), "{}", conversation.screen);
    assert!(!conversation.raw.contains("short"), "a secret is not shown");
    assert_eq!(project.takk(&["secrets", "get", "APP_LEVEL"]).out, "high", "the second choice");
    assert!(project.takk(&["secrets", "get", "APP_API_KEY"]).out.starts_with("short"), "the refused answer can be mended");
    assert!(project.takk(&["secrets", "list"]).out.contains("APP_SESSION_SECRET  version 1, generated"));
    let again = asked(&project, &[], &[]);
    assert_eq!((again.code, again.screen.trim()), (Some(0), "Nothing is missing in dev."));
}

#[test]
fn skipped_and_interrupted_it_goes_on_where_it_was() {
    let project = Project::new();
    let steps = [("? APP_API_KEY", "\u{1b}"), ("? APP_SESSION_SECRET", "a session secret\r"), ("? APP_DATABASE_URL", "\u{3}")];
    let conversation = asked(&project, &[], &steps);
    assert_eq!(conversation.code, Some(1), "{}", conversation.screen);
    assert!(conversation.screen.contains("1 value stored in dev, 3 are still missing"), "{}", conversation.screen);
    let conversation = asked(&project, &[], &[("[1/3] APP_API_KEY", "\u{3}")]);
    assert_eq!(conversation.code, Some(1), "{}", conversation.screen);
}

#[test]
fn one_value_by_name() {
    let project = Project::new();
    let conversation = asked(&project, &["app_port", "--env", "prod"], &[("? APP_PORT", "80\r")]);
    assert_eq!(conversation.code, Some(0), "{}", conversation.screen);
    assert_eq!(project.takk(&["secrets", "get", "APP_PORT", "--env", "prod"]).out, "80");
}

#[test]
fn without_a_terminal_it_lists_and_never_waits() {
    let project = Project::new();
    let answer = project.takk(&["secrets", "set"]);
    assert_eq!(answer.code, 1);
    insta::assert_snapshot!(answer.out, @r"
    4 values missing in dev:
      APP_API_KEY         SecretStr
          settings.py:10
      APP_SESSION_SECRET  SecretStr
          settings.py:11
      APP_DATABASE_URL    PostgresDsn
          settings.py:12
      APP_LEVEL           Literal['low', 'high']
          settings.py:13
    Next: run `takk secrets set --env dev` in a terminal to enter them
    ");
    let json: serde_json::Value = serde_json::from_str(&project.takk(&["--json", "secrets", "set"]).out).expect("JSON");
    assert_eq!(json["missing"].as_array().map(Vec::len), Some(4));
}

#[test]
fn a_master_key_that_is_replaced_meanwhile_does_not_end_it() {
    let project = Project::new();
    let rekey = format!("RUN '{}' store rekey", takk());
    let steps = [
        ("? APP_API_KEY", "vendor-key-17\r"),
        ("? APP_SESSION_SECRET", rekey.as_str()),
        ("? APP_SESSION_SECRET", "hush-hush\r"),
        ("? APP_DATABASE_URL", "\u{3}"),
    ];
    let conversation = asked(&project, &[], &steps);
    assert!(conversation.screen.contains("2 values stored in dev"), "{}", conversation.screen);
    assert_eq!(project.takk(&["secrets", "get", "APP_API_KEY"]).out, "vendor-key-17");
    assert_eq!(project.takk(&["secrets", "get", "APP_SESSION_SECRET"]).out, "hush-hush");
}
