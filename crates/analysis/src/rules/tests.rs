//! The table is in order, and every rule has complete documentation.

use super::RULES;

#[test]
fn codes_ascend() {
    let codes: Vec<_> = RULES.iter().map(|rule| rule.doc.code).collect();
    assert!(codes.is_sorted_by(|one, next| one < next), "{codes:?}");
}

#[test]
fn names_are_words_joined_by_hyphens_and_used_once() {
    let mut names: Vec<_> = RULES.iter().map(|rule| rule.doc.name).collect();
    assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')), "{names:?}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
}

#[test]
fn every_rule_is_documented_with_examples() {
    for rule in RULES {
        let doc = rule.doc;
        assert!(!doc.summary.is_empty() && !doc.summary.ends_with('.'), "{}: {}", doc.code, doc.summary);
        let (found, correct) = doc.documentation.split_once("\nCorrect:\n").expect("an example of what is right");
        let (reason, found) = found.split_once("\nFound:\n").expect("an example of what is found");
        assert!(reason.trim().len() > 20, "{} does not say why", doc.code);
        assert!(found.contains("\n```") && correct.contains("\n```"), "{} shows no code", doc.code);
    }
}
