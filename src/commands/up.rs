//! `takk up`

use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::value_args::{Target, ValueArgs};
use super::{Outcome, Session};
use crate::ui::{json, up_events, up_progress::Progress, up_text};
use takk_model::Environment;
use takk_model::error::{Error, Result};
use takk_project::config;
use takk_project::ops::environments;
use takk_project::ops::project::ReadProject;
use takk_project::ops::up::{self, EngineChoice, Intent, Wanted};
use takk_project::platform::Platform;

/// The exit status of a program that Ctrl-C ended, as shells have it.
pub(super) const INTERRUPTED: u8 = 130;

/// Create the servers that the code needs, and set the variables for them
///
/// Each server gets credentials that takk generates and stores before anything is created. What you have set yourself is left alone. With a
/// command after `--`, takk runs it with the variables that the code declares, as `takk run` does.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only these resources: `postgres/default`, or all of a kind: `redis` [default: all that the environment lacks]
    #[arg(value_name = "RESOURCE")]
    resources: Vec<String>,
    #[command(flatten)]
    values: ValueArgs,
    /// Only what this service reads
    #[arg(long, short, value_name = "NAME")]
    service: Option<String>,
    #[command(flatten)]
    engine: EngineArg,
    /// Create the named resources although you have set values for them, and replace these
    #[arg(long, requires = "resources")]
    adopt: bool,
    /// Copy the data of this environment into new databases, by dump and restore [default: they are empty]
    #[arg(long, value_name = "ENV")]
    from: Option<String>,
    /// Show what would be created, and create nothing
    #[arg(long)]
    dry_run: bool,
    /// The command to run with the variables, and its arguments
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// What runs servers.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(super) struct EngineArg {
    /// What runs the servers [default: a container engine if one responds, else programs of this machine]
    #[arg(long, value_name = "ENGINE")]
    pub engine: Option<Engine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Engine {
    /// Containers of Docker
    Docker,
    /// Containers of Podman
    Podman,
    /// Programs that are installed on this machine
    Local,
}

impl EngineArg {
    pub(super) fn choice(self) -> Option<EngineChoice> {
        self.engine.map(|engine| match engine {
            Engine::Docker => EngineChoice::Docker,
            Engine::Podman => EngineChoice::Podman,
            Engine::Local => EngineChoice::Local,
        })
    }
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let cancelled = cancelled()?;
    let from = args.from.as_deref().map(|from| environments::one(Some(from), &project)).transpose()?;
    let wanted = Wanted {
        resources: &args.resources,
        service: args.service.as_deref(),
        engine: args.engine.choice(),
        adopt: args.adopt,
        from: from.as_ref().map(|from| &from.name),
        home: &session.home,
        cancelled: &cancelled,
    };
    if args.dry_run {
        return preview(&mut *platform, &project, &environment, &wanted, session);
    }
    let outcome = create(&mut *platform, &project, &environment, &wanted, session)?;
    if cancelled.load(Ordering::Relaxed) {
        session.output.note(&up_text::interrupted());
        return Ok(Outcome::Exit(INTERRUPTED));
    }
    let has_failed = !outcome.failed.is_empty();
    if !session.json {
        session.output.note(&up_text::outcome(&outcome, &environment, "takk up"));
    }
    if has_failed {
        return Ok(Outcome::Findings);
    }
    if args.command.is_empty() {
        if !session.json {
            let intent = Intent::read(&mut *platform, &project, &environment)?;
            let values = up::values(&project, &intent.plan, &intent.held, &config::inherited_names());
            session.output.note(&up_text::next(&values, &intent.plan));
        }
        return Ok(Outcome::Clean);
    }
    Err(super::run::start(&args.command, args.service.as_deref(), &project, &environment, &mut *platform, session)?)
}

/// Creates the servers, and shows the progress.
pub(super) fn create(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
    wanted: &Wanted<'_>,
    session: &Session,
) -> Result<up::Outcome> {
    if session.json {
        return up::up(platform, project, environment, wanted, &mut |event| {
            if let Ok(text) = json::line(&up_events::event(&event)) {
                // If nobody reads the output any more, the creation continues.
                let _ = session.output.data(&text);
            }
        });
    }
    let mut progress = Progress::new(session.output.clone());
    let outcome = up::up(platform, project, environment, wanted, &mut |event| progress.show(&event));
    progress.finish();
    outcome
}

fn preview(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
    wanted: &Wanted<'_>,
    session: &Session,
) -> Result<Outcome> {
    let intent = Intent::read(platform, project, environment)?;
    let needs = intent.needs(wanted)?;
    session.output.data(&if session.json {
        json::json(&up_events::preview(&needs, &intent))?
    } else {
        up_text::preview(&needs, &intent, environment)
    })?;
    Ok(Outcome::Clean)
}

/// Set when the user interrupts: takk stops in an orderly way. The second time, it exits at once.
pub(super) fn cancelled() -> Result<Arc<AtomicBool>> {
    let cancelled = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let at_once = signal_hook::flag::register_conditional_default(signal, Arc::clone(&cancelled));
        let noted = at_once.and_then(|_| signal_hook::flag::register(signal, Arc::clone(&cancelled)));
        noted.map_err(|error| Error::system("cannot listen for signals").caused_by(error))?;
    }
    Ok(cancelled)
}
