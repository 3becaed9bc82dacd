//! Commands in a subdirectory work on the project that it is in, and on no project of somebody else.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;

use super::{Machine, SETTINGS};
use crate::process::Answer;
use crate::up::servers::is_root;

/// A repository with a project at its root, and one value of it.
fn repository(machine: &Machine) -> std::path::PathBuf {
    let root = machine.checkout("shop", "shop");
    fs::create_dir_all(root.join(".git")).expect("made");
    fs::create_dir_all(root.join("src/shop")).expect("made");
    machine.set(&root, "dev", "TOKEN", "of dev");
    root
}

fn note(root: &Path) -> String {
    format!("Project root: {}\n", root.display())
}

#[test]
fn a_subdirectory_is_part_of_its_project() {
    let machine = Machine::new();
    let root = repository(&machine);
    let inner = root.join("src/shop");
    let answer = machine.takk(&inner, &["run", "--env", "dev", "--", "sh", "-c", "pwd; printenv TOKEN"]);
    assert_eq!(answer.err, note(&root));
    assert_eq!(answer.out, format!("{}\nof dev\n", inner.display()), "the program starts where the command was run");
    // A value that is set here is one of the project, and nothing else is linked.
    machine.set(&inner, "dev", "TOKEN", "of the subdirectory");
    assert_eq!(machine.given(&root, "dev"), "of the subdirectory\n");
    assert_eq!(machine.links().matches("\"project\"").count(), 1, "{}", machine.links());
    // The note is not for programs.
    let quiet = machine.takk(&inner, &["--quiet", "secrets", "get", "TOKEN"]);
    assert_eq!((quiet.err.as_str(), quiet.out.trim()), ("", "of the subdirectory"));
    let plan = machine.takk(&inner, &["plan", "--json"]);
    assert!(plan.err == note(&root) && plan.out.contains("\"TOKEN\""), "{plan:?}");
}

#[test]
fn a_directory_that_is_named_is_the_project() {
    let machine = Machine::new();
    let root = repository(&machine);
    let inner = root.join("src/cart");
    fs::create_dir_all(&inner).expect("made");
    fs::write(inner.join("own.py"), SETTINGS.replace("token", "own")).expect("written");
    for (arguments, part) in [(&["plan", "."][..], "OWN"), (&["secrets", "list", "-C", "."], "Nothing is stored")] {
        let answer = machine.takk(&inner, arguments);
        let said = answer.out.clone() + &answer.err;
        assert!(said.contains(part) && !said.contains("TOKEN") && !said.contains("Project root"), "{arguments:?}: {said}");
    }
}

#[test]
fn commands_that_are_proposed_name_the_project() {
    let machine = Machine::new();
    let root = repository(&machine);
    fs::write(root.join("src/settings.py"), SETTINGS.replace("token", "other_key")).expect("written");
    let away = machine.path("away");
    fs::create_dir_all(&away).expect("made");
    let directory = root.to_str().expect("text");
    let said = |answer: &Answer| answer.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let note = format!("To run these commands on that project, add `-C {directory}`, or run them in its directory.");
    for arguments in [&["plan", directory][..], &["check", directory, "--env", "dev"], &["status", "-C", directory]] {
        let answer = machine.takk(&away, arguments);
        assert!(said(&answer).ends_with(&note), "{arguments:?}: {answer:?}");
        // It is about the project of the current directory.
        let here = if arguments[1] == "-C" { &arguments[..1] } else { arguments };
        assert!(!said(&machine.takk(&root, here)).contains("that project"), "{arguments:?}");
    }
    // With what it says, they work.
    fs::write(away.join("values.env"), "OTHER_KEY=of the project\n").expect("written");
    machine.done(&away, &["secrets", "import", "values.env", "--env", "dev", "-C", directory]);
    assert_eq!(machine.takk(&away, &["check", "-C", directory, "--env", "dev"]).code, 0);
    assert_eq!(machine.takk(&away, &["plan", "-C", directory, "--json"]).err, "");
    // A failure proposes one, too.
    let answer = machine.takk(&away, &["run", "--env", "prod", "-C", directory, "--", "true"]);
    assert!(answer.code == 2 && said(&answer).ends_with(&note), "{answer:?}");
    // Nothing was proposed.
    assert_eq!(machine.takk(&away, &["secrets", "get", "OTHER_KEY", "--env", "dev", "-C", directory]).err, "");
}

#[test]
fn the_nearest_project_is_used() {
    let machine = Machine::new();
    let root = repository(&machine);
    // A package of a workspace.
    let member = root.join("packages/worker");
    fs::create_dir_all(member.join("worker/tasks")).expect("made");
    fs::write(member.join("pyproject.toml"), "[project]\nname = \"worker\"\n").expect("written");
    let answer = machine.takk(&member.join("worker/tasks"), &["env", "list"]);
    assert!(answer.err.contains(&note(&member)), "{answer:?}");
    // A directory that was linked before has its values still, although it has no packaging files.
    let scripts = root.join("scripts");
    fs::create_dir_all(scripts.join("daily")).expect("made");
    fs::write(scripts.join("settings.py"), SETTINGS).expect("written");
    machine.done(&scripts, &["link", "--name", "scripts", "-C", "."]);
    machine.set(&scripts, "dev", "TOKEN", "of the scripts");
    assert_eq!(machine.given(&scripts.join("daily"), "dev"), format!("of the scripts\n{}", note(&scripts)));
    assert_eq!(machine.given(&root, "dev"), "of dev\n");
}

#[test]
fn nothing_above_the_repository_is_used() {
    let machine = Machine::new();
    machine.checkout("shop", "shop");
    let machine_root = machine.path("shop");
    machine.set(&machine_root, "dev", "TOKEN", "of dev");
    // Another repository inside of the directory, and a directory without a repository.
    for inner in ["vendored", "plain/deep"] {
        fs::create_dir_all(machine_root.join(inner)).expect("made");
    }
    fs::create_dir_all(machine_root.join("vendored/.git")).expect("made");
    for inner in ["vendored", "plain/deep"] {
        let answer = machine.takk(&machine_root.join(inner), &["secrets", "get", "TOKEN"]);
        assert!(answer.code != 0 && !answer.err.contains("Project root"), "{inner}: {answer:?}");
        assert!(!answer.out.contains("of dev"), "{inner}: {answer:?}");
    }
}

#[test]
fn nothing_of_another_owner_is_used() {
    if !is_root() {
        eprintln!("skipped: only root can give a directory to somebody else");
        return;
    }
    let machine = Machine::new();
    let root = repository(&machine);
    let inner = root.join("src/shop");
    chown(root.join("src"), Some(65534), None).expect("it may");
    let answer = machine.takk(&inner, &["secrets", "get", "TOKEN"]);
    assert!(answer.code != 0 && !answer.err.contains("Project root"), "{answer:?}");
    chown(root.join("src"), Some(0), None).expect("it may");
    assert_eq!(machine.takk(&inner, &["secrets", "get", "TOKEN"]).out.trim(), "of dev");
}
