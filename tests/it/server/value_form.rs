//! The form for missing values, generated from the types of the manifest: without JavaScript, and the requests of its script.

use serde_json::{Value, json};

use super::manifests::inspected;
use super::pages::Browser;
use super::{Server, in_shop};

const SETTINGS: &str = r#"from enum import StrEnum
from typing import Literal

from pydantic import AnyUrl, Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings


class Level(StrEnum):
    DEBUG = "debug"
    INFO = "info"


class Settings(BaseSettings):
    key: SecretStr
    session_secret: SecretStr = Field(min_length=16)
    database_url: PostgresDsn
    home_page: AnyUrl
    port: int = Field(ge=1, lt=65536, description="Where it <listens>")
    ratio: float
    level: Level
    mode: Literal["a", "b"]
    is_open: bool
    hosts: list[str]
    note: str
    size: int = 10
"#;

const SET: &str = "/projects/shop/environments/dev/set";

/// A server with the manifest of the shop for `dev`.
fn told() -> Server {
    let server = Server::start();
    server.own("PUT", "/api/v1/projects/shop", None).expect(201);
    let told = server.own("PUT", &in_shop("dev", "manifest"), Some(inspected(SETTINGS))).expect(200);
    assert_eq!(told["missing"], 11);
    server
}

/// What is stored, with its origin.
fn stored(server: &Server) -> Vec<(String, String, String)> {
    let list = server.own("GET", &in_shop("dev", "values"), None).expect(200);
    let text = |held: &Value, key: &str| held[key].as_str().expect("text").to_owned();
    let held = list["values"].as_array().expect("a list").iter();
    held.map(|held| (text(held, "name"), text(held, "value"), text(held, "origin"))).collect()
}

#[test]
fn each_type_has_its_field() {
    let server = told();
    let page = Browser::signed_in(&server, &server.owner).show(SET).text;
    let field = |name: &str| {
        let (_, rest) = page.split_once(&format!("<code class=\"name\">{name}</code>")).unwrap_or_else(|| panic!("no {name}"));
        rest.split("<div class=\"field").next().expect("text").to_owned()
    };
    for (name, parts) in [
        ("KEY", &["type=\"password\"", "SecretStr", "a secret string"][..]),
        ("SESSION_SECRET", &["type=\"password\"", "name=\"generate:SESSION_SECRET\"", "with a length of at least 16"]),
        (
            "DATABASE_URL",
            &[
                "type=\"password\"",
                "name=\"part:host:DATABASE_URL\"",
                "<option>postgresql+asyncpg</option>",
                "the dsn of postgres",
            ],
        ),
        ("HOME_PAGE", &["inputmode=\"url\"", "name=\"part:host:HOME_PAGE\""]),
        (
            "PORT",
            &[
                "type=\"number\" step=\"1\" min=\"1\" max=\"65535\"",
                "Where it &#60;listens&#62;",
                "settings.Settings, settings.py:18",
            ],
        ),
        ("RATIO", &["type=\"number\" step=\"any\""]),
        ("LEVEL", &["<select", "<option>debug</option>", "<option>info</option>"]),
        ("MODE", &["<option>a</option>", "<option>b</option>"]),
        ("IS_OPEN", &["<option>true</option>", "<option>false</option>"]),
        ("HOSTS", &["<textarea", "a JSON array, each item a string"]),
        ("NOTE", &["name=\"value:NOTE\" value=\"\""]),
        ("SIZE", &["has a default", "default <code>10</code>"]),
    ] {
        let shown = field(name);
        for part in parts {
            assert!(shown.contains(part), "{name} has no {part}: {shown}");
        }
    }
    assert!(page.contains("Missing here (11)") && page.contains("ada pushed what the code needs"), "{page}");
}

