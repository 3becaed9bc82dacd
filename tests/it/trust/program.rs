//! Which program `takk run` starts, and what a repository can pass to it in variables.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::Machine;

/// A repository that contains a program with the name of a common command.
fn hostile(machine: &Machine, settings: &str) -> PathBuf {
    let root = machine.checkout("hostile", "hostile");
    fs::create_dir_all(root.join("bin")).expect("made");
    for name in ["python3", "true", "sh"] {
        let program = root.join("bin").join(name);
        fs::write(&program, "#!/bin/sh\necho the repository ran\n").expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("set");
    }
    write(&root, settings);
    root
}

fn write(root: &Path, settings: &str) {
    let begin = "from typing import Annotated\nfrom pydantic import AliasChoices, BaseModel, Field\n\
                 from pydantic_settings import BaseSettings, SettingsConfigDict\nfrom takk import NetworkApp, Project\nfrom takk.secrets import ServiceUrl, Template\n\n\n";
    let place = root.join("bin").display().to_string();
    fs::write(root.join("settings.py"), format!("{begin}{}", settings.replace("BIN", &place))).expect("written");
}

const RUNS: [&[&str]; 3] = [
    &["run", "--", "python3", "-c", "print('the real one')"],
    &["run", "--redact", "--", "python3", "-c", "print('the real one')"],
    &["run", "--watch", "--", "python3", "-c", "print('the real one')"],
];

#[test]
fn a_template_of_the_repository_chooses_no_program() {
    let machine = Machine::new();
    let root = hostile(&machine, "");
    for (at, settings) in [
        "class Settings(BaseSettings):\n    PATH: Annotated[str, Template(['BIN'])]\n",
        "class Settings(BaseSettings):\n    path: Annotated[str, Template(['BIN'])]\n",
        "class Settings(BaseSettings):\n    path: str = 'BIN'\n",
        "class Settings(BaseSettings):\n    x: Annotated[str, Template(['BIN'])] = Field(validation_alias='PATH')\n",
        "class Settings(BaseSettings):\n    x: Annotated[str, Template(['BIN'])] = Field(validation_alias=AliasChoices('PATH', 'X'))\n",
        "class Settings(BaseSettings):\n    LD_PRELOAD: Annotated[str, Template(['BIN/evil.so'])]\n",
        "class Settings(BaseSettings):\n    PYTHONSTARTUP: Annotated[str, Template(['BIN/evil.py'])]\n    PYTHONHOME: Annotated[str, Template(['BIN'])]\n",
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='LD_')\n    preload: Annotated[str, Template(['BIN'])]\n",
    ]
    .into_iter()
    .enumerate()
    {
        write(&root, settings);
        // Every way to run it once, then the shortest.
        for arguments in &RUNS[..if at == 0 { RUNS.len() } else { 1 }] {
            let answer = machine.takk(&root, arguments);
            assert_eq!((answer.code, answer.out.as_str()), (0, "the real one\n"), "{settings}: {}", answer.err);
        }
        let given = machine.done(&root, &["run", "--", "env"]);
        assert!(!given.contains("hostile/bin"), "{settings}: {given}");
        let exported = machine.done(&root, &["secrets", "export"]);
        assert!(!exported.contains("hostile/bin"), "{settings}: {exported}");
        let file = machine.done(&root, &["dotenv"]);
        assert!(!file.lines().any(|line| line.starts_with("PATH=") || line.starts_with("LD_")), "{settings}: {file}");
        let check = machine.takk(&root, &["check"]);
        assert!(check.out.contains("TK026"), "{settings}: {}{}", check.out, check.err);
    }
}

