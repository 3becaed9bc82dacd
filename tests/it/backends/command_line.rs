//! `takk check`, `plan --live` and `run --resolve-paths` with secret paths in `OpenBao`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::servers::{ROOT, Server, openbao};
use crate::ports::free_port;
use crate::process::{Answer, piped, program};

const SETTINGS: &str = r#"from takk.runtime import Secret, SecretModel


class App(SecretModel):
    stage: str = "dev"
    password: str = Secret("/{stage}/db:password")
    port: int = Secret("/{stage}/db:port")
    pinned: str = Secret("/{stage}/key", version=1)
    token: str = Secret("/{stage}/token")


app = App()
"#;

struct Project {
    directory: TempDir,
    home: TempDir,
}

impl Project {
    fn new(settings: &str) -> Self {
        let project =
            Self { directory: tempfile::tempdir().expect("a directory"), home: tempfile::tempdir().expect("a directory") };
        let file = "[project]\nname = \"paths\"\nversion = \"1\"\n\n[tool.takk.secrets]\nbackend = \"vault\"\n";
        fs::write(project.root().join("pyproject.toml"), file).expect("write");
        fs::write(project.root().join("settings.py"), settings).expect("write");
        project
    }

    fn root(&self) -> &Path {
        self.directory.path()
    }

    fn takk(&self, address: &str, token: &str, arguments: &[&str]) -> Answer {
        let mut command = program(self.home.path());
        command.current_dir(self.root()).args(arguments);
        command.env("VAULT_ADDR", address).env("VAULT_TOKEN", token).env_remove("VAULT_NAMESPACE");
        let answer = piped(command, b"");
        for secret in [token, "hunter2", "s3cr3t"] {
            assert!(!answer.err.contains(secret) && (arguments[0] == "run" || !answer.out.contains(secret)), "{answer:?}");
        }
        answer
    }
}

fn write(server: &Server, path: &str, data: &Value) {
    server.bao("POST", &format!("secret/data/{path}"), &json!({ "data": data }));
}

/// Everything that the program reads.
fn filled() -> Server {
    let server = openbao();
    write(&server, "dev/db", &json!({ "password": "hunter2", "port": "5432" }));
    write(&server, "dev/key", &json!({ "value": "s3cr3t" }));
    write(&server, "dev/token", &json!({ "value": "s3cr3t" }));
    server
}

