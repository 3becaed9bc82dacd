//! `takk explain`

use super::{Outcome, Session};
use crate::ui::{explain_text, json};
use takk_model::error::Result;
use takk_project::ops::rules;

/// Explain a finding by its code
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The code, such as TK001, or the name of the rule
    code: String,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let rule = rules::find(rules::RULES, &args.code)?;
    let text = if session.json { json::json(rule)? } else { explain_text::render(rule) };
    session.output.data(&text)?;
    Ok(Outcome::Clean)
}
