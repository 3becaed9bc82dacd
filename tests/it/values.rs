//! Texts for fields that pydantic-settings itself accepts or rejects: takk must agree wherever it decides.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;
use takk_model::Setting;
use takk_project::ops::project::{ProjectOptions, read};
use takk_value::{Verdict, check_setting};

use crate::python::{run, venv};

pub(crate) const PACKAGES: &[&str] =
    &["pydantic==2.14.3", "pydantic-settings==2.16.3", "typing_extensions==4.16.0", "email-validator==2.4.0"];

/// Versions that projects still pin, the oldest first. Where their rules differ from takk's, takk says so and gives no verdict.
const PYDANTIC_1: &[&str] =
    &["pydantic==1.10.27", "python-dotenv==1.2.4", "typing_extensions==4.16.0", "email-validator==2.4.0"];
const PYDANTIC_2_0: &[&str] =
    &["pydantic==2.0.3", "pydantic-settings==2.0.3", "typing_extensions==4.16.0", "email-validator==2.4.0"];
const PYDANTIC_2_5: &[&str] =
    &["pydantic==2.5.3", "pydantic-settings==2.2.1", "typing_extensions==4.16.0", "email-validator==2.4.0"];
const PYDANTIC_2_9: &[&str] =
    &["pydantic==2.9.2", "pydantic-settings==2.6.1", "typing_extensions==4.16.0", "email-validator==2.4.0"];
const OLDER: &[&str] = &["pydantic==2.10.6", "pydantic-settings==2.7.1", "typing_extensions==4.16.0", "email-validator==2.4.0"];

/// How many disagreements are shown for each family, smallest first.
const SHOWN: usize = 12;

/// The results of the pairs of one family.
#[derive(Default)]
struct Tally {
    pairs: usize,
    unchecked: usize,
    /// Both rejected, with different errors.
    other_error: usize,
    other_errors: Vec<String>,
    disagreements: Vec<String>,
}

/// Writes the project and the pairs of that seed.
fn pairs(packages: &[&str], seed: u32, count: u32) -> (tempfile::TempDir, Vec<Json>) {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/values.py");
    run(Command::new(venv(packages).join("bin/python"))
        .arg(script)
        .args([seed.to_string(), count.to_string()])
        .arg(directory.path())
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1"));
    let lines = fs::read_to_string(directory.path().join("pairs.jsonl")).expect("it was written");
    let pairs = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (directory, pairs)
}

/// The one field of each class.
fn fields(path: PathBuf) -> BTreeMap<String, Setting> {
    let project = read(&ProjectOptions { path, ..ProjectOptions::default() }).expect("the project is read");
    let classes = project.manifest.settings.into_iter();
    classes.map(|mut class| (class.qualname, class.fields.swap_remove(0))).collect()
}

fn compare(pair: &Json, setting: &Setting, tally: &mut Tally) {
    let accepted = pair["accepted"].as_bool().expect("an answer");
    tally.pairs += 1;
    let Some(text) = pair["text"].as_str() else { return compare_default(pair, accepted, setting, tally) };
    let verdict = check_setting(setting, text);
    let agrees = match &verdict {
        Verdict::Accepted => accepted,
        Verdict::Refused(refusal) => {
            if !accepted && pair["error"] != refusal.error {
                tally.other_error += 1;
                tally.other_errors.push(format!("{} {text:?}: {} {}", pair["annotation"], pair["error"], refusal.error));
            }
            !accepted
        }
        Verdict::Unchecked(_) => {
            tally.unchecked += 1;
            true
        }
    };
    if !agrees {
        tally.disagreements.push(format!("{} {text:?}: pydantic {}, takk {verdict:?}", pair["annotation"], pair["error"]));
    }
}

/// Without the variable, the class can be instantiated if its default is accepted.
fn compare_default(pair: &Json, accepted: bool, setting: &Setting, tally: &mut Tally) {
    match (&setting.refused_default, accepted) {
        (Some(why), true) => tally.disagreements.push(format!("{}: pydantic accepts, takk: {why}", pair["annotation"])),
        (None, false) => {
            tally.unchecked += 1;
            tally.other_errors.push(format!("{} is open: {}", pair["annotation"], pair["error"]));
        }
        _ => {}
    }
}

/// A number from the environment: `TAKK_SEED` tries other texts, `TAKK_PAIRS` more of them.
pub(crate) fn number(variable: &str, otherwise: u32) -> u32 {
    std::env::var(variable).map_or(otherwise, |number| number.parse().expect("a number"))
}

#[test]
fn agrees_with_pydantic_on_values() {
    agrees(PACKAGES, 60_000, 15);
}

#[test]
fn agrees_with_pydantic_2_10_on_values() {
    agrees(OLDER, 20_000, 40);
}

#[test]
fn agrees_with_pydantic_2_9_on_values() {
    agrees(PYDANTIC_2_9, 20_000, 40);
}

#[test]
fn agrees_with_pydantic_2_5_on_values() {
    agrees(PYDANTIC_2_5, 20_000, 40);
}

#[test]
fn agrees_with_pydantic_2_0_on_values() {
    agrees(PYDANTIC_2_0, 20_000, 40);
}

#[test]
fn agrees_with_pydantic_1_on_values() {
    agrees(PYDANTIC_1, 20_000, 8);
}

/// At most `open` percent of the pairs may be undecided.
fn agrees(packages: &[&str], count: u32, open: usize) {
    let (directory, pairs) = pairs(packages, number("TAKK_SEED", 1), number("TAKK_PAIRS", count));
    let fields = fields(directory.path().to_owned());
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for pair in &pairs {
        let setting = &fields[pair["class"].as_str().expect("a class")];
        compare(pair, setting, tallies.entry(pair["family"].as_str().expect("a family")).or_default());
    }
    let mut report = String::new();
    for (family, tally) in &mut tallies {
        tally.disagreements.sort_by_key(String::len);
        if std::env::var_os("TAKK_OTHER").is_some() {
            tally.other_errors.sort_by_key(String::len);
            tally.other_errors.iter().take(8).for_each(|other| eprintln!("{other}"));
        }
        let Tally { pairs, unchecked, other_error, disagreements, .. } = tally;
        let wrong = disagreements.len();
        let _ = writeln!(report, "{family}: {pairs} pairs, {unchecked} unchecked, {other_error} other errors, {wrong} wrong");
        for disagreement in disagreements.iter().take(SHOWN) {
            let _ = writeln!(report, "    {}", disagreement.chars().take(240).collect::<String>());
        }
    }
    eprintln!("{report}");
    let unchecked: usize = tallies.values().map(|tally| tally.unchecked).sum();
    eprintln!("{} of {} are open", unchecked, pairs.len());
    assert!(pairs.len() > count as usize * 2 / 3, "{} pairs", pairs.len());
    assert!(unchecked * 100 < pairs.len() * open, "{unchecked} of {} are open", pairs.len());
    assert!(tallies.values().all(|tally| tally.disagreements.is_empty()), "{report}");
}
