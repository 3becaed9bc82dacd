//! `takk dotenv`

use std::io;
use std::path::{Path, PathBuf};

use super::project_args::ProjectArgs;
use super::{Outcome, Session};
use crate::ui::{dotenv_text, json};
use takk_files::{MOST, Target, boundary, is_standard_output};
use takk_model::error::{Error, Result};
use takk_project::exchange::{Edited, Fault};
use takk_project::ops::dotenv;

/// Write a dotenv file to fill in, grouped by class
///
/// What the file already has stays as it is: values, comments, order, and names that the code does not declare. New variables are added
/// after those of their class. Without --output, takk prints the project's .env.example with these additions.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    project: ProjectArgs,
    /// Write this file instead of printing
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let target = match args.output.as_deref().filter(|path| !is_standard_output(path)) {
        Some(path) => Some((path, Target::new(path, &boundary(&project.root))?)),
        None => None,
    };
    let existing = match &target {
        Some((path, target)) => there(path, target.read(MOST))?,
        None => Edited::new(project.sources.text(".env.example").unwrap_or_default()),
    };
    let file = dotenv::dotenv(&project, &existing);
    if let Some(warning) = dotenv_text::left_out(&file) {
        session.output.warn(&warning);
    }
    let name = args.output.as_deref().unwrap_or(Path::new(".env.example"));
    for fault in existing.faults() {
        session.output.warn(&format!("{}:{fault}: python-dotenv skips this line", name.display()));
    }
    let bytes = dotenv_text::render(&file, &existing).map_err(|fault| in_the_way(name, &fault))?;
    if let Some((path, target)) = target {
        session.output.written(path, target.write(&bytes))?;
        return Ok(Outcome::Clean);
    }
    let text = String::from_utf8_lossy(&bytes);
    if session.json {
        session.output.data(&json::json(&serde_json::json!({ "dotenv": text }))?)?;
    } else {
        session.output.data(&text)?;
    }
    Ok(Outcome::Clean)
}

/// The existing file, if there is one.
fn there(path: &Path, read: io::Result<Option<Vec<u8>>>) -> Result<Edited> {
    let failed = || Error::system(format!("cannot preserve the contents of `{}`", path.display()));
    let bytes = read.map_err(|error| failed().caused_by(error.to_string()))?;
    Edited::decode(bytes.unwrap_or_default()).ok_or_else(|| {
        failed().caused_by("it is UTF-16, which neither python-dotenv nor a shell reads").hint("save it as UTF-8")
    })
}

/// A file whose meaning an addition would change.
fn in_the_way(path: &Path, fault: &Fault) -> Error {
    Error::usage(format!("cannot add to `{}` without changing its meaning", path.display()))
        .about(format!("{}:{fault}", path.display()))
        .hint("fix this line, and run the command again")
}
