//! Random settings classes with nested fields × random environments, compared with the real pydantic: does the class start, and where is it
//! at fault?

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use takk_model::{Manifest, NestedNames, Setting, SettingsClass};
use takk_plan::missing_of;
use takk_project::ops::project::{ProjectOptions, read};
use takk_project::ops::secrets::accepted::{Accepted, accepted};
use takk_value::together::{Given, Problem, together};
use takk_value::{Verdict, check_setting};

use crate::python::{run, venv};
use crate::values::{PACKAGES, number};

/// Versions that look up nested fields differently.
const OLDER: &[&str] = &["pydantic==2.10.6", "pydantic-settings==2.6.1"];
/// pydantic 1.
const FIRST: &[&str] = &["pydantic[dotenv]==1.10.27"];

/// The maximum number of disagreements to show.
const SHOWN: usize = 12;

#[derive(Default)]
struct Tally {
    probes: usize,
    /// Cases that takk leaves undecided.
    open: usize,
    disagreements: Vec<String>,
}

/// takk's verdict on an environment.
#[derive(Default)]
struct Said {
    /// The fields that prevent the class from being instantiated.
    fields: BTreeSet<String>,
    /// The messages, for people.
    why: Vec<String>,
    /// Whether anything is undecided.
    is_open: bool,
}

impl Said {
    fn stop(&mut self, field: &Setting, why: String) {
        self.fields.insert(field.name.clone());
        self.why.push(why);
    }
}

fn judge(manifest: &Manifest, class: &SettingsClass, env: &BTreeMap<String, String>) -> Said {
    let mut said = Said::default();
    for field in &class.fields {
        match NestedNames::of(manifest, class, field) {
            Some(names) => judge_nested(&names, env, &mut said),
            None => judge_plain(class, field, env, &mut said),
        }
    }
    said
}

fn judge_nested(names: &NestedNames<'_>, env: &BTreeMap<String, String>, said: &mut Said) {
    // Other variables with the same prefix are merged as well, so all of them are given.
    let given: Vec<Given<'_>> = env.iter().map(|(name, text)| Given { name, text: Some(text) }).collect();
    if !names.has_types() {
        let (_, missing) = missing_of(names, &given);
        said.is_open = true;
        if !missing.is_empty() {
            said.stop(names.field, format!("missing {missing:?}"));
        }
        return;
    }
    let found = together(names, &given);
    said.is_open |= found.open.is_some();
    for fault in &found.faults {
        let by = fault.names(&given);
        said.stop(names.field, format!("{} {:?} by {by:?}", fault.place(), fault.problem));
        assert!(matches!(fault.problem, Problem::Missing) || !by.is_empty(), "nobody is at fault: {fault:?}");
    }
    if !found.is_set && !found.missing.is_empty() {
        said.stop(names.field, format!("not set: {:?}", found.missing));
    }
}

fn judge_plain(class: &SettingsClass, field: &Setting, env: &BTreeMap<String, String>, said: &mut Said) {
    let same = |a: &str, b: &str| a == b || (!class.config.case_sensitive && a.eq_ignore_ascii_case(b));
    let value = field.env.iter().find_map(|name| env.iter().find(|(known, _)| same(known, name)));
    match value.map(|(_, text)| check_setting(field, text)) {
        None if field.required => said.stop(field, "not set".to_owned()),
        Some(Verdict::Refused(refusal)) => said.stop(field, format!("{refusal:?}")),
        Some(Verdict::Unchecked(_)) => said.is_open = true,
        None | Some(Verdict::Accepted) => {}
    }
}

