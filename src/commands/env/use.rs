//! `takk env use`

use super::super::value_args::InProject;
use super::super::{Outcome, Session, open_platform};
use crate::ui::{env_text, json};
use takk_model::error::Result;
use takk_project::ops::env::in_use;

/// Choose the default environment of commands in this checkout
///
/// The choice is recorded in the store; nothing is written to the checkout.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The environment
    #[arg(required_unless_present = "clear", conflicts_with = "clear")]
    name: Option<String>,
    /// Forget the choice
    #[arg(long)]
    clear: bool,
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let remember =
        |name| in_use::remember(&mut *open_platform::open_platform(&project, session)?, &project, name, &session.home);
    let used = args.name.as_deref().map(remember).transpose()?;
    session.output.note(&match &used {
        Some(used) => env_text::used(used),
        None => env_text::cleared(in_use::forget(&project, &session.home)?.as_deref()),
    });
    if session.json {
        session.output.data(&json::json(&serde_json::json!({ "in_use": used }))?)?;
    }
    Ok(Outcome::Clean)
}
