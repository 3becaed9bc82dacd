//! `takk provision admin list`

use super::super::super::value_args::{Target, ValueArgs};
use super::super::super::{Outcome, Session};
use crate::ui::{json, provision_text};
use takk_model::error::Result;
use takk_project::ops::provision::admin;
use takk_project::platform::now;

/// List the admin addresses of an environment, without passwords
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { environment, mut platform, .. } = args.values.read(session)?;
    let listed = admin::list(&mut *platform, &environment.name)?;
    session.output.data(&if session.json {
        json::json(&provision_text::listed_of(&listed))?
    } else {
        provision_text::listed(&listed, &environment.name, now())
    })?;
    Ok(Outcome::Clean)
}