fn compare(manifest: &Manifest, class: &SettingsClass, probe: &Json, tally: &mut Tally) {
    let env: BTreeMap<String, String> = serde_json::from_value(probe["env"].clone()).expect("texts by name");
    let ok = probe["ok"].as_bool().expect("an answer");
    let said = judge(manifest, class, &env);
    tally.probes += 1;
    let mut disagree = |why: String| tally.disagreements.push(format!("{} {env:?}: {why}", class.qualname));
    if ok && !said.fields.is_empty() {
        disagree(format!("starts, takk says {:?}", said.why));
    }
    if ok {
        for name in probe["read"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            // A value that is not read may be rejected: here, another variable hides it, but it stops the program where it is read.
            if let Accepted::No(refused) = accepted(manifest, name, &env[name]) {
                disagree(format!("starts, and takk does not store {name}: {refused:?}"));
            }
            let names = || class.fields.iter().filter_map(|field| NestedNames::of(manifest, class, field));
            let is_open = names().any(|names| !names.has_types());
            if !is_open && manifest.readers(name).next().is_none() {
                disagree(format!("{name} is read, and takk does not know it"));
            }
        }
    } else {
        let errors = probe["errors"].as_array().expect("errors");
        let at: BTreeSet<String> = errors.iter().filter_map(|error| error[0][0].as_str()).map(str::to_owned).collect();
        let ends_early = errors.iter().any(|error| error[1] == "settings_error");
        if said.fields.is_empty() && !said.is_open {
            disagree(format!("fails with {errors:?}, takk says nothing"));
        } else if said.fields.is_empty() {
            tally.open += 1;
        } else if !ends_early && !said.fields.is_subset(&at) {
            disagree(format!("fails with {errors:?}, takk says {:?}", said.why));
        } else if !said.is_open && !at.is_subset(&said.fields) {
            disagree(format!("fails with {errors:?}, takk says only {:?}", said.why));
        }
    }
}

fn agrees(packages: &[&str], seed: u32, least_decided: usize) {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/nested_values.py");
    run(Command::new(venv(packages).join("bin/python"))
        .arg(script)
        .args([seed.to_string(), number("TAKK_CLASSES", 60).to_string(), "16".to_owned()])
        .arg(directory.path())
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1"));
    let lines = fs::read_to_string(directory.path().join("probes.jsonl")).expect("it was written");
    let path = directory.path().to_owned();
    let manifest = read(&ProjectOptions { path, ..ProjectOptions::default() }).expect("the project is read").manifest;
    // Each class separately, because others in the file read the same names.
    let alone = |class: &SettingsClass| Manifest {
        settings: vec![class.clone()],
        names: takk_model::FieldNames::default(),
        ..manifest.clone()
    };
    let classes: BTreeMap<&str, Manifest> =
        manifest.settings.iter().map(|class| (class.qualname.as_str(), alone(class))).collect();
    let mut tally = Tally::default();
    for line in lines.lines() {
        let probe: Json = serde_json::from_str(line).expect("JSON");
        let manifest = &classes[probe["class"].as_str().expect("a class")];
        compare(manifest, &manifest.settings[0], &probe, &mut tally);
    }
    tally.disagreements.sort_by_key(String::len);
    let mut report = String::new();
    let Tally { probes, open, disagreements } = &tally;
    let _ = writeln!(report, "seed {seed}: {probes} environments, {open} left open, {} wrong", disagreements.len());
    for disagreement in disagreements.iter().take(SHOWN) {
        let _ = writeln!(report, "    {}", disagreement.chars().take(700).collect::<String>());
    }
    eprintln!("{report}");
    if !disagreements.is_empty() {
        let _ = fs::copy(directory.path().join("settings.py"), std::env::temp_dir().join("nested_values_settings.py"));
    }
    assert!(*probes > 500, "{report}");
    assert!(disagreements.is_empty(), "{report}");
    assert!(probes - open >= probes * least_decided / 100, "{report}");
}

#[test]
fn agrees_with_pydantic_on_nested_values() {
    let seed = number("TAKK_SEED", 1);
    (seed..seed + 2).for_each(|seed| agrees(PACKAGES, seed, 95));
}

#[test]
fn agrees_with_older_pydantic_on_nested_values() {
    agrees(OLDER, number("TAKK_SEED", 1), 80);
}

#[test]
fn agrees_with_pydantic_1_on_nested_values() {
    agrees(FIRST, number("TAKK_SEED", 1), 99);
}
