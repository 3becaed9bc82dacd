//! `check --base REF` on real repositories.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Answer, takk, takk_with};
use takk_project::ops::project::{ProjectOptions, read, read_commit};

const HEAD: &str = "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n";
const BEFORE: &str = "class Settings(BaseSettings):\n    url: str\n    port: int = 80\n";

fn git(directory: &Path, arguments: &[&str]) {
    let identity = [
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@example.org",
        "-c",
        "init.defaultBranch=main",
        "-c",
        "commit.gpgsign=false",
    ];
    let mut command = Command::new("git");
    command.current_dir(directory).args(identity).args(arguments).env("GIT_CONFIG_NOSYSTEM", "1");
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    let output = command.output().expect("git is installed");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn write(directory: &Path, file: &str, body: &str) {
    let path = directory.join(file);
    fs::create_dir_all(path.parent().expect("a directory")).expect("made");
    fs::write(path, format!("{HEAD}{body}")).expect("written");
}

/// A repository whose commit on `main` has `before` in `settings.py`.
fn repository(before: &str) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "settings.py", before);
    git(directory.path(), &["init", "--quiet"]);
    commit(directory.path());
    directory
}

fn commit(directory: &Path) {
    git(directory, &["add", "--all"]);
    git(directory, &["commit", "--quiet", "--message", "state"]);
}

/// Compares a work tree with `now` in `settings.py` with a commit with `before`.
fn compared(before: &str, now: &str) -> Answer {
    let repository = repository(before);
    write(repository.path(), "settings.py", now);
    takk(repository.path(), &["check", "--base", "main", "--env", "prod"])
}

#[test]
fn the_same_code_needs_the_same() {
    let answer = compared(BEFORE, BEFORE);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""));
    assert_eq!(answer.err, "Needs the same variables as main.\n");
}

#[test]
fn an_added_field_without_a_value_fails() {
    let answer = compared(BEFORE, &format!("{BEFORE}    api_key: str\n    timeout: int = 3\n"));
    assert_eq!(answer.code, 1);
    assert_eq!(
        answer.out,
        "+ API_KEY (str, required, settings.py:7) missing in: prod\n+ TIMEOUT (int, has a default, settings.py:8)\n"
    );
}

#[test]
fn a_removed_field_is_no_failure() {
    let answer = compared(BEFORE, "class Settings(BaseSettings):\n    url: str\n");
    assert_eq!(answer.code, 0);
    assert_eq!(answer.out, "- PORT (int, was in settings.py:6) no longer read: safe to delete after the next deploy\n");
}

#[test]
fn a_renamed_field_names_both() {
    let answer = compared(BEFORE, "class Settings(BaseSettings):\n    uri: str\n    port: int = 80\n");
    assert_eq!(
        (answer.code, answer.out.as_str()),
        (1, "~ URL -> URI (str, required, settings.py:5) renamed; missing in: prod\n")
    );
}

#[test]
fn a_lost_default_and_another_type_are_changes() {
    let answer = compared(BEFORE, "class Settings(BaseSettings):\n    url: bytes\n    port: int\n");
    assert_eq!(answer.code, 1);
    assert_eq!(
        answer.out,
        "~ PORT (int, required, settings.py:6) lost its default; missing in: prod\n~ URL (bytes, required, settings.py:5) was str\n"
    );
}

