//! Values that are composed from stored ones.

use super::Project;

const SETTINGS: &str = r#"
from typing import Annotated

from pydantic import PostgresDsn, SecretStr
from pydantic_settings import BaseSettings
from takk.secrets import ResourceTags, Template


class Parts(BaseSettings):
    pg_host: Annotated[str, ResourceTags.psql_host]
    pg_port: Annotated[int, ResourceTags.psql_port] = 5432
    pg_user: Annotated[str, ResourceTags.psql_username]
    pg_password: Annotated[SecretStr, ResourceTags.psql_password]
    pg_name: Annotated[str, ResourceTags.psql_name]


class Whole(BaseSettings):
    database_url: PostgresDsn
    conninfo: Annotated[str, Template(["host=", ResourceTags.psql_host, " user=", ResourceTags.psql_username])]
    report_url: Annotated[
        str, Template(["postgresql://", ResourceTags.psql_username, ":", ResourceTags.psql_password, "@report/x"])
    ]
"#;

/// What a command gets for these variables, one per line.
fn given(project: &Project, names: &[&str]) -> String {
    let answer = project.takk(&[&["run", "--", "printenv"][..], names].concat());
    assert_eq!(answer.code, 0, "{}", answer.err);
    answer.out
}

#[test]
fn an_address_is_put_together_from_its_parts() {
    let project = Project::with(SETTINGS);
    for (name, value) in [("PG_HOST", "db.local"), ("PG_USER", "ad@a"), ("PG_PASSWORD", "p@ss:w/rd?#[]"), ("PG_NAME", "shop")] {
        project.set(name, value);
    }
    let plan = project.takk(&["plan", "--env", "dev", "--all"]).out;
    assert!(plan.contains("composed from PG_USER, PG_PASSWORD, PG_HOST and PG_NAME"), "{plan}");
    assert!(plan.contains("nothing is missing"), "{plan}");
    assert_eq!(
        given(&project, &["DATABASE_URL", "CONNINFO", "REPORT_URL"]),
        "postgresql://ad%40a:p%40ss%3Aw%2Frd%3F%23%5B%5D@db.local/shop\nhost=db.local user=ad@a\n\
         postgresql://ad%40a:p%40ss%3Aw%2Frd%3F%23%5B%5D@report/x\n"
    );
    project.set("PG_PORT", "6432");
    assert!(given(&project, &["DATABASE_URL"]).contains("@db.local:6432/shop"));
    // A composed value that contains a secret is a secret, even if its parts are not passed on.
    let masked = project.takk(&["run", "--redact", "--", "printenv", "REPORT_URL"]).out;
    assert_eq!(masked, "[redacted REPORT_URL]\n");
    // A value that is stored as a whole takes precedence.
    project.set("DATABASE_URL", "postgresql://localhost/own");
    assert_eq!(given(&project, &["DATABASE_URL"]), "postgresql://localhost/own\n");
}

#[test]
fn parts_are_taken_out_of_the_address() {
    let whole = SETTINGS.replace("class Parts(BaseSettings):", "class Parts:");
    let project = Project::with(&whole);
    let missing = project.takk(&["run", "--", "true"]);
    assert!(missing.err.contains("CONNINFO") && missing.err.contains("DATABASE_URL"), "{}", missing.err);
    project.set("DATABASE_URL", "postgresql://ad%40a:p%40ss@db.local:5432/shop");
    assert_eq!(given(&project, &["CONNINFO", "REPORT_URL"]), "host=db.local user=ad@a\npostgresql://ad%40a:p%40ss@report/x\n");
    let check = project.takk(&["check", "--env", "dev"]);
    assert_eq!(check.code, 0, "{}", check.out);
    project.set("DATABASE_URL", "postgresql://db.local/shop");
    let answer = project.takk(&["run", "--", "true"]);
    assert_eq!(answer.code, 2, "it names no user");
    assert!(answer.err.contains("CONNINFO"), "{}", answer.err);
}
