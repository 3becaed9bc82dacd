//! SQLAlchemy URLs: the driver that takk puts into them, and how SQLAlchemy itself reads them.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::Project;
use crate::python::{run, venv};

/// The package that reads the composed URLs.
const SQLALCHEMY: [&str; 1] = ["sqlalchemy==2.0.44"];

/// Prints how SQLAlchemy reads the URL in `URL`.
const ASK: &str = "
import json, os
from sqlalchemy import make_url
url = make_url(os.environ['URL'])
dialect = url.get_dialect(_is_async=bool(os.environ.get('ASYNC')))
print(json.dumps({
    'url': [url.get_backend_name(), url.get_driver_name()],
    'dialect': dialect.driver,
    'asynchronous': dialect.is_async,
    'parts': [url.username, url.password, url.host, url.port, url.database],
}))
";

/// A settings class with the parts of a database and a SQLAlchemy URL, in variables with that prefix.
fn settings(tags: &str, name_tag: &str, url: &str) -> String {
    format!(
        r"
from typing import Annotated

from pydantic import MariaDBDsn, MySQLDsn, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings
from takk.secrets import ResourceTags, SqlalchemyMySQLDsn, SqlalchemyPostgresDsn


class Settings(BaseSettings):
    db_host: Annotated[str, ResourceTags.{tags}_host]
    db_port: Annotated[int, ResourceTags.{tags}_port] = 1
    db_user: Annotated[str, ResourceTags.{tags}_username]
    db_password: Annotated[SecretStr, ResourceTags.{tags}_password]
    db_name: Annotated[str, ResourceTags.{tags}_{name_tag}]
    url: {url}
"
    )
}

fn postgres(url: &str) -> String {
    settings("psql", "name", url)
}

/// A project with these packages in its lock file, and the parts of its database stored.
fn project(settings: &str, locked: &[&str]) -> Project {
    let project = Project::with(settings);
    lock(&project, locked);
    for (name, value) in [
        ("DB_HOST", "db.local"),
        ("DB_PORT", "6432"),
        ("DB_USER", "ad@a"),
        ("DB_PASSWORD", "p@ss:w/rd?#[]%"),
        ("DB_NAME", "shop"),
    ] {
        project.set(name, value);
    }
    project
}

fn lock(project: &Project, packages: &[&str]) {
    let entry = |name: &&str| format!("\n[[package]]\nname = \"{name}\"\nversion = \"1.2.3\"\n");
    let text: String = packages.iter().map(entry).collect();
    fs::write(project.root().join("uv.lock"), format!("version = 1\n{text}")).expect("written");
}

