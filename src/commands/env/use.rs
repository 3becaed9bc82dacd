//! `takk env use`

use super::super::value_args::InProject;
use super::super::{Outcome, Session};
use crate::error::Result;
use crate::ops::env::in_use;
use crate::ui::{env_text, json};

/// Choose the environment that commands in this checkout are about where they name none
///
/// The store remembers it; nothing is written into the checkout.
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
    let project = args.project.read()?;
    let used = match &args.name {
        Some(name) => {
            let used = in_use::remember(&project, name, &session.home)?;
            session.output.note(&env_text::used(&used));
            Some(used)
        }
        None => {
            let cleared = in_use::forget(&project, &session.home)?;
            session.output.note(&env_text::cleared(cleared.as_deref()));
            None
        }
    };
    if session.json {
        session.output.data(&json::json(&serde_json::json!({ "in_use": used }))?)?;
    }
    Ok(Outcome::Clean)
}
