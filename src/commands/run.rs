//! `takk run`

use std::collections::HashSet;
use std::ffi::OsString;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::value_args::{Target, ValueArgs};
use super::{Outcome, Session};
use crate::launch::{self, Launch, Masking, Watch};
use crate::ui::run_text;
use takk_model::Environment;
use takk_model::error::{Error, Result};
use takk_project::config::{self, JOB_TOKEN_VARIABLE, KEY_VARIABLES, TOKEN_VARIABLE};
use takk_project::ops::paths;
use takk_project::ops::project::ReadProject;
use takk_project::ops::provision;
use takk_project::ops::run::{self, Given};
use takk_project::ops::up::{self, Machine, Wanted};
use takk_project::platform::{Allowed, Freshness, Platform, Snapshot, now};
use takk_vault::SecretValue;

/// The polling interval for changed values in the local store.
const INTERVAL: Duration = Duration::from_millis(500);
/// The polling interval for a server.
const INTERVAL_OF_SERVER: Duration = Duration::from_secs(2);
/// How long a command may take to end before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// Run a command with the variables that the code declares
///
/// The command replaces the takk process, and so receives signals directly and returns its own exit code. It starts only if every
/// required value is set and valid.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    values: ValueArgs,
    /// Only the variables that this service reads
    #[arg(long, short, value_name = "NAME")]
    service: Option<String>,
    /// Mask secret values in what the command prints
    #[arg(long)]
    redact: bool,
    /// Restart the command when one of its values changes
    #[arg(long)]
    watch: bool,
    /// Pass the value stored under this name although it affects other programs, such as PATH; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_name: Vec<String>,
    /// Also set the logins and ports that a file of `takk export compose` refers to
    #[arg(long)]
    parts: bool,
    /// Read the program's secret paths from their backend, and pass them as variables
    #[arg(long, conflicts_with_all = ["watch", "offline"])]
    resolve_paths: bool,
    /// Pass the login that may change the schema, where `takk provision` has created one of its own for that
    #[arg(long, conflicts_with_all = ["watch", "offline", "max_age", "up"])]
    migrations: bool,
    /// Use the values last read from the server, without contacting it
    #[arg(long, conflicts_with = "watch")]
    offline: bool,
    /// If the server is unreachable, use cached values up to this age: `12h`
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    max_age: Option<Duration>,
    /// Create the servers that the code needs first, and stop those that were started when the command ends
    #[arg(long, conflicts_with_all = ["offline", "max_age", "watch", "redact"])]
    up: bool,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    if args.up {
        return up_and_down(args, &project, &environment, &mut *platform, session);
    }
    let mut stored = stored(args, &mut *platform, &environment, session)?;
    if args.migrations {
        provision::for_migrations(&mut *platform, &project, &environment, &mut stored)?;
    }
    if args.resolve_paths {
        paths::resolve(&project, &environment, &mut stored)?;
    }
    let mut given = given(args, &project, &environment, stored)?;
    if let Some(warning) = run_text::withheld(&given.withheld) {
        session.output.warn(&warning);
    }
    if !args.redact && !args.watch {
        // Values that were read stay in memory: `exec` replaces it all at once.
        return Err(launch::replace(&launch_of(&args.command, &mut given)));
    }
    let secret = given.secret(&project.manifest);
    let interval = if platform.server().is_some() { INTERVAL_OF_SERVER } else { INTERVAL };
    let mut changes = Changes {
        args,
        session,
        environment: &environment,
        name: project.manifest.project.name.clone(),
        platform,
        stamp: given.stamp(),
        revision: given.revision,
        told: None,
    };
    let first = launch_of(&args.command, &mut given);
    let code = session.output.with_sinks(|sinks| {
        if !args.watch {
            return launch::redacted(&first, &masked(&first, &secret), sinks);
        }
        let mut next = || Ok(changes.next());
        let watch = Watch { interval, grace: GRACE, next: &mut next };
        let of_launch: &SecretsOf<'_> = &|launch| masked(launch, &secret);
        let masking = args.redact.then_some(Masking { secrets: of_launch, sinks });
        launch::watched(first, watch, masking)
    })?;
    Ok(Outcome::Exit(code))
}

/// Replaces this process by the command with its variables. Returns only if that fails.
pub(super) fn start(
    command: &[OsString],
    service: Option<&str>,
    project: &ReadProject,
    environment: &Environment,
    platform: &mut dyn Platform,
    session: &Session,
) -> Result<Error> {
    Ok(launch::replace(&prepared(command, (service, &[]), project, environment, platform, session)?))
}

/// A command with its variables.
fn prepared(
    command: &[OsString],
    (service, allowed): (Option<&str>, &[String]),
    project: &ReadProject,
    environment: &Environment,
    platform: &mut dyn Platform,
    session: &Session,
) -> Result<Launch> {
    let stored = platform.snapshot(environment.name.as_str())?;
    let wanted = run::Wanted { service, allowed, ..run::Wanted::default() };
    let mut given = run::variables(project, environment, wanted, stored, &config::inherited_names())?;
    if let Some(warning) = run_text::withheld(&given.withheld) {
        session.output.warn(&warning);
    }
    Ok(launch_of(command, &mut given))
}

