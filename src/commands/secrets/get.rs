//! `takk secrets get`

use std::borrow::Cow;

use super::super::value_args::{Target, ValueArgs, plan_of};
use super::super::{Outcome, Session};
use crate::ui::json;
use serde_json::json;
use takk_model::error::{Error, Result};
use takk_project::ops::secrets::{get, names};
use takk_vault::SecretValue;

/// Print stored values
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The variable; several are printed as a JSON list
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// This version instead of the current one
    #[arg(long, value_name = "NUMBER")]
    version: Option<i64>,
    /// Print null for a name without a value, in a JSON list
    #[arg(long)]
    allow_missing: bool,
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let is_list = args.names.len() > 1 || args.allow_missing;
    if is_list && !session.json {
        return Err(Error::usage("only a single value can be printed as it is").hint("pass --json"));
    }
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let plan = plan_of(&mut *platform, &project, &environment)?;
    let mut values = Vec::new();
    for asked in &args.names {
        // Values that the code no longer declares can still be read.
        let is_stored = plan.stale.iter().any(|stale| stale.stored.name == *asked);
        let name = if is_stored { Ok(Cow::Borrowed(asked.as_str())) } else { names::declared(&plan, asked) };
        if args.allow_missing {
            let name = name.unwrap_or(Cow::Borrowed(asked));
            let value = get::find(&mut *platform, &environment.name, &name, args.version)?;
            values.push(json!({ "name": asked, "value": value.as_ref().map(SecretValue::expose) }));
            continue;
        }
        let name = name?;
        let value = get::get(&mut *platform, &environment.name, &name, args.version)?;
        if !session.json {
            session.output.raw(value.expose())?;
            return Ok(Outcome::Clean);
        }
        values.push(json!({ "name": name, "value": value.expose() }));
    }
    let text = if is_list { json::json(&values)? } else { json::json(&values.first())? };
    session.output.data(&text)?;
    Ok(Outcome::Clean)
}
