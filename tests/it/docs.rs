//! The architecture page's descriptions of the path of a value and of a request: each step names functions and types in backticks, which
//! must exist in the linked file. And the glossary must contain the words that a newcomer searches for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The sections whose steps are checked.
const SECTIONS: [&str; 2] = ["## The way of a value", "## A request of the server"];

/// The keywords that define a name.
const KEYWORDS: [&str; 6] = ["fn", "struct", "enum", "trait", "type", "const"];

/// A linked file, with the names that the text claims are in it.
type Step<'p> = (&'p str, Vec<&'p str>);

/// The text from a heading to the next one of the same level.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let from = page.find(heading).unwrap_or_else(|| panic!("docs/architecture.md has no section {heading}"));
    let text = &page[from + heading.len()..];
    &text[..text.find("\n## ").unwrap_or(text.len())]
}

fn is_name(code: &str) -> bool {
    code.starts_with(|first: char| first.is_ascii_alphabetic())
        && code.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// The links of a numbered list, each with the names that follow it before the next link or step.
fn steps(section: &str) -> Vec<Step<'_>> {
    let starts_step = |line: &&str| line.starts_with(|first: char| first.is_ascii_digit());
    let begin = section.lines().find(starts_step).and_then(|line| section.find(line)).unwrap_or(section.len());
    let mut steps: Vec<Step<'_>> = Vec::new();
    for text in section[begin..].split("](").skip(1) {
        let (file, rest) = text.split_once(')').expect("a link ends");
        // Text before the next step belongs to this link; bold text starts another list.
        let rest = rest.split("\n\n").next().unwrap_or_default();
        let names = rest.split('`').skip(1).step_by(2).filter(|code| is_name(code));
        steps.push((file, names.collect()));
    }
    steps
}

/// Whether a file defines a name.
fn defines(text: &str, name: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
    KEYWORDS.iter().any(|keyword| {
        let definition = format!("{keyword} {name}");
        text.match_indices(&definition).any(|(at, found)| ends(&text[at + found.len()..]))
    })
}

/// What is wrong with a step.
fn wrong(page: &Path, (file, names): &Step<'_>) -> Vec<String> {
    let path = page.parent().expect("the page is in a directory").join(file);
    let Ok(text) = fs::read_to_string(&path) else { return vec![format!("{file} cannot be read")] };
    let missing = names.iter().filter(|name| !defines(&text, name));
    missing.map(|name| format!("{file} defines no `{name}`")).collect()
}

#[test]
fn the_steps_of_the_architecture_page_are_in_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = fs::read_to_string(&path).expect("the page is there");
    let mut faults = Vec::new();
    for heading in SECTIONS {
        let steps = steps(section(&page, heading));
        let names: usize = steps.iter().map(|(_, names)| names.len()).sum();
        assert!(steps.len() > 5 && names > 5, "{heading}: {} links and {names} names: the steps are not read", steps.len());
        faults.extend(steps.iter().flat_map(|step| wrong(&path, step)));
    }
    assert!(faults.is_empty(), "docs/architecture.md: {}", faults.join("\n"));
}

#[test]
fn a_step_that_names_what_is_not_there_is_noticed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let text = "\n`ahead`\n1. [a](../tests/it/docs.rs): `steps` and `step`, `takk run`\n2. [b](../none.rs), `Step`.\n";
    let found = steps(text);
    assert_eq!(found, [("../tests/it/docs.rs", vec!["steps", "step"]), ("../none.rs", vec!["Step"])]);
    let faults: Vec<_> = found.iter().flat_map(|step| wrong(&path, step)).collect();
    assert_eq!(faults, ["../tests/it/docs.rs defines no `step`", "../none.rs cannot be read"]);
}

#[test]
fn the_glossary_has_what_a_stranger_looks_for() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/glossary.md")).expect("the page is there");
    let terms: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()).collect();
    let words = ["rate limit", "authorize", "batch", "session", "invitation", "cache", "signal", "health", "redact", "migrate"];
    let missing: Vec<_> = words.into_iter().filter(|word| !terms.iter().any(|term| term.contains(word))).collect();
    assert!(missing.is_empty(), "docs/glossary.md has no term {missing:?}");
    let mut seen = BTreeSet::new();
    let twice: Vec<_> = terms.into_iter().filter(|term| *term != "term" && !seen.insert(*term)).collect();
    assert!(twice.is_empty(), "docs/glossary.md has {twice:?} twice");
}
