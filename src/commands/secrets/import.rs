//! `takk secrets import`

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::super::value_args::{Target, ValueArgs, plan_of};
use super::super::{Outcome, Session};
use super::input;
use crate::ui::{import_text, json};
use takk_model::error::Result;
use takk_project::exchange;
use takk_project::ops::secrets::import::prepare;

/// Store the values of a dotenv, JSON or YAML file
///
/// takk validates each value as pydantic would before it stores it. It reports names that the code does not declare, and does not
/// store them. If a value is invalid or a line cannot be read, it stores nothing and exits with 1.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The file; `-` for standard input
    file: PathBuf,
    /// The format of the file [default: detected from its name, else from its content]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Store the valid values even if others are invalid; the exit code stays 1
    #[arg(long)]
    partial: bool,
    /// Store a value under this name although it affects other programs, such as PATH; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_name: Vec<String>,
    #[command(flatten)]
    values: ValueArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// `NAME=value`, as python-dotenv reads it
    Dotenv,
    /// An object
    Json,
    /// A mapping
    Yaml,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let text = if args.file == Path::new("-") { input::read_stdin()? } else { input::read_file(&args.file)? };
    let format = match args.format {
        Some(Format::Dotenv) => exchange::Format::Dotenv,
        Some(Format::Json) => exchange::Format::Json,
        Some(Format::Yaml) => exchange::Format::Yaml,
        None => exchange::Format::detect(&args.file.to_string_lossy(), text.expose()),
    };
    let reading = exchange::read(format, text.expose(), &|_| None);
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let plan = plan_of(&mut *platform, &project, &environment)?;
    let import = prepare(&project.manifest, &plan, &mut *platform, reading, args.partial, &args.allow_name)?;
    let imported = if import.has_updates() { import.store(&mut *platform)? } else { import.withheld() };
    session.output.data(&if session.json { json::imported(&imported)? } else { import_text::render(&imported) })?;
    if let Some(warning) = import_text::undeclared(&imported) {
        session.output.warn(&warning);
    }
    Ok(if imported.is_faulty() { Outcome::Findings } else { Outcome::Clean })
}
