//! Messages about files that takk does not read although the project names them.

use std::collections::BTreeSet;
use std::io;

use takk_model::Refused;
use takk_model::{Code, Finding, Manifest, Place, Problem, ProblemKind, Severity};

/// The code for files that cannot be read.
const UNREADABLE: Code = Code(15);

/// Reports that takk's own settings are in a file that cannot be read.
pub(super) fn configuration(path: &str, why: Refused) -> Problem {
    let help = "replace it with a regular file";
    Problem::new(ProblemKind::BrokenFile, Place::new(path, 1, 1), format!("cannot read {path}: {why}"), help)
}

/// The dotenv files of classes that exist, or may, and are not read. They are not an error, but `takk run` does not know their contents.
pub(super) fn env_files(manifest: &Manifest, read: &dyn Fn(&str) -> io::Result<Vec<u8>>) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for class in manifest.read_classes() {
        for file in &class.config.env_file {
            let why = if file.starts_with(['/', '~']) {
                Some(Refused::Outside)
            } else {
                read(file).err().and_then(|e| Refused::of(&e))
            };
            if let Some(why) = why.filter(|_| seen.insert(file)) {
                found.push(note(Place::new(class.file.clone(), class.line, class.column), &class.qualname, file, why));
            }
        }
    }
    found
}

fn note(place: Place, class: &str, file: &str, why: Refused) -> Finding {
    let message = match why {
        Refused::Outside => format!("`{class}` reads `{file}`, which is outside the project: only the program can read it"),
        _ => format!("`{class}` reads `{file}`, but takk does not: {why}"),
    };
    let help = "set `env_file` to a regular file in the project, or ignore this";
    Finding {
        code: UNREADABLE,
        severity: Severity::Info,
        message,
        place: Some(place),
        end: None,
        help: Some(help.to_owned()),
        also: Vec::new(),
    }
}
