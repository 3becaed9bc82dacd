//! Comparisons of a branch with its base.

use serde_json::json;
use takk::ui::{comparison_text, github, json, junit, report, sarif};
use takk_model::{Holdings, Manifest, Setting};
use takk_project::ops::compare::{ChangeKind, Comparison, compare};

use crate::sample::{self, class, field};
use crate::text::plain;

fn with(fields: Vec<Setting>) -> Manifest {
    Manifest { settings: vec![class("app.settings", "Settings", 3, fields)], ..sample::nothing(2) }
}

fn plain_field(line: u32, name: &str, type_name: &str) -> Setting {
    field("app.settings", line, name, type_name, None)
}

fn compared(before: Vec<Setting>, now: Vec<Setting>) -> Comparison {
    compare("main", &with(before), &with(now), &sample::environments(), &Holdings::default())
}

fn lines(comparison: &Comparison) -> String {
    plain(&(comparison_text::render(comparison) + &comparison_text::summary(comparison)))
}

#[test]
fn what_is_newly_needed_says_where_it_is_missing() {
    let before = vec![plain_field(4, "url", "str")];
    let now = vec![plain_field(4, "url", "str"), plain_field(5, "stripe_key", "SecretStr")];
    let comparison = compared(before, now);
    insta::assert_snapshot!(lines(&comparison), @r"
    + STRIPE_KEY (SecretStr, required, app/settings.py:5) missing in: dev, test, prod
    1 change since main; one variable needs a value before this is merged.
    ");
    assert!(comparison.is_failure());
}

#[test]
fn every_kind_of_change_has_its_line() {
    let optional = |line, name: &str| field("app.settings", line, name, "int", Some(json!(3)));
    let before = vec![
        plain_field(4, "url", "str"),
        plain_field(5, "stripe_kye", "SecretStr"),
        plain_field(6, "smtp_host", "str"),
        optional(7, "workers"),
        plain_field(8, "retries", "int"),
        plain_field(9, "queue_name", "str"),
    ];
    let mut aliased = plain_field(9, "queue", "str");
    aliased.env.push("QUEUE_NAME".to_owned());
    let now = vec![
        plain_field(4, "url", "AnyUrl"),
        plain_field(5, "stripe_key", "SecretStr"),
        plain_field(7, "workers", "int"),
        optional(8, "retries"),
        aliased,
        optional(10, "timeout"),
    ];
    let comparison = compared(before, now);
    insta::assert_snapshot!(lines(&comparison));
    insta::assert_snapshot!("changes as JSON", json::comparison(&comparison).expect("JSON"));
    let items = report::of_changes(&comparison);
    insta::assert_snapshot!("changes for GitHub", github::render(&items));
    insta::assert_snapshot!("changes as JUnit", junit::render(&items));
    assert!(sarif::render(&items).expect("SARIF").contains("\"ruleId\": \"renamed-variable\""));
}

#[test]
fn the_same_code_changes_nothing() {
    let comparison = compare("main", &sample::manifest(), &sample::manifest(), &sample::environments(), &Holdings::default());
    assert_eq!(comparison.changes, []);
    assert!(!comparison.is_failure());
    assert_eq!(lines(&comparison), "Needs the same variables as main.\n");
}

#[test]
fn another_prefix_renames_every_field() {
    let fields = || vec![plain_field(4, "url", "str"), plain_field(5, "token", "SecretStr")];
    let mut now = fields();
    for field in &mut now {
        field.env = vec![format!("APP_{}", field.name.to_uppercase())];
    }
    let comparison = compared(fields(), now);
    let renames: Vec<_> =
        comparison.changes.iter().map(|change| (change.kind, change.previous_name.as_deref(), change.name.as_str())).collect();
    assert_eq!(renames, [(ChangeKind::Renamed, Some("TOKEN"), "APP_TOKEN"), (ChangeKind::Renamed, Some("URL"), "APP_URL")]);
}

#[test]
fn one_name_is_renamed_once_and_to_the_likeliest() {
    let before = vec![plain_field(4, "api_key", "SecretStr")];
    let now = vec![plain_field(4, "api_key_old", "SecretStr"), plain_field(5, "api_keys", "SecretStr")];
    let kinds: Vec<_> = compared(before, now).changes.iter().map(|change| (change.kind, change.name.clone())).collect();
    assert_eq!(kinds, [(ChangeKind::Renamed, "API_KEYS".to_owned()), (ChangeKind::Added, "API_KEY_OLD".to_owned())]);
}

#[test]
fn a_strange_name_of_another_type_is_no_rename() {
    let kinds = |before: Setting, now: Setting| -> Vec<ChangeKind> {
        compared(vec![before], vec![now]).changes.iter().map(|change| change.kind).collect()
    };
    let apart = [ChangeKind::Removed, ChangeKind::Added];
    let mut found = kinds(plain_field(4, "openai_token", "SecretStr"), plain_field(4, "retries", "int"));
    found.sort_by_key(|kind| *kind != ChangeKind::Removed);
    assert_eq!(found, apart);
    assert_eq!(kinds(plain_field(4, "openai_token", "SecretStr"), plain_field(4, "llm", "SecretStr")), [ChangeKind::Renamed]);
}
