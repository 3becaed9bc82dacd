//! `takk secrets export`

use std::path::PathBuf;

use clap::ValueEnum;

use super::super::value_args::{Target, ValueArgs};
use super::super::{Outcome, Session};
use crate::ui::{run_text, secrets_text};
use takk_files as files;
use takk_model::error::{Error, Result};
use takk_project::exchange::{WriteFormat, write};
use takk_project::ops::run;

/// Print all values, as `takk run` would give them to a command
///
/// `takk secrets import` reads its dotenv, JSON and YAML output.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The format
    #[arg(long, value_name = "FORMAT", default_value = "dotenv", conflicts_with = "json")]
    format: Format,
    /// Write to this new file, readable only by you, instead of printing
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(long, requires = "output")]
    force: bool,
    /// Only the variables that this service reads
    #[arg(long, short, value_name = "NAME")]
    service: Option<String>,
    /// Print the value stored under this name although it affects other programs, such as PATH; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_name: Vec<String>,
    #[command(flatten)]
    values: ValueArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// `NAME=value` for python-dotenv and pydantic-settings
    Dotenv,
    /// An object of strings
    Json,
    /// A mapping of strings
    Yaml,
    /// `export NAME='value'` for a POSIX shell
    Shell,
    /// `NAME=value` for `docker run --env-file`
    Docker,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let wanted = run::Wanted { service: args.service.as_deref(), allowed: &args.allow_name, parts: false };
    let found = run::find(&project, &environment, wanted, platform.snapshot(environment.name.as_str())?, &[])?.effective;
    let entries: Vec<(&str, &str)> = found.variables.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
    let format = match args.format {
        _ if session.json => WriteFormat::Json,
        Format::Dotenv => WriteFormat::Dotenv,
        Format::Json => WriteFormat::Json,
        Format::Yaml => WriteFormat::Yaml,
        Format::Shell => WriteFormat::Shell,
        Format::Docker => WriteFormat::Docker,
    };
    let text = write(format, &entries).map_err(|unwritable| {
        let hint = "use `--format json`, which supports every value";
        Error::usage(format!("{} cannot be exported in this format: it {}", unwritable.name, unwritable.reason)).hint(hint)
    })?;
    match args.output.as_deref().filter(|path| !files::is_standard_output(path)) {
        Some(path) => {
            let target = files::Target::new(path, &files::boundary(&project.root))?;
            session.output.written(path, target.write_private(&text, args.force))?;
        }
        None => session.output.raw(&text)?,
    }
    if let Some(warning) = run_text::withheld(&found.withheld) {
        session.output.warn(&warning);
    }
    for warning in secrets_text::incomplete(&environment.name, &found.troubles) {
        session.output.warn(&warning);
    }
    Ok(Outcome::Clean)
}
