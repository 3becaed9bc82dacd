//! `takk secrets unset`

use std::borrow::Cow;

use super::super::value_args::{Target, ValueArgs, plan_of};
use super::super::{Outcome, Session};
use crate::ui::line;
use takk_model::error::Result;
use takk_project::ops::secrets::{names, set};

/// Unset a value; its versions stay in the history
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The variable
    name: String,
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let plan = plan_of(&mut *platform, &project, &environment)?;
    let stale = plan.stale.iter().any(|stale| stale.stored.name == args.name);
    let name = if stale { Cow::Borrowed(args.name.as_str()) } else { names::declared(&plan, &args.name)? };
    let name = &*name;
    let unset = set::unset(&mut *platform, &environment.name, name)?;
    session.output.note(&match unset {
        Some(_) => line!("{name} no longer has a value in {}.", environment.name),
        None => line!("{name} has no value in {}.", environment.name),
    });
    Ok(Outcome::Clean)
}
