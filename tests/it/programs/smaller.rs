//! Minimizes a program on which takk disagrees with pydantic: `smaller.py` proposes and runs candidates, and this module runs
//! takk.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use super::{Answer, Fault, Pair, compare, project};
use crate::memory::{Judged, judge};
use crate::python::venv;

/// The smallest program, with its environment and both verdicts.
pub(super) fn smallest(packages: &[&str], directory: &Path, pair: &Pair) -> String {
    let wanted = compare(pair, &judged(pair, &directory.join(&pair.program)));
    let mut python = Command::new(venv(packages).join("bin/python"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/smaller.py"))
        .arg(directory.join(&pair.program))
        .env("PYTHONHASHSEED", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut input = python.stdin.take().expect("it is piped");
    writeln!(input, "{}", serde_json::to_string(&pair.env).expect("JSON")).expect("Python reads");
    let mut found = format!("{wanted:?} in {}", pair.program);
    for line in BufReader::new(python.stdout.take().expect("it is piped")).lines() {
        let line: Json = serde_json::from_str(&line.expect("text")).expect("JSON");
        if line["files"].is_object() {
            found = shown(&line, wanted).unwrap_or(found);
            break;
        }
        let candidate: Pair = serde_json::from_value(line).expect("a pair");
        let still = compare(&candidate, &judged(&candidate, Path::new(&candidate.program))) == wanted;
        writeln!(input, "{}", if still { "yes" } else { "no" }).expect("Python reads");
    }
    drop(input);
    python.wait().expect("Python ends");
    found
}

pub(super) fn judged(pair: &Pair, directory: &Path) -> Judged {
    let values: Vec<(String, String)> = pair.env.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    judge(&project(PathBuf::from(directory)), &values)
}

/// The result of the search; nothing if the disagreement could not be reproduced.
fn shown(line: &Json, wanted: Answer) -> Option<String> {
    let pair: Pair = serde_json::from_value(line["pair"].clone()).ok()?;
    let files: Vec<(&String, &str)> =
        line["files"].as_object()?.iter().map(|(name, text)| (name, text.as_str().unwrap_or_default())).collect();
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    for (name, text) in &files {
        let file = directory.path().join(name);
        fs::create_dir_all(file.parent().expect("a directory")).expect("it can be made");
        fs::write(file, text).expect("it can be written");
    }
    let mut shown = format!("{wanted:?} with {:?}\n", pair.env);
    for Fault { class, loc, names, full, kind, .. } in &pair.faults {
        let names = if full.is_empty() { names } else { full };
        let _ = writeln!(shown, "pydantic: {class}.{}: {kind}: {}", loc.join("."), names.join(" or "));
    }
    if pair.starts {
        shown.push_str("pydantic: starts\n");
    }
    let Judged { refused, unchecked, .. } = &judged(&pair, directory.path());
    let _ = writeln!(
        shown,
        "takk: refused {refused:?}, not checked {unchecked:?}, reported {:?}",
        judged(&pair, directory.path()).reported()
    );
    for (name, text) in files {
        let _ = writeln!(shown, "--- {name}\n{}", text.trim());
    }
    Some(shown)
}
