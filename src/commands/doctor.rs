//! `takk doctor`

use super::value_args::InProject;
use super::{Outcome, Session, open_platform};
use crate::ui::{doctor_text, json};
use takk_model::error::Result;
use takk_project::ops::doctor::{self, Health};
use takk_project::platform::link;

/// Check that takk has everything it needs: project, pydantic, store, key
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let link = link::decide(&session.home, &open_platform::checkout(&project))?;
    let found = doctor::examine(&mut *open_platform::open_to_look_at(&project, session)?, &project, &session.home, &link);
    session.output.data(&if session.json { json::json(&found)? } else { doctor_text::render(&found) })?;
    let is_bad = found.iter().any(|diagnosis| diagnosis.health == Health::Bad);
    Ok(if is_bad { Outcome::Findings } else { Outcome::Clean })
}
