//! `takk provision`: the databases of an environment on servers that exist, its verbs, and the table of them.

mod admin;
mod remove;
mod unprotect;

use clap::Subcommand;

use super::value_args::{Target, ValueArgs};
use super::{Outcome, Session, up as up_command};
use crate::ui::{json, provision_text, up_events, up_progress::Progress, up_text};
use takk_model::error::Result;
use takk_project::ops::environments;
use takk_project::ops::provision;
use takk_project::ops::up::Wanted;

/// Create databases and users on servers that exist, and set the variables for them
///
/// Each environment gets a database, or a prefix for keys, and a login of its own, with a password that takk generates and stores before
/// anything is created. It needs the address of an administrator, such as: takk provision admin set postgres.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    create: CreateArgs,
}

#[derive(Debug, clap::Args)]
struct CreateArgs {
    /// Only these resources: `postgres/default`, or all of a kind: `postgres` [default: all that the environment lacks]
    #[arg(value_name = "RESOURCE")]
    resources: Vec<String>,
    #[command(flatten)]
    values: ValueArgs,
    /// Take over what already has the names on the server, and replace values that you have set for the named resources
    #[arg(long, requires = "resources")]
    adopt: bool,
    /// Copy the data of this environment into new databases, by dump and restore [default: they are empty]
    #[arg(long, value_name = "ENV")]
    from: Option<String>,
    /// Show the statements, without passwords, and run none of them
    #[arg(long)]
    dry_run: bool,
}

/// The table of verbs.
#[derive(Debug, Subcommand)]
enum Verb {
    Admin(admin::Args),
    Remove(remove::Args),
    Unprotect(unprotect::Args),
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.verb {
        Some(Verb::Admin(args)) => admin::run(args, session),
        Some(Verb::Remove(args)) => remove::run(args, session),
        Some(Verb::Unprotect(args)) => unprotect::run(args, session),
        None => create(&args.create, session),
    }
}

fn create(args: &CreateArgs, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let cancelled = up_command::cancelled()?;
    let from = args.from.as_deref().map(|from| environments::one(Some(from), &project)).transpose()?;
    let wanted = Wanted {
        resources: &args.resources,
        service: None,
        engine: Some(provision::ENGINE),
        adopt: args.adopt,
        from: from.as_ref().map(|from| &from.name),
        home: &session.home,
        cancelled: &cancelled,
    };
    if args.dry_run {
        let statements = provision::preview(&mut *platform, &project, &environment, &wanted)?;
        session.output.data(&if session.json {
            json::json(&provision_text::statements_of(&statements))?
        } else {
            provision_text::statements(&statements, &environment.name)
        })?;
        return Ok(Outcome::Clean);
    }
    let outcome = if session.json {
        provision::provision(&mut *platform, &project, &environment, &wanted, &mut |event| {
            if let Ok(text) = json::line(&up_events::event(&event)) {
                // If nobody reads the output any more, the creation continues.
                let _ = session.output.data(&text);
            }
        })?
    } else {
        let mut progress = Progress::new(session.output.clone());
        let outcome = provision::provision(&mut *platform, &project, &environment, &wanted, &mut |event| progress.show(&event));
        progress.finish();
        outcome?
    };
    if cancelled.load(std::sync::atomic::Ordering::Relaxed) {
        session.output.note(&provision_text::interrupted());
        return Ok(Outcome::Exit(up_command::INTERRUPTED));
    }
    if !session.json {
        session.output.note(&up_text::outcome(&outcome, &environment, "takk provision"));
    }
    Ok(if outcome.failed.is_empty() { Outcome::Clean } else { Outcome::Findings })
}
