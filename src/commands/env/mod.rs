//! `takk env`: one file per verb, and the table of them.

mod create;
mod delete;
mod list;
mod sweep;
mod r#use;

use clap::Subcommand;

use super::{Outcome, Session};
use takk_model::error::Result;

/// List, create, delete and choose environments
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
enum Verb {
    List(list::Args),
    Create(create::Args),
    Delete(delete::Args),
    Sweep(sweep::Args),
    Use(r#use::Args),
}

pub(super) fn run(args: Args, session: &Session) -> Result<Outcome> {
    match args.verb {
        Verb::List(args) => list::run(&args, session),
        Verb::Create(args) => create::run(&args, session),
        Verb::Delete(args) => delete::run(&args, session),
        Verb::Sweep(args) => sweep::run(&args, session),
        Verb::Use(args) => r#use::run(&args, session),
    }
}
