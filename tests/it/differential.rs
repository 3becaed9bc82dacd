//! Random settings modules, compared with the real pydantic: takk must agree on every class and every field.
//!
//! The generator, the oracle and the comparison are Python programs in `tests/differential/`. When a test fails, it prints how often each
//! kind of disagreement occurs, and some of them as minimal projects.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::python::{run, venv};

/// The versions whose rules the analysis follows when a project pins nothing else.
const CURRENT: &[&str] =
    &["pydantic==2.14.3", "pydantic-settings==2.16.3", "typing_extensions==4.16.0", "email-validator==2.4.0"];

/// Versions from before `validate_by_name`, `env_prefix_target` and the current rule for `AliasPath`.
const OLDER: &[&str] = &["pydantic==2.10.6", "pydantic-settings==2.7.1", "typing_extensions==4.16.0", "email-validator==2.4.0"];

/// The kinds of errors that `mirror.py` can plant.
const PLANTS: [&str; 13] = [
    "class",
    "config",
    "constraints",
    "default",
    "description",
    "env",
    "extra",
    "field",
    "nested",
    "optional",
    "order",
    "required",
    "secret",
];

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential").join(name)
}

/// Writes the project of a seed, and returns the Python that it is for and its directory.
fn project(packages: &[&str], seed: u32, classes: u32) -> (PathBuf, tempfile::TempDir) {
    let python = venv(packages).join("bin/python");
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    run(Command::new(&python)
        .arg(script("generate.py"))
        .args([seed.to_string(), classes.to_string()])
        .arg(directory.path())
        .env("PYTHONHASHSEED", "0"));
    (python, directory)
}

/// Compares an answer with the truth about the project; `answerer` is a command that answers like takk.
fn compare(python: &Path, project: &Path, answerer: &[PathBuf]) -> Command {
    let mut command = Command::new(python);
    command.arg(script("compare.py")).arg(project).args(answerer).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn agrees(packages: &[&str], seed: u32, classes: u32) {
    let (python, project) = project(packages, seed, classes);
    run(&mut compare(&python, project.path(), &[PathBuf::from(env!("CARGO_BIN_EXE_takk"))]));
}

#[test]
fn agrees_with_pydantic() {
    for seed in [1, 2] {
        agrees(CURRENT, seed, 750);
    }
}

#[test]
fn agrees_with_pydantic_on_more_seeds() {
    for seed in [3, 4] {
        agrees(CURRENT, seed, 750);
    }
}

#[test]
fn agrees_with_older_pydantic_where_it_is_pinned() {
    for seed in [1, 6] {
        agrees(OLDER, seed, 750);
    }
}

/// Former disagreements, minimized.
#[test]
fn agrees_with_pydantic_on_cases() {
    for (name, versions) in
        [("nested_case", [CURRENT, OLDER].as_slice()), ("plain_base", &[CURRENT, OLDER]), ("factory", &[OLDER])]
    {
        for packages in versions {
            let directory = tempfile::tempdir().expect("a temporary directory can be made");
            fs::copy(script("cases").join(name).with_extension("py"), directory.path().join("settings.py")).expect("copied");
            let pins = format!("[project]\nname = \"case\"\nversion = \"1\"\ndependencies = {packages:?}\n");
            fs::write(directory.path().join("pyproject.toml"), pins).expect("the directory is writable");
            let python = venv(packages).join("bin/python");
            run(&mut compare(&python, directory.path(), &[PathBuf::from(env!("CARGO_BIN_EXE_takk"))]));
        }
    }
}

/// Verifies the comparison itself: it must find every error that was planted.
#[test]
fn comparison_finds_planted_errors() {
    let (python, project) = project(CURRENT, 5, 60);
    let mirror = [python.clone(), script("mirror.py")];
    run(&mut compare(&python, project.path(), &mirror));
    for plant in PLANTS {
        let output = compare(&python, project.path(), &mirror).args(["--show", "0"]).env("PLANT", plant).output();
        let Output { status, stdout, stderr } = output.expect("Python starts");
        let (printed, planted) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        assert_eq!(status.code(), Some(1), "{plant}: {printed}{planted}");
        let (found, made) = (number_before(&printed, " disagreements"), number_before(&planted, " planted"));
        assert_eq!(found, made, "{plant}: {printed}{planted}");
    }
}

/// The number before a word in the text.
fn number_before(text: &str, word: &str) -> Option<u32> {
    text.split_once(word)?.0.rsplit(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}
