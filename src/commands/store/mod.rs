//! `takk store`: one file per verb, and the table of them.

mod backup;
mod rekey;
mod restore;
mod status;
mod verify;

use clap::Subcommand;

use super::database_arg::{DatabaseArg, target};
use super::{Outcome, Session};
use takk_model::error::Result;

/// Maintain the store: verify it, back it up, change its master key
///
/// This is the store of this user, or with `--database` the one of a server in PostgreSQL.
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
    Status(status::Args),
    Verify(verify::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Rekey(rekey::Args),
}

pub(super) fn run(args: Args, session: &Session) -> Result<Outcome> {
    let database = args.database.url();
    let store = target(database.as_deref(), session)?;
    match args.verb {
        Verb::Status(args) => status::run(&args, store, session),
        Verb::Verify(args) => verify::run(&args, store, session),
        Verb::Backup(args) => backup::run(&args, store, session),
        Verb::Restore(args) => restore::run(&args, store, session),
        Verb::Rekey(args) => rekey::run(&args, store, session),
    }
}
