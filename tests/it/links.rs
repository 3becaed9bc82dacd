//! Every relative link in the documentation has a target.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The pages at the root and next to what they describe, and everything in `docs/`.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "examples/shop/README.md",
        "tests/cases/README.md",
        "tests/corpus/README.md",
    ];
    let mut pages: Vec<PathBuf> = named.iter().map(|page| root.join(page)).collect();
    let mut directories = vec![root.join("docs")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).expect("docs is readable") {
            let path = entry.expect("docs is readable").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// The lines of prose on a page, outside of fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// A line without its code spans.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// The targets of links on a page: `[text](target)` and `[name]: target`.
fn targets(text: &str) -> Vec<String> {
    let mut targets = Vec::new();
    for line in prose(text).map(without_code) {
        let inline = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
        targets.extend(inline.map(str::to_owned));
        if let Some((_, target)) = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
            targets.push(target.trim().to_owned());
        }
    }
    targets
}

/// The anchor of a heading: lower case, words joined by dashes, everything else dropped.
fn slug(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// The anchors of a page: those of its headings, with `-1` for the second one of a name.
fn anchors(text: &str) -> Vec<String> {
    let mut seen = HashMap::new();
    let headings = prose(text).filter(|line| line.starts_with('#')).map(|line| slug(line.trim_start_matches('#')));
    headings
        .map(|slug| {
            let times = seen.entry(slug.clone()).and_modify(|times| *times += 1).or_insert(0);
            if *times == 0 { slug } else { format!("{slug}-{times}") }
        })
        .collect()
}

/// Why a link of `page` is broken, if it is. External links are not followed.
fn broken(page: &Path, text: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() { page.to_owned() } else { page.parent()?.join(file) };
    if !path.exists() {
        return Some("no such file".to_owned());
    }
    if anchor.is_empty() {
        return None;
    }
    let there = if file.is_empty() { text.to_owned() } else { fs::read_to_string(&path).ok()? };
    (!anchors(&there).iter().any(|known| known == anchor)).then(|| "no such heading".to_owned())
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    let mut followed = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).expect("pages are UTF-8");
        for target in targets(&text) {
            followed += 1;
            if let Some(reason) = broken(&page, &text, &target) {
                wrong.push(format!("{}: {target}: {reason}", page.display()));
            }
        }
    }
    assert!(followed > 0, "no page has a link: the pages are not read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn broken_links_are_noticed() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text =
        "# One\n## A `b` c!\n# One\n[x](#one) [x](#a-b-c) [x](#one-1) [x](#two) [x](docs/none.md) `[x](code)`\n[y]: Cargo.toml";
    let wrong: Vec<_> = targets(text).into_iter().filter(|target| broken(&page, text, target).is_some()).collect();
    assert_eq!(targets(text).len(), 6);
    assert_eq!(wrong, ["#two", "docs/none.md"]);
}