#[test]
fn an_address_of_a_service_chooses_no_program() {
    let machine = Machine::new();
    let settings = "class Settings(BaseSettings):\n    PATH: Annotated[str, ServiceUrl('api', 'internal')]\n    API: Annotated[str, ServiceUrl('api', 'internal')]\n\n\n\
                    project = Project('hostile', api=NetworkApp(command=['x'], port=80, settings=[Settings]))\n";
    let root = hostile(&machine, settings);
    let given = machine.done(&root, &["run", "--", "env"]);
    assert!(given.contains("API=http"), "{given}");
    assert!(!given.contains("PATH=http"), "{given}");
    let of_service = machine.done(&root, &["run", "--service", "api", "--", "env"]);
    assert!(!of_service.contains("PATH=http"), "{of_service}");
}

#[test]
fn a_field_that_is_called_path_does_not_break_a_run() {
    let machine = Machine::new();
    let fields = "class Settings(BaseSettings):\n    path: str\n    home: str\n    user: str\n    shell: str\n    token: str\n";
    let root = hostile(&machine, fields);
    machine.set(&root, "dev", "TOKEN", "x");
    assert_eq!(machine.given(&root, "dev"), "x\n");
    let plan = machine.takk(&root, &["plan", "--env", "dev", "--json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan.out).expect("JSON");
    let states: Vec<_> = plan["environments"][0]["variables"].as_array().expect("a list").iter().collect();
    let state = |name: &str| states.iter().find(|one| one["name"] == name).expect("there")["state"].clone();
    for name in ["PATH", "HOME", "USER", "SHELL"] {
        assert_eq!(state(name), "inherited", "{name}");
    }
    assert_eq!(state("TOKEN"), "set");
    assert_eq!(machine.takk(&root, &["check", "--env", "dev"]).out.matches("missing").count(), 0);
    let asked = machine.takk(&root, &["secrets", "set", "--env", "dev"]);
    assert!(asked.code == 0 && asked.err.contains("Nothing is missing"), "{}{}", asked.out, asked.err);
}

#[test]
fn the_names_of_nested_fields_count_too() {
    let machine = Machine::new();
    let nested = "class Loader(BaseModel):\n    preload: str\n\n\nclass Settings(BaseSettings):\n    \
                  model_config = SettingsConfigDict(env_nested_delimiter='_')\n    ld: Loader\n";
    let root = hostile(&machine, nested);
    let refused = machine.piped(&root, &["secrets", "set", "LD_PRELOAD", "--stdin"], "evil.so");
    assert!(refused.code == 2 && refused.err.contains("the dynamic loader loads code from it"), "{}", refused.err);
    let lacking = machine.takk(&root, &["secrets", "set", "--env", "dev", "--json"]);
    assert!(!lacking.out.contains("LD_PRELOAD"), "{}", lacking.out);
    machine.set(&root, "dev", "LD", r#"{"preload": "x"}"#);
    assert!(machine.done(&root, &["run", "--", "printenv", "LD"]).contains("preload"));
}

#[test]
fn the_program_is_looked_for_where_the_user_looks() {
    let machine = Machine::new();
    let root = hostile(&machine, "class Settings(BaseSettings):\n    PATH: str = 'x'\n");
    let place = root.join("bin").display().to_string();
    let stored = machine.piped(&root, &["secrets", "set", "PATH", "--stdin", "--allow-name", "PATH"], &place);
    assert_eq!(stored.code, 0, "{}", stored.err);
    // Even if the user lets the command get that PATH, takk itself searches its own.
    let answer = machine.takk(&root, &["run", "--allow-name", "PATH", "--", "sh", "-c", "echo \"$PATH\""]);
    assert_eq!((answer.code, answer.out.trim()), (0, place.as_str()), "{}", answer.err);
    let path = std::env::var("PATH").expect("a path");
    let own = format!("{place}:{path}");
    let answer = machine.with(&root, &["run", "--", "python3"], &[("PATH", &own)]);
    assert!(answer.out.contains("the repository ran"), "the user has put it there: {}{}", answer.out, answer.err);
    let none = machine.takk(&root, &["run", "--allow-name", "PATH", "--", "no-such-program"]);
    assert_eq!(none.code, 127, "{}", none.err);
}
