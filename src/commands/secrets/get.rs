//! `takk secrets get`

use std::borrow::Cow;

use super::super::value_args::{Target, ValueArgs, plan_of};
use super::super::{Outcome, Session};
use crate::ui::json;
use takk_model::error::Result;
use takk_project::ops::secrets::{get, names};

/// Print one stored value
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The variable
    name: String,
    /// This version instead of the current one
    #[arg(long, value_name = "NUMBER")]
    version: Option<i64>,
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let plan = plan_of(&mut *platform, &project, &environment)?;
    // What the code no longer declares can still be read.
    let stale = plan.stale.iter().any(|stale| stale.stored.name == args.name);
    let name = if stale { Cow::Borrowed(args.name.as_str()) } else { names::declared(&plan, &args.name)? };
    let name = &*name;
    let value = get::get(&mut *platform, &environment.name, name, args.version)?;
    if session.json {
        session.output.data(&json::json(&serde_json::json!({ "name": name, "value": value.expose() }))?)?;
    } else {
        session.output.raw(value.expose())?;
    }
    Ok(Outcome::Clean)
}
