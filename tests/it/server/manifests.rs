//! Manifests: uploading them, keeping them, and comparing them with the values of an environment.

use std::fs;

use serde_json::{Value, json};

use super::{Server, in_shop};

const SETTINGS: &str = r#"from typing import Annotated, Literal

from pydantic import Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    key: SecretStr
    database_url: PostgresDsn
    port: int = Field(ge=1, le=65535, description="Where it listens")
    level: Literal["debug", "info"] = "info"
    token: SecretStr = SecretStr("hunter2")
    note: str | None = None
"#;

/// The output of `takk inspect` for a project with these settings.
pub(super) fn inspected(settings: &str) -> Value {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("settings.py"), settings).expect("written");
    fs::write(directory.path().join("pyproject.toml"), "[project]\nname = \"shop\"\n").expect("written");
    let mut command = super::command(&directory.path().join("home"));
    let output = command.args(["inspect", "--format", "json"]).arg(directory.path()).output().expect("run");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_manifest_is_set_against_what_is_held() {
    let server = Server::start();
    server.shop();
    let manifest = inspected(SETTINGS);
    let nothing = server.own("GET", &in_shop("dev", "plan"), None);
    assert_eq!(nothing.status, 404);
    assert!(nothing.text.contains("takk push --env dev"), "{}", nothing.text);
    let put = |environment| server.own("PUT", &in_shop(environment, "manifest"), Some(manifest.clone()));
    assert_eq!(put("dev").expect(200), json!({"changed": true, "missing": 2}), "KEY is set in the shop");
    assert_eq!(put("dev").expect(200), json!({"changed": false, "missing": 2}));
    assert_eq!(put("qa").expect(200), json!({"changed": true, "missing": 3}), "the environment is made");
    let plan = server.own("GET", &in_shop("dev", "plan"), None).expect(200);
    let variable = |name: &str| {
        let variables = plan["variables"].as_array().expect("a list");
        variables.iter().find(|variable| variable["name"] == name).unwrap_or_else(|| panic!("no {name}: {plan}")).clone()
    };
    let states = ["KEY", "DATABASE_URL", "PORT", "LEVEL", "TOKEN", "NOTE"].map(|name| variable(name)["state"].clone());
    assert_eq!(states, ["set", "missing", "missing", "default", "default", "optional"]);
    let port = variable("PORT");
    assert_eq!(port["accepts"], "an integer, at least 1, at most 65535");
    assert_eq!((&port["place"], &port["description"]), (&json!("settings.py:10"), &json!("Where it listens")));
    assert_eq!(variable("DATABASE_URL")["resource"], json!({"kind": "postgres", "name": "default", "part": "dsn"}));
    assert_eq!(variable("LEVEL")["choices"], json!(["debug", "info"]));
    assert_eq!(plan["resources"][0]["variables"], json!(["DATABASE_URL"]));
    // The default of a secret is a value.
    let kept = server.own("GET", &in_shop("dev", "manifest"), None);
    assert!(!kept.text.contains("hunter2") && !plan.to_string().contains("hunter2"));
    let tag = kept.header("etag").to_owned();
    let again = server.ask_with(&server.owner, "GET", &in_shop("dev", "manifest"), None, &[("If-None-Match", &tag)]);
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    // The kept manifest is a valid manifest itself.
    assert_eq!(server.own("PUT", &in_shop("dev", "manifest"), Some(kept.body)).expect(200)["changed"], false);
    let audit = server.own("GET", "/api/v1/projects/shop/audit", None).expect(200);
    let actions: Vec<&str> =
        audit["items"].as_array().expect("a list").iter().filter_map(|row| row["action"].as_str()).collect();
    assert_eq!(&actions[..3], ["manifest.change", "environment.create", "manifest.change"]);
}

#[test]
fn what_is_no_manifest_is_refused_with_what_to_do() {
    let server = Server::start();
    server.shop();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut manifest = inspected(SETTINGS);
        change(&mut manifest);
        manifest
    };
    let name = |name: &'static str| with(&move |manifest| manifest["settings"][0]["fields"][0]["env"] = json!([name]));
    let many = with(&|manifest| {
        let read = json!({"name": "X", "required": true, "test": false, "place": {"file": "a.py", "line": 1, "column": 1}});
        manifest["reads"] = Value::Array(vec![read; 20_000]);
    });
    let cases = [
        (json!({}), "no `schema_version`", "takk push"),
        (json!([1]), "line 1, column", "takk inspect"),
        (json!({"schema_version": 1}), "line 1, column", "takk inspect"),
        (json!({"schema_version": "one"}), "line 1, column", "takk inspect"),
        (json!({"schema_version": 0}), "schema version 0, which is too old", "upgrade the takk that sent the manifest"),
        (json!({"schema_version": 2}), "schema version 2, but this takk supports only version 1", "upgrade the server"),
        (name("A\nB"), "non-printable", ""),
        (name("A\u{202E}B"), "non-printable", ""),
        (name(""), "must not be empty", ""),
        (many, "too many variables", ""),
    ];
    for (body, why, hint) in cases {
        let answer = server.own("PUT", &in_shop("dev", "manifest"), Some(body));
        assert_eq!((answer.status, answer.body["type"].as_str()), (400, Some("/problems/invalid")), "{}", answer.text);
        assert!(answer.text.contains(why) && answer.text.contains(hint), "{why}: {}", answer.text);
    }
    assert_eq!(server.own("GET", &in_shop("dev", "manifest"), None).status, 404, "nothing was kept");
    let large = with(&|manifest| manifest["project"]["name"] = json!("x".repeat(50 << 20)));
    let answer = server.try_ask(&server.owner, "PUT", &in_shop("dev", "manifest"), Some(large), &[]);
    // A client that does not stop sending gets no response.
    assert!(answer.map_or(true, |answer| answer.body["type"] == "/problems/too-large"));
    let deep = json!({"schema_version": 1, "settings": nested(120)});
    assert_eq!(server.own("PUT", &in_shop("dev", "manifest"), Some(deep)).status, 400);
}

