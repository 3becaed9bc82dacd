//! `takk audit verify`

use super::super::{Outcome, Session};
use crate::ui::{json, store_text};
use takk_model::error::Result;
use takk_project::ops::store::{Target, audit};

/// Check that no row of the audit log was changed, deleted or inserted
///
/// It reads the store of this user, or with `--database` the one in PostgreSQL; servers may keep running. Note down the last link
/// from time to time: it also reveals that somebody restored an older store.
///
/// Exit codes: 0 the log is intact, 1 it was altered, 2 could not run.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {}

pub(super) fn run(_args: &Args, store: Target, session: &Session) -> Result<Outcome> {
    let found = audit::verify(store)?;
    session.output.data(&if session.json { json::json(&found)? } else { store_text::audit(&found) })?;
    Ok(if found.wrong.is_empty() { Outcome::Clean } else { Outcome::Findings })
}
