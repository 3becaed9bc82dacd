//! Files of variables: takk must read them like `python-dotenv`, `json` and `PyYAML`, and these and a shell must read what takk writes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value as Json, json};
use takk_project::exchange::{Addition, Edited, Format, WriteFormat, read, write};

use crate::python::{run, venv};
use crate::values::number;

const PACKAGES: &[&str] = &["python-dotenv==1.2.4", "PyYAML==6.0.3"];

/// The maximum number of disagreements to show, smallest first.
const SHOWN: usize = 12;

fn python(arguments: &[&str], directory: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/exchange.py");
    let mut command = Command::new(venv(PACKAGES).join("bin/python"));
    run(command.arg(script).args(arguments).arg(directory).env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// The environment of the script.
fn environment(name: &str) -> Option<String> {
    let set = [("HOME", "/home/me"), ("EMPTY", ""), ("A", "from outside"), ("n o", "odd")];
    set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

fn lines(path: &Path) -> Vec<Json> {
    let text = fs::read_to_string(path).expect("it was written");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// What takk reads, in the format of the script's answer.
fn reading(case: &Json) -> Json {
    let format = match case["format"].as_str() {
        Some("dotenv") => Format::Dotenv,
        Some("json") => Format::Json,
        _ => Format::Yaml,
    };
    let text = case["text"].as_str().expect("a text");
    let reading = read(format, text, &environment);
    let values: BTreeMap<_, _> = reading.entries.iter().map(|entry| (entry.name.as_str(), entry.value.as_str())).collect();
    let mut found = json!({ "format": case["format"], "text": text, "values": values });
    let wrong: Vec<_> = reading.faults.iter().map(|fault| fault.line).collect();
    if format == Format::Dotenv {
        let unset: Vec<_> = reading.unset.iter().map(|named| named.name.as_str()).collect();
        found["unset"] = json!(unset);
        found["wrong"] = json!(wrong);
    } else {
        assert!(wrong.is_empty(), "{text:?}: {:?}", reading.faults);
    }
    found
}

/// The value with its members in a canonical order.
fn same(one: &Json, other: &Json) -> bool {
    let members = |of: &Json| of["values"].as_object().map(|values| values.clone().into_iter().collect::<BTreeMap<_, _>>());
    members(one) == members(other) && one["unset"] == other["unset"] && one["wrong"] == other["wrong"]
}

#[test]
fn files_are_read_and_written_as_others_do() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let seed = number("TAKK_SEED", 1).to_string();
    python(&["generate", &seed, &number("TAKK_FILES", 21_000).to_string()], directory.path());

    let cases = lines(&directory.path().join("read.jsonl"));
    assert!(cases.len() > 20_000, "{} files", cases.len());
    let mut wrong: Vec<_> = cases.iter().map(|case| (case, reading(case))).filter(|(case, found)| !same(case, found)).collect();
    wrong.sort_by_key(|(case, _)| case["text"].as_str().map(str::len));
    let mut report = String::new();
    for (case, found) in wrong.iter().take(SHOWN) {
        let _ = writeln!(report, "{case}\n    takk: {found}");
    }
    assert!(wrong.is_empty(), "{} of {} files are read otherwise\n{report}", wrong.len(), cases.len());

    let mut written = String::new();
    for entries in lines(&directory.path().join("values.jsonl")) {
        let entries: Vec<(String, String)> = serde_json::from_value(entries).expect("names and values");
        written.push_str(&written_in_all_formats(&entries));
    }
    written.push_str(&edited(&cases));
    fs::write(directory.path().join("written.jsonl"), written).expect("the directory is writable");
    let counts: BTreeMap<String, usize> = serde_json::from_str(&python(&["check"], directory.path())).expect("counts");
    assert!(counts.len() == 6 && counts.values().all(|count| *count > 100), "{counts:?}");
}

/// One line for each edited dotenv file, with its expected content: the previous content, and the added lines.
fn edited(cases: &[Json]) -> String {
    let mut lines = String::new();
    let (mut refused, mut taken) = (0, 0);
    for case in cases.iter().filter(|case| case["format"] == "dotenv").step_by(4) {
        let text = case["text"].as_str().expect("a text");
        let edited = Edited::new(text.to_owned());
        let behind = edited.mentions().len().checked_sub(1).map(|last| last / 2);
        let additions = [
            Addition { behind, lines: "# it's \"new\"\nNEW_ONE='a b'\n".to_owned() },
            Addition { behind: None, lines: "# --- the end\n\nexport NEW_TWO=2\n".to_owned() },
        ];
        let Ok(bytes) = edited.with(&additions) else {
            refused += 1;
            assert!(!edited.faults().is_empty(), "nothing is in the way: {text:?}");
            continue;
        };
        taken += 1;
        let after = String::from_utf8(bytes).expect("it was UTF-8");
        let mut entries = case["values"].as_object().expect("an object").clone();
        entries.extend([("NEW_ONE".to_owned(), json!("a b")), ("NEW_TWO".to_owned(), json!("2"))]);
        let entries: Vec<_> = entries.into_iter().collect();
        let _ = writeln!(lines, "{}", json!({ "format": "edited", "text": after, "entries": entries }));
    }
    assert!(taken > 10 * refused, "{refused} files are not added to, and {taken} are");
    lines
}

/// One line for each format that can hold the entries, after takk's own readers have read them back.
fn written_in_all_formats(entries: &[(String, String)]) -> String {
    let entries: Vec<(&str, &str)> = entries.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let formats = [
        ("dotenv", WriteFormat::Dotenv, Some(Format::Dotenv)),
        ("json", WriteFormat::Json, Some(Format::Json)),
        ("yaml", WriteFormat::Yaml, Some(Format::Yaml)),
        ("shell", WriteFormat::Shell, None),
        ("docker", WriteFormat::Docker, None),
    ];
    let mut lines = String::new();
    for (name, format, reader) in formats {
        let text = match write(format, &entries) {
            Ok(text) => text,
            Err(unwritable) => {
                assert!(format == WriteFormat::Docker, "{name}: {unwritable}");
                continue;
            }
        };
        if let Some(reader) = reader {
            let again = read(reader, &text, &environment);
            let again: Vec<_> = again.entries.iter().map(|entry| (entry.name.as_str(), entry.value.as_str())).collect();
            assert_eq!(again, entries, "{name}: {:?}", *text);
        }
        let _ = writeln!(lines, "{}", json!({ "format": name, "text": *text, "entries": entries }));
    }
    lines
}
