//! What `takk plan`, `takk why` and `takk check` report about stored values.

use super::Project;

#[test]
fn the_plan_says_what_is_set() {
    let project = Project::new();
    project.fill();
    let plan = project.takk(&["plan", "--env", "dev"]).out;
    assert!(plan.contains("4 set") && plan.contains("version 1, set by ada"), "{plan}");
    assert!(plan.contains("nothing is missing; `takk run --env dev -- COMMAND` starts the program"), "{plan}");
    assert_eq!(project.takk(&["plan", "--env", "dev", "--detailed-exitcode"]).code, 0);
    assert_eq!(project.takk(&["plan", "--env", "prod", "--detailed-exitcode"]).code, 1);
    assert_eq!(project.takk(&["plan", "--env", "prod"]).code, 0);
    let json: serde_json::Value = serde_json::from_str(&project.takk(&["--json", "plan", "--env", "dev"]).out).expect("JSON");
    let variables = json["environments"][0]["variables"].as_array().expect("variables");
    let states: Vec<&str> = variables.iter().map(|variable| variable["state"].as_str().expect("a state")).collect();
    assert_eq!(states, ["set", "set", "set", "set", "default", "optional"]);
    assert!(project.takk(&["plan", "--env", "prod"]).out.contains("4 missing"), "each environment has its own");
    let why = project.takk(&["why", "APP_LEVEL"]).out;
    assert!(why.contains("dev: set, version 1, set just now by ada"), "{why}");
}

