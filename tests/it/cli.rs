//! The program itself: exit statuses, errors, and output streams.

use std::process::Stdio;

use tempfile::TempDir;

use crate::process::{program, takk};

/// The directory of a Python project that declares nothing.
fn project() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("app.py"), "answer = 42\n").expect("written");
    directory
}

#[test]
fn a_clean_project_ends_with_0() {
    let project = project();
    for command in ["plan", "inspect", "check", "docs", "dotenv"] {
        let answer = takk(project.path(), &[command]);
        assert_eq!(answer.code, 0, "{command}: {}", answer.err);
        assert!(!answer.out.contains('\u{1b}'), "{command} writes colour into a pipe");
    }
}

#[test]
fn json_is_the_short_form_of_a_format() {
    let project = project();
    for command in ["plan", "inspect", "check"] {
        let short = takk(project.path(), &["--json", command]);
        let long = takk(project.path(), &[command, "--format", "json"]);
        assert_eq!(short.out, long.out);
        let value: serde_json::Value = serde_json::from_str(&long.out).expect("JSON");
        assert_eq!(value["schema_version"], 1, "{command}");
    }
    for command in ["docs", "dotenv"] {
        let answer = takk(project.path(), &[command, "--json"]);
        assert!(serde_json::from_str::<serde_json::Value>(&answer.out).is_ok(), "{command}: {}", answer.out);
    }
}

#[test]
fn what_cannot_run_ends_with_2_and_a_hint() {
    let project = project();
    for (arguments, error, hint) in [
        (&["plan", "nowhere"][..], "error: there is no directory `nowhere`", "caused by: "),
        (&["plan", "app.py"], "error: `app.py` is a file", "hint: name its directory: `takk plan .`"),
        (&["plan", "--env", "prdo"], "error: there is no environment `prdo`", "hint: did you mean `prod`?"),
        (
            &["check", "--env", "Prod"],
            "error: there is no environment `Prod`",
            "caused by: `Prod` is not a valid environment name",
        ),
        (&["check", "--base", "no-such-commit"], "error: ", "hint: "),
        (&["explain", "XY123"], "error: no finding has the code `XY123`", "hint: "),
        (&["why", "NOTHING"], "error: no variable or field is named `NOTHING`", "hint: "),
    ] {
        let answer = takk(project.path(), arguments);
        assert_eq!(answer.code, 2, "{arguments:?}");
        assert!(answer.out.is_empty(), "{arguments:?} answers: {}", answer.out);
        assert!(answer.err.starts_with(error), "{arguments:?}: {}", answer.err);
        assert!(answer.err.contains(hint), "{arguments:?}: {}", answer.err);
    }
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let project = project();
    for arguments in [
        &["plna"][..],
        &["plan", "--nonsense"],
        &["check", "--format", "xml"],
        &["check", "--json", "--format", "text"],
        &["plan", "--json", "--format", "html"],
    ] {
        assert_eq!(takk(project.path(), arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn quiet_leaves_only_the_answer() {
    let project = project();
    assert_eq!(takk(project.path(), &["check"]).err, "No findings.\n");
    assert_eq!(takk(project.path(), &["check", "--quiet"]).err, "");
}

#[test]
fn colour_is_used_where_it_is_asked_for() {
    let project = project();
    assert!(takk(project.path(), &["plan", "--color", "always"]).out.contains('\u{1b}'));
    assert!(!takk(project.path(), &["plan", "--color", "never"]).out.contains('\u{1b}'));
}

#[test]
fn dotenv_writes_the_file_that_is_named() {
    let project = project();
    std::fs::write(project.path().join(".env"), "KEPT=1\n").expect("written");
    let answer = takk(project.path(), &["dotenv", "--output", ".env"]);
    assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (0, "", "Wrote .env.\n"));
    assert!(std::fs::read_to_string(project.path().join(".env")).expect("there").contains("KEPT=1\n"));
}

#[test]
fn a_preview_needs_no_configuration() {
    let answer = takk(project().path(), &["plan", "--env", "preview/new-cart", "--json"]);
    assert!(answer.out.contains("\"name\": \"preview/new-cart\""), "{}", answer.out);
}

#[test]
fn completions_name_the_commands() {
    let directory = project();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let answer = takk(directory.path(), &["completions", shell]);
        assert!(answer.out.contains("inspect"), "{shell}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let project = project();
    let mut child = program(&project.path().join("no home"))
        .current_dir(project.path())
        .args(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
