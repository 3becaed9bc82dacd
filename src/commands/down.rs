//! `takk down`

use super::value_args::{Target, ValueArgs};
use super::{Outcome, Session};
use crate::ui::{confirm, up_text};
use takk_model::error::{Error, Result};
use takk_project::ops::{provision, up};

/// Stop the servers that takk created
///
/// Their data, credentials and variables stay: `takk up` starts them again.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only these resources: `postgres/default`, or all of a kind: `redis`
    #[arg(value_name = "RESOURCE")]
    resources: Vec<String>,
    #[command(flatten)]
    values: ValueArgs,
    /// Remove the servers with their data, their credentials and the values that takk set
    #[arg(long)]
    data: bool,
    /// Do not ask for confirmation: the name of the environment whose data is removed
    #[arg(long, value_name = "ENVIRONMENT", requires = "data")]
    confirm: Option<String>,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let name = &environment.name;
    let machine = provision::machine(&mut *platform, &project, name, &session.home)?;
    if !args.data {
        let stopped = up::down(&mut *platform, name, &machine, &args.resources, &mut |key| {
            session.output.note(&up_text::stopping(key));
        })?;
        session.output.note(&up_text::stopped(&stopped, name));
        return Ok(Outcome::Clean);
    }
    let removal = up::removal(&mut *platform, name, &args.resources)?;
    let entries: Vec<_> = removal.entries().collect();
    if entries.is_empty() {
        session.output.note(&up_text::nothing(name));
        return Ok(Outcome::Clean);
    }
    session.output.before_question(&up_text::removal(&entries, name));
    confirm_removal(args.confirm.as_deref(), name.as_str(), session)?;
    let removed = removal.carry_out(&mut *platform, name, &machine, &mut |key| session.output.note(&up_text::removing(key)))?;
    session.output.note(&up_text::removed(&removed, name));
    Ok(Outcome::Clean)
}

/// Requires a person to type the name of the environment before data is removed.
pub(super) fn confirm_removal(confirmed: Option<&str>, environment: &str, session: &Session) -> Result<()> {
    let is_confirmed = match confirmed {
        Some(typed) => typed == environment,
        None if session.output.is_interactive() => confirm::typed(&up_text::which(environment), environment)?,
        None => {
            return Err(Error::usage("cannot ask for confirmation without a terminal")
                .hint(format!("pass --confirm {environment} to remove the data")));
        }
    };
    if is_confirmed { Ok(()) } else { Err(Error::usage("nothing was removed: that is not the name of the environment")) }
}
