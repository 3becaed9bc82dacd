//! How settings classes are instantiated: the projects in `tests/cases/makers_*`, with what pydantic does in them, and what every output
//! format says.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use takk::ui::{docs_markdown, dotenv_text, plan_markdown, plan_text, why_text};
use takk_model::{Declaration, Manifest, UsageKind};
use takk_plan::{PlannedVariable, State};
use takk_project::config::Home;
use takk_project::exchange::Edited;
use takk_project::ops::plan::plan;
use takk_project::ops::project::{ProjectOptions, ReadProject, read};
use takk_project::ops::why::why;
use takk_project::ops::{check, dotenv, effective};
use tempfile::TempDir;

use crate::sample;
use crate::text::plain;

const HEAD: &str =
    "from pydantic import BaseModel, Field, ValidationError\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n";

fn of(directory: &Path) -> ReadProject {
    read(&ProjectOptions { path: directory.to_owned(), ..ProjectOptions::default() }).expect("a project")
}

/// A project of these files; `settings.py` already has the imports.
fn project(files: &[(&str, &str)]) -> (TempDir, ReadProject) {
    let directory = tempfile::tempdir().expect("a directory");
    for (path, text) in files {
        let head = if *path == "settings.py" { HEAD } else { "" };
        fs::write(directory.path().join(path), format!("{head}{text}")).expect("written");
    }
    let read = of(directory.path());
    (directory, read)
}

fn variables(project: &ReadProject) -> Vec<PlannedVariable> {
    takk_plan::plan(&project.manifest, &project.environments[0], &[]).variables
}

/// The missing names if nothing is stored, sorted.
fn missing(project: &ReadProject) -> Vec<String> {
    let missing = variables(project).into_iter().filter(|variable| variable.state == State::Missing);
    let mut names: Vec<String> =
        missing.flat_map(|variable| variable.lacking().map(str::to_owned).collect::<Vec<_>>()).collect();
    names.sort();
    names
}

/// The names of all variables, sorted.
fn names(project: &ReadProject) -> Vec<String> {
    let mut names: Vec<String> = variables(project).iter().map(|variable| variable.declared.name.clone()).collect();
    names.sort();
    names
}

fn usage(project: &ReadProject, class: &str) -> (UsageKind, String) {
    let found = project.manifest.settings.iter().find(|known| known.qualname == class).expect("the class");
    (found.usage.kind, found.usage.phrase().unwrap_or_default())
}

