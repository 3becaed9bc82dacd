//! `takk logs`

use super::value_args::{Target, ValueArgs};
use super::{Outcome, Session};
use takk_model::error::Result;
use takk_project::ops::up::{self, Machine};

/// Print the log of a server that takk created
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The resource: `postgres/default`, or its kind if there is only one
    #[arg(value_name = "RESOURCE")]
    resource: String,
    #[command(flatten)]
    values: ValueArgs,
    /// Also print new lines, until Ctrl-C
    #[arg(long, short)]
    follow: bool,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let machine = Machine::new(&project, &session.home);
    let mut written = Ok(());
    let name = environment.name.as_str();
    up::logs_of(&mut *platform, name, &machine, &args.resource, args.follow, &mut |bytes| {
        // The log comes from another program: its control characters must not reach the terminal.
        written = session.output.data(&String::from_utf8_lossy(bytes));
        written.is_ok()
    })?;
    written?;
    Ok(Outcome::Clean)
}
