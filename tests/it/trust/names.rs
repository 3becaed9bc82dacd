//! Names that loaders, shells and interpreters obey: neither prompted for, stored nor injected, unless a person says so.

use std::fs;
use std::path::PathBuf;

use super::Machine;
use crate::server::Server;

/// Some of each kind.
const NAMES: [&str; 24] = [
    "PATH",
    "HOME",
    "SHELL",
    "USER",
    "IFS",
    "ENV",
    "BASH_ENV",
    "PS4",
    "PROMPT_COMMAND",
    "LD_PRELOAD",
    "DYLD_INSERT_LIBRARIES",
    "GCONV_PATH",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "NODE_OPTIONS",
    "GIT_SSH_COMMAND",
    "PERL5OPT",
    "RUBYOPT",
    "JAVA_TOOL_OPTIONS",
    "PAGER",
    "OPENSSL_CONF",
    "PIP_INDEX_URL",
    "HTTPS_PROXY",
    "TAKK_HOME",
];

/// A project whose code reads all of them.
fn reads(machine: &Machine, names: &[&str]) -> PathBuf {
    let root = machine.checkout("app", "app");
    let fields = names.iter().map(|name| format!("    {name}: str\n")).collect::<Vec<_>>().concat();
    let settings = format!(
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\nclass Settings(BaseSettings):\n    \
         model_config = SettingsConfigDict(case_sensitive=True)\n{fields}    TOKEN: str = ''\n"
    );
    fs::write(root.join("settings.py"), settings).expect("written");
    root
}

#[test]
fn none_is_asked_for_stored_imported_or_given() {
    let machine = Machine::new();
    let root = reads(&machine, &NAMES);
    let asked = machine.takk(&root, &["secrets", "set", "--env", "dev", "--json"]);
    assert_eq!((asked.code, asked.out.as_str()), (0, ""), "nothing is asked for: {}", asked.err);
    let check = machine.takk(&root, &["check"]).out;
    let lines = NAMES.iter().map(|name| format!("{name}=/evil\n")).collect::<Vec<_>>().concat();
    fs::write(root.join("values.env"), &lines).expect("written");
    fs::write(root.join("value"), "/evil").expect("written");
    for name in NAMES {
        let set = machine.takk(&root, &["secrets", "set", name, "--file", "value", "--env", "dev"]);
        assert!(set.code == 2 && set.err.contains("--allow-name"), "{name}: {}", set.err);
        assert!(check.contains(&format!("reads `{name}`")), "{name}: {check}");
    }
    let imported = machine.takk(&root, &["secrets", "import", "values.env", "--partial", "--env", "dev"]);
    assert_eq!(imported.code, 1, "{}", imported.out);
    assert_eq!(machine.done(&root, &["secrets", "list", "--env", "dev"]), "Nothing is stored in dev.\n");
    let given = machine.done(&root, &["run", "--env", "dev", "--", "env"]);
    assert!(!given.contains("/evil"), "{given}");
    assert!(machine.done(&root, &["explain", "TK026"]).contains("env_prefix"));
}

#[test]
fn a_person_can_say_yes_to_one_name() {
    let machine = Machine::new();
    let root = reads(&machine, &["NODE_OPTIONS", "LD_PRELOAD"]);
    fs::write(root.join("values.env"), "NODE_OPTIONS=--max-old-space-size=4096\nLD_PRELOAD=/evil\n").expect("written");
    let arguments = ["secrets", "import", "values.env", "--partial", "--env", "dev", "--allow-name", "NODE_OPTIONS"];
    assert_eq!(machine.takk(&root, &arguments).code, 1, "the other one is refused");
    let print = ["--env", "dev", "--", "sh", "-c", "echo \"<$NODE_OPTIONS>\""];
    let run = machine.takk(&root, &[&["run"][..], &print].concat());
    assert_eq!((run.code, run.out.as_str()), (0, "<>\n"), "{}", run.err);
    assert_eq!(run.err.matches("warning:").count(), 1, "{}", run.err);
    assert!(run.err.replace("\n         ", " ").contains("Pass --allow-name NODE_OPTIONS to set it"), "{}", run.err);
    let run = machine.takk(&root, &[&["run", "--allow-name", "NODE_OPTIONS"][..], &print].concat());
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "<--max-old-space-size=4096>\n", ""));
    let export = machine.takk(&root, &["secrets", "export", "--env", "dev"]);
    assert!(!export.out.contains("NODE_OPTIONS") && export.err.contains("not set"), "{}{}", export.out, export.err);
    assert!(machine.done(&root, &["secrets", "export", "--env", "dev", "--allow-name", "NODE_OPTIONS"]).contains("4096"));
    // It is not copied elsewhere either.
    machine.set(&root, "dev", "TOKEN", "x");
    machine.done(&root, &["env", "create", "preview/x", "--from", "dev"]);
    machine.done(&root, &["secrets", "promote", "--from", "dev", "--to", "test", "--yes"]);
    for environment in ["preview/x", "test"] {
        let listed = machine.done(&root, &["secrets", "list", "--env", environment]);
        assert!(!listed.contains("NODE_OPTIONS"), "{environment}: {listed}");
        assert_eq!(listed.contains("TOKEN"), environment == "preview/x", "a secret is not copied by a promotion: {listed}");
    }
    // Allowing one name allows no other.
    let other = machine.piped(&root, &["secrets", "set", "LD_PRELOAD", "--stdin", "--allow-name", "NODE_OPTIONS"], "x");
    assert_eq!(other.code, 2, "{}", other.err);
    let back = machine.takk(&root, &["secrets", "rollback", "NODE_OPTIONS", "--to", "1", "--env", "dev"]);
    assert!(back.code == 2 && back.err.contains("cannot store a value under"), "{}", back.err);
    assert_eq!(machine.takk(&root, &["secrets", "unset", "NODE_OPTIONS", "--env", "dev"]).code, 0);
}

