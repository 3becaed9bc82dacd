//! `takk dotenv`

use std::path::PathBuf;

use super::project_args::ProjectArgs;
use super::{Outcome, Session};
use crate::error::Result;
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
    let existing = args.output.clone().unwrap_or_else(|| project.root.join(".env.example"));
    let text = dotenv_text::render(&dotenv::dotenv(&project, &existing)?);
    match &args.output {
        Some(path) => session.output.save(path, &text)?,
        None if session.json => session.output.data(&json::json(&serde_json::json!({ "dotenv": text }))?)?,
        None => session.output.data(&text)?,
    }
    Ok(Outcome::Clean)
}
