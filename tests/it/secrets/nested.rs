//! Nested fields: which names exist, what is refused, what is missing from a partly set field, and what a command gets.

use super::Project;

const NESTED: &str = r#"
from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Host(BaseModel):
    port: int
    token: SecretStr | None = None


class Db(BaseModel):
    host: str = "localhost"
    port: int = 5432
    password: SecretStr


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    db: Db = Db(password=SecretStr("x"))
    cache: Db
    hosts: dict[str, Host] = {}
"#;

/// The names that `takk check` reports as missing.
fn missing(project: &Project) -> Vec<String> {
    let answer = project.takk(&["check", "--env", "dev", "--format", "json", "--select", "TK101"]);
    let found: serde_json::Value = serde_json::from_str(&answer.out).expect("JSON");
    let found = found.as_array().or_else(|| found["findings"].as_array()).expect("findings");
    let name =
        |finding: &serde_json::Value| finding["message"].as_str().and_then(|text| text.split('`').nth(1).map(str::to_owned));
    found.iter().filter_map(name).collect()
}

#[test]
fn what_is_missing_of_a_field_that_is_set_in_part() {
    let project = Project::with(NESTED);
    assert_eq!(missing(&project), ["CACHE__PASSWORD"], "the default of `db` is whole");
    project.set("DB__PORT", "1");
    project.set("CACHE", r#"{"password": "p"}"#);
    assert_eq!(missing(&project), ["DB__PASSWORD"], "one variable takes the place of the default");
    let answer = project.takk(&["run", "--", "true"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("DB__PASSWORD (settings.py:"), "{}", answer.err);
    let plan = project.takk(&["plan", "--env", "dev"]);
    assert!(plan.out.contains("needs DB__PASSWORD"), "{}", plan.out);
    // The rest may be inherited; stored values are passed on.
    let mut command = project.command(&["run", "--", "printenv", "DB__PORT"]);
    let output = command.env("DB__PASSWORD", "inherited").output().expect("run");
    assert_eq!(String::from_utf8(output.stdout).expect("text"), "1\n");
    project.set("DB__PASSWORD", "p");
    assert!(missing(&project).is_empty());
    // JSON that lacks a required key.
    project.set("CACHE", r#"{"port": 1}"#);
    assert_eq!(missing(&project), ["CACHE__PASSWORD"]);
    assert_eq!(project.takk(&["run", "--", "true"]).code, 2);
}

#[test]
fn names_below_a_dictionary_exist_and_are_given() {
    let project = Project::with(NESTED);
    project.set("CACHE__PASSWORD", "p");
    project.set("hosts__web__port", "80");
    project.set("HOSTS__API", r#"{"port": 1, "token": "a secret token"}"#);
    let answer = project.takk(&["run", "--", "printenv", "HOSTS__WEB__PORT"]);
    assert_eq!(answer.out, "80\n", "{}", answer.err);
    let shown = project.takk(&["run", "--redact", "--", "printenv", "HOSTS__API"]);
    assert!(!shown.out.contains("a secret token"), "{}", shown.out);
    assert!(missing(&project).is_empty());
    let stale = project.takk(&["check", "--env", "dev", "--select", "TK105"]);
    assert!(!stale.out.contains("HOSTS__WEB__PORT"), "{}", stale.out);
    assert_eq!(project.takk(&["secrets", "get", "HOSTS__WEB__PORT"]).out.trim_end(), "80");
    assert!(project.takk(&["why", "HOSTS__WEB__PORT"]).out.contains("HOSTS__<key>__PORT"));
    project.set("HOSTS__NEW__TOKEN", "t");
    assert_eq!(missing(&project), ["HOSTS__NEW__PORT"]);
}

#[test]
fn what_no_nested_field_takes_is_refused_with_the_reason() {
    let project = Project::with(NESTED);
    for (name, value, reason) in [
        ("DB__PORT", "x", "`DB__PORT` must be int: value must be an integer"),
        ("HOSTS__WEB__PORT", "x", "must be an integer"),
        ("HOSTS__PORT", "80", "HOSTS__<key>__PORT"),
        ("HOSTS__WEB", "{", "must be a JSON object"),
        ("DB__NAME", "x", "inside `DB` there is `DB__HOST`"),
        ("CACHE", "nonsense", "JSON"),
    ] {
        let answer = project.piped(&["secrets", "set", name, "--stdin", "--env", "dev"], value.as_bytes());
        assert_eq!(answer.code, 2, "{name} {value}");
        assert!(answer.err.contains(reason), "{name}: {}", answer.err);
    }
    // A value that another variable may complete is stored, with a warning about what is wrong with it as it is.
    let answer = project.piped(&["secrets", "set", "CACHE", "--stdin", "--env", "dev"], br#"{"port": "x", "password": "p"}"#);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.err.contains("(`port` must be an"), "{}", answer.err);
    let found = project.takk(&["check", "--env", "dev", "--select", "TK102"]);
    assert!(
        found.out.contains("`CACHE` has a value in `dev` that is not a valid Db: `port` must be an integer"),
        "{}",
        found.out
    );
    project.set("CACHE__PORT", "1");
    assert!(!project.takk(&["check", "--env", "dev", "--select", "TK102"]).out.contains("CACHE"));
}
