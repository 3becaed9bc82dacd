//! `takk why`

use super::project_args::ProjectArgs;
use super::{Outcome, Session, open_platform};
use crate::ui::{json, why_text};
use takk_model::error::Result;
use takk_project::config;
use takk_project::ops::why;
use takk_project::platform::now;

/// Show where a variable is declared, who reads it, and its value's state in each environment
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The variable, the field, or Class.field, in upper or lower case
    name: String,
    /// Ask the backends of secret paths for version and age; no value is read
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    project: ProjectArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let mut platform = open_platform::open_to_look_at(&project, session)?;
    let mut answer = why::why(&mut *platform, &project, &args.name, &config::inherited_names())?;
    if args.live {
        session.output.warn_of(&why::look(&mut answer, &project)?);
    }
    let text = if session.json { json::json(&answer)? } else { why_text::render(&answer, now()) };
    session.output.data(&text)?;
    Ok(Outcome::Clean)
}
