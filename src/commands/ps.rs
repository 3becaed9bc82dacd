//! `takk ps`

use super::value_args::{Target, ValueArgs};
use super::{Outcome, Session};
use crate::ui::{json, sessions_text, up_events, up_text};
use takk_model::error::Result;
use takk_project::ops::provision;
use takk_project::ops::up::{self, Machine};
use takk_project::platform::now;

/// List the servers that takk created, and whether they run
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// List who is connected with the logins of a resource, on the server that it is on: `postgres/default`
    #[arg(long, value_name = "RESOURCE")]
    sessions: Option<String>,
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    if let Some(resource) = &args.sessions {
        let found = provision::sessions(&mut *platform, &project, &environment.name, &session.home, resource)?;
        session.output.data(&if session.json {
            json::json(&sessions_text::sessions_of(&found))?
        } else {
            sessions_text::sessions(&found, now())
        })?;
        return Ok(Outcome::Clean);
    }
    let machine = Machine::new(&project, &session.home);
    let seen = up::seen(&mut *platform, environment.name.as_str(), &machine, false)?;
    session.output.data(&if session.json {
        json::json(&up_events::seen(&seen))?
    } else {
        up_text::list(&seen, &environment.name, now())
    })?;
    Ok(Outcome::Clean)
}
