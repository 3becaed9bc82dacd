//! `takk dotenv`

use std::io;
use std::path::{Path, PathBuf};

use super::project_args::ProjectArgs;
use super::{Outcome, Session};
use crate::error::{Error, Result};
use crate::files::{MOST, Target, boundary, is_standard_output};
use crate::ops::dotenv;
use crate::ui::{dotenv_text, json};

/// Write a dotenv file to fill in, grouped by class
///
/// Values that the file already has are kept, and so are names that the code does not declare. Without --output the
/// file is printed, with the values of the project's .env.example.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    project: ProjectArgs,
    /// Write this file instead of printing
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read()?;
    let target = match args.output.as_deref().filter(|path| !is_standard_output(path)) {
        Some(path) => Some((path, Target::new(path, &boundary(&project.root))?)),
        None => None,
    };
    let existing = match &target {
        Some((path, target)) => kept(path, target.read(MOST))?,
        None => project.sources.text(".env.example"),
    };
    let file = dotenv::dotenv(&project, &existing.unwrap_or_default());
    if let Some(warning) = dotenv_text::left_out(&file) {
        session.output.warn(&warning);
    }
    let text = dotenv_text::render(&file);
    match target {
        Some((path, target)) => session.output.written(path, target.write(&text))?,
        None if session.json => session.output.data(&json::json(&serde_json::json!({ "dotenv": text }))?)?,
        None => session.output.data(&text)?,
    }
    Ok(Outcome::Clean)
}

/// The text of the file that is to be replaced, whose values are kept.
fn kept(path: &Path, read: io::Result<Option<Vec<u8>>>) -> Result<Option<String>> {
    let failed = |error: &dyn std::fmt::Display| {
        Error::environment(format!("cannot keep the values of `{}`", path.display())).caused_by(error.to_string())
    };
    let bytes = read.map_err(|error| failed(&error))?;
    bytes.map(String::from_utf8).transpose().map_err(|error| failed(&error))
}
