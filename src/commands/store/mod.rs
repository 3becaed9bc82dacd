//! `takk store`: one file per verb, and the table of them.

mod backup;
mod rekey;
mod restore;
mod status;
mod verify;

use clap::Subcommand;

use super::{Outcome, Session, door};
use crate::error::Result;

/// Look after the store of all values: check it, copy it, change its master key
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

/// The table of verbs.
#[derive(Debug, Subcommand)]
enum Verb {
    Status(status::Args),
    Verify(verify::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Rekey(rekey::Args),
}

pub(super) fn run(args: Args, session: &Session) -> Result<Outcome> {
    door::mind_the_server(session)?;
    match args.verb {
        Verb::Status(args) => status::run(&args, session),
        Verb::Verify(args) => verify::run(&args, session),
        Verb::Backup(args) => backup::run(&args, session),
        Verb::Restore(args) => restore::run(&args, session),
        Verb::Rekey(args) => rekey::run(&args, session),
    }
}
