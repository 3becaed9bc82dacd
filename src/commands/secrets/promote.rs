//! `takk secrets promote`

use std::sync::Arc;

use super::super::value_args::{InProject, plan_of};
use super::super::{Outcome, Session, open_platform};
use super::set::checker;
use crate::ui::ask::{Answer, Asker};
use crate::ui::{confirm, json, promote_text, secrets_text};
use takk_model::Environment;
use takk_model::Origin;
use takk_model::error::{Error, Result};
use takk_project::ops::environments;
use takk_project::ops::project::ReadProject;
use takk_project::ops::secrets::generate;
use takk_project::ops::secrets::promote::{Promoted, Sheet, Typed, propose};
use takk_project::platform::Platform;
use takk_vault::SystemRandom;

/// Fill the gaps of an environment from another one
///
/// takk copies plain settings, generates new passwords and keys of the program's own, and asks for addresses and for credentials
/// that others issue. It shows the proposals first, and applies them in one change. Variables that already have a value stay as
/// they are unless you name them.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// Only these variables, even if they already have a value
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The environment to take values from
    #[arg(long, value_name = "ENV")]
    from: String,
    /// The environment to fill
    #[arg(long, value_name = "ENV")]
    to: String,
    /// Apply the proposals without asking for confirmation
    #[arg(long, short)]
    yes: bool,
    /// Only show the proposals
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let one = |name: &str| environments::one(Some(name), &project);
    let (from, to) = (one(&args.from)?, one(&args.to)?);
    let is_interactive = session.output.is_interactive() && !session.json;
    if !is_interactive && !args.yes && !args.dry_run {
        return Err(Error::usage("cannot ask to confirm the proposals without a terminal")
            .hint("pass --dry-run to see them")
            .hint("pass --yes to apply them; values that takk would have to ask for are skipped"));
    }
    let mut platform = open_platform::open_platform(&project, session)?;
    let sheet = propose(&project.manifest, [&from, &to], &mut *platform, &args.names, &SystemRandom)?;
    if !session.json {
        session.output.data(&promote_text::sheet(&sheet))?;
    }
    if args.dry_run || sheet.is_idle() {
        return finish(&sheet.undone(args.dry_run), session);
    }
    if !args.yes && !confirm::yes(&format!("Apply this to {}?", to.name))? {
        session.output.note("Nothing was changed.\n");
        return Ok(Outcome::Findings);
    }
    let Some(typed) = (if is_interactive { ask(&sheet, &mut *platform, &project, &to, session)? } else { Some(Typed::new()) })
    else {
        session.output.note("Stopped. Nothing was changed.\n");
        return Ok(Outcome::Findings);
    };
    let promoted = sheet.apply(&mut *platform, &project.manifest, &to, typed, &SystemRandom)?;
    finish(&promoted, session)
}

/// Asks for values that can be neither copied nor generated; `None` if the user stops.
fn ask(
    sheet: &Sheet,
    platform: &mut dyn Platform,
    project: &ReadProject,
    to: &Environment,
    session: &Session,
) -> Result<Option<Typed>> {
    let manifest = Arc::new(project.manifest.clone());
    let asks = sheet.asks(&manifest, &plan_of(platform, project, to)?);
    let mut typed = Typed::new();
    for (at, ask) in asks.iter().enumerate() {
        session.output.note(&secrets_text::question(at + 1, asks.len(), ask, manifest.services.len()));
        let answer = match Asker::new(ask, &checker(&manifest, &ask.name)).ask_whole()? {
            Answer::Value(value) => (value, Origin::Set),
            Answer::Generate => (generate::generate(&manifest, &ask.name)?, Origin::Generated),
            Answer::Skip | Answer::Block(_) => continue,
            Answer::Stop => return Ok(None),
        };
        typed.insert(ask.name.clone(), answer);
    }
    Ok(Some(typed))
}

fn finish(promoted: &Promoted, session: &Session) -> Result<Outcome> {
    session.output.data(&if session.json { json::promoted(promoted)? } else { promote_text::result(promoted) })?;
    Ok(if promoted.dry_run || promoted.missing.is_empty() { Outcome::Clean } else { Outcome::Findings })
}
