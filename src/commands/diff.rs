//! `takk diff`

use super::value_args::InProject;
use super::{Outcome, Session, open_platform};
use crate::ui::{diff_text, json};
use takk_model::error::Result;
use takk_project::ops::{diff, environments};
use takk_project::platform::now;

/// Compare the values of two environments without showing them
///
/// takk compares the fingerprints of the values, and decrypts nothing.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The first environment
    #[arg(value_name = "ENV1")]
    first: String,
    /// The second environment
    #[arg(value_name = "ENV2")]
    second: String,
    /// Also show the variables that are equal, one per line
    #[arg(long)]
    all: bool,
    /// Exit with 1 if they differ
    #[arg(long)]
    detailed_exitcode: bool,
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let one = |name: &str| environments::one(Some(name), &project);
    let diff =
        diff::diff(&mut *open_platform::open_platform(&project, session)?, &project, [one(&args.first)?, one(&args.second)?])?;
    let text = if session.json { json::diff(&diff)? } else { diff_text::render(&diff, args.all, now()) };
    session.output.data(&text)?;
    Ok(if args.detailed_exitcode && diff.is_different() { Outcome::Findings } else { Outcome::Clean })
}
