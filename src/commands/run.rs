//! `takk run`

use std::collections::HashSet;
use std::ffi::OsString;
use std::time::Duration;

use super::value_args::ValueArgs;
use super::{Outcome, Session};
use crate::config::{self, KEY_VARIABLES};
use crate::error::Result;
use crate::launch::{self, Launch, Masking, Watch};
use crate::model::Environment;
use crate::ops::project::ReadProject;
use crate::ops::run::{self, Given};
use crate::secrets::SecretValue;

/// How often the values are looked at.
const INTERVAL: Duration = Duration::from_millis(500);
/// How long a command may take to end before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// Run a command with the variables that the code declares
///
/// The command takes the place of takk: its signals, exit code and process id are its own. It starts only if every
/// required value is there and valid.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    values: ValueArgs,
    /// Only what this service reads
    #[arg(long, short, value_name = "NAME")]
    service: Option<String>,
    /// Mask secret values in what the command prints
    #[arg(long)]
    redact: bool,
    /// Start it again when one of its values changes
    #[arg(long)]
    watch: bool,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    launch::protect_memory();
    let (project, environment) = args.values.read(session)?;
    let given = given(args, &project, &environment, session)?;
    if !args.redact && !args.watch {
        return Err(launch::replace(&launch_of(args, given)));
    }
    let secret = given.secret.clone();
    let mut changes = Changes {
        args,
        session,
        environment: &environment,
        project: project.manifest.project.name.clone(),
        stamp: given.stamp.clone(),
        revision: run::revision(&session.home, &project.manifest.project.name, &environment)?,
        told: None,
    };
    let first = launch_of(args, given);
    let code = session.output.with_sinks(|sinks| {
        if !args.watch {
            return launch::redacted(&first, &masked(&first, &secret), sinks);
        }
        let mut next = || Ok(changes.next());
        let watch = Watch { interval: INTERVAL, grace: GRACE, next: &mut next };
        let of_launch: &SecretsOf<'_> = &|launch| masked(launch, &secret);
        let masking = args.redact.then_some(Masking { secrets: of_launch, sinks });
        launch::watched(first, watch, masking)
    })?;
    Ok(Outcome::Exit(code))
}

/// Gives the values of a launch that must not be shown.
type SecretsOf<'s> = dyn for<'l> Fn(&'l Launch) -> Vec<(&'l str, &'l SecretValue)> + 's;

/// The values of a launch that must not be shown.
fn masked<'l>(launch: &'l Launch, secret: &HashSet<String>) -> Vec<(&'l str, &'l SecretValue)> {
    let values = launch.variables.iter().filter(|(name, _)| secret.contains(name));
    values.map(|(name, value)| (name.as_str(), value)).collect()
}

fn given(args: &Args, project: &ReadProject, environment: &Environment, session: &Session) -> Result<Given> {
    run::variables(project, environment, args.service.as_deref(), &session.home, &config::inherited_names())
}

fn launch_of(args: &Args, given: Given) -> Launch {
    let removed = KEY_VARIABLES.iter().map(OsString::from).collect();
    Launch { command: args.command.clone(), variables: given.variables, removed }
}

/// What a watched command was started with.
struct Changes<'w> {
    args: &'w Args,
    session: &'w Session,
    environment: &'w Environment,
    project: String,
    stamp: Vec<String>,
    revision: Option<i64>,
    told: Option<String>,
}

impl Changes<'_> {
    /// What to start now, if a value has changed that the command has. What is incomplete or cannot be read leaves the running command
    /// alone, and is said once.
    fn next(&mut self) -> Option<Launch> {
        match self.changed() {
            Ok(Some(given)) => {
                self.told = None;
                self.session.output.note("takk: a value has changed, starting again\n");
                self.stamp.clone_from(&given.stamp);
                Some(launch_of(self.args, given))
            }
            Ok(None) => None,
            Err(error) => {
                if self.told.as_ref() != Some(&error.message) {
                    self.session.output.error(&error);
                    self.told = Some(error.message);
                }
                None
            }
        }
    }

    fn changed(&mut self) -> Result<Option<Given>> {
        let revision = run::revision(&self.session.home, &self.project, self.environment)?;
        if revision == self.revision {
            return Ok(None);
        }
        self.revision = revision;
        let project = self.args.values.project.read()?;
        let given = given(self.args, &project, self.environment, self.session)?;
        Ok((given.stamp != self.stamp).then_some(given))
    }
}