/// What a command gets as `URL`.
fn url(project: &Project) -> String {
    let answer = project.takk(&["run", "--", "printenv", "URL"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    answer.out.trim_end().to_owned()
}

#[test]
fn sqlalchemy_reads_each_composed_url_and_takes_the_chosen_driver() {
    let mysql = |url| settings("mysql", "db", url);
    let python = venv(&SQLALCHEMY).join("bin/python");
    for (settings, package, dialect, driver, asynchronous) in [
        (postgres("SqlalchemyPostgresDsn"), "asyncpg", "postgresql", "asyncpg", true),
        (postgres("SqlalchemyPostgresDsn"), "psycopg", "postgresql", "psycopg", false),
        (postgres("SqlalchemyPostgresDsn"), "psycopg", "postgresql", "psycopg", true),
        (postgres("SqlalchemyPostgresDsn"), "psycopg2-binary", "postgresql", "psycopg2", false),
        (postgres("SqlalchemyPostgresDsn"), "pg8000", "postgresql", "pg8000", false),
        (mysql("SqlalchemyMySQLDsn"), "aiomysql", "mysql", "aiomysql", true),
        (mysql("SqlalchemyMySQLDsn"), "asyncmy", "mysql", "asyncmy", true),
        (mysql("SqlalchemyMySQLDsn"), "mysqlclient", "mysql", "mysqldb", false),
        (mysql("SqlalchemyMySQLDsn"), "pymysql", "mysql", "pymysql", false),
        (mysql("SqlalchemyMySQLDsn"), "mysql-connector-python", "mysql", "mysqlconnector", false),
    ] {
        let composed = url(&project(&settings, &[package, "sqlalchemy"]));
        let mut ask = Command::new(&python);
        ask.args(["-c", ASK]).env("URL", &composed).env("ASYNC", if asynchronous { "1" } else { "" });
        let read: Value = serde_json::from_str(&run(&mut ask)).expect("JSON");
        let parts = json!(["ad@a", "p@ss:w/rd?#[]%", "db.local", 6432, "shop"]);
        assert_eq!(read["url"], json!([dialect, driver]), "{composed}");
        assert_eq!((&read["parts"], &read["asynchronous"]), (&parts, &json!(asynchronous)), "{composed}");
        // psycopg has a dialect for synchronous and one for asynchronous engines.
        let dialect = read["dialect"].as_str().expect("a name").trim_end_matches("_async");
        assert_eq!(dialect, driver, "{composed}");
    }
}

/// Prints which kinds of engine each of the schemes in the arguments works with.
const ENGINES: &str = "
import json, sys
from sqlalchemy import make_url
def engines(scheme):
    url = make_url(scheme + '://localhost/a')
    sync = [] if url.get_dialect(_is_async=False).is_async else ['sync']
    return sync + (['async'] if url.get_dialect(_is_async=True).is_async else [])
print(json.dumps([[scheme, engines(scheme)] for scheme in sys.argv[1:]]))
";

#[test]
fn sqlalchemy_says_of_every_driver_what_the_catalog_says() {
    let known: Vec<(String, Value)> = takk_catalog::catalog()
        .kinds()
        .flat_map(|kind| kind.drivers.iter().filter_map(|driver| Some((kind.dialect?, driver))))
        .map(|(dialect, driver)| (format!("{dialect}+{}", driver.name), json!(driver.engines)))
        .collect();
    assert!(known.len() >= 11);
    let mut ask = Command::new(venv(&SQLALCHEMY).join("bin/python"));
    ask.args(["-c", ENGINES]).args(known.iter().map(|(scheme, _)| scheme));
    let said: Vec<(String, Value)> = serde_json::from_str(&run(&mut ask)).expect("JSON");
    assert_eq!(said, known);
}

#[test]
fn without_a_driver_the_url_is_plain_and_a_plain_address_never_names_one() {
    assert!(url(&project(&postgres("SqlalchemyPostgresDsn"), &["sqlalchemy"])).starts_with("postgresql://ad%40a:"));
    assert!(url(&project(&postgres("PostgresDsn"), &["asyncpg", "sqlalchemy"])).starts_with("postgresql://ad%40a:"));
}

#[test]
fn what_is_stored_stays_and_its_parts_are_taken_out() {
    let conninfo = "\n    info: Annotated[str, Template([ResourceTags.psql_host, ' ', ResourceTags.psql_password])]\n";
    let source = format!(
        "from typing import Annotated\nfrom pydantic_settings import BaseSettings\n\
         from takk.secrets import ResourceTags, SqlalchemyPostgresDsn, Template\n\n\nclass Settings(BaseSettings):\n    \
         url: SqlalchemyPostgresDsn{conninfo}"
    );
    let project = Project::with(&source);
    lock(&project, &["asyncpg", "sqlalchemy"]);
    project.set("URL", "postgresql+asyncpg://ada:p%40ss@db.local/shop");
    assert_eq!(project.takk(&["run", "--", "printenv", "INFO"]).out, "db.local p@ss\n");
    project.set("URL", "postgresql://ada:pw@db.local/shop");
    assert_eq!(url(&project), "postgresql://ada:pw@db.local/shop");
}

#[test]
fn the_plan_and_why_say_which_driver_and_the_reason() {
    let project = project(&postgres("SqlalchemyPostgresDsn"), &["asyncpg", "psycopg2", "sqlalchemy"]);
    let engine = "from sqlalchemy import create_engine\n\nengine = create_engine(url)\n";
    fs::write(project.root().join("db.py"), engine).expect("written");
    let said = "postgresql+psycopg2://, as psycopg2 1.2.3 is locked, and works with the engine";
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plan = one_line(&project.takk(&["plan", "--env", "dev", "--all"]).out);
    assert!(plan.contains(said) && plan.contains("the code creates (db.py:3)"), "{plan}");
    let why = one_line(&project.takk(&["why", "URL"]).out);
    assert!(why.contains(said), "{why}");

    let plan: Value = serde_json::from_str(&project.takk(&["plan", "--env", "dev", "--format", "json"]).out).expect("JSON");
    let variables = plan["environments"][0]["variables"].as_array().expect("variables");
    let variable = variables.iter().find(|variable| variable["name"] == "URL").expect("planned");
    assert_eq!(
        variable["driver"],
        json!({
            "scheme": "postgresql+psycopg2", "driver": "psycopg2", "rule": "engine",
            "reason": "psycopg2 1.2.3 is locked, and works with the engine that the code creates",
            "package": "psycopg2", "package_version": "1.2.3",
            "place": {"file": "db.py", "line": 3, "column": 10},
        })
    );
}

#[test]
fn who_has_to_type_a_url_is_shown_one() {
    let project = Project::with(&postgres("SqlalchemyPostgresDsn"));
    lock(&project, &["asyncpg", "sqlalchemy"]);
    let example = "postgresql+asyncpg://user:password@localhost:5432/database";
    let missing = project.takk(&["secrets", "set"]);
    assert!(missing.out.contains(&format!("such as {example}")), "{}", missing.out);
    let generated = project.takk(&["secrets", "set", "URL", "--generate"]);
    assert!(generated.err.contains(&format!("it looks like {example}")), "{}", generated.err);
}

#[test]
fn a_stored_url_whose_driver_is_not_locked_is_found() {
    let project = project(&postgres("SqlalchemyPostgresDsn"), &["asyncpg", "sqlalchemy"]);
    let check = |value: &str| {
        project.set("URL", value);
        project.takk(&["check", "--env", "dev", "--select", "TK106"])
    };
    let found = check("postgresql+psycopg2://ada:hunter2@db.local/shop");
    assert_eq!(found.code, 1, "{}", found.out);
    assert!(found.out.contains("the value of `URL` in `dev` uses the driver psycopg2, which is in no lock"), "{}", found.out);
    assert!(!found.out.contains("hunter2"));
    assert_eq!(check("postgresql+asyncpg://ada:pw@db.local/shop").code, 0);
    assert_eq!(check("postgresql://ada:pw@db.local/shop").code, 0);
}
