//! `takk audit`: one file per verb, and the table of them.

mod verify;

use clap::Subcommand;

use super::database_arg::{DatabaseArg, target};
use super::{Outcome, Session};
use takk_model::error::Result;

/// Verify the audit log: who read and changed what on a server
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    database: DatabaseArg,
    #[command(subcommand)]
    verb: Verb,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
enum Verb {
    Verify(verify::Args),
}

pub(super) fn run(args: Args, session: &Session) -> Result<Outcome> {
    let database = args.database.url();
    let store = target(database.as_deref(), session)?;
    match args.verb {
        Verb::Verify(args) => verify::run(&args, store, session),
    }
}
