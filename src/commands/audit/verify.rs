//! `takk audit verify`

use super::super::{Outcome, Session};
use crate::ui::{json, store_text};
use takk_model::error::Result;
use takk_project::ops::store::{Target, audit};

/// Check that no row of the audit log was changed, removed or put in between
///
/// It reads the store of this user, where `takk serve` keeps it, or with `--database` that in PostgreSQL, also while servers run.
/// Note down the last link now and then: with it, a whole store that was put back is noticed too.
///
/// Exit codes: 0 the log is what was written, 1 it is not, 2 could not run.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {}

pub(super) fn run(_args: &Args, store: Target, session: &Session) -> Result<Outcome> {
    let found = audit::verify(store)?;
    session.output.data(&if session.json { json::json(&found)? } else { store_text::audit(&found) })?;
    Ok(if found.wrong.is_empty() { Outcome::Clean } else { Outcome::Findings })
}
