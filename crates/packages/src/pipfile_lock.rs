//! `Pipfile.lock`, which is JSON.

use serde::de::IgnoredAny;

use super::name;
use super::{Entry, File, Files};
use takk_document::Fault;
use takk_model::{PackageSource, Problem};

const PATH: &str = "Pipfile.lock";

/// The packages of `Pipfile.lock`, of all its categories (`default`, `develop`, ...). A version there is written `==1.2.3`.
/// Where categories lock several versions of a package, the highest counts ([`super::merge`]).
pub(super) fn read(files: &Files, problems: &mut Vec<Problem>) -> Vec<Entry> {
    let Some(bytes) = files.bytes(PATH, problems) else { return Vec::new() };
    let file = File::new(PATH, &bytes);
    let text = file.text.as_str();
    let syntax = serde_json::from_str::<IgnoredAny>(text).err();
    file.report(syntax.map(|error| syntax_fault(&file, &error)), Some("pipenv lock"), problems);
    locked_packages(text).into_iter().filter_map(|package| entry(&file, &package)).collect()
}

fn entry(file: &File, package: &Locked) -> Option<Entry> {
    if package.path.is_some_and(|path| path == "." || path == "./") {
        return None;
    }
    let (version, offset) = match package.version {
        Some((version, offset)) => (Some(version.trim_start_matches('=').trim().to_owned()), offset),
        None => (None, package.offset),
    };
    Some(Entry::locked(name::normalised(package.name)?, version, file.place(offset), PackageSource::PipfileLock))
}

fn syntax_fault(file: &File, error: &serde_json::Error) -> Fault {
    // serde_json counts lines from 1 and columns in bytes.
    let before = file.text.as_str().split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let message = error.to_string();
    let phrase = message.split(" at line ").next().unwrap_or_default().to_owned();
    Fault::Syntax(file.text.position(before + error.column().saturating_sub(1)), phrase)
}

/// A package of one category.
#[derive(Debug, Default)]
struct Locked<'t> {
    name: &'t str,
    offset: usize,
    version: Option<(&'t str, usize)>,
    path: Option<&'t str>,
}

/// The packages in the JSON `text`: everything at the path `category.package`, with the strings below it. It only follows braces and
/// strings, so that every value has a position and a truncated file yields what comes before the end.
fn locked_packages(text: &str) -> Vec<Locked<'_>> {
    let mut packages: Vec<Locked> = Vec::new();
    // The last key of every object or array around the current place.
    let mut keys: Vec<&str> = Vec::new();
    let mut offset = 0;
    while let Some(found) = text.as_bytes()[offset..].iter().position(|byte| b"{}[]\"".contains(byte)) {
        let at = offset + found;
        offset = at + 1;
        match text.as_bytes()[at] {
            b'{' | b'[' => keys.push(""),
            b'}' | b']' => drop(keys.pop()),
            _ => {
                let Some(length) = string_length(&text[offset..]) else { break };
                let string = &text[offset..offset + length];
                offset += length + 1;
                let is_key = text[offset..].trim_start().starts_with(':');
                if is_key && let Some(key) = keys.last_mut() {
                    *key = string;
                }
                match keys.as_slice() {
                    [category, name] if is_key && *category != "_meta" => {
                        packages.push(Locked { name, offset: at, ..Locked::default() });
                    }
                    [category, _, key] if !is_key && *category != "_meta" => {
                        packages.last_mut().into_iter().for_each(|package| package.take(key, string, at));
                    }
                    _ => {}
                }
            }
        }
    }
    packages
}

impl<'t> Locked<'t> {
    fn take(&mut self, key: &str, value: &'t str, offset: usize) {
        match key {
            "version" => self.version = Some((value, offset)),
            "path" | "file" => self.path = Some(value),
            _ => {}
        }
    }
}

/// The length of the string at the start of `text`, up to its closing quote.
fn string_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

#[cfg(test)]
mod tests {
    use super::locked_packages;

    #[test]
    fn packages_of_all_categories_but_no_metadata() {
        let text = r#"{"_meta": {"sources": [{"name": "pypi", "version": "x"}], "hash": {"version": "y"}},
            "default": {"a": {"hashes": ["version", "b"], "version": "==1.0"}, "b": {"git": "https://x", "ref": "{\"}"}},
            "docs": {"c": {"path": ".", "editable": true}}}"#;
        let found: Vec<_> = locked_packages(text).into_iter().map(|p| (p.name, p.version.map(|v| v.0), p.path)).collect();
        assert_eq!(found, [("a", Some("==1.0"), None), ("b", None, None), ("c", None, Some("."))]);
    }

    #[test]
    fn what_breaks_off_gives_what_stands_before() {
        let found = locked_packages(r#"{"default": {"a": {"version": "==1.0"}, "b": {"versi"#);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].version, Some(("==1.0", 30)));
        assert!(locked_packages("}}]]\"").is_empty());
    }
}
