//! Irreversible commands ask for confirmation: yes, no, Ctrl-C, Ctrl-D, a different answer first; and without a terminal, they do not wait.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::process::{Answer, takk_with};
use crate::terminal::{Conversation, converse, takk};

struct Project(TempDir);

impl Project {
    fn new() -> Self {
        let project = Self(tempfile::tempdir().expect("a directory"));
        fs::create_dir(project.root()).expect("made");
        fs::write(project.root().join("pyproject.toml"), "[project]\nname = \"app\"\n").expect("written");
        let settings = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    level: str\n";
        fs::write(project.root().join("settings.py"), settings).expect("written");
        fs::write(project.root().join("values.env"), "LEVEL=low\n").expect("written");
        let answer = project.takk(&["secrets", "import", "values.env", "--env", "preview/x"]);
        assert_eq!(answer.code, 0, "{}", answer.err);
        assert_eq!(project.takk(&["store", "backup", "copy.db"]).code, 0);
        project
    }

    fn root(&self) -> PathBuf {
        self.0.path().join("app")
    }

    fn home(&self) -> String {
        self.0.path().join("home").to_str().expect("text").to_owned()
    }

    fn takk(&self, arguments: &[&str]) -> Answer {
        takk_with(&self.root(), arguments, &[("TAKK_HOME", &self.home())])
    }

    fn asked(&self, arguments: &[&str], steps: &[(&str, &str)]) -> Conversation {
        let program = takk();
        let command: Vec<&str> = std::iter::once(program.as_str()).chain(arguments.iter().copied()).collect();
        converse(&self.root(), &command, &[("TAKK_HOME", &self.home()), ("TAKK_KEYRING", "off")], steps, &[])
    }

    fn has(&self, environment: &str) -> bool {
        self.takk(&["secrets", "get", "LEVEL", "--env", environment]).out == "low"
    }
}

/// A command with its question, the answer that confirms it, and the message that shows that it was carried out.
struct Case {
    command: &'static [&'static str],
    question: &'static str,
    agreed: &'static str,
    is_done: fn(&Project) -> bool,
}

const CASES: [Case; 3] = [
    Case {
        command: &["env", "delete", "preview/x"],
        question: "Type preview/x to delete it:",
        agreed: "preview/x\r",
        is_done: |project| !project.has("preview/x"),
    },
    Case {
        command: &["store", "restore", "copy.db"],
        question: "Replace the current store with it? [y/N]",
        agreed: "y\r",
        is_done: |project| {
            let kept = fs::read_dir(project.home()).expect("listed").flatten();
            kept.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().contains("before-restore"))
        },
    },
    Case {
        command: &["secrets", "promote", "--from", "preview/x", "--to", "test"],
        question: "Apply this to test? [y/N]",
        agreed: "yes\r",
        is_done: |project| project.has("test"),
    },
];

#[test]
fn it_is_done_when_somebody_agrees() {
    for case in CASES {
        let project = Project::new();
        let conversation = project.asked(case.command, &[(case.question, case.agreed)]);
        assert_eq!(conversation.code, Some(0), "{}", conversation.screen);
        assert!((case.is_done)(&project) && conversation.echo, "{}", conversation.screen);
    }
}

#[test]
fn anything_else_changes_nothing() {
    for case in CASES {
        let project = Project::new();
        for typed in ["n\r", "\r", "\u{3}", "\u{4}", "\u{1b}", "y\rrm -rf\r"] {
            let conversation = project.asked(case.command, &[(case.question, typed)]);
            assert_eq!(conversation.code, Some(1), "{typed:?}: {}", conversation.screen);
            assert!(conversation.screen.contains("Nothing was "), "{typed:?}: {}", conversation.screen);
            assert!(!(case.is_done)(&project), "{typed:?}: {}", conversation.screen);
            assert!(conversation.echo, "{typed:?}");
        }
    }
}

#[test]
fn without_a_terminal_nothing_waits() {
    for case in CASES {
        let project = Project::new();
        let answer = project.takk(case.command);
        assert_eq!(answer.code, 2, "{}", answer.err);
        assert!(answer.err.contains("without a terminal") && answer.err.contains("--yes"), "{}", answer.err);
        assert!(!(case.is_done)(&project));
    }
}
