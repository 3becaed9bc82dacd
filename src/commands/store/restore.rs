//! `takk store restore`

use std::path::PathBuf;

use super::super::{Outcome, Session};
use crate::ui::{confirm, json, store_text};
use takk_model::error::{Error, Result};
use takk_project::ops::store::{Target, restore};

/// Replace the store with a backup, and keep the old store next to it
///
/// takk verifies the whole backup first, and rejects it if it is damaged or if the master key does not decrypt it. Use `pg_restore` to
/// restore a store in PostgreSQL.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// A file that `takk store backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace the current store without asking for confirmation
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(args: &Args, store: Target, session: &Session) -> Result<Outcome> {
    let checked = restore::check(store, &args.file)?;
    if checked.replaces && !args.yes {
        if !session.output.is_interactive() {
            return Err(Error::usage("cannot ask for confirmation without a terminal")
                .hint("pass --yes: takk store restore FILE --yes"));
        }
        session.output.note(&store_text::restoring(&checked));
        if !confirm::yes("Replace the current store with it?")? {
            session.output.note("Nothing was changed.\n");
            return Ok(Outcome::Findings);
        }
    }
    let restored = restore::put_in_place(checked)?;
    if session.json {
        session.output.data(&json::json(&restored)?)?;
    }
    session.output.note(&store_text::restored(&restored));
    Ok(Outcome::Clean)
}
