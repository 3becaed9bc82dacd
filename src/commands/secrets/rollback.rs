//! `takk secrets rollback`

use super::super::value_args::{Target, ValueArgs, plan_of};
use super::super::{Outcome, Session};
use crate::ui::line;
use takk_model::error::Result;
use takk_project::ops::secrets::{history, names};

/// Restore an earlier value, as a new version
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The variable
    name: String,
    /// The version to restore [default: the latest one with a different value]
    #[arg(long, value_name = "NUMBER")]
    to: Option<i64>,
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let plan = plan_of(&mut *platform, &project, &environment)?;
    let name = names::declared(&plan, &args.name)?;
    let name = &*name;
    let (earlier, new) = history::rollback(&mut *platform, &project.manifest, &environment.name, name, args.to)?;
    let environment = &environment.name;
    session.output.note(&line!("{name} in {environment} is version {earlier} again, as version {new}."));
    Ok(Outcome::Clean)
}
