//! `takk env sweep`

use super::super::value_args::InProject;
use super::super::{Outcome, Session, open_platform};
use crate::ui::{env_text, json};
use takk_model::error::Result;
use takk_project::ops::env::sweep;

/// Delete the expired environments of the level `temporary`, with their databases and servers
///
/// It asks nothing, so that cron can run it. One that cannot be deleted leaves the others to be deleted, and is tried again the next time.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let mut platform = open_platform::open_platform(&project, session)?;
    let swept = sweep::sweep(&mut *platform, &project, &session.home)?;
    if session.json {
        session.output.data(&json::json(&swept.deleted)?)?;
    }
    for one in &swept.deleted {
        session.output.note(&env_text::deleted(one));
    }
    for error in &swept.failed {
        session.output.error(error);
    }
    if swept.deleted.is_empty() && swept.failed.is_empty() {
        session.output.note("No temporary environment has expired.\n");
    }
    Ok(if swept.failed.is_empty() { Outcome::Clean } else { Outcome::Findings })
}
