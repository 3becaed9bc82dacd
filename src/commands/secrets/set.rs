//! `takk secrets set`

use std::path::PathBuf;
use std::sync::Arc;

use super::super::value_args::{Target, ValueArgs, plan_of};
use super::super::{Outcome, Session, push};
use super::input;
use crate::ui::ask::{Answer, Asker, Check};
use crate::ui::{confirm, json, line, paste_text, secrets_text};
use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;
use takk_model::{Environment, Manifest, Origin};
use takk_plan::EnvironmentPlan;
use takk_project::ops::project::ReadProject;
use takk_project::ops::secrets::fill::{AnsweredSeveral, Filling};
use takk_project::ops::secrets::missing::{Ask, ask_for, missing};
use takk_project::ops::secrets::pasted::{self, Pasted, Several};
use takk_project::ops::secrets::{generate, names, set};
use takk_project::platform::Platform;
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
        return fill((missing(&project.manifest, &plan), false), platform, &project, &environment, session);
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
        let asks = vec![ask_for(&project.manifest, variable, name)];
        return fill((asks, true), platform, &project, &environment, session);
    };
    let stored = set::set(&mut *platform, &project.manifest, &environment.name, (name, &args.allow_name), value, origin)?;
    push::on_the_way(&mut *platform, &project, &environment, session);
    if session.json {
        session.output.data(&json::json(&stored)?)?;
    }
    session.output.note(&secrets_text::stored(&stored));
    Ok(Outcome::Clean)
}

/// Asks for all missing values, or for the one that `is_named`. Without a terminal, lists them.
fn fill(
    (asks, is_named): (Vec<Ask>, bool),
    platform: Box<dyn Platform + '_>,
    project: &ReadProject,
    environment: &Environment,
    session: &Session,
) -> Result<Outcome> {
    let manifest = &project.manifest;
    let name = &environment.name;
    if asks.is_empty() {
        session.output.note(&line!("Nothing is missing in {name}."));
        return Ok(Outcome::Clean);
    }
    if !session.output.is_interactive() {
        session.output.data(&if session.json { json::asks(name, &asks)? } else { secrets_text::lacking(name, &asks) })?;
        return Ok(Outcome::Findings);
    }
    session.output.note(&secrets_text::filling(name, asks.len(), &manifest.project.name));
    let mut filling = Filling::new(asks, is_named, platform, manifest, environment);
    ask_all(&mut filling, &Arc::new(manifest.clone()), session)?;
    if filling.stored() > 0 {
        push::on_the_way(&mut *filling.platform, project, environment, session);
    }
    session.output.note(&secrets_text::filled(name, filling.stored(), filling.lacking()));
    Ok(if filling.lacking() == 0 { Outcome::Clean } else { Outcome::Findings })
}

/// Asks one question after the other, until none are left or the user stops.
fn ask_all(filling: &mut Filling, manifest: &Arc<Manifest>, session: &Session) -> Result<()> {
    let mut wrong: Option<String> = None;
    while let Some(ask) = filling.ask().cloned() {
        if wrong.is_none() {
            let (number, of) = filling.number();
            session.output.note(&secrets_text::question(number, of, &ask, manifest.services.len()));
        }
        let plan = filling.plan()?;
        let is_block = |line: &str| pasted::is_assignment(&plan, line);
        let check = checker(manifest, &ask.name);
        let asker = Asker::new(&ask, &check).with_blocks(&is_block);
        let answer = asker.ask(wrong.take().as_deref())?;
        // An answer may take hours, and the store may have been rekeyed in the meantime.
        filling.platform.refresh();
        match answer {
            Answer::Value(value) => store(filling, value, Origin::Set, session)?,
            Answer::Generate => store(filling, generate::generate(manifest, &ask.name)?, Origin::Generated, session)?,
            Answer::Skip => filling.skip(),
            Answer::Stop => break,
            Answer::Block(block) => match filling.sort(&plan, block.expose()) {
                Pasted::Several(several) => store_several(filling, &plan, several, session)?,
                pasted => match asker.one_value(block, matches!(pasted, Pasted::Key))? {
                    Ok(value) => store(filling, value, Origin::Set, session)?,
                    Err(complaint) => wrong = Some(complaint),
                },
            },
        }
    }
    Ok(())
}

/// Stores an answer and reports it.
fn store(filling: &mut Filling, value: SecretValue, origin: Origin, session: &Session) -> Result<()> {
    let answered = filling.store(value, origin)?;
    session.output.note(&secrets_text::stored(&answered.stored));
    say_given(&answered.given, session);
    Ok(())
}

/// Stores the valid ones of the pasted lines, and reports each.
fn store_several(filling: &mut Filling, plan: &EnvironmentPlan, mut several: Several, session: &Session) -> Result<()> {
    for near in std::mem::take(&mut several.near) {
        if confirm::yes(&paste_text::is_it(&near))? {
            several.accept(&near);
        }
    }
    let AnsweredSeveral { imported, kept, unclear, given } = filling.store_several(plan, several)?;
    session.output.note(&paste_text::pasted(&imported, &kept, &unclear));
    say_given(&given, session);
    Ok(())
}

/// Reports questions that other answers have made unnecessary.
fn say_given(names: &[String], session: &Session) {
    for name in names {
        session.output.note(&secrets_text::composed(name));
    }
}

/// Arguments are visible to other programs, and stay in the shell's history.
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

/// Says what is wrong with a text for a variable, without quoting it.
pub(super) fn checker(manifest: &Arc<Manifest>, name: &str) -> Check {
    let (manifest, name) = (Arc::clone(manifest), name.to_owned());
    Arc::new(move |text| set::check(&manifest, &name, text).err().map(|error| error.message))
}

/// Piped input ends with a line break that is not part of the value.
fn without_line_break(value: SecretValue) -> SecretValue {
    let text = value.expose();
    match text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')) {
        Some(text) => SecretValue::from(text),
        None => value,
    }
}
