//! Which findings are reported, in every format.

use takk::ui::{explain_text, findings_text, github, json, junit, report, sarif};
use takk_model::{Code, Finding, Place, Severity};
use takk_project::ops::check::{Selection, check, is_failure};
use takk_project::ops::rules;

use crate::sample::{self, RULES};
use crate::text::plain;

fn codes(selection: &Selection) -> Vec<u16> {
    let findings = check(&sample::shop(), selection, &[]).expect("checked");
    findings.iter().map(|finding| finding.code.0).collect()
}

fn selection(select: &[&str], ignore: &[&str]) -> Selection {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Selection { select: owned(select), ignore: owned(ignore) }
}

fn all() -> Vec<Finding> {
    check(&sample::shop(), &Selection::default(), &[]).expect("checked")
}

#[test]
fn noqa_silences_the_line_it_stands_on() {
    assert_eq!(codes(&Selection::default()), [1, 3, 40]);
}

#[test]
fn select_and_ignore_take_prefixes() {
    assert_eq!(codes(&selection(&["TK00"], &["TK003"])), [1]);
    assert_eq!(codes(&selection(&[], &["TK0"])), [0u16; 0]);
}

#[test]
fn the_settings_of_the_project_count() {
    let mut shop = sample::shop();
    shop.config.ignore = vec![takk_model::Code(3)];
    shop.config.select = Some((0..10).map(takk_model::Code).collect());
    let found = check(&shop, &Selection::default(), &[]).expect("checked");
    assert_eq!(found.iter().map(|finding| finding.code.0).collect::<Vec<_>>(), [1]);
}

#[test]
fn an_unknown_code_is_refused_with_the_nearest() {
    let error = check(&sample::shop(), &selection(&["TK0001"], &[]), RULES).expect_err("unknown");
    assert_eq!(error.message, "no finding has a code that starts with `TK0001`");
    assert_eq!(error.hints, ["did you mean `TK001`?"]);
    let error = rules::find(RULES, "plain-dns").expect_err("unknown");
    assert_eq!(error.hints, ["did you mean `plain-dsn`?"]);
}

#[test]
fn proposals_do_not_fail() {
    let findings = all();
    assert!(is_failure(&findings));
    assert!(findings.iter().any(|finding| finding.code == Code(40)));
    assert!(!is_failure(&findings[2..]));
}

#[test]
fn the_findings_as_text() {
    let findings = all();
    let shop = sample::shop();
    let text = plain(&(findings_text::render(&findings, &shop.sources, false) + &findings_text::summary(&findings)));
    insta::assert_snapshot!(text);
    assert_eq!(plain(&findings_text::summary(&[])), "No findings.\n");
}

#[test]
fn places_outside_the_source_leave_the_excerpt_out() {
    let shop = sample::shop();
    let mut finding = all()[0].clone();
    for (line, column, end) in [(0, 0, None), (999, 1, None), (8, 999, None), (8, 1, Some((2, 1))), (8, 2, Some((999, 9)))] {
        let place = finding.place.as_mut().expect("placed");
        (place.line, place.column, finding.end) = (line, column, end);
        let text = plain(&findings_text::render(std::slice::from_ref(&finding), &shop.sources, false));
        assert!(text.starts_with(&format!("shop/settings.py:{line}:{column}: TK001: ")), "{text}");
    }
}

#[test]
fn the_findings_for_programs() {
    let findings = all();
    let items = report::of_findings(&findings, RULES);
    insta::assert_snapshot!("findings as JSON", json::findings(&findings).expect("JSON"));
    insta::assert_snapshot!("findings for GitHub", github::render(&items));
    insta::assert_snapshot!("findings as JUnit", junit::render(&items));
    insta::assert_snapshot!("no findings as JUnit", junit::render(&[]));
    insta::assert_snapshot!("findings as SARIF", sarif::render(&items).expect("SARIF"));
}

#[test]
fn sarif_fits_its_schema() {
    // The published schema has a stray bracket in a pattern, which strict regex engines reject.
    let schema = include_str!("../fixtures/sarif-schema-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let mut several = all();
    several[0].also = vec![Place::new("shop/other.py", 3, 1)];
    for items in [report::of_findings(&several, RULES), Vec::new()] {
        let log: serde_json::Value = serde_json::from_str(&sarif::render(&items).expect("SARIF")).expect("JSON");
        let problems: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{problems:?}");
    }
    assert!(!validator.is_valid(&serde_json::json!({ "version": "2.1.0" })), "the schema checks nothing");
}

#[test]
fn a_path_with_strange_characters_stays_a_path() {
    let mut finding = all()[0].clone();
    finding.place.as_mut().expect("placed").file = "my app/a,b:ü%.py".to_owned();
    finding.message = "two\nlines & <more>\u{1}".to_owned();
    finding.severity = Severity::Warning;
    let items = report::of_findings(&[finding], RULES);
    assert!(sarif::render(&items).expect("SARIF").contains("\"uri\": \"my%20app/a%2Cb%3A%C3%BC%25.py\""));
    assert!(github::render(&items).contains("file=my app/a%2Cb%3Aü%25.py,"));
    assert!(github::render(&items).contains("::two%0Alines & <more>"));
    assert!(junit::render(&items).contains(r"two&#10;lines &amp; &lt;more&gt;\x01"));
}

#[test]
fn a_rule_explains_itself() {
    let rule = rules::find(RULES, "tk001").expect("known");
    insta::assert_snapshot!(plain(&explain_text::render(rule)));
}
