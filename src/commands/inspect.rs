//! `takk inspect`

use clap::ValueEnum;

use super::project_args::ProjectArgs;
use super::{Outcome, Session};
use crate::ui::{inspect_text, json};
use takk_model::error::Result;
use takk_project::ops::inspect;

/// Show what the code declares, class by class
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    project: ProjectArgs,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "json")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Text,
    /// For programs; the schema is docs/schema/inspect.json
    Json,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let inspection = inspect::inspect(args.project.read(session)?)?;
    if session.json || args.format == Format::Json {
        session.output.data(&json::json(&inspection)?)?;
    } else {
        session.output.data(&inspect_text::render(&inspection.manifest))?;
    }
    Ok(Outcome::Clean)
}