fn codes(answer: &Answer) -> Vec<String> {
    let findings: Value = serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
    findings["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| finding["code"].as_str().expect("a code").to_owned())
        .collect()
}

#[test]
fn a_check_proves_paths_without_reading_values() {
    let (server, project) = (filled(), Project::new(SETTINGS));
    let check = |more: &[&str]| project.takk(&server.url(), ROOT, &[&["check", "--env", "dev", "--json"], more].concat());
    let clean = check(&[]);
    assert_eq!((clean.code, codes(&clean)), (0, vec![]), "{clean:?}");
    // Missing, destroyed, and a value of the wrong type, which only `--values` detects.
    server.bao("DELETE", "secret/metadata/dev/token", &Value::Null);
    server.bao("PUT", "secret/destroy/dev/key", &json!({ "versions": [1] }));
    write(&server, "dev/db", &json!({ "password": "hunter2", "port": "http" }));
    let wrong = check(&[]);
    assert_eq!((wrong.code, codes(&wrong)), (1, vec!["TK109".to_owned(), "TK108".to_owned()]), "{wrong:?}");
    let read = check(&["--values"]);
    assert_eq!((read.code, codes(&read)), (1, ["TK111", "TK109", "TK108"].map(str::to_owned).to_vec()), "{read:?}");
    assert_eq!(check(&["--offline"]).code, 0);
    assert_eq!(codes(&check(&["--ignore", "TK108,TK109"])), Vec::<String>::new());
}

#[test]
fn an_identity_without_rights_is_a_finding_and_a_server_out_of_reach_is_not() {
    let (server, project) = (filled(), Project::new(SETTINGS));
    server.policy("some", "path \"secret/data/dev/db\" { capabilities = [\"read\"] }\npath \"secret/metadata/*\" { capabilities = [\"read\"] }\npath \"secret/subkeys/*\" { capabilities = [\"read\"] }");
    let token = server.token(&["some"], "1h");
    let refused = project.takk(&server.url(), &token, &["check", "--env", "dev", "--json"]);
    assert_eq!((refused.code, codes(&refused)), (1, vec!["TK110".to_owned(); 2]), "{refused:?}");
    let nobody = project.takk(&server.url(), "of-nobody", &["check", "--env", "dev"]);
    assert!(nobody.code == 1 && nobody.out.contains("TK110"), "{nobody:?}");
    let address = format!("http://127.0.0.1:{}", free_port());
    let away = project.takk(&address, ROOT, &["check", "--env", "dev"]);
    assert_eq!(away.code, 2, "{away:?}");
    assert!(away.err.contains("secret paths cannot be checked in Vault") && away.err.contains("--offline"), "{away:?}");
}

#[test]
fn a_plan_says_what_is_there() {
    let (server, project) = (filled(), Project::new(SETTINGS));
    server.bao("DELETE", "secret/metadata/dev/token", &Value::Null);
    let plan = project.takk(&server.url(), ROOT, &["plan", "--live", "--env", "dev"]).done();
    assert!(plan.contains("there v1, just now") && plan.contains("missing"), "{plan}");
    let plan = project.takk(&server.url(), ROOT, &["plan", "--live", "--env", "dev", "--json"]).done();
    let plan: Value = serde_json::from_str(&plan).expect("JSON");
    let variables = plan["environments"][0]["variables"].as_array().expect("variables");
    let states: Vec<&Value> = variables.iter().filter_map(|variable| variable["secret_path"]["live"].get("state")).collect();
    assert_eq!(states.iter().filter(|state| **state == "there").count(), 3, "{plan:#}");
    // No backend is asked unless requested.
    let plan = project.takk("http://127.0.0.1:9", ROOT, &["plan", "--env", "dev"]).done();
    assert!(!plan.contains("there v"), "{plan}");
    // An unreachable server is only a warning: the rest of the plan is correct.
    let away = project.takk(&format!("http://127.0.0.1:{}", free_port()), ROOT, &["plan", "--live", "--env", "dev"]);
    assert!(away.code == 0 && away.err.contains("warning") && away.out.contains("not checked"), "{away:?}");
}

#[test]
fn why_says_where_a_path_is_in_which_version_and_since_when() {
    let (server, project) = (filled(), Project::new(SETTINGS));
    write(&server, "dev/token", &json!({ "value": "s3cr3t2" }));
    let at = format!("in Vault at {} (as the token of ", server.url());
    let offline = project.takk(&server.url(), ROOT, &["why", "App.token"]).done();
    assert!(offline.contains(&at) && !offline.contains("there v"), "nobody is asked: {offline}");
    let live = project.takk(&server.url(), ROOT, &["why", "App.token", "--live"]).done();
    assert!(live.contains(&at) && live.contains("there v2, just now"), "{live}");
    let json = project.takk(&server.url(), ROOT, &["why", "App.token", "--live", "--json"]).done();
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let dev = &json["variables"][0]["environments"][0];
    assert_eq!((&dev["secret_path"]["live"]["state"], &dev["secret_path"]["live"]["version"]), (&json!("there"), &json!("2")));
    // Missing paths, and a server that cannot be reached.
    server.bao("DELETE", "secret/metadata/dev/token", &Value::Null);
    let missing = project.takk(&server.url(), ROOT, &["why", "App.token", "--live"]).done();
    assert!(missing.contains("missing"), "{missing}");
    let away = project.takk(&format!("http://127.0.0.1:{}", free_port()), ROOT, &["why", "App.token", "--live"]);
    assert!(away.code == 0 && away.err.contains("warning") && away.out.contains("not checked"), "{away:?}");
}

#[test]
fn a_chain_asks_the_next_backend_for_what_takk_does_not_store() {
    let (server, project) = (filled(), Project::new(SETTINGS));
    let file = fs::read_to_string(project.root().join("pyproject.toml")).expect("a file");
    let chain = file.replace("backend = \"vault\"", "backend = [\"takk\", \"vault\"]");
    fs::write(project.root().join("pyproject.toml"), chain).expect("write");
    server.bao("DELETE", "secret/metadata/dev/token", &Value::Null);
    let check = |more: &[&str]| project.takk(&server.url(), ROOT, &[&["check", "--env", "dev", "--json"], more].concat());
    assert_eq!(codes(&check(&[])), ["TK108"]);
    let mut set = program(project.home.path());
    set.current_dir(project.root()).args(["secrets", "set", "DEV_TOKEN", "--env", "dev", "--stdin"]);
    assert_eq!(piped(set, b"s3cr3t-of-takk").code, 0);
    for more in [&[][..], &["--values"]] {
        let answer = check(more);
        assert_eq!((answer.code, codes(&answer)), (0, vec![]), "{answer:?}");
    }
    let why = project.takk(&server.url(), ROOT, &["why", "App.token", "--live"]).done();
    assert!(why.contains("takk's own store, then Vault") && why.contains("there v1"), "{why}");
    let script = "import os; print(os.environ['DEV_TOKEN'], os.environ['DEV_KEY'])";
    let run = ["run", "--env", "dev", "--resolve-paths", "--", "python3", "-c", script];
    let ran = project.takk(&server.url(), ROOT, &run);
    assert_eq!(ran.out, "s3cr3t-of-takk s3cr3t\n", "{ran:?}");
}

#[test]
fn a_command_gets_what_its_paths_hold() {
    let (server, project) = (filled(), Project::new(SETTINGS));
    let script = "import os; print(os.environ['DEV_DB:PASSWORD'], os.environ['DEV_DB:PORT'], os.environ['DEV_KEY'])";
    let run = |more: &[&str]| {
        let arguments = [&["run", "--env", "dev", "--resolve-paths"], more, &["--", "python3", "-c", script]].concat();
        project.takk(&server.url(), ROOT, &arguments)
    };
    let answer = run(&[]);
    assert_eq!((answer.code, answer.out.as_str()), (0, "hunter2 5432 s3cr3t\n"), "{answer:?}");
    let hidden = run(&["--redact"]);
    assert!(!hidden.out.contains("hunter2") && !hidden.out.contains("s3cr3t"), "{hidden:?}");
    // All or nothing, with all reasons.
    server.bao("DELETE", "secret/metadata/dev/token", &Value::Null);
    server.bao("DELETE", "secret/metadata/dev/key", &Value::Null);
    let missing = run(&[]);
    assert!(missing.code == 2 && missing.err.contains("2 secret paths cannot be read"), "{missing:?}");
    assert!(missing.err.contains("dev/token") && missing.err.contains("dev/key"), "{missing:?}");
}

#[test]
fn no_token_goes_where_only_the_repository_points() {
    let project = Project::new(SETTINGS);
    let file = "[project]\nname = \"paths\"\nversion = \"1\"\n\n[tool.takk.secrets]\nbackend = { kind = \"vault\", url = \"http://127.0.0.1:9\" }\n";
    fs::write(project.root().join("pyproject.toml"), file).expect("write");
    let answer = project.takk("http://127.0.0.1:10", ROOT, &["check", "--env", "dev"]);
    assert!(answer.code == 2 && answer.err.contains("only a repository names"), "{answer:?}");
    fs::write(project.root().join("pyproject.toml"), file.replace("url", "token")).expect("write");
    let answer = project.takk("http://127.0.0.1:10", ROOT, &["check", "--offline"]);
    assert!(
        answer.out.contains("not a backend of secret paths") && answer.out.contains("nothing secret belongs here"),
        "{answer:?}"
    );
}