/// Creates the servers that the command needs, runs it, and stops what was started. If everything runs already, the command replaces this
/// process.
fn up_and_down(
    args: &Args,
    project: &ReadProject,
    environment: &Environment,
    platform: &mut dyn Platform,
    session: &Session,
) -> Result<Outcome> {
    let cancelled = super::up::cancelled()?;
    let (service, engine) = (args.service.as_deref(), None);
    let wanted =
        Wanted { resources: &[], service, engine, adopt: false, from: None, home: &session.home, cancelled: &cancelled };
    let outcome = super::up::create(platform, project, environment, &wanted, session)?;
    let started: Vec<String> = outcome.live.iter().filter(|(_, is_new)| *is_new).map(|(key, _)| key.clone()).collect();
    let launched = if outcome.failed.is_empty() && !cancelled.load(Ordering::Relaxed) {
        prepared(&args.command, (service, &args.allow_name), project, environment, platform, session).map(Some)
    } else {
        Ok(None)
    };
    if started.is_empty()
        && let Ok(Some(launch)) = &launched
    {
        return Err(launch::replace(launch));
    }
    let code = launched.and_then(|launch| launch.map(|launch| launch::below(&launch)).transpose());
    if !started.is_empty() {
        let machine = Machine::new(project, &session.home);
        up::down(platform, &environment.name, &machine, &started, &mut |_| ())?;
    }
    Ok(code?.map_or(Outcome::Findings, Outcome::Exit))
}

/// Returns the values of a launch that must be masked.
type SecretsOf<'s> = dyn for<'l> Fn(&'l Launch) -> Vec<(&'l str, &'l SecretValue)> + 's;

/// The values of a launch that must be masked.
fn masked<'l>(launch: &'l Launch, secret: &HashSet<String>) -> Vec<(&'l str, &'l SecretValue)> {
    let values = launch.variables.iter().filter(|(name, _)| secret.contains(name));
    values.map(|(name, value)| (name.as_str(), value)).collect()
}

/// The stored values of the environment. Notes if they may be out of date.
fn stored(args: &Args, platform: &mut dyn Platform, environment: &Environment, session: &Session) -> Result<Snapshot> {
    let allowed = Allowed { offline: args.offline, max_age: args.max_age };
    let (snapshot, freshness) = platform.snapshot_for_run(environment.name.as_str(), allowed)?;
    if let (Freshness::ReadAt(read_at), Some(server)) = (freshness, platform.server()) {
        session.output.warn(&run_text::from_cache(&environment.name, server, read_at, args.offline, now()));
    }
    Ok(snapshot)
}

fn given(args: &Args, project: &ReadProject, environment: &Environment, stored: Snapshot) -> Result<Given> {
    let wanted = run::Wanted { service: args.service.as_deref(), allowed: &args.allow_name, parts: args.parts };
    run::variables(project, environment, wanted, stored, &config::inherited_names())
}

fn launch_of(command: &[OsString], given: &mut Given) -> Launch {
    let removed = KEY_VARIABLES.iter().chain([&TOKEN_VARIABLE, &JOB_TOKEN_VARIABLE]).map(OsString::from).collect();
    Launch { command: command.to_vec(), variables: std::mem::take(&mut given.variables), removed }
}

fn duration(text: &str) -> Result<Duration, String> {
    config::duration(text).ok_or_else(|| "write a number and one of s, m, h, d, w: `12h`".to_owned())
}

/// What a watched command was started with.
struct Changes<'w> {
    args: &'w Args,
    session: &'w Session,
    environment: &'w Environment,
    /// The project's name in the code.
    name: String,
    platform: Box<dyn Platform + 'w>,
    stamp: Vec<String>,
    revision: Option<i64>,
    told: Option<String>,
}

impl Changes<'_> {
    /// The next launch, if a value of the command has changed. If something is incomplete or cannot be read, the running command continues,
    /// and one message says so.
    fn next(&mut self) -> Option<Launch> {
        match self.changed() {
            Ok(Some(mut given)) => {
                self.told = None;
                self.session.output.note("takk: a value has changed, restarting\n");
                self.stamp = given.stamp();
                Some(launch_of(&self.args.command, &mut given))
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
        self.platform.refresh();
        let revision = self.platform.revision(self.environment.name.as_str())?;
        if revision == self.revision {
            return Ok(None);
        }
        self.revision = revision;
        let project = self.args.values.project.read_for_values(self.session, false)?;
        if project.manifest.project.name != self.name {
            return Err(Error::usage("the project name in the code has changed: takk passes no new values to it")
                .hint("restart the command"));
        }
        let stored = self.platform.snapshot(self.environment.name.as_str())?;
        let given = given(self.args, &project, self.environment, stored)?;
        Ok((given.stamp() != self.stamp).then_some(given))
    }
}
