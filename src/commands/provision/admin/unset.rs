//! `takk provision admin unset`

use super::super::super::value_args::{Target, ValueArgs};
use super::super::super::{Outcome, Session};
use crate::ui::provision_text;
use takk_model::error::Result;
use takk_project::ops::provision::admin;

/// Forget an admin address. What was created with it stays
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The kind of server, such as `postgres`, or the service that makes keys: `openai`, `openrouter`, `litellm`
    kind: String,
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { environment, mut platform, .. } = args.values.read(session)?;
    let was_set = admin::unset(&mut *platform, &environment.name, &args.kind)?;
    session.output.note(&provision_text::unset(&args.kind, &environment.name, was_set));
    Ok(Outcome::Clean)
}
