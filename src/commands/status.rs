//! `takk status`

use super::value_args::{Target, ValueArgs};
use super::{Outcome, Session};
use crate::ui::{json, up_events, up_text};
use takk_model::error::Result;
use takk_project::config;
use takk_project::ops::up::{self, Intent, Machine};

/// Check whether everything that the program needs is set and running
///
/// takk logs in to each server that it created. A value that the program inherits or finds in a dotenv file counts, as for
/// `takk run`. Exits with 1 if a value is missing or a server does not accept the login.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let machine = Machine::new(&project, &session.home);
    let seen = up::seen(&mut *platform, environment.name.as_str(), &machine, true)?;
    let intent = Intent::read(&mut *platform, &project, &environment)?;
    let values = up::values(&project, &intent.plan, &intent.held, &config::inherited_names());
    let status = up_events::status(&seen, &values);
    session.output.data(&if session.json { json::json(&status)? } else { up_text::status(&seen, &values, &intent.plan) })?;
    Ok(if status.is_ready { Outcome::Clean } else { Outcome::Findings })
}
