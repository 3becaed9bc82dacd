//! Values that the program finds without takk: in a dotenv file that its class reads, and in the environment of the command.

use std::fs;

use serde_json::{Value, json};

use super::Project;
use crate::process::{Answer, piped, takk_with};

const SETTINGS: &str = r#"
from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Mail(BaseModel):
    host: str
    port: int


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_nested_delimiter="__")

    api_key: SecretStr
    token: str
    mail: Mail


settings = Settings()
"#;

const ALL: &str = "API_KEY=canary-of-the-file\ntoken=t\nMAIL__HOST=mail.example.org\nMAIL__PORT=25\n";

fn project(dotenv: &str) -> Project {
    let project = Project::with(SETTINGS);
    fs::write(project.root().join(".env"), dotenv).expect("written");
    project
}

fn with_variables(project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Answer {
    let mut command = project.command(arguments);
    command.envs(variables.iter().copied());
    piped(command, b"")
}

#[test]
fn a_plan_says_that_a_dotenv_file_has_what_is_missing() {
    let project = project(ALL);
    let plan = project.takk(&["plan", "--env", "dev"]);
    assert_eq!(plan.err, "`.env` has 3 missing values; `takk secrets import .env --env dev` stores them\n");
    assert!(!plan.out.contains("canary") && plan.out.contains("3 values are missing"), "{}", plan.out);
    assert_eq!(project.takk(&["--quiet", "plan", "--env", "dev"]).err, "");
    assert_eq!(project.takk(&["plan", "--env", "dev", "--json"]).err, "");
    // The command that it names does what it says.
    project.takk(&["secrets", "import", ".env", "--env", "dev"]).done();
    let plan = project.takk(&["plan", "--env", "dev"]);
    assert!(plan.err.is_empty() && plan.out.contains("nothing is missing"), "{plan:?}");
    fs::write(project.root().join(".env"), "TOKEN=t\n").expect("written");
    let plan = project.takk(&["plan", "--env", "prod"]);
    assert_eq!(plan.err, "`.env` has 1 missing value; `takk secrets import .env --env prod` stores it\n");
}

#[test]
fn a_check_says_which_dotenv_file_has_a_missing_value() {
    let project = project("TOKEN=t\n");
    let check = project.takk(&["check", "--env", "dev", "--select", "TK101"]);
    assert_eq!(check.code, 1, "{check:?}");
    assert!(check.out.contains("`.env` has it: `takk secrets import .env --env dev` stores it"), "{}", check.out);
    assert!(check.out.contains("set it: `takk secrets set API_KEY --env dev`"), "{}", check.out);
    project.takk(&["secrets", "import", ".env", "--env", "dev"]).done();
    let check = project.takk(&["check", "--env", "dev", "--select", "TK101"]);
    assert!(!check.out.contains("TOKEN") && check.out.contains("API_KEY"), "{}", check.out);
}

#[test]
fn the_proposed_import_works_in_a_subdirectory() {
    let project = project(ALL);
    let inner = project.root().join("src");
    for directory in [project.root().join(".git"), inner.clone()] {
        fs::create_dir(directory).expect("made");
    }
    let there = |arguments: &[&str]| takk_with(&inner, arguments, &[("TAKK_HOME", &project.home()), ("USER", "ada")]);
    let file = project.root().canonicalize().expect("there").join(".env");
    let file = file.to_str().expect("text");
    let plan = there(&["plan", "--env", "dev"]);
    let told = plan.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.ends_with(&format!("`takk secrets import {file} --env dev` stores them")), "{plan:?}");
    there(&["secrets", "import", file, "--env", "dev"]).done();
    assert!(there(&["plan", "--env", "dev"]).out.contains("nothing is missing"));
}

#[test]
fn a_status_counts_what_the_program_finds_without_takk() {
    let project = project("API_KEY=canary-of-the-file\nMAIL__HOST=mail.example.org\nMAIL__PORT=25\n");
    let status = with_variables(&project, &["status", "--env", "dev"], &[("TOKEN", "canary-of-the-shell")]);
    assert_eq!(status.code, 0, "{status:?}");
    let told = "from .env API_KEY, MAIL\nfrom the environment TOKEN\nEvery required variable has a value.\n\
                Next: `takk run --env dev -- COMMAND` starts the program\n";
    assert_eq!(status.out, told);
    let status = with_variables(&project, &["status", "--env", "dev", "--json"], &[("TOKEN", "canary-of-the-shell")]);
    let told: Value = serde_json::from_str(&status.out).expect("JSON");
    let elsewhere = json!([{ "name": "API_KEY", "file": ".env" }, { "name": "TOKEN" }, { "name": "MAIL", "file": ".env" }]);
    assert_eq!((&told["is_ready"], &told["elsewhere"]), (&json!(true), &elsewhere), "{told}");
    crate::schema::assert_follows("status.json", &told);

    let status = project.takk(&["status", "--env", "dev"]);
    assert_eq!(status.code, 1, "{status:?}");
    assert!(status.out.contains("from .env API_KEY, MAIL\nmissing TOKEN\nNext: "), "{}", status.out);
}

#[test]
fn a_status_is_ready_exactly_if_a_run_starts() {
    let lines = ["API_KEY=k", "token=t", "MAIL__HOST=h", "MAIL__PORT=25"];
    for chosen in 0..1_u32 << lines.len() {
        let dotenv: Vec<&str> = (0..lines.len()).filter(|line| chosen & (1 << line) != 0).map(|line| lines[line]).collect();
        let project = project(&dotenv.join("\n"));
        for stored in [None, Some(("MAIL__PORT", "587"))] {
            if let Some((name, value)) = stored {
                project.set(name, value);
            }
            let run = project.takk(&["run", "--env", "dev", "--", "true"]);
            let status = project.takk(&["status", "--env", "dev"]);
            assert_eq!(run.code == 0, status.code == 0, "{dotenv:?}, {stored:?}: {run:?} {status:?}");
            assert_eq!(run.code == 0, status.out.contains("Every required variable has a value."), "{dotenv:?}: {status:?}");
        }
    }
}
