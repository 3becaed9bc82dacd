//! Variables that client libraries read: suggested, stored for all environments, accepted and refused.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::process::{Answer, piped, program, takk_with};

/// A project that creates a client of `openai` without its key, with these takk settings.
struct Project(TempDir);

impl Project {
    fn new(takk: &str) -> Self {
        let project = Self(tempfile::tempdir().expect("a directory"));
        fs::create_dir(project.root()).expect("made");
        fs::write(project.root().join("app.py"), "import openai, os\n\nclient = openai.OpenAI(timeout=3)\n").expect("written");
        let pyproject = format!("[project]\nname = \"app\"\n\n[tool.takk]\n{takk}\n");
        fs::write(project.root().join("pyproject.toml"), pyproject).expect("written");
        project
    }

    fn root(&self) -> PathBuf {
        self.0.path().join("app")
    }

    fn takk(&self, arguments: &[&str]) -> Answer {
        let home = self.0.path().join("home");
        takk_with(&self.root(), arguments, &[("TAKK_HOME", home.to_str().expect("text")), ("USER", "ada")])
    }

    /// Stores a key, if its name is known. Returns whether it was.
    fn set(&self, name: &str) -> bool {
        let mut command = program(&self.0.path().join("home"));
        command.current_dir(self.root()).args(["secrets", "set", name, "--stdin", "--env", "prod"]).env("USER", "ada");
        piped(command, b"sk-1").code == 0
    }

    /// Runs `takk check` on an environment.
    fn check(&self) -> Answer {
        self.takk(&["check", "--env", "prod"])
    }
}

#[test]
fn a_key_is_proposed_and_kept_for_all_environments() {
    let project = Project::new("");
    let plan = project.takk(&["plan", "--env", "prod"]);
    assert!(plan.out.contains("OPENAI_API_KEY") && plan.out.contains("app.py:3"), "{}", plan.out);
    assert!(!plan.out.contains("OPENAI_ORG_ID"), "what need not be there is not proposed: {}", plan.out);
    let check = project.check();
    assert_eq!(check.code, 0, "{}", check.out);
    let dotenv = project.takk(&["dotenv"]).out;
    assert!(!dotenv.contains("OPENAI"), "{dotenv}");

    assert!(project.set("OPENAI_API_KEY"), "the name is known");
    let run = project.takk(&["run", "--env", "prod", "--", "env"]);
    assert!(run.out.contains("\nOPENAI_API_KEY=") || run.out.starts_with("OPENAI_API_KEY="), "{} {}", run.out, run.err);
    let check = project.check();
    assert!(check.code == 0 && !check.out.contains("TK105"), "what is kept so is not stale: {}", check.out);
    let why = project.takk(&["why", "openai_api_key"]);
    assert!(why.out.contains("openai reads it") && why.out.contains("app.py:3"), "{} {}", why.out, why.err);
}

#[test]
fn a_key_is_masked_under_each_of_its_names() {
    let project = Project::new("");
    fs::write(project.root().join("app.py"), "from google import genai\n\nclient = genai.Client()\n").expect("written");
    for name in ["GEMINI_API_KEY", "GOOGLE_API_KEY"] {
        assert!(project.set(name), "the name is known: {name}");
    }
    let run = project.takk(&["run", "--env", "prod", "--redact", "--", "env"]);
    for name in ["GEMINI_API_KEY", "GOOGLE_API_KEY"] {
        assert!(run.out.contains(&format!("{name}=[redacted ")), "{} {}", run.out, run.err);
    }
    assert!(!run.out.contains("sk-1"), "{}", run.out);
}

#[test]
fn what_is_accepted_can_be_missing() {
    let project = Project::new("libraries = { accept = [\"openai\"] }");
    let check = project.check();
    assert!(check.code == 1 && check.out.contains("TK101") && check.out.contains("OPENAI_API_KEY"), "{}", check.out);
    assert!(!check.out.contains("OPENAI_BASE_URL"), "{}", check.out);
    let dotenv = project.takk(&["dotenv"]).out;
    assert!(dotenv.contains("\nOPENAI_API_KEY=\n") && dotenv.contains("openai reads it"), "{dotenv}");
    assert!(dotenv.contains("# OPENAI_BASE_URL: str, not required"), "{dotenv}");
}

#[test]
fn what_is_refused_is_not_spoken_of() {
    let project = Project::new("libraries = { refuse = [\"*\"] }");
    let plan = project.takk(&["plan", "--env", "prod", "--all"]).out;
    assert!(!plan.contains("OPENAI"), "{plan}");
    assert!(!project.set("OPENAI_API_KEY"), "no one reads it, as far as takk is told");
    let misspelt = Project::new("libraries = { accept = [\"opnai\"], allow = [] }").check();
    assert!(misspelt.out.contains("did you mean `openai`?"), "{}", misspelt.out);
    assert!(misspelt.out.contains("unknown setting `allow`"), "{}", misspelt.out);
}