#[test]
fn a_mistake_stores_nothing_and_keeps_what_may_be_seen() {
    let server = told();
    let mut browser = Browser::signed_in(&server, &server.owner);
    let fields = [
        ("value:KEY", "hunter2-key"),
        ("value:PORT", "70000"),
        ("open:PORT", "1"),
        ("value:NOTE", "a <note>"),
        ("open:NOTE", "1"),
        ("value:LEVEL", "info"),
        ("open:LEVEL", "1"),
        ("value:DATABASE_URL", "mysql://hunter2-url"),
        ("value:SESSION_SECRET", ""),
        ("generate:SESSION_SECRET", "1"),
    ];
    let page = browser.fill(SET, SET, &fields);
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("Not accepted: <code>DATABASE_URL</code>, <code>PORT</code>. Nothing was stored"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("must be less than or equal to 65535") || page.text.contains("must be less than 65536"),
        "{}",
        page.text
    );
    assert!(page.text.contains("value=\"70000\"") && page.text.contains("value=\"a &#60;note&#62;\""), "{}", page.text);
    assert!(page.text.contains("<option selected>info</option>"), "{}", page.text);
    assert!(!page.text.contains("hunter2"), "a secret is not sent back");
    assert_eq!(stored(&server), []);
    // Valid this time; a URL in its parts, and a generated secret.
    let fields = [
        ("value:KEY", "k"),
        ("version:KEY", "0"),
        ("value:PORT", "8000"),
        ("value:LEVEL", "info"),
        ("value:DATABASE_URL", ""),
        ("part:scheme:DATABASE_URL", "postgresql"),
        ("part:host:DATABASE_URL", "db"),
        ("part:port:DATABASE_URL", "5432"),
        ("part:user:DATABASE_URL", "shop"),
        ("part:password:DATABASE_URL", "p@ss/word"),
        ("part:path:DATABASE_URL", "orders"),
        ("value:SESSION_SECRET", ""),
        ("generate:SESSION_SECRET", "1"),
        ("value:HOSTS", "[\"a\",\r\n \"b\"]"),
    ];
    let done = browser.fill(SET, SET, &fields);
    assert_eq!((done.status, done.header("location")), (303, "/projects/shop/secrets"), "{}", done.text);
    let stored = stored(&server);
    let value = |name: &str| stored.iter().find(|held| held.0 == name).map(|held| (held.1.as_str(), held.2.as_str()));
    assert_eq!(value("DATABASE_URL"), Some(("postgresql://shop:p%40ss%2Fword@db:5432/orders", "set")));
    assert_eq!(value("HOSTS"), Some(("[\"a\",\n \"b\"]", "set")));
    let (made, origin) = value("SESSION_SECRET").expect("it is made up");
    assert!(made.len() >= 16 && origin == "generated", "{origin}");
    assert!(browser.show(SET).text.contains("Missing here (5)"));
}

#[test]
fn what_is_typed_is_checked_and_not_kept() {
    let server = told();
    let check = "/projects/shop/environments/dev/check";
    let before = server.own("GET", "/api/v1/projects/shop/audit", None).expect(200);
    let mut browser = Browser::signed_in(&server, &server.owner);
    let mut ask = |name: &str, value: &str| -> Value {
        let answer = browser.fill(SET, check, &[("name", name), ("value", value)]);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(!answer.text.contains("hunter2"), "{}", answer.text);
        serde_json::from_str(&answer.text).expect("JSON")
    };
    assert_eq!(ask("PORT", "80"), json!({"verdict": "accepted"}));
    assert_eq!(ask("PORT", "hunter2")["verdict"], "refused");
    assert_eq!(ask("LEVEL", "hunter2")["verdict"], "refused");
    assert_eq!(ask("DATABASE_URL", "hunter2://x")["verdict"], "refused");
    assert_eq!(ask("HOSTS", "[\"a\"]")["verdict"], "accepted");
    assert_eq!(ask("NOBODY_READS_IT", "x")["verdict"], "accepted");
    let generate = "/projects/shop/environments/dev/generate";
    let made = browser.fill(SET, generate, &[("name", "SESSION_SECRET")]);
    let made: Value = serde_json::from_str(&made.text).expect("JSON");
    assert!(made["value"].as_str().is_some_and(|made| made.len() >= 16), "{made}");
    assert_eq!(browser.fill(SET, generate, &[("name", "PORT")]).status, 400);
    let after = server.own("GET", "/api/v1/projects/shop/audit", None).expect(200);
    let rows =
        |log: &Value| log["items"].as_array().expect("a list").iter().filter(|row| row["action"] != "session.begun").count();
    assert_eq!(rows(&after), rows(&before));
    assert!(!server.log().contains("hunter2"));
    // Not for members who may not write.
    server.own("PUT", "/api/v1/projects/shop/members/eve", Some(json!({"role": "viewer"}))).expect(200);
    let viewer = server.member("viewer", "viewer");
    let mut viewer = Browser::signed_in(&server, &viewer);
    for route in [check, generate] {
        assert_eq!(viewer.fill("/", route, &[("name", "PORT"), ("value", "1")]).status, 403, "{route}");
        assert_eq!(browser.send_without_form_token(route).status, 403, "{route}");
    }
}
