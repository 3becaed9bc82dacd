//! Repositories with several packages: unresolved bases are reported, those that need one package are grouped, and long lists are folded.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::process::takk;

const HEAD: &str = "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n";

fn project(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (file, text) in files {
        let path = directory.path().join(file);
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        fs::write(path, text).expect("written");
    }
    directory
}

/// A base with a prefix.
fn base(prefix: &str) -> String {
    format!("{HEAD}class Base(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix=\"{prefix}\")\n")
}

fn derived(from: &str) -> String {
    format!("from {from} import Base\n\n\nclass Settings(Base):\n    token: str\n")
}

fn findings(directory: &Path) -> Vec<Value> {
    let answer = takk(directory, &["check", "--format", "json"]);
    let value: Value = serde_json::from_str(&answer.out).expect("JSON");
    value["findings"].as_array().cloned().unwrap_or_default()
}

fn messages(findings: &[Value], code: &str) -> Vec<String> {
    let of_code = findings.iter().filter(|finding| finding["code"] == code);
    of_code.map(|finding| format!("{} | {}", finding["message"], finding["help"]).replace(['"', '\\'], "")).collect()
}

/// The classes of a project with the variables of their fields.
fn variables(directory: &Path) -> Vec<String> {
    let answer = takk(directory, &["inspect", "--format", "json"]);
    let value: Value = serde_json::from_str(&answer.out).expect("JSON");
    let classes = value["settings"].as_array().expect("classes").iter();
    let fields = classes.flat_map(|class| class["fields"].as_array().expect("fields").iter());
    fields.filter_map(|field| field["env"][0].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_module_in_two_places_as_near_is_told_and_not_guessed() {
    let (one, two, settings) = (base("ONE_"), base("TWO_"), derived("common.base"));
    let files = [("libs/one/common/base.py", &*one), ("libs/two/common/base.py", &*two), ("api/settings.py", &*settings)];
    let directory = project(&files);
    let told = messages(&findings(directory.path()), "TK001");
    let expected = "class `Settings` derives from `Base`, imported from `common`, which takk cannot resolve | `common` is in `libs/one`, \
                    `libs/two`, none of which is nearest: name the directory it is imported from in `python-roots` of `[tool.takk]`";
    assert_eq!(told, [expected]);
    let inspected = takk(directory.path(), &["inspect", "--format", "json"]).out;
    assert!(inspected.contains("\"qualname\": \"Settings\"") && variables(directory.path()).is_empty(), "{inspected}");
    fs::write(directory.path().join("takk.toml"), "python-roots = [\"libs/two\"]\n").expect("written");
    assert!(findings(directory.path()).is_empty());
    assert_eq!(variables(directory.path()), ["TWO_TOKEN"]);
}

#[test]
fn copies_of_one_module_are_the_same() {
    let (copy, settings) = (base("X_"), derived("common.base"));
    let files = [("libs/one/common/base.py", &*copy), ("libs/two/common/base.py", &*copy), ("api/settings.py", &*settings)];
    let directory = project(&files);
    assert!(findings(directory.path()).is_empty());
    assert_eq!(variables(directory.path()), ["X_TOKEN"]);
}

#[test]
fn a_base_of_the_project_that_is_not_found_is_told_whatever_its_name() {
    let (here, settings) = (base("X_"), derived("common.gone"));
    let directory =
        project(&[("libs/one/common/__init__.py", ""), ("libs/one/common/base.py", &here), ("api/x.py", &settings)]);
    let told = messages(&findings(directory.path()), "TK001");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("`common` is in `libs/one` of this project, and `common.gone.Base` does not exist there"),
        "{told:?}"
    );
}

#[test]
fn parts_of_two_packages_of_one_name_are_not_mixed() {
    let (one, two) = (base("ONE_"), base("TWO_"));
    let settings =
        "from common.base import Base\nfrom common.extra import Extra\n\n\nclass Settings(Base, Extra):\n    token: str\n";
    let extra = two.replace("class Base", "class Extra");
    let files = [
        ("api/settings.py", settings),
        ("libs/common/__init__.py", ""),
        ("libs/common/base.py", &*one),
        ("old/deep/common/__init__.py", ""),
        ("old/deep/common/extra.py", &*extra),
    ];
    let directory = project(&files);
    assert_eq!(messages(&findings(directory.path()), "TK001").len(), 1);
}

const LOCK: &str = "version = 1\n\n[[package]]\nname = \"acme-settings\"\nversion = \"1.2.3\"\nsource = { registry = \"https://pypi.org/simple\" }\n";

#[test]
fn a_package_that_is_not_installed_is_told_once_with_its_version() {
    let class = |name: &str, noqa: &str| {
        format!("from acme_settings.base import AcmeSettings\n\n\nclass {name}(AcmeSettings):{noqa}\n    token: str\n")
    };
    let (a, b, c) = (class("A", ""), class("B", ""), class("C", ""));
    let directory = project(&[("uv.lock", LOCK), ("a.py", &a), ("b.py", &b), ("c.py", &c)]);
    let found = findings(directory.path());
    let expected = "3 classes derive from bases in `acme-settings`, which takk cannot resolve: `A`, `B`, `C` | install `acme-settings` 1.2.3 \
                    into the project's .venv (`uv sync`; uv.lock:5), or pass the virtual environment that has it with `--venv`";
    assert_eq!(messages(&found, "TK001"), [expected]);
    assert_eq!(found[0]["also"].as_array().expect("places").len(), 2);
    // A `noqa` only affects its own class.
    fs::write(directory.path().join("a.py"), class("A", "  # noqa: TK001")).expect("written");
    let found = findings(directory.path());
    assert_eq!((found[0]["place"]["file"].as_str(), found[0]["also"].as_array().map(Vec::len)), (Some("b.py"), Some(1)));
    let silent = "[per-file-ignores]\n\"*.py\" = [\"TK001\"]\n";
    fs::write(directory.path().join("takk.toml"), silent).expect("written");
    assert!(findings(directory.path()).is_empty());
}

#[test]
fn many_proposals_are_folded_after_what_is_wrong() {
    let mut reads = String::from("import os\n\n");
    for at in 0..20 {
        writeln!(reads, "A{at} = os.environ[\"A{at}\"]").expect("text");
    }
    let wrong = format!("{HEAD}class Settings(BaseSettings):\n    token: LogLevel\n");
    let directory = project(&[("a.py", &reads), ("z.py", &wrong)]);
    let text = takk(directory.path(), &["check"]);
    assert_eq!(text.code, 1);
    assert!(text.out.starts_with("z.py:5:"), "errors come first: {}", text.out);
    assert_eq!(text.out.matches("TK013").count(), 4, "{}", text.out);
    assert!(text.out.ends_with("TK013: … 17 more proposals, --all shows them\n"), "{}", text.out);
    let all = takk(directory.path(), &["check", "--all"]).out;
    assert!(all.matches(": TK013: ").count() == 20 && !all.contains("--all"), "{all}");
    let codes: Vec<Value> = findings(directory.path()).iter().map(|finding| finding["code"].clone()).collect();
    assert_eq!((codes.len(), &codes[0]), (21, &Value::from("TK020")), "programs get all of them, in the same order");
}

#[test]
fn types_are_compared_within_one_program() {
    let class = |kind: &str| {
        format!("from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    port: {kind} = 1\n")
    };
    let (int, float) = (class("int"), class("float"));
    let own = "[project]\nname = \"x\"\nversion = \"1\"\n";
    let mut files = vec![
        ("services/a/pyproject.toml", own),
        ("services/a/a_app/__init__.py", ""),
        ("services/a/a_app/settings.py", &*int),
        ("services/b/pyproject.toml", own),
        ("services/b/b_app/__init__.py", ""),
        ("services/b/b_app/settings.py", &*float),
    ];
    let conflicts = |files: &[(&str, &str)]| messages(&findings(project(files).path()), "TK003").len();
    assert_eq!(conflicts(&files), 0, "each runs by itself");
    files.push(("services/c/requirements.txt", ""));
    files.push(("services/c/main.py", "import a_app.settings\nimport b_app.settings\n"));
    assert_eq!(conflicts(&files), 1, "one program imports both");
    files.truncate(6);
    files.push(("services/b/b_app/main.py", "from a_app import settings\n"));
    assert_eq!(conflicts(&files), 1, "one imports the other");
    assert_eq!(conflicts(&[("x/settings.py", &*int), ("y/settings.py", &*float)]), 1, "nothing parts them");
}

#[test]
fn long_lists_of_nested_variables_are_folded() {
    let fields = (0..9).map(|at| format!("    f{at}: int = 0\n")).collect::<Vec<_>>().concat();
    let settings = format!(
        "from pydantic import BaseModel\n{HEAD}class Part(BaseModel):\n{fields}\n\nclass Settings(BaseSettings):\n    \
         model_config = SettingsConfigDict(env_nested_delimiter=\"__\")\n    part: Part = Part()\n"
    );
    let directory = project(&[("settings.py", &settings)]);
    let plan = takk(directory.path(), &["plan"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plan.contains("or one by one: PART__F0, PART__F1, PART__F2, PART__F3, … 5 more, --all shows them"), "{plan}");
    let all = takk(directory.path(), &["plan", "--all"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(all.contains("PART__F7, PART__F8") && !all.contains("5 more"), "{all}");
}

#[test]
fn two_pinned_versions_are_both_named() {
    let lock = "version = 1\n\n[[package]]\nname = \"pydantic\"\nversion = \"2.6.1\"\n\n[[package]]\nname = \"pydantic\"\nversion = \"2.11.3\"\n";
    let settings = format!("{HEAD}class Settings(BaseSettings):\n    x: int = 1\n");
    let directory = project(&[("uv.lock", lock), ("requirements.txt", "pydantic==2.9.0\n"), ("settings.py", &settings)]);
    let told = messages(&findings(directory.path()), "TK034");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("`pydantic` is pinned to 2.11.3 and to 2.6.1 (uv.lock:5) and 2.9.0 (requirements.txt:1)"),
        "{told:?}"
    );
}
