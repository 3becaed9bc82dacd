//! The schemas of JSON outputs, generated from the types and stored in docs/schema. `TAKK_UPDATE=1` writes them.

use std::path::Path;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use serde_json::Value;
use takk::ui::{json, provision_text, sessions_text, up_events};
use takk_model::Manifest;
use takk_project::config::Home;
use takk_project::ops::project::{self, ProjectOptions};
use takk_project::ops::{inspect, plan};

use crate::sample;

/// Compares the schema of a type with the stored one, or writes it.
fn assert_kept<T: JsonSchema>(name: &str) -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<T>().to_value();
    let text = json::json(&schema).expect("JSON");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema").join(name);
    if std::env::var_os("TAKK_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        std::fs::write(&path, &text).expect("written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "docs/schema/{name} is not what the types say: run the tests with TAKK_UPDATE=1");
    schema
}

#[test]
fn what_up_and_its_siblings_print_follows_its_schema() {
    for (name, schema) in [
        ("up-event.json", assert_kept::<up_events::EventLine>("up-event.json")),
        ("up-preview.json", assert_kept::<Vec<up_events::Preview>>("up-preview.json")),
        ("ps.json", assert_kept::<Vec<up_events::SeenServer>>("ps.json")),
        ("sessions.json", assert_kept::<sessions_text::SessionsOf>("sessions.json")),
        ("provision-preview.json", assert_kept::<Vec<provision_text::StatementsOf>>("provision-preview.json")),
        ("admin-address.json", assert_kept::<provision_text::CheckedAddress>("admin-address.json")),
        ("admin-addresses.json", assert_kept::<Vec<provision_text::ListedAddress>>("admin-addresses.json")),
        ("status.json", assert_kept::<up_events::Readiness>("status.json")),
    ] {
        assert!(
            !jsonschema::validator_for(&schema).expect("a schema").is_valid(&serde_json::json!({})),
            "{name} checks nothing"
        );
    }
}

/// Checks that the output of a command follows its stored schema.
pub(crate) fn assert_follows(name: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema").join(name);
    let schema = serde_json::from_str(&std::fs::read_to_string(path).expect("it is kept")).expect("JSON");
    assert_valid(&schema, value);
}

fn assert_valid(schema: &Value, value: &impl Serialize) {
    let validator = jsonschema::validator_for(schema).expect("a schema");
    let value = serde_json::to_value(value).expect("JSON");
    let problems: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(!validator.is_valid(&serde_json::json!({})), "the schema checks nothing");
}

#[test]
fn inspect_follows_its_schema() {
    let schema = assert_kept::<inspect::Inspection>("inspect.json");
    assert_valid(&schema, &inspect::inspect(sample::shop()).expect("inspected"));
}

#[test]
fn plan_follows_its_schema() {
    let schema = assert_kept::<takk_plan::Plan>("plan.json");
    assert_valid(&schema, &plan::plan(&mut sample::nothing_kept(&Home::none()), &sample::shop(), &[]).expect("planned").plan);
}

#[test]
fn a_manifest_is_read_back_as_it_was() {
    let shop = project::read(&ProjectOptions { path: "examples/shop".into(), ..ProjectOptions::default() });
    let manifest = shop.expect("read").manifest;
    let text = serde_json::to_string(&manifest).expect("JSON");
    let read: Manifest = serde_json::from_str(&text).expect("a manifest");
    assert_eq!(serde_json::to_string(&read).expect("JSON"), text);
    // Missing types are derived from their names.
    assert_eq!(read.settings, manifest.settings);
}
