//! `takk env delete`

use super::super::value_args::InProject;
use super::super::{Outcome, Session, open_platform};
use crate::ui::{confirm, env_text, json};
use takk_model::error::{Error, Result};
use takk_project::ops::env::delete::{self, Doomed};

/// Delete an environment: its key first, then all its values and their versions
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The environment
    #[arg(required_unless_present = "expired", conflicts_with = "expired")]
    name: Option<String>,
    /// Delete all expired environments
    #[arg(long)]
    expired: bool,
    /// Do not ask for confirmation
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let mut platform = open_platform::open_platform(&project, session)?;
    let doomed = match &args.name {
        Some(name) => vec![delete::one(&mut *platform, &project, name)?],
        None => delete::expired(&mut *platform)?,
    };
    if doomed.is_empty() {
        session.output.note("No environment has expired.\n");
    } else {
        if !args.yes && !is_meant(args, &doomed, session)? {
            session.output.note("Nothing was deleted.\n");
            return Ok(Outcome::Findings);
        }
        for one in &doomed {
            delete::delete(&mut *platform, &project, &session.home, one)?;
            session.output.note(&env_text::deleted(one));
        }
    }
    if session.json {
        session.output.data(&json::json(&doomed)?)?;
    }
    Ok(Outcome::Clean)
}

/// For a single environment, the user must type its name.
fn is_meant(args: &Args, doomed: &[Doomed], session: &Session) -> Result<bool> {
    if !session.output.is_interactive() {
        let what = args.name.as_deref().unwrap_or("--expired");
        return Err(Error::usage("cannot ask for confirmation without a terminal")
            .hint(format!("pass --yes: takk env delete {what} --yes")));
    }
    session.output.note(&env_text::doomed(doomed));
    match &args.name {
        Some(name) => confirm::typed(&format!("Type {name} to delete it:"), name),
        None => confirm::yes("Delete them?"),
    }
}
