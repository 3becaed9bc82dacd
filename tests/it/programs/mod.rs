//! Small complete programs, started under the real pydantic in random environments: takk must predict for each environment whether the
//! program starts, and which variables are at fault if it does not.
//!
//! The generator is `tests/differential/whole.py`. When a test fails, it prints how often each kind of disagreement occurs, and some of
//! them as minimal programs. `TAKK_SEED` selects other programs, `TAKK_PROGRAMS` more of them, and `TAKK_KEEP` names a directory in which
//! to keep the programs and all disagreements.

mod smaller;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use takk_project::ops::project::{ProjectOptions, ReadProject, read};

use crate::memory::{Judged, judge};
use crate::python::{run, venv};
use crate::values::number;

/// The versions with the newest rules.
const CURRENT: &[&str] =
    &["pydantic==2.14.3", "pydantic-settings==2.16.3", "typing_extensions==4.16.0", "email-validator==2.4.0", "PyYAML==6.0.3"];

/// Versions from before `enable_decoding`, `env_nested_max_split` and `validate_by_name`.
const OLDER: &[&str] =
    &["pydantic==2.10.6", "pydantic-settings==2.6.1", "typing_extensions==4.16.0", "email-validator==2.4.0", "PyYAML==6.0.3"];

/// The last of pydantic 1.
const LEGACY: &[&str] = &["pydantic[dotenv]==1.10.27", "email-validator==2.4.0"];

/// A program in an environment, with the result.
#[derive(Debug, Deserialize)]
struct Pair {
    program: String,
    ways: Vec<String>,
    env: BTreeMap<String, String>,
    starts: bool,
    faults: Vec<Fault>,
    /// The faults of instantiations whose failure the program handles.
    caught: Vec<Fault>,
}

impl Pair {
    /// Whether a value keeps a class from being instantiated, and the program goes on without it.
    fn is_caught(&self, name: &str) -> bool {
        self.env.keys().any(|set| set.eq_ignore_ascii_case(name)) && self.caught.iter().any(|fault| fault.is_of(name))
    }
}

impl Pair {
    /// Whether a nested variable is hidden by one that is not an object: it is not read then, but rejected nevertheless.
    fn is_hidden(&self, name: &str) -> bool {
        let is_object = |text: &String| serde_json::from_str::<serde_json::Value>(text).is_ok_and(|json| json.is_object());
        let stands_in_front = |fault: &Fault| {
            let own = |(known, text): (&String, &String)| {
                fault.names.iter().any(|name| name.eq_ignore_ascii_case(known)) && !is_object(text)
            };
            self.env.iter().any(own)
        };
        let is_inside = |fault: &&Fault| fault.below.iter().any(|start| begins(name, start));
        self.faults.iter().filter(is_inside).any(stands_in_front)
    }
}

/// An error of pydantic: its location, and the names that lead there.
#[derive(Debug, Deserialize)]
struct Fault {
    class: String,
    loc: Vec<String>,
    kind: String,
    /// The variables of the field.
    names: Vec<String>,
    /// The prefixes of its nested names.
    below: Vec<String>,
    /// The variables of the exact location, if it is nested.
    full: Vec<String>,
}

impl Fault {
    /// The class and the field.
    fn field(&self) -> String {
        format!("{}.{}", self.class, self.loc.first().map_or("", String::as_str))
    }

    /// Whether a variable is at fault: one of the field's, one on the path to the location, or one below it.
    fn is_of(&self, name: &str) -> bool {
        let is = |known: &String| known.eq_ignore_ascii_case(name);
        let is_on_the_way = |full: &String| begins(full, name) || begins(name, full);
        self.names.iter().any(is)
            || self.full.iter().any(is_on_the_way)
            // A location within a union, list or dictionary has no names of its own.
            || (self.full.is_empty() || self.loc.len() > 2) && self.below.iter().any(|start| begins(name, start))
    }
}

