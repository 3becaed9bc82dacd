//! `takk secrets set`

use std::path::PathBuf;
use std::sync::Arc;

use super::super::value_args::{Target, ValueArgs, plan_of};
use super::super::{Outcome, Session, push};
use super::fill::fill;
use super::input;
use crate::ui::ask::Check;
use crate::ui::{json, secrets_text};
use takk_model::Manifest;
use takk_model::Origin;
use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;
use takk_project::ops::secrets::missing::{ask_for, missing};
use takk_project::ops::secrets::{generate, names, set};
use takk_vault::SecretValue;

/// Store values: all missing ones, one after the other, or the named one
///
/// takk validates each value as pydantic would before it stores it. Without a terminal it does not ask: it lists the missing
/// values and exits with 1.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The variable; without it, takk asks for every missing value
    name: Option<String>,
    /// Refused: other programs could read it
    #[arg(hide = true)]
    value: Option<String>,
    /// Read the value from standard input
    #[arg(long, requires = "name", conflicts_with_all = ["file", "generate"])]
    stdin: bool,
    /// Read the value from a file, byte for byte
    #[arg(long, requires = "name", value_name = "PATH")]
    file: Option<PathBuf>,
    /// Generate a value with the length and format that the type requires
    #[arg(long, requires = "name", conflicts_with = "file")]
    generate: bool,
    /// Store a value under this name although it affects other programs, such as PATH
    #[arg(long, requires = "name", value_name = "NAME")]
    allow_name: Vec<String>,
    #[command(flatten)]
    values: ValueArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    refuse_arguments(args)?;
    let Target { project, environment, mut platform } = args.values.read(session)?;
    let plan = plan_of(&mut *platform, &project, &environment)?;
    let Some(typed) = &args.name else {
        return fill(missing(&project.manifest, &plan), false, platform, &project.manifest, &environment, session);
    };
    let name = names::declared(&plan, typed)?;
    let name = &*name;
    set::refuse_reserved(name, &args.allow_name)?;
    let mut origin = Origin::Set;
    let value = if args.generate {
        origin = Origin::Generated;
        generate::generate(&project.manifest, name)?
    } else if args.stdin {
        input::read_stdin().map(without_line_break)?
    } else if let Some(path) = &args.file {
        input::read_file(path)?
    } else if !args.allow_name.is_empty() {
        return Err(Error::usage(format!("cannot ask for `{name}`")).hint("pass its value with --stdin or --file PATH"));
    } else {
        let variable = names::variable_of(&plan, name).ok_or_else(|| Error::internal("a declared name has no variable"))?;
        return fill(
            vec![ask_for(&project.manifest, variable, name)],
            true,
            platform,
            &project.manifest,
            &environment,
            session,
        );
    };
    let stored = set::set(&mut *platform, &project.manifest, &environment.name, (name, &args.allow_name), value, origin)?;
    push::on_the_way(&mut *platform, &project.manifest, &environment, session);
    if session.json {
        session.output.data(&json::json(&stored)?)?;
    }
    session.output.note(&secrets_text::stored(&stored));
    Ok(Outcome::Clean)
}

/// What stands on a command line can be read by other programs, and stays in the history of the shell.
fn refuse_arguments(args: &Args) -> Result<()> {
    let name = args.name.as_deref().unwrap_or_default();
    let (name, given) = match name.split_once('=') {
        Some((name, _)) => (name, true),
        None => (name, args.value.is_some()),
    };
    if !given {
        return Ok(());
    }
    Err(Error::usage(format!("cannot take the value of `{name}` from the command line"))
        .about("other programs on this machine could read it, and the shell would keep it in its history")
        .hint(format!("omit it and type it at the prompt: takk secrets set {word}", word = shell_word(name)))
        .hint(format!("or read it from a file: takk secrets set {word} --stdin < FILE", word = shell_word(name))))
}

/// Says what is wrong with a text for a variable, without the text.
pub(super) fn checker(manifest: &Arc<Manifest>, name: &str) -> Check {
    let (manifest, name) = (Arc::clone(manifest), name.to_owned());
    Arc::new(move |text| set::check(&manifest, &name, text).err().map(|error| error.message))
}

/// What is piped ends with a line break that is not meant.
fn without_line_break(value: SecretValue) -> SecretValue {
    let text = value.expose();
    match text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')) {
        Some(text) => SecretValue::from(text),
        None => value,
    }
}
