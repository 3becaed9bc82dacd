//! `takk store restore`

use std::path::PathBuf;

use super::super::{Outcome, Session};
use crate::ui::{confirm, json, store_text};
use takk_model::error::{Error, Result};
use takk_project::ops::store::{Target, restore};

/// Put a backup in the place of the store, which is kept beside it
///
/// The backup is read as a whole first: one that is damaged, or that the master key does not open, is refused. A store in PostgreSQL is
/// restored with `pg_restore`.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// A file that `takk store backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Do not ask whether the present store is to be replaced
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(args: &Args, store: Target, session: &Session) -> Result<Outcome> {
    let checked = restore::check(store, &args.file)?;
    if checked.replaces && !args.yes {
        if !session.output.is_interactive() {
            return Err(Error::usage("nobody can be asked whether the present store is to be replaced")
                .hint("say so: takk store restore FILE --yes"));
        }
        session.output.note(&store_text::restoring(&checked));
        if !confirm::yes("Put it in the place of the present store?")? {
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
