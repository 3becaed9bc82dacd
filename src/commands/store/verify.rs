//! `takk store verify`

use super::super::{Outcome, Session};
use crate::ui::{json, store_text};
use takk_model::error::Result;
use takk_project::ops::store::{Target, verify};

/// Check the integrity of the store, and that every value of every project decrypts
///
/// Exit codes: 0 the store is intact, 1 it is not, 2 could not run.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {}

pub(super) fn run(_args: &Args, store: Target, session: &Session) -> Result<Outcome> {
    let found = verify::verify(store)?;
    session.output.data(&if session.json { json::json(&found)? } else { store_text::verification(&found) })?;
    Ok(if found.wrong.is_empty() { Outcome::Clean } else { Outcome::Findings })
}
