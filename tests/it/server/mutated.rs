//! Mutated manifests: the server either refuses each one or can show it.

use serde_json::{Value, json};

use super::manifests::inspected;
use super::pages::Browser;
use super::{Server, in_shop};
use crate::values::number;

const SETTINGS: &str = r#"from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal

from pydantic import BaseModel, Field, PostgresDsn, RedisDsn, SecretStr
from pydantic_settings import BaseSettings


class Level(Enum):
    low = "low"
    high = 2


class Limits(BaseModel):
    requests: int = Field(ge=1)
    wait: timedelta


class Settings(BaseSettings, env_nested_delimiter="__"):
    key: SecretStr = Field(min_length=20, pattern="^[a-z]+$")
    database_url: PostgresDsn
    cache: RedisDsn | None = None
    hosts: list[str] = ["a"]
    level: Level
    mode: Literal["debug", "info"] = "info"
    price: Annotated[Decimal, Field(max_digits=5)]
    limits: Limits
"#;

/// A pseudorandom sequence: the same for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % most
    }
}

/// The pointers of all values in a document.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(name, inner)| {
                places(inner, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            });
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, inner)| places(inner, &format!("{at}/{number}"), found));
        }
        _ => {}
    }
}

/// Puts something unexpected at a pointer.
fn strange(chance: &mut Chance, manifest: &Value, places: &[String], at: &str) -> Value {
    let mut deep = json!("int");
    let last = |place: &str| place.rsplit('/').next().map(str::to_owned);
    let alike: Vec<&String> = places.iter().filter(|place| last(place) == last(at)).collect();
    // A value of the same name elsewhere has the type that is expected here.
    if chance.below(3) > 0 {
        return manifest.pointer(alike[chance.below(alike.len())]).cloned().expect("it is there");
    }
    match chance.below(14) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(u64::MAX),
        5 => json!(1e308),
        6 => json!(""),
        7 => json!("a\u{202e}\u{0}b"),
        8 => json!("x".repeat(10_000)),
        9 => json!("^((a{1000}){1000}){1000}$"),
        10 => json!("(?=a)(b|b|b)*$["),
        11 => json!([]),
        12 => json!({}),
        _ => {
            (0..chance.below(60)).for_each(|_| deep = json!({ "list": deep }));
            deep
        }
    }
}

#[test]
fn no_manifest_breaks_the_server() {
    let server = Server::start();
    server.shop();
    let manifest = inspected(SETTINGS);
    let mut found = Vec::new();
    places(&manifest, "", &mut found);
    let mut chance = Chance(u64::from(number("TAKK_SEED", 1)));
    let mut ada = Browser::signed_in(&server, &server.owner);
    let page = |rest: &str| format!("/projects/shop/environments/dev/{rest}");
    let mut kept = 0;
    for turn in 0..number("TAKK_MANIFESTS", 150) {
        let mut mutated = manifest.clone();
        for _ in 0..=chance.below(3) {
            let place = &found[chance.below(found.len())];
            let new = strange(&mut chance, &manifest, &found, place);
            // Its parent may already be gone.
            if let Some(old) = mutated.pointer_mut(place) {
                *old = new;
            }
        }
        let put = server.own("PUT", &in_shop("dev", "manifest"), Some(mutated.clone()));
        assert!(matches!(put.status, 200 | 400), "{turn}: {} {}: {mutated}", put.status, put.text);
        if put.status == 400 {
            continue;
        }
        kept += 1;
        let plan = server.own("GET", &in_shop("dev", "plan"), None).expect(200);
        for rest in ["resources", "set"] {
            let shown = ada.show(&page(rest));
            assert_eq!(shown.status, 200, "{turn}: {rest}: {}: {mutated}", shown.text);
        }
        for name in plan["variables"].as_array().expect("a list").iter().filter_map(|variable| variable["name"].as_str()) {
            let checked = ada.fill(&page("set"), &page("check"), &[("name", name), ("value", "[1, {\"a\": 2}]")]);
            assert_eq!(checked.status, 200, "{turn}: {name}: {}: {mutated}", checked.text);
            let made = ada.fill(&page("set"), &page("generate"), &[("name", name)]);
            assert!(matches!(made.status, 200 | 400), "{turn}: {name}: {} {}: {mutated}", made.status, made.text);
        }
    }
    assert!(kept > 50, "{kept} were taken");
}
