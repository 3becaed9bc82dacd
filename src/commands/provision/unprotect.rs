//! `takk provision unprotect`

use super::super::value_args::{Target, ValueArgs};
use super::super::{Outcome, Session};
use crate::ui::provision_text;
use takk_model::error::Result;
use takk_project::ops::provision;
use takk_project::platform::now;

/// Lift the protection of databases of the level `full` for an hour, so that they can be removed
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The resources: `postgres/default`, or all of a kind: `postgres`
    #[arg(value_name = "RESOURCE", required = true)]
    resources: Vec<String>,
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { environment, mut platform, .. } = args.values.read(session)?;
    let (keys, until) = provision::unprotect(&mut *platform, &environment.name, &args.resources)?;
    session.output.note(&provision_text::unprotected(&keys, &environment.name, until, now()));
    Ok(Outcome::Clean)
}