#[test]
fn case_counts_as_it_does_for_the_system() {
    let machine = Machine::new();
    let root = reads(&machine, &["path", "home"]);
    for name in ["path", "home"] {
        machine.set(&root, "dev", name, "/srv");
    }
    assert_eq!(machine.done(&root, &["run", "--env", "dev", "--", "printenv", "path"]), "/srv\n");
    assert!(!machine.takk(&root, &["check"]).out.contains("TK026"));
    // Without case sensitivity pydantic reads `PATH`, and so would a file that says `Path`.
    let root = machine.checkout("other", "other");
    fs::write(
        root.join("settings.py"),
        "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    path: str\n",
    )
    .expect("written");
    for name in ["PATH", "path", "Path"] {
        let set = machine.piped(&root, &["secrets", "set", name, "--stdin"], "/evil");
        assert_eq!(set.code, 2, "{name}: {}", set.err);
        fs::write(root.join("values.env"), format!("{name}=/evil\n")).expect("written");
        assert_eq!(machine.takk(&root, &["secrets", "import", "values.env"]).code, 1, "{name}");
    }
}

#[test]
fn on_a_server_it_takes_an_owner() {
    let server = Server::start();
    let machine = Machine::new();
    let root = reads(&machine, &["LD_PRELOAD"]);
    server.log_in(&root, &machine.variables());
    machine.done(&root, &["link", &server.url]);
    let ask = |token: &str, method: &str, path: &str, body: &str| {
        let url = format!("{}/api/v1{path}", server.url);
        let request = ureq::http::Request::builder().method(method).uri(url).header("Authorization", format!("Bearer {token}"));
        let request = request.header("Content-Type", "application/json").body(body.to_owned()).expect("a request");
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.run(request).expect("an answer");
        (answer.status().as_u16(), answer.body_mut().read_to_string().expect("text"))
    };
    let new = r#"{"label": "ci", "kind": "personal", "role": "operator", "projects": ["app"]}"#;
    let (_, made) = ask(&server.owner, "POST", "/tokens", new);
    let made: serde_json::Value = serde_json::from_str(&made).expect("JSON");
    let operator = made["token"].as_str().expect("text");
    let change = r#"{"changes": [{"name": "LD_PRELOAD", "value": "/evil"}]}"#;
    let in_dev = "/projects/app/environments/dev/changes";
    let (status, said) = ask(operator, "POST", in_dev, change);
    assert!(status == 403 && said.contains("only an owner can store a value under `LD_PRELOAD`"), "{status} {said}");
    let (status, said) = ask(operator, "PUT", "/projects/app/environments/preview%2Fx", change);
    assert_eq!(status, 403, "{said}");
    let fine = r#"{"changes": [{"name": "TOKEN", "value": "x"}]}"#;
    assert_eq!(ask(operator, "POST", in_dev, fine).0, 200);
    assert_eq!(ask(&server.owner, "POST", in_dev, change).0, 200);
    // Everyone may delete it.
    let away = r#"{"changes": [{"name": "LD_PRELOAD"}]}"#;
    assert_eq!(ask(operator, "POST", in_dev, away).0, 200);
    assert_eq!(ask(&server.owner, "POST", in_dev, change).0, 200);
    let given = machine.takk(&root, &["run", "--env", "dev", "--", "env"]);
    assert!(!given.out.contains("/evil") && given.err.contains("not set"), "{}{}", given.out, given.err);
}