/// The codes that `takk check --env dev` finds.
fn codes(project: &Project) -> Vec<String> {
    let json = project.takk(&["--json", "check", "--env", "dev"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let findings = json["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect()
}

#[test]
fn a_check_finds_what_is_missing_and_what_no_longer_fits() {
    let project = Project::new();
    assert_eq!(codes(&project), ["TK101"; 4]);
    assert_eq!(project.takk(&["check", "--env", "dev"]).code, 1);
    assert_eq!(project.takk(&["check"]).code, 0, "without an environment only the code is looked at");
    project.fill();
    assert_eq!(codes(&project), [""; 0]);
    project.write(&super::SETTINGS.replace("\"low\", \"high\"", "\"calm\", \"high\""));
    assert_eq!(codes(&project), ["TK102"]);
    let answer = project.takk(&["run", "--", "true"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("one value in `dev` is not valid"), "{}", answer.err);
}

#[test]
fn placeholders_and_values_used_twice_are_found() {
    let project = Project::new();
    project.fill();
    project.set("APP_API_KEY", "change-me");
    assert_eq!(codes(&project), ["TK103"]);
    project.set("APP_API_KEY", "vendor-key-17");
    project.set_in("prod", "APP_API_KEY", "vendor-key-17");
    assert_eq!(codes(&project), ["TK104"]);
    project.set_in("prod", "APP_API_KEY", "vendor-key-18");
    assert_eq!(codes(&project), [""; 0]);
}

#[test]
fn findings_about_values_can_be_silenced_like_others() {
    let project = Project::new();
    project.fill();
    project.set("APP_API_KEY", "change-me");
    assert_eq!(project.takk(&["check", "--env", "dev", "--ignore", "TK103"]).code, 0);
    project.write(&super::SETTINGS.replace("by the vendor\")", "by the vendor\")  # noqa: TK103"));
    assert_eq!(codes(&project), [""; 0]);
    assert!(project.takk(&["explain", "TK103"]).out.contains("placeholder"));
}

#[test]
fn a_branch_is_compared_with_what_is_stored() {
    let project = Project::new();
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.current_dir(project.root()).args(["-c", "user.name=ada", "-c", "user.email=ada@example.org"]).args(arguments);
        assert!(command.output().expect("git").status.success(), "{arguments:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "first"]);
    project.write(&format!("{}    new_key: SecretStr\n", super::SETTINGS));
    let arguments = ["check", "--base", "HEAD", "--env", "dev"];
    let answer = project.takk(&arguments);
    assert_eq!(answer.code, 1, "{}", answer.out);
    assert!(answer.out.contains("APP_NEW_KEY"), "{}", answer.out);
    project.set("APP_NEW_KEY", "a value");
    assert_eq!(project.takk(&arguments).code, 0);
}

#[test]
fn where_a_value_comes_from_and_what_else_there_is() {
    let settings = super::SETTINGS.replace("env_prefix=\"APP_\"", "env_prefix=\"APP_\", env_file=(\".env\", \".env.local\")");
    let project = Project::with(&settings);
    std::fs::write(project.root().join(".env"), "# local\nAPP_LEVEL=low\napp_api_key=vendor-key-17\nAPP_PORT=1\n")
        .expect("written");
    std::fs::write(project.root().join(".env.local"), "APP_PORT=2\n").expect("written");
    project.set("APP_API_KEY", "vendor-key-18");
    let mut command = project.command(&["why", "APP_API_KEY"]);
    let out = String::from_utf8(command.env("APP_API_KEY", "x").output().expect("run").stdout).expect("text");
    let (_, environments) = out.split_once("in the environments\n").expect("a section");
    let lines: Vec<&str> = environments.lines().map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "dev: set, version 1, set just now by ada",
            "else from the environment of this shell",
            "else from .env:3",
            "test, qa, prod: not stored",
            "read from the environment of this shell",
            "else from .env:3",
        ]
    );
    let port = project.takk(&["why", "APP_PORT"]).out;
    let (_, environments) = port.split_once("in the environments\n").expect("a section");
    let lines: Vec<&str> = environments.lines().map(str::trim).collect();
    assert_eq!(
        lines,
        ["dev, test, qa, prod: default", "read from .env.local:1", "else from the default 8000 (settings.py:14)"],
        "the last file wins"
    );
    // A variable that only the dotenv file of the class sets is not missing for the program.
    let answer = project.takk(&["run", "--", "true"]);
    assert!(!answer.err.contains("APP_LEVEL") && answer.err.contains("APP_DATABASE_URL"), "{}", answer.err);
}

#[test]
fn a_preview_is_what_the_settings_say_of_all_previews() {
    let project = Project::with(&format!(
        "{}    api_url: Annotated[AnyUrl, ServiceUrl(\"api\", \"external\")]\n\n\nproject = Project(\"app\", \
         api=NetworkApp(command=[\"api\"], port=1, settings=[Settings]))\n",
        super::SETTINGS.replacen(
            '\n',
            "\nfrom typing import Annotated\nfrom takk import NetworkApp, Project\nfrom takk.models import ServiceUrl\n",
            1
        )
    ));
    let settings = "[project]\nname = \"app\"\n[tool.takk.environments.preview]\ndomain = \"preview.example.org\"\n";
    std::fs::write(project.root().join("pyproject.toml"), settings).expect("written");
    let plan = project.takk(&["plan", "--env", "preview/one"]).out;
    assert!(plan.contains("https://api.preview.example.org"), "{plan}");
}

/// A model whose variables are all empty, with `env_ignore_empty`.
const IGNORES_EMPTY: &str = r#"
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

class Part(BaseModel):
    limit: str
    route: str

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__", env_ignore_empty=True)
    log: Part | None = None
    need: Part

class Other(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="OTHER_", env_nested_delimiter="__")
    log: Part | None = None
"#;

#[test]
fn an_empty_value_that_is_ignored_begins_no_model() {
    let project = Project::new();
    project.write(IGNORES_EMPTY);
    let empty = "APP_LOG__LIMIT=\nAPP_NEED__LIMIT=\nOTHER_LOG__LIMIT=\n";
    std::fs::write(project.root().join("empty.env"), empty).expect("written");
    assert_eq!(project.takk(&["secrets", "import", "empty.env", "--env", "dev"]).code, 0);
    let said = project.takk(&["check", "--env", "dev"]).out;
    let missing =
        ["APP_LOG__LIMIT", "APP_LOG__ROUTE", "APP_NEED__LIMIT", "APP_NEED__ROUTE", "OTHER_LOG__LIMIT", "OTHER_LOG__ROUTE"]
            .map(|name| said.contains(&format!("TK101: `{name}` has no value")));
    assert_eq!(missing, [false, false, true, true, false, true], "{said}");
    // Nor does it when a command runs.
    let said = project.takk(&["run", "--env", "dev", "--", "true"]).err;
    assert!(["APP_NEED__ROUTE", "OTHER_LOG__ROUTE"].iter().all(|name| said.contains(name)), "{said}");
    assert!(!said.contains("APP_LOG__"), "{said}");
}

const LIST_OR_MODEL: &str = r#"
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

class Port(BaseModel):
    number: int

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    log: list[str] | Port
    only: Port | None = None
"#;

/// When the field's own variable holds a list, pydantic-settings does not read the variables of its nested names.
#[test]
fn a_name_inside_a_field_that_holds_a_list_is_not_read() {
    let project = Project::new();
    project.write(LIST_OR_MODEL);
    let set =
        |name: &str, value: &str| project.piped(&["secrets", "set", name, "--env", "dev", "--stdin"], value.as_bytes()).code;
    assert_eq!([set("LOG__NUMBER", "x"), set("LOG", "[]"), set("ONLY__NUMBER", "x")], [0, 0, 2]);
    assert_eq!(project.takk(&["check", "--env", "dev"]).code, 0);
    assert_eq!(project.takk(&["run", "--env", "dev", "--", "true"]).code, 0);
    assert_eq!(set("LOG", r#"{"number": 1}"#), 0);
    let said = project.takk(&["check", "--env", "dev"]).out;
    assert!(said.contains("TK102: `LOG__NUMBER` has a value in `dev` that is not a valid int"), "{said}");
    assert_eq!(project.takk(&["run", "--env", "dev", "--", "true"]).code, 2);
}
