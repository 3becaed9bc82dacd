//! `takk store backup`

use std::path::PathBuf;

use super::super::{Outcome, Session};
use crate::ui::{json, store_text};
use takk_model::error::Result;
use takk_project::ops::store::{Target, backup};

/// Back the store up to a file, even while others write to it
///
/// Values stay encrypted, and the master key is not in the backup. Use `pg_dump` to back up a store in PostgreSQL.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The backup file, which must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(args: &Args, store: Target, session: &Session) -> Result<Outcome> {
    let backup = backup::backup(store, &args.file)?;
    if session.json {
        session.output.data(&json::json(&backup)?)?;
    }
    session.output.note(&store_text::backup(&backup));
    Ok(Outcome::Clean)
}