/// What is excessive, and how to make it so.
type Case<'c> = (&'c str, &'c dyn Fn(&mut Value));

#[test]
fn a_manifest_asks_for_no_more_than_a_multiple_of_itself() {
    let server = Server::start();
    server.shop();
    let manifest = inspected(SETTINGS);
    let fields = |manifest: &mut Value, count: usize| {
        let field = manifest["settings"][0]["fields"][2].clone();
        manifest["settings"][0]["fields"] = (0..count)
            .map(|number| {
                let mut field = field.clone();
                field["env"] = json!([format!("KEY_{number}")]);
                field
            })
            .collect();
    };
    let service = |number: usize| {
        json!({"name": format!("s{number}"), "component": "Job", "kind": "job", "port": null, "external": false, "domains": null,
            "schedule": null, "listens_to": null, "image": null, "settings": [], "variables": {}, "tags": [], "description": null,
            "options": {}, "place": {"file": "project.py", "line": 1, "column": 1}})
    };
    let url = json!({"name": "nobody", "url": "internal", "protocol": "http"});
    // Each is small itself, but what is derived from it would not be.
    let cases: [Case; 6] = [
        ("too many fields that components read", &|manifest| {
            fields(manifest, 1000);
            manifest["services"] = (0..500).map(service).collect();
            manifest["shared_settings"] = json!([{"module": "settings", "qualname": "Settings"}]);
        }),
        ("too many parts", &|manifest| manifest["settings"][0]["fields"][2]["default"] = vec![json!([]); 300_000].into()),
        ("too long", &|manifest| manifest["settings"][0]["file"] = "x".repeat(10_000).into()),
        ("too long", &|manifest| manifest["environment"] = json!({"domain": "x".repeat(10_000)})),
        ("too many URLs", &|manifest| {
            manifest["settings"][0]["fields"][2]["template"] = vec![json!({"service": url.clone()}); 2000].into();
        }),
        ("too many patterns", &|manifest| {
            let one = json!({"constrained": [{"pattern": "(a{1000}){1000}"}, "str"]});
            manifest["settings"][0]["fields"][2]["accepts"] = json!({"union": vec![one; 600]});
        }),
    ];
    for (why, change) in cases {
        let mut manifest = manifest.clone();
        change(&mut manifest);
        let answer = server.own("PUT", &in_shop("dev", "manifest"), Some(manifest));
        assert!(answer.status == 400 && answer.text.contains(why), "{why}: {}", answer.text);
    }
    // The maximum is accepted, and reported.
    let mut most = manifest.clone();
    fields(&mut most, 400);
    most["services"] = (0..200).map(service).collect();
    most["shared_settings"] = json!([{"module": "settings", "qualname": "Settings"}]);
    server.own("PUT", &in_shop("dev", "manifest"), Some(most)).expect(200);
    let plan = server.own("GET", &in_shop("dev", "plan"), None).expect(200);
    assert_eq!(plan["variables"][399]["services"].as_array().map(Vec::len), Some(200));
    assert_eq!(plan["services"][199]["variables"].as_array().map(Vec::len), Some(400));
}

/// Nested lists.
fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!([inner]))
}

#[test]
fn types_that_make_no_sense_do_no_harm() {
    let server = Server::start();
    server.shop();
    for accepts in [
        json!({"constrained": [{"ge": "x", "le": [], "multiple_of": 0, "min_length": u64::MAX, "pattern": "("}, "int"]}),
        json!({"constrained": [{"multiple_of": 0.0, "max_digits": 0, "decimal_places": u64::MAX}, "decimal"]}),
        json!({"constrained": [{"pattern": "(a{1000}){1000}"}, "str"]}),
        json!({"union": []}),
        json!({"tuple": []}),
        json!({"enum": {"values": [[], {}, null]}}),
        json!({"literal": [{"a": 1}]}),
        json!({"model": {"fields": []}}),
        json!({"url": {"name": "Own", "schemes": ["", "javascript"], "max_length": 0}}),
        json!({"uuid": 255}),
        json!({"ip": {"form": "network", "version": 9}}),
    ] {
        let mut manifest = inspected(SETTINGS);
        manifest["settings"][0]["fields"][2]["accepts"] = accepts.clone();
        server.own("PUT", &in_shop("dev", "manifest"), Some(manifest)).expect(200);
        server.own("GET", &in_shop("dev", "plan"), None).expect(200);
    }
}
