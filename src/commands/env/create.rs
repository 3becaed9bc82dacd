//! `takk env create`

use std::time::Duration;

use super::super::value_args::InProject;
use super::super::{Outcome, Session, open_platform};
use crate::ui::{env_text, json};
use takk_model::error::Result;
use takk_project::config;
use takk_project::ops::env::create;
use takk_project::platform::now;

/// Create an environment, empty or with the values of another one
///
/// Without a name, it is the preview environment of the current branch, or of the branch that CI builds. The name is lower-cased,
/// and characters that a name cannot have become hyphens: `Feature/New cart` gives `preview/feature/new-cart`.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// Its name: `preview/<branch>`, or one that the project has
    name: Option<String>,
    /// Copy the current values of this environment
    #[arg(long, value_name = "ENV")]
    from: Option<String>,
    /// Expire after this long: `7d`, `36h`; `env delete --expired` deletes expired environments
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    ttl: Option<Duration>,
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let environment = create::environment(args.name.as_deref(), &project, config::branch_of_process())?;
    let mut platform = open_platform::open_platform(&project, session)?;
    let wanted = create::prepare(&mut *platform, &project, environment, args.from.as_deref(), args.ttl)?;
    if let Some(copying) = env_text::copying(&wanted) {
        session.output.note(&copying);
    }
    let created = create::create(&mut *platform, wanted)?;
    if session.json {
        session.output.data(&json::json(&created)?)?;
    }
    session.output.note(&env_text::created(&created, now()));
    Ok(Outcome::Clean)
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration = config::duration(text).filter(|duration| !duration.is_zero());
    duration.ok_or_else(|| "write a number above 0 and one of s, m, h, d, w: `7d`".to_owned())
}
