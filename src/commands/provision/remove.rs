//! `takk provision remove`

use super::super::down;
use super::super::value_args::{Target, ValueArgs};
use super::super::{Outcome, Session};
use crate::ui::up_text;
use takk_model::error::{Error, Result};
use takk_project::ops::{provision, up};

/// Remove databases and users from their server, with their data and credentials
///
/// takk ends the sessions first, then drops the database and the users, and forgets the credentials last.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The resources: `postgres/default`, or all of a kind: `postgres`
    #[arg(value_name = "RESOURCE", required = true)]
    resources: Vec<String>,
    #[command(flatten)]
    values: ValueArgs,
    /// Do not ask for confirmation: the name of the environment whose data is removed
    #[arg(long, value_name = "ENVIRONMENT")]
    confirm: Option<String>,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let name = &environment.name;
    let machine = provision::machine(&mut *platform, &project, name, &session.home)?;
    let removal = up::removal(&mut *platform, name, &args.resources)?;
    let entries: Vec<_> = removal.entries().collect();
    if let Some((key, _)) = entries.iter().find(|(_, entry)| !entry.is_on_server()) {
        return Err(Error::usage(format!("takk runs {key} itself: it is not on a server that existed before"))
            .hint("`takk down --data` removes it"));
    }
    session.output.before_question(&up_text::removal(&entries, name));
    down::confirm_removal(args.confirm.as_deref(), name.as_str(), session)?;
    let removed = removal.carry_out(&mut *platform, name, &machine, &mut |key| session.output.note(&up_text::removing(key)))?;
    session.output.note(&up_text::removed(&removed, name));
    Ok(Outcome::Clean)
}
