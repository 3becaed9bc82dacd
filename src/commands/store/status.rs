//! `takk store status`

use super::super::value_args::InProject;
use super::super::{Outcome, Session};
use crate::ui::{json, store_text};
use takk_model::error::Result;
use takk_project::ops::store::{Target, status};

/// Show where the store and its master key are, and what the store contains
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, store: Target, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let status = status::status(store, &project.manifest.project.name)?;
    session.output.data(&if session.json { json::json(&status)? } else { store_text::status(&status) })?;
    Ok(Outcome::Clean)
}
