//! `takk secrets history`

use super::super::value_args::{Target, ValueArgs, plan_of};
use super::super::{Outcome, Session};
use crate::ui::{json, secrets_text};
use takk_model::error::Result;
use takk_project::ops::secrets::{history, names};
use takk_project::platform::now;

/// List the versions of a value, without the values
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The variable
    name: String,
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let mut versions = history::history(&mut *platform, &environment.name, &args.name)?;
    let mut name = args.name.clone();
    if versions.is_empty() {
        name = names::declared(&plan_of(&mut *platform, &project, &environment)?, &args.name)?.into_owned();
        versions = history::history(&mut *platform, &environment.name, &name)?;
    }
    let text =
        if session.json { json::json(&versions)? } else { secrets_text::history(&name, &environment.name, &versions, now()) };
    session.output.data(&text)?;
    Ok(Outcome::Clean)
}
