//! `takk secrets list`

use super::super::value_args::{InProject, names};
use super::super::{Outcome, Session, open_platform};
use crate::ui::{json, secrets_text};
use takk_model::error::Result;
use takk_project::ops::environments;
use takk_project::ops::secrets::list;
use takk_project::platform::now;

/// List what is stored, without the values
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// Only this environment; may be repeated
    #[arg(long, short, value_name = "NAME")]
    env: Vec<String>,
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let chosen = environments::choose(&args.env, &project)?;
    let listings = list::list(&mut *open_platform::open_platform(&project, session)?, &names(&chosen))?;
    let text = if session.json { json::json(&listings)? } else { secrets_text::listings(&listings, now()) };
    session.output.data(&text)?;
    Ok(Outcome::Clean)
}
