//! `takk completions`

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Outcome, Session};
use takk_model::error::{Error, Result};

/// Print shell completions
///
/// For bash: takk completions bash > ~/.local/share/bash-completion/completions/takk
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "takk", &mut script);
    let script = String::from_utf8(script).map_err(|error| Error::internal("completions are not UTF-8").caused_by(error))?;
    session.output.raw(&script)?;
    Ok(Outcome::Clean)
}