#[test]
fn a_class_that_moves_is_the_same_class() {
    let repository = repository(BEFORE);
    fs::remove_file(repository.path().join("settings.py")).expect("removed");
    write(repository.path(), "app/configuration.py", BEFORE);
    let answer = takk(repository.path(), &["check", "--base", "main"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{}", answer.err);
}

#[test]
fn a_new_prefix_renames_the_variables() {
    let now = BEFORE.replace("    url", "    model_config = SettingsConfigDict(env_prefix=\"APP_\")\n    url");
    let answer = compared(BEFORE, &now);
    assert_eq!(answer.code, 1);
    assert!(
        answer.out.contains("~ URL -> APP_URL (str, required, settings.py:6) renamed; missing in: prod\n"),
        "{}",
        answer.out
    );
    assert!(answer.out.contains("~ PORT -> APP_PORT (int, has a default, settings.py:7) renamed\n"), "{}", answer.out);
}

#[test]
fn the_work_tree_is_now_and_stays_as_it_is() {
    let repository = repository(BEFORE);
    write(repository.path(), "settings.py", &format!("{BEFORE}    staged: str\n"));
    git(repository.path(), &["add", "--all"]);
    write(repository.path(), "settings.py", &format!("{BEFORE}    dirty: str\n"));
    write(repository.path(), "untracked.py", "class New(BaseSettings):\n    untracked: str\n");
    let answer = takk(repository.path(), &["check", "--base", "HEAD"]);
    assert!(
        answer.out.contains("+ DIRTY") && answer.out.contains("+ UNTRACKED") && !answer.out.contains("STAGED"),
        "{}",
        answer.out
    );
    let text = fs::read_to_string(repository.path().join("settings.py")).expect("there");
    assert_eq!(text, format!("{HEAD}{BEFORE}    dirty: str\n"));
}

#[test]
fn ignored_files_that_were_added_all_the_same_are_no_change() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = |name: &str| directory.path().join(name);
    write(directory.path(), "app/settings.py", BEFORE);
    write(directory.path(), "app/local/other.py", "class Other(BaseSettings):\n    token: str\n");
    fs::write(file("app/.gitignore"), "local/\n").expect("written");
    git(directory.path(), &["init", "--quiet"]);
    git(directory.path(), &["add", "--force", "--all"]);
    git(directory.path(), &["commit", "--quiet", "--message", "state"]);
    for project in [directory.path().to_owned(), file("app")] {
        let answer = takk(&project, &["check", "--base", "main", "--env", "prod"]);
        assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{}", answer.err);
    }
}

#[test]
fn a_detached_worktree_knows_its_repository() {
    let repository = repository(BEFORE);
    let elsewhere = tempfile::tempdir().expect("a directory");
    let tree = elsewhere.path().join("tree");
    git(repository.path(), &["worktree", "add", "--quiet", "--detach", tree.to_str().expect("text")]);
    write(&tree, "settings.py", &format!("{BEFORE}    more: str\n"));
    let answer = takk(&tree, &["check", "--base", "main", "--env", "dev"]);
    assert_eq!((answer.code, answer.out.as_str()), (1, "+ MORE (str, required, settings.py:7) missing in: dev\n"));
}

#[test]
fn a_project_in_a_subdirectory_is_compared_with_itself() {
    let repository = repository("class Other(BaseSettings):\n    elsewhere: str\n");
    write(repository.path(), "services/api/settings.py", BEFORE);
    commit(repository.path());
    write(repository.path(), "services/api/settings.py", &format!("{BEFORE}    more: int = 1\n"));
    let answer = takk(repository.path(), &["check", "services/api", "--base", "HEAD"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, "+ MORE (int, has a default, settings.py:7)\n"));
    let answer = takk(repository.path(), &["check", "services/api", "--base", "HEAD~1", "--env", "qa"]);
    assert_eq!(answer.code, 1, "{}", answer.err);
    assert_eq!(answer.out.lines().count(), 3, "a project that the commit does not have needs everything newly: {}", answer.out);
}

#[test]
fn links_of_a_commit_are_no_files() {
    let repository = repository(BEFORE);
    #[cfg(unix)]
    std::os::unix::fs::symlink("settings.py", repository.path().join("again.py")).expect("linked");
    commit(repository.path());
    let answer = takk(repository.path(), &["check", "--base", "HEAD"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{}", answer.err);
}

#[test]
fn a_hook_of_another_repository_does_not_confuse() {
    let (repository, other) = (repository(BEFORE), repository("class Other(BaseSettings):\n    other: str\n"));
    let directory = other.path().join(".git");
    let directory = directory.to_str().expect("text");
    let tree = other.path().to_str().expect("text");
    let variables = [("GIT_DIR", directory), ("GIT_WORK_TREE", tree), ("GIT_INDEX_FILE", "/nowhere"), ("GIT_PREFIX", "x/")];
    let answer = takk_with(repository.path(), &["check", "--base", "main"], &variables);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{}", answer.err);
}

#[test]
fn what_cannot_be_compared_says_why() {
    let repository = repository(BEFORE);
    git(repository.path(), &["branch", "release/2026"]);
    for (base, hint) in [
        ("mian", "hint: did you mean `main`?"),
        ("2026", "hint: did you mean `release/2026`?"),
        ("0123456789012345678901234567890123456789", "hint: run `git branch --all` to list the branches"),
        ("zzzzzzzz; touch x", "hint: run `git branch --all` to list the branches"),
    ] {
        let answer = takk(repository.path(), &["check", "--base", base]);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""));
        assert!(answer.err.starts_with(&format!("error: no commit is named `{base}`\n")), "{}", answer.err);
        assert!(answer.err.contains(hint), "{base}: {}", answer.err);
    }
    assert!(!repository.path().join("x").exists());
    let answer = takk(repository.path(), &["check", "--base=--output=x"]);
    assert_eq!(answer.code, 2);
    assert!(!repository.path().join("x").exists());
}

#[test]
fn a_project_outside_of_repositories_is_told_so() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "settings.py", BEFORE);
    let answer = takk(directory.path(), &["check", "--base", "main"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("is not in a git repository\n  hint: "), "{}", answer.err);
}

#[test]
fn a_machine_without_git_compares_too() {
    let repository = repository(BEFORE);
    let answer = takk_with(repository.path(), &["check", "--base", "main"], &[("PATH", "/nowhere")]);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{}", answer.err);
}

