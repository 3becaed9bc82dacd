//! `takk secrets history`

use super::super::value_args::{ValueArgs, existing, plan_of};
use super::super::{Outcome, Session};
use crate::error::Result;
use crate::ops::platform;
use crate::ops::secrets::{history, names};
use crate::ui::{json, secrets_text};

/// List the versions of a value, without the values
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The variable
    name: String,
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let (project, environment) = args.values.read(session)?;
    let mut platform = existing(&project, session)?;
    let mut versions = history::history(platform.as_mut(), &environment.name, &args.name)?;
    let mut name = args.name.clone();
    if versions.is_empty() {
        name = names::declared(&plan_of(&project, &environment, session)?, &args.name)?.to_owned();
        versions = history::history(platform.as_mut(), &environment.name, &name)?;
    }
    let text = if session.json {
        json::json(&versions)?
    } else {
        secrets_text::history(&name, &environment.name, &versions, platform::now())
    };
    session.output.data(&text)?;
    Ok(Outcome::Clean)
}
