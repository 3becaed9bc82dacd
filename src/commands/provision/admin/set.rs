//! `takk provision admin set`

use std::path::PathBuf;

use super::super::super::secrets::input;
use super::super::super::value_args::{Target, ValueArgs};
use super::super::super::{Outcome, Session};
use crate::ui::{ask, json, provision_text};
use takk_model::error::{Error, Result};
use takk_project::ops::provision::admin;

/// Store the address of an administrator, after a check whether it may create what is needed
///
/// It is stored apart from values: no program gets it, and no command prints its password.
#[derive(Debug, clap::Args)]
#[command(after_long_help = admin::forms())]
pub(super) struct Args {
    /// The kind of server, such as `postgres`, or the service that makes keys: `openai`, `openrouter`, `litellm`
    kind: String,
    /// Refused: other programs could read it
    #[arg(hide = true)]
    address: Option<String>,
    /// Read the address from standard input
    #[arg(long, conflicts_with = "file")]
    stdin: bool,
    /// Read the address from a file
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    if args.address.is_some() {
        return Err(Error::usage("cannot take an admin address from the command line")
            .about("other programs on this machine could read it, and the shell would keep it in its history")
            .hint("omit it and type it at the prompt, or pass --stdin or --file PATH"));
    }
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let address = if args.stdin {
        input::read_stdin()?
    } else if let Some(path) = &args.file {
        input::read_file(path)?
    } else if session.output.is_interactive() {
        ask::hidden(&format!("Admin address of {} in {}:", args.kind, environment.name))?
    } else {
        return Err(Error::usage("cannot ask for the address without a terminal").hint("pass --stdin or --file PATH"));
    };
    let checked = admin::set(&mut *platform, &project, &environment.name, &args.kind, &address)?;
    if session.json {
        session.output.data(&json::json(&provision_text::checked_of(&checked))?)?;
    }
    if let Some(too_wide) = &checked.facts.too_wide {
        session.output.warn(too_wide);
    }
    session.output.note(&provision_text::checked(&checked));
    Ok(Outcome::Clean)
}
