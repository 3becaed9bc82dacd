//! `takk secrets`: one file per verb, and the table of them.

mod export;
mod get;
mod history;
mod import;
pub(super) mod input;
mod list;
mod promote;
mod rollback;
mod set;
mod unset;

use clap::Subcommand;

pub(super) use self::input::read_stdin;
use super::{Outcome, Session};
use takk_model::error::Result;

/// Store and read the values that the program needs
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
enum Verb {
    Set(set::Args),
    Get(get::Args),
    List(list::Args),
    Unset(unset::Args),
    History(history::Args),
    Rollback(rollback::Args),
    Import(import::Args),
    Export(export::Args),
    Promote(promote::Args),
}

pub(super) fn run(args: Args, session: &Session) -> Result<Outcome> {
    match args.verb {
        Verb::Set(args) => set::run(&args, session),
        Verb::Get(args) => get::run(&args, session),
        Verb::List(args) => list::run(&args, session),
        Verb::Unset(args) => unset::run(&args, session),
        Verb::History(args) => history::run(&args, session),
        Verb::Rollback(args) => rollback::run(&args, session),
        Verb::Import(args) => import::run(&args, session),
        Verb::Export(args) => export::run(&args, session),
        Verb::Promote(args) => promote::run(&args, session),
    }
}
