//! `takk provision admin`: one file per verb, and the table of them.

mod list;
mod set;
mod unset;

use clap::Subcommand;

use super::super::{Outcome, Session};
use takk_model::error::Result;

/// Store the logins with which takk creates databases on servers
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

/// The table of verbs.
#[derive(Debug, Subcommand)]
enum Verb {
    Set(set::Args),
    List(list::Args),
    Unset(unset::Args),
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.verb {
        Verb::Set(args) => set::run(args, session),
        Verb::List(args) => list::run(args, session),
        Verb::Unset(args) => unset::run(args, session),
    }
}
