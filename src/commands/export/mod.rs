//! `takk export`: one file per format, and the table of them.

mod compose;

use clap::Subcommand;

use super::{Outcome, Session};
use takk_model::error::Result;

/// Write files for other programs that start what the project needs
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    format: Format,
}

/// The formats.
#[derive(Debug, Subcommand)]
enum Format {
    Compose(compose::Args),
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.format {
        Format::Compose(args) => compose::run(args, session),
    }
}
