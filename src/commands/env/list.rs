//! `takk env list`

use super::super::value_args::InProject;
use super::super::{Outcome, Session, open_platform};
use crate::ui::{env_text, json};
use takk_model::error::Result;
use takk_project::ops::env::list;
use takk_project::platform::now;

/// List the environments of the project, including those that only the store knows
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let listed = list::list(&mut *open_platform::open_platform(&project, session)?, &project, &session.home, now())?;
    session.output.data(&if session.json { json::json(&listed)? } else { env_text::list(&listed, now()) })?;
    Ok(Outcome::Clean)
}
