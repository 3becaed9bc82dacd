//! Reported situations, with what the real pydantic does in them: `tests/cases/README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use takk_model::{FieldNames, SettingsClass, Usage};
use takk_project::ops::project::{ProjectOptions, ReadProject, read};

use crate::memory::judge;

/// The results of one case.
#[derive(Default)]
struct Tally {
    compared: usize,
    faults: Vec<String>,
}

impl Tally {
    fn compare(&mut self, agrees: bool, fault: impl FnOnce() -> String) {
        self.compared += 1;
        if !agrees {
            self.faults.push(fault());
        }
    }
}

#[test]
fn agrees_with_pydantic_in_all_cases() {
    let (mut compared, mut faults, mut report) = (0, 0, String::new());
    let cases = cases();
    for case in &cases {
        let tally = compare(case);
        (compared, faults) = (compared + tally.compared, faults + tally.faults.len());
        if !tally.faults.is_empty() {
            let name = case.file_name().expect("a directory has a name").display();
            let _ = writeln!(report, "{name}: {} of {}", tally.compared - tally.faults.len(), tally.compared);
            for fault in &tally.faults {
                let _ = writeln!(report, "    {fault}");
            }
        }
    }
    assert_eq!(faults, 0, "\n{report}{} of {compared} agree in {} cases", compared - faults, cases.len());
    assert!(std::env::var_os("TAKK_CASES").is_some() || compared > 150, "{compared} answers were compared");
}

/// The directories of the cases; `TAKK_CASES=57,70` selects those whose names start with these.
fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let wanted = std::env::var("TAKK_CASES").unwrap_or_default();
    let is_wanted = |path: &Path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        path.join("case.json").exists() && wanted.split(',').any(|start| name.starts_with(start))
    };
    let entries = fs::read_dir(root).expect("the cases are there").filter_map(|entry| Some(entry.ok()?.path()));
    let mut cases: Vec<PathBuf> = entries.filter(|path| is_wanted(path)).collect();
    cases.sort();
    cases
}

fn json(file: &Path) -> Option<Json> {
    let text = fs::read_to_string(file).ok()?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
}

fn compare(case: &Path) -> Tally {
    let told = json(&case.join("case.json")).expect("it was found");
    let truth = json(&case.join("truth.json")).unwrap_or_default();
    let mut project =
        read(&ProjectOptions { path: case.to_owned(), ..ProjectOptions::default() }).expect("the project is read");
    let mut tally = Tally::default();
    for (path, fields) in truth["classes"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, fields)| fields["error"].is_null() || fields["error"].is_object())
    {
        compare_class(path, fields, &project, &mut tally);
    }
    for probe in truth["probes"].as_array().into_iter().flatten().filter(|probe| probe["call"].is_null()) {
        let of = probe["cls"].as_str().or(told["classes"][0].as_str()).expect("a probe is about a class");
        compare_probe(probe, of, &mut project, &mut tally);
    }
    if let Some(needed) = told["needed"].as_array() {
        let needed: BTreeSet<&str> = needed.iter().filter_map(Json::as_str).collect();
        let judged = judge(&project, &[]);
        let reported: BTreeSet<&str> = judged.reported().into_iter().collect();
        tally.compare(reported == needed, || format!("needed: {needed:?}, takk reports {reported:?}"));
    }
    tally
}

/// The class of that `module:Qualname`; a module may be below a directory that is not a package.
fn class<'p>(path: &str, project: &'p ReadProject) -> Option<&'p SettingsClass> {
    let (module, qualname) = path.split_once(':').expect("module:Class");
    let is = |class: &&SettingsClass| {
        class.qualname == qualname && (class.module == module || class.module.ends_with(&format!(".{module}")))
    };
    project.manifest.settings.iter().find(is)
}

fn compare_class(path: &str, fields: &Json, project: &ReadProject, tally: &mut Tally) {
    let class = class(path, project);
    tally.compare(class.is_some(), || format!("class {path} is not there"));
    let Some(class) = class else { return };
    let ours: BTreeMap<&str, _> = class.fields.iter().map(|field| (field.name.as_str(), field)).collect();
    let fields = fields.as_object().expect("fields by name");
    for (name, truth) in fields {
        let env: Vec<&str> = truth["env"].as_array().expect("names").iter().filter_map(Json::as_str).collect();
        let required = truth["required"].as_bool().expect("required");
        match ours.get(name.as_str()) {
            None => tally.compare(false, || format!("{path}.{name} is not there; it reads {env:?}")),
            Some(field) => tally.compare(field.env == env && field.required == required, || {
                let (known, says) = (&field.env, field.required);
                format!("{path}.{name} reads {env:?}, takk says {known:?}; required is {required}, takk says {says}")
            }),
        }
    }
    for name in ours.keys().filter(|name| !fields.contains_key(**name)) {
        tally.compare(false, || format!("{path}.{name} is no field"));
    }
}

/// If a probe starts, its values must be stored, and nothing reported about its class; if it fails, something must be rejected or reported.
/// Reports about other classes that use the same variables are ignored.
fn compare_probe(probe: &Json, of: &str, project: &mut ReadProject, tally: &mut Tally) {
    let starts = probe["ok"].as_bool().expect("an answer");
    let environment = probe["env"].as_object().expect("variables");
    let values: Vec<(String, String)> =
        environment.iter().map(|(name, value)| (name.clone(), value.as_str().expect("a text").to_owned())).collect();
    // The probe instantiates the class, regardless of what the project does with it.
    let made = |class: &SettingsClass| SettingsClass { usage: Usage::default(), ..class.clone() };
    let alone: Vec<SettingsClass> = class(of, project).map(made).into_iter().collect();
    let all = std::mem::replace(&mut project.manifest.settings, alone);
    let variants = std::mem::take(&mut project.manifest.variants);
    project.manifest.names = FieldNames::default();
    let mut judged = judge(project, &values);
    project.manifest.settings = all;
    project.manifest.variants = variants;
    project.manifest.names = FieldNames::default();
    // A variable that only another class reads is declared, too.
    let whole = judge(project, &values);
    judged.refused.retain(|name| whole.refused.contains(name));
    let names = class(of, project).map(names_of).unwrap_or_default();
    let is_of_class = |name: &&str| names.iter().any(|known| name == known || name.starts_with(&format!("{known}_")));
    let reported: Vec<&str> = judged.reported().into_iter().filter(is_of_class).collect();
    // Errors of a class that do not depend on variables are reported in its files.
    let of_field = format!("`{}.", of.rsplit(':').next().unwrap_or(of));
    let says =
        judged.refused.is_empty() && reported.is_empty() && !judged.files.iter().any(|problem| problem.contains(&of_field));
    tally.compare(says == starts, || {
        let does = if starts { "starts" } else { "fails" };
        format!("{of} with {environment:?} {does}; takk refused {:?}, reported {reported:?}", judged.refused)
    });
}

/// The variables of a class.
fn names_of(class: &SettingsClass) -> Vec<&str> {
    let own = class.fields.iter().flat_map(|field| &field.env);
    let nested = class.fields.iter().flat_map(|field| field.nested.iter().flat_map(|leaf| &leaf.env));
    own.chain(nested).map(String::as_str).collect()
}