fn begins(name: &str, start: &str) -> bool {
    name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

/// The result of a comparison.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Answer {
    Agrees,
    /// takk says that only the program can decide.
    Undecided,
    /// The program starts, but takk reports a fault.
    FalseAlarm,
    /// The program does not start, but takk reports nothing.
    Silent,
    /// takk misses one of several faults.
    Overlooked,
    /// takk reports a variable that is not at fault.
    Blamed,
}

fn compare(pair: &Pair, judged: &Judged) -> Answer {
    // takk does not store values that nothing reads, which says nothing about the program, unless the class forbids them.
    let is_read = |name: &&String| !judged.unknown.contains(name);
    let mut blamed: Vec<&str> = judged.refused.iter().filter(is_read).map(String::as_str).collect();
    blamed.extend(judged.reported());
    blamed.retain(|name| !pair.is_caught(name) || pair.faults.iter().any(|fault| fault.is_of(name)));
    // An unknown nested name still gives the field a value, although takk does not store it.
    let is_begun = |name: &str| judged.unknown.iter().any(|unknown| unknown.len() > name.len() && begins(unknown, name));
    if pair.starts {
        let says_nothing = blamed.iter().all(|name| is_begun(name)) && judged.files.is_empty();
        return if says_nothing { Answer::Agrees } else { Answer::FalseAlarm };
    }
    let is_open = |fault: &Fault| judged.unchecked.iter().any(|name| fault.is_of(name));
    let unnamed = |fault: &&Fault| fault.names.is_empty();
    let is_in_file = |fault: &&Fault| judged.files.iter().any(|problem| problem.contains(&format!("`{}`", fault.field())));
    let is_unread = |fault: &Fault, name: &String| fault.is_of(name) || fault.below.iter().any(|start| begins(name, start));
    let is_blamed = |fault: &&Fault| {
        blamed.iter().any(|name| fault.is_of(name)) || judged.unknown.iter().any(|name| is_unread(fault, name))
    };
    let missed: Vec<&Fault> = pair.faults.iter().filter(|fault| !is_blamed(fault) && !is_in_file(fault)).collect();
    let has_unnamed = pair.faults.iter().any(|fault| unnamed(&fault));
    let is_at_fault = |name: &str| pair.faults.iter().any(|fault| fault.is_of(name));
    if !has_unnamed && blamed.iter().any(|name| !is_begun(name) && !pair.is_hidden(name) && !is_at_fault(name)) {
        return Answer::Blamed;
    }
    let is_explained = |fault: &&&Fault| is_open(fault) || unnamed(fault) && !blamed.is_empty();
    match missed.iter().filter(|fault| !is_explained(fault)).count() {
        0 if missed.iter().any(|fault| is_open(fault)) => Answer::Undecided,
        0 => Answer::Agrees,
        _ if blamed.is_empty() => Answer::Silent,
        _ => Answer::Overlooked,
    }
}

/// The results of all pairs.
#[derive(Default)]
struct Tally {
    answers: BTreeMap<Answer, usize>,
    /// The indices of pairs, by kind of disagreement.
    disagreements: BTreeMap<String, Vec<usize>>,
}

impl Tally {
    fn of(&self, answer: Answer) -> usize {
        self.answers.get(&answer).copied().unwrap_or_default()
    }

    fn wrong(&self) -> usize {
        self.disagreements.values().map(Vec::len).sum()
    }

    /// Every disagreement on a line, to be kept with the programs.
    fn lines(&self, directory: &Path, pairs: &[Pair]) -> String {
        let mut lines = String::new();
        for (sort, number) in self.disagreements.iter().flat_map(|(sort, found)| found.iter().map(move |at| (sort, *at))) {
            let pair = &pairs[number];
            let _ = writeln!(lines, "{sort}\n    {} {:?} {:?}", pair.program, pair.ways, pair.env);
            for Fault { class, loc, kind, names, full, .. } in &pair.faults {
                let _ = writeln!(lines, "    pydantic: {class}.{} {kind} {names:?} {full:?}", loc.join("."));
            }
            let judged = smaller::judged(pair, &directory.join(&pair.program));
            let _ = writeln!(
                lines,
                "    takk: refused {:?}, not checked {:?}, reported {:?}",
                judged.refused,
                judged.unchecked,
                judged.findings.iter().map(|finding| &finding.message).chain(&judged.files).collect::<Vec<_>>()
            );
        }
        lines
    }

