//! `takk push`

use super::value_args::InProject;
use super::{Outcome, Session, open_platform};
use crate::ui::{json, server_text};
use takk_model::Environment;
use takk_model::error::Result;
use takk_project::ops::env::in_use;
use takk_project::ops::push::{Pushed, declaration, push, push_all};
use takk_project::ops::{environments, project::ReadProject};
use takk_project::platform::Platform;

/// Send the server what the code needs, so that its dashboard can ask for missing values
///
/// It sends names, types, source locations and defaults, but no values and no defaults of secrets. Without --env, it covers every
/// environment that the project has on the server. `takk link` and `takk secrets set` push too; `takk check` and `takk run`
/// change nothing on the server.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The environment; may be repeated
    #[arg(long, short, value_name = "NAME")]
    env: Vec<String>,
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let mut platform = open_platform::open_platform(&project, session)?;
    let pushed = if args.env.is_empty() {
        all(&mut *platform, &project, session)?
    } else {
        push(&mut *platform, &project, &environments::choose(&args.env, &project)?)?
    };
    if session.json {
        session.output.data(&json::json(&pushed)?)?;
    }
    session.output.note(&server_text::pushed(&pushed));
    Ok(Outcome::Clean)
}

/// Pushes the manifest for every environment of the project on the server, or for the one in use.
pub(super) fn all(platform: &mut dyn Platform, project: &ReadProject, session: &Session) -> Result<Vec<Pushed>> {
    let first = in_use::chosen(platform, None, project, &session.home)?;
    push_all(platform, project, first)
}

/// Pushes the manifest as a side effect, if it is new. A failure does not fail the command.
pub(super) fn on_the_way(platform: &mut dyn Platform, project: &ReadProject, environment: &Environment, session: &Session) {
    let name = environment.name.as_str();
    if platform.server().is_none() {
        return;
    }
    if let Err(error) = platform.declare(name, &declaration(project, environment)) {
        session.output.warn(&format!("cannot send the manifest for {name}: {}", error.message));
    }
}
