//! The mark of takk as tags: a digest that decides, and names for people. Tags allow fewer characters than names have.

use std::collections::BTreeMap;

use super::super::mark;
use crate::ledger::Entry;

/// The tag with the digest of the mark.
const MARK: &str = "takk";
/// Tags for people.
const PROJECT: &str = "takk-project";
const ENVIRONMENT: &str = "takk-environment";
/// The most characters of a value.
const MOST: usize = 256;

/// The tags of what belongs to an entry.
pub(in super::super) fn tags(entry: &Entry) -> Vec<(&'static str, String)> {
    let text = entry.mark.as_deref().unwrap_or_default();
    let mut tags = vec![(MARK, mark::tag(text))];
    if let Some(mark) = mark::read(text) {
        tags.push((PROJECT, allowed(&mark.project)));
        tags.push((ENVIRONMENT, allowed(&mark.environment)));
    }
    tags
}

/// Whether these are the tags of what belongs to an entry.
pub(super) fn are_of(tags: &BTreeMap<String, String>, entry: &Entry) -> bool {
    tags.get(MARK).is_some_and(|tag| *tag == mark::tag(entry.mark.as_deref().unwrap_or_default()))
}

/// Whose something is that an entry does not have, for people.
pub(super) fn whose(what: &str, tags: &BTreeMap<String, String>) -> String {
    if !tags.contains_key(MARK) {
        return format!("takk did not create {what}");
    }
    let of = |name: &str| tags.get(name).cloned().unwrap_or_default();
    format!("takk created {what} for `{}` in `{}`, from another store or for something else", of(PROJECT), of(ENVIRONMENT))
}

/// A text with `_` in the place of what a tag does not allow.
fn allowed(text: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || " _.:/=+-@".contains(c);
    text.chars().take(MOST).map(|c| if keep(c) { c } else { '_' }).collect()
}