    /// The disagreements by kind, the first ones as the smallest programs that can be found in time.
    fn report(&self, packages: &[&str], directory: &Path, pairs: &[Pair]) -> String {
        let mut report = format!("{:?}\n", self.answers);
        let mut sorts: Vec<(&String, &Vec<usize>)> = self.disagreements.iter().collect();
        sorts.sort_by_key(|(_, found)| std::cmp::Reverse(found.len()));
        for (sort, found) in &sorts {
            let _ = writeln!(report, "{:5}  {sort}", found.len());
        }
        let mut smaller: BTreeMap<String, usize> = BTreeMap::new();
        for (_, found) in sorts.iter().take(number("TAKK_SHOWN", 12) as usize) {
            *smaller.entry(smaller::smallest(packages, directory, &pairs[found[0]])).or_default() += found.len();
        }
        for (shown, _) in smaller {
            let _ = writeln!(report, "\n{}\n{shown}", "=".repeat(80));
        }
        report
    }
}
/// The programs of a seed for these versions, and their pairs.
fn programs(packages: &[&str], seed: u32, count: u32, each: u32) -> (tempfile::TempDir, Vec<Pair>) {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    run(Command::new(venv(packages).join("bin/python"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/whole.py"))
        .args([seed.to_string(), count.to_string(), each.to_string()])
        .arg(directory.path())
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1"));
    let pairs = pairs_in(directory.path());
    (directory, pairs)
}

fn pairs_in(directory: &Path) -> Vec<Pair> {
    let lines = fs::read_to_string(directory.join("pairs.jsonl")).expect("pairs were written");
    lines.lines().map(|line| serde_json::from_str(line).expect("a pair")).collect()
}

fn project(path: PathBuf) -> ReadProject {
    read(&ProjectOptions { path, ..ProjectOptions::default() }).expect("the project is read")
}

/// Compares all pairs; `plant` may introduce a fault into takk's verdict.
fn tally(directory: &Path, pairs: &[Pair], plant: impl Fn(&Pair, &mut Judged)) -> Tally {
    let mut tally = Tally::default();
    let mut current: Option<(&str, ReadProject)> = None;
    for (number, pair) in pairs.iter().enumerate() {
        if current.as_ref().is_none_or(|(name, _)| *name != pair.program) {
            current = Some((&pair.program, project(directory.join(&pair.program))));
        }
        let (_, project) = current.as_ref().expect("it was read");
        let values: Vec<(String, String)> = pair.env.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut judged = judge(project, &values);
        plant(pair, &mut judged);
        let answer = compare(pair, &judged);
        *tally.answers.entry(answer).or_default() += 1;
        if answer > Answer::Undecided {
            tally.disagreements.entry(sort(pair, answer)).or_default().push(number);
        }
    }
    tally
}

/// A key for disagreements that probably have the same cause.
fn sort(pair: &Pair, answer: Answer) -> String {
    let mut kinds: Vec<&str> = pair.faults.iter().map(|fault| fault.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let way = if pair.ways.len() == 1 { pair.ways[0].as_str() } else { "several" };
    format!("{answer:?}, made by {way}: {}", kinds.join(" "))
}

/// The maximum shares of pairs. The goal is none wrong and 5 in 100 undecided; a version that is not there yet has higher limits, so that
/// it does not get worse.
struct Most {
    wrong_in_1000: usize,
    undecided_in_100: usize,
}

fn agrees(packages: &[&str], most: &Most) {
    let (directory, pairs) = programs(packages, number("TAKK_SEED", 1), number("TAKK_PROGRAMS", 180), 6);
    let tally = tally(directory.path(), &pairs, |_, _| {});
    let (undecided, wrong) = (tally.of(Answer::Undecided), tally.wrong());
    eprintln!("{} pairs, {undecided} undecided, {wrong} wrong", pairs.len());
    if let Some(kept) = std::env::var_os("TAKK_KEEP") {
        let kept = PathBuf::from(kept).join(packages[0]);
        fs::create_dir_all(&kept).expect("a directory can be made");
        fs::write(kept.join("disagreements.txt"), tally.lines(directory.path(), &pairs)).expect("it is written");
        run(Command::new("cp").arg("-r").arg(directory.path()).arg(kept.join("programs")));
    }
    assert!(wrong * 1000 <= most.wrong_in_1000 * pairs.len(), "\n{}", tally.report(packages, directory.path(), &pairs));
    assert!(pairs.len() > 1000, "{} pairs", pairs.len());
    assert!(pairs.iter().filter(|pair| pair.starts).count() > pairs.len() / 4, "too few programs start to say anything");
    assert!(undecided * 100 <= most.undecided_in_100 * pairs.len(), "{undecided} of {} undecided", pairs.len());
}

#[test]
fn agrees_about_programs_with_pydantic() {
    agrees(CURRENT, &Most { wrong_in_1000: 0, undecided_in_100: 1 });
}

#[test]
fn agrees_about_programs_with_older_pydantic() {
    agrees(OLDER, &Most { wrong_in_1000: 0, undecided_in_100: 5 });
}

#[test]
fn agrees_about_programs_with_pydantic_1() {
    // Remaining: with the delimiter `_`, a variable of one field that also starts the model of another one.
    agrees(LEGACY, &Most { wrong_in_1000: 1, undecided_in_100: 1 });
}

/// Verifies the comparison itself: it must find every planted error.
#[test]
fn comparison_finds_planted_errors_in_programs() {
    let (directory, pairs) = programs(CURRENT, 7, 40, 4);
    let right = tally(directory.path(), &pairs, answer_with_the_truth);
    assert_eq!(right.wrong(), 0, "the truth agrees with itself: {:?}", right.answers);
    let failing = pairs.iter().filter(|pair| !pair.starts).count();
    let several = pairs.iter().filter(|pair| distinct(pair) > 1).count();
    assert!(failing > 40 && several > 10 && failing < pairs.len(), "{failing} of {} fail", pairs.len());

    let alarm = tally(directory.path(), &pairs, |pair, judged| {
        answer_with_the_truth(pair, judged);
        if pair.starts {
            judged.refused.push("PLANTED".to_owned());
        }
    });
    assert_eq!(alarm.of(Answer::FalseAlarm), pairs.len() - failing);
    let silent = tally(directory.path(), &pairs, |_, judged| *judged = Judged::default());
    assert_eq!(silent.of(Answer::Silent), failing);
    let blamed = tally(directory.path(), &pairs, |pair, judged| {
        answer_with_the_truth(pair, judged);
        if !pair.starts {
            judged.refused.push("PLANTED".to_owned());
        }
    });
    assert_eq!(blamed.of(Answer::Blamed), failing);
    let overlooked = tally(directory.path(), &pairs, |pair, judged| {
        answer_with_the_truth(pair, judged);
        if distinct(pair) > 1 {
            let first = judged.refused.first().cloned().expect("there is a fault");
            judged.refused.retain(|name| !pair.faults.iter().any(|fault| fault.is_of(&first) && fault.is_of(name)));
        }
    });
    assert_eq!(overlooked.of(Answer::Overlooked), several);
}

/// Replaces takk's verdict by the truth.
fn answer_with_the_truth(pair: &Pair, judged: &mut Judged) {
    let names = pair.faults.iter().filter_map(|fault| fault.full.first().or(fault.names.first()));
    *judged = Judged { refused: names.cloned().collect(), ..Judged::default() };
}

/// The number of faults that no single variable explains together.
fn distinct(pair: &Pair) -> usize {
    let Some(first) = pair.faults.first().and_then(|fault| fault.full.first().or(fault.names.first())) else { return 0 };
    1 + pair.faults.iter().filter(|fault| !fault.is_of(first)).count()
}