#[test]
fn every_format_has_the_missing_value() {
    let repository = repository(BEFORE);
    write(repository.path(), "settings.py", &format!("{BEFORE}    api_key: str\n"));
    let run = |format| {
        let answer = takk(repository.path(), &["check", "--base", "main", "--env", "prod", "--format", format]);
        assert_eq!((answer.code, answer.err.as_str()), (1, ""), "{format}");
        answer.out
    };
    let json: Value = serde_json::from_str(&run("json")).expect("JSON");
    assert!(json.to_string().contains("API_KEY"), "{json}");
    let github = run("github");
    assert!(github.starts_with("::error ") && github.contains("file=settings.py,line=7"), "{github}");
    let sarif: Value = serde_json::from_str(&run("sarif")).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "added-variable");
    let junit = run("junit");
    assert!(junit.contains("<failure") && junit.contains("API_KEY"), "{junit}");
}

#[test]
fn annotations_name_files_from_the_repository() {
    let repository = TempDir::new().expect("there is room for a directory");
    let project = repository.path().join("services/our app");
    fs::create_dir_all(&project).expect("the directory is new");
    fs::write(project.join("pyproject.toml"), "[project]\nname = \"app\"\n").expect("written");
    let hard_coded = BEFORE.replace("url: str", "api_key: SecretStr = SecretStr('sk_live_51H8xyz')");
    fs::write(project.join("settings.py"), format!("from pydantic import SecretStr\n{HEAD}{hard_coded}")).expect("written");
    let run = |directory: &Path, workspace: &str| {
        takk_with(directory, &["check", "--format", "github"], &[("GITHUB_WORKSPACE", workspace)]).out
    };
    let here = repository.path().to_str().expect("the path is text");
    assert!(run(&project, here).contains("file=services/our app/settings.py,"), "{}", run(&project, here));
    // A path that is not above the project, or not a directory, has no effect.
    for other in ["/nowhere", "", "/usr", project.to_str().expect("the path is text")] {
        assert!(run(&project, other).contains("file=settings.py,"), "{other}");
    }
}

#[test]
fn many_files_are_read_quickly() {
    let repository = repository(BEFORE);
    for index in 0..1_000 {
        fs::write(repository.path().join(format!("module_{index}.py")), format!("value = {index}\n").repeat(50))
            .expect("written");
    }
    commit(repository.path());
    let started = std::time::Instant::now();
    let answer = takk(repository.path(), &["check", "--base", "HEAD"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{}", answer.err);
    let seconds = started.elapsed().as_secs();
    assert!(seconds < 5, "{seconds} s, on a machine that may be busy");
}

/// Files that name the version of a package, each where tools put it.
const VERSIONS: [(&str, &str); 13] = [
    (
        "uv.lock",
        "version = 1\n[[package]]\nname = \"redis\"\nversion = \"5.0.1\"\nsource = { registry = \"https://pypi.org/simple\" }\n",
    ),
    ("poetry.lock", "[[package]]\nname = \"redis\"\nversion = \"5.0.1\"\n"),
    ("pdm.lock", "[[package]]\nname = \"redis\"\nversion = \"5.0.1\"\n"),
    ("pylock.toml", "[[packages]]\nname = \"redis\"\nversion = \"5.0.1\"\n"),
    ("pylock.dev.toml", "[[packages]]\nname = \"redis\"\nversion = \"5.0.1\"\n"),
    ("Pipfile.lock", r#"{"default": {"redis": {"version": "==5.0.1"}}}"#),
    ("Pipfile", "[packages]\nredis = \"==5.0.1\"\n"),
    ("pyproject.toml", "[project]\nname = \"app\"\ndependencies = [\"redis==5.0.1\"]\n"),
    ("requirements.txt", "redis==5.0.1\n"),
    ("requirements-dev.txt", "redis==5.0.1\n"),
    ("dev-requirements.in", "redis==5.0.1\n"),
    ("requirements/base.txt", "redis==5.0.1\n"),
    ("requirements/prod.in", "redis==5.0.1\n"),
];

#[test]
fn every_file_with_versions_is_read_in_a_checkout_and_in_a_commit() {
    for (file, text) in VERSIONS {
        let repository = repository(BEFORE);
        let path = repository.path().join(file);
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        fs::write(path, text).expect("written");
        commit(repository.path());
        let options = ProjectOptions { path: repository.path().to_owned(), ..ProjectOptions::default() };
        for project in [read(&options), read_commit(&options, "HEAD")] {
            let packages = project.expect("read").manifest.packages;
            let found = packages.find("redis").and_then(|redis| redis.version.clone());
            assert_eq!(found.as_deref(), Some("5.0.1"), "{file}");
        }
    }
}