#[test]
fn what_is_missing_is_what_pydantic_misses() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut directories: Vec<PathBuf> = fs::read_dir(cases).expect("cases").flatten().map(|entry| entry.path()).collect();
    directories.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("makers_")));
    assert!(directories.len() > 30, "{} cases", directories.len());
    let mut wrong = Vec::new();
    for directory in directories {
        let text = fs::read_to_string(directory.join("case.json")).expect("case.json");
        let told: Value = serde_json::from_str(&text).expect("JSON");
        let needed: Vec<&str> = told["needed"].as_array().expect("names").iter().filter_map(Value::as_str).collect();
        let found = missing(&of(&directory));
        if found != needed {
            wrong.push(format!("{}: needed {needed:?}, missing {found:?}", directory.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_base_and_a_part_have_no_variables_of_their_own() {
    let (_directory, project) = project(&[(
        "settings.py",
        "class Base(BaseSettings):\n    token: str\n\nclass Part(BaseSettings):\n    port: int\n\nclass App(Base, env_prefix='APP_'):\n    parts: list[Part] = []\n\napp = App()\n",
    )]);
    assert_eq!(names(&project), ["APP_PARTS", "APP_TOKEN"]);
    assert_eq!(usage(&project, "Base"), (UsageKind::BaseOnly, "only a base class of `App`".to_owned()));
    assert_eq!(usage(&project, "Part"), (UsageKind::PartOf, "part of `App.parts`".to_owned()));
    assert_eq!(usage(&project, "App"), (UsageKind::Made, "instantiated in settings.py:12".to_owned()));
    // `takk inspect` lists each class under its own names.
    assert!(project.manifest.settings.iter().any(|class| class.fields.iter().any(|field| field.env == ["TOKEN"])));
    // Nothing reads a value under the name of a base.
    assert_eq!(project.manifest.readers("TOKEN").count(), 0);
    let error = why(&mut sample::nothing_kept(&Home::none()), &project, "Base.token", &[]).expect_err("nobody reads it");
    assert!(error.message.contains("nothing reads `Base.token`"), "{}", error.message);
}

#[test]
fn an_argument_of_every_call_of_a_secret_model_is_no_variable() {
    let settings = "from takk.runtime import Secret, SecretModel\nclass Database(SecretModel):\n    password: str = Secret('/{stage}/db')\n\
                    class App(SecretModel):\n    stage: str\n    region: str\n    user: str = Secret('/{stage}/user')\n    db: Database = Database()\n";
    let made = |main: &str| {
        let (_directory, project) = project(&[("settings.py", settings), ("main.py", main)]);
        names(&project)
    };
    // Secrets are read wherever their class is instantiated, even as a part of another one, whose field has no variable of its own.
    let all = ["PASSWORD", "REGION", "STAGE", "USER"];
    assert_eq!(made("import settings\n"), all);
    assert_eq!(made("from settings import App\napp = App(stage='dev', region='eu')\n"), ["PASSWORD", "USER"]);
    let guarded = "from settings import App\nif __name__ == '__main__':\n    app = App(stage='dev')\n";
    assert_eq!(made(guarded), ["PASSWORD", "REGION", "USER"]);
    assert_eq!(
        made("from settings import App\none = App(stage='dev', region='eu')\nother = App(region='us')\n"),
        ["PASSWORD", "STAGE", "USER"]
    );
    assert_eq!(made("from settings import App\napp = App(**make())\n"), all);
}

#[test]
fn every_form_says_who_makes_a_class() {
    let (_directory, project) = project(&[
        ("settings.py", "class Base(BaseSettings):\n    token: str\n\nclass App(Base):\n    name: str\n"),
        ("main.py", "from settings import App\n\napp = App(_env_prefix='X_')\nother = App(_env_prefix='Y_', name='y')\n"),
    ]);
    assert_eq!(names(&project), ["X_NAME", "X_TOKEN", "Y_TOKEN"]);
    let home = Home::none();
    let mut platform = sample::nothing_kept(&home);
    let planned = plan(&mut platform, &project, &[]).expect("planned").plan;
    let text = plain(&plan_text::render(&planned, &[], true));
    assert!(text.contains("settings.App, instantiated in main.py:3 with _env_prefix='X_'"), "{text}");
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        one_line.contains("1 settings class reads no variables by itself: `settings.Base` is only a base class of `App`."),
        "{text}"
    );
    crate::text::assert_fits(&text);
    assert!(plan_markdown::render(&planned, &[], true).contains("only a base class of `App`"));
    let reason = why_text::render(&why(&mut platform, &project, "y_token", &[]).expect("known"), 0);
    assert!(plain(&reason).contains("instantiated in main.py:4 with _env_prefix='Y_'"), "{reason}");
    let docs = docs_markdown::render(&project.manifest, &planned);
    assert!(docs.contains("Classes that read no variables by themselves") && docs.contains("`X_NAME`"), "{docs}");
    let empty = Edited::new(String::new());
    let file = dotenv_text::render(&dotenv::dotenv(&project, &empty), &empty).expect("nothing is there to be kept");
    let file = String::from_utf8(file).expect("text");
    assert!(file.contains("X_NAME=") && file.contains("Y_TOKEN=") && !file.contains("\nTOKEN="), "{file}");
}

#[test]
fn what_is_made_under_a_condition_is_a_note() {
    let (_directory, project) = project(&[(
        "settings.py",
        "class Redis(BaseSettings):\n    redis_url: str\n\ntry:\n    redis = Redis()\nexcept ValidationError:\n    redis = None\n",
    )]);
    assert_eq!(missing(&project), [""; 0]);
    let environments = [project.environments[0].clone()];
    let found = check::check_values(
        &mut sample::nothing_kept(&Home::none()),
        &project,
        &check::Selection::default(),
        &[],
        (&environments, None),
    )
    .expect("checked");
    let notes: Vec<_> = found.iter().filter(|finding| finding.code.0 == 107).map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        notes,
        [
            "`REDIS_URL` has no value in `dev`: `Redis` needs it, instantiated in settings.py:7, with errors handled by `except ValidationError`"
        ]
    );
    assert!(!check::is_failure(&found.into_iter().filter(|finding| finding.code.0 > 100).collect::<Vec<_>>()));
}

#[test]
fn the_names_of_a_making_are_checked_and_injected() {
    let (_directory, project) = project(&[(
        "settings.py",
        "class Db(BaseSettings):\n    port: int\n    user: str\n\ndb = Db(_env_prefix='PG_', user='me')\n",
    )]);
    let environment = &project.environments[0];
    let value = |text: &str| takk_vault::SecretValue::from(text);
    let held = |name: &str| takk_model::Held {
        name: name.to_owned(),
        version: 1,
        set_at: 0,
        origin: "set".to_owned(),
        author: "ada".to_owned(),
        fingerprint: Vec::new(),
    };
    let values = [("PG_PORT".to_owned(), value("x")), ("PORT".to_owned(), value("1"))].into();
    let planned = takk_plan::plan(&project.manifest, environment, &[held("PG_PORT"), held("PORT")]);
    let around = effective::Surroundings { service: None, allowed: &[], has_value: &|_| false, beside: &|_| Vec::new() };
    let given = effective::effective(&project.manifest, environment, &planned, values, &around);
    assert_eq!(given.variables.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["PG_PORT"]);
    assert!(matches!(&given.troubles[..], [effective::Trouble::Refused { name, .. }] if name == "PG_PORT"));
}

#[test]
fn a_server_gets_the_makings_without_secrets() {
    let (_directory, project) = project(&[(
        "settings.py",
        "from pydantic import SecretStr\n\nclass Db(BaseSettings):\n    password: SecretStr = SecretStr('hunter2')\n\ndb = Db(_env_prefix='PG_')\n",
    )]);
    assert_eq!(project.manifest.variants.len(), 1);
    let environment = &project.environments[0];
    let declaration = Declaration::new(&project.manifest, environment);
    let written = declaration.written();
    let text = String::from_utf8(written.clone()).expect("UTF-8");
    assert!(!text.contains("hunter2"), "{text}");
    let read = Declaration::read(&written).expect("read back");
    assert_eq!(read.manifest.variants[0].fields[0].env, ["PG_PASSWORD"]);
    assert!(read.names().any(|(_, name)| name == "PG_PASSWORD"));
}

#[test]
fn a_manifest_of_before_counts_as_made_by_somebody() {
    let (_directory, project) = project(&[("settings.py", "class A(BaseSettings):\n    one: str\n\na = A()\n")]);
    let mut json = serde_json::to_value(&project.manifest).expect("JSON");
    json["settings"][0].as_object_mut().expect("a class").remove("usage");
    json.as_object_mut().expect("a manifest").remove("variants");
    let old: Manifest = serde_json::from_value(json).expect("an older manifest");
    assert_eq!(old.settings[0].usage.kind, UsageKind::NotMadeHere);
    let planned = takk_plan::plan(&old, &project.environments[0], &[]);
    assert_eq!(planned.variables[0].state, State::Missing);
}

#[test]
fn names_that_only_run_time_decides_are_told() {
    let (_directory, project) = project(&[(
        "settings.py",
        "import os\n\nclass Db(BaseSettings):\n    host: str\n\ndb = Db(_env_prefix=os.environ['TENANT'])\n",
    )]);
    assert!(project.findings.iter().any(|finding| finding.code.0 == 2), "{:#?}", project.findings);
    assert!(!names(&project).contains(&"HOST".to_owned()));
}

#[test]
fn test_code_makes_nothing_unless_it_is_asked_for() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::create_dir(directory.path().join("tests")).expect("made");
    let settings = "class Base(BaseSettings):\n    token: str\n\nclass App(Base):\n    pass\n\nApp(token='t')\n";
    fs::write(directory.path().join("settings.py"), format!("{HEAD}{settings}")).expect("written");
    fs::write(directory.path().join("tests/test_it.py"), "from settings import Base\n\nBase()\n").expect("written");
    assert_eq!(missing(&of(directory.path())), [""; 0]);
    let options = ProjectOptions { path: directory.path().to_owned(), include_tests: true, ..ProjectOptions::default() };
    assert_eq!(missing(&read(&options).expect("a project")), ["TOKEN"]);
}

#[test]
fn calls_that_call_each_other_end() {
    let mut text = String::from("class A(BaseSettings):\n    one: str\n\n");
    for at in 0..6 {
        let next = if at == 5 { "cls()".to_owned() } else { format!("f{}(cls)", at + 1) };
        let body = format!("    {next}\n").repeat(40);
        text.extend([format!("def f{at}(cls):\n"), body]);
    }
    text.push_str("def g(cls):\n    return g(cls)\n\nf0(A)\ng(A)\n");
    let started = std::time::Instant::now();
    let (_directory, project) = project(&[("settings.py", &text)]);
    assert_eq!(missing(&project), ["ONE"]);
    assert!(started.elapsed() < std::time::Duration::from_mins(1), "{:?}", started.elapsed());
}
