//! `takk store backup`

use std::path::PathBuf;

use super::super::{Outcome, Session};
use crate::ui::{json, store_text};
use takk_model::error::Result;
use takk_project::ops::store::{Target, backup};

/// Copy the store to a file, also while others write to it
///
/// Values stay encrypted, and the master key is not in the copy. A store in PostgreSQL is copied with `pg_dump`.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The copy, which must not be there yet
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
