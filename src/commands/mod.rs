//! The command line: one file per command, and the table of all commands.

mod audit;
mod check;
mod completions;
mod database_arg;
mod diff;
mod docs;
mod doctor;
mod dotenv;
mod down;
mod env;
mod explain;
mod export;
mod inspect;
mod link;
mod login;
mod logout;
mod logs;
mod open_platform;
mod plan;
mod project_args;
mod provision;
mod ps;
mod push;
mod run;
mod secrets;
mod serve;
mod serve_settings;
mod server_arg;
mod status;
mod store;
mod up;
mod value_args;
mod whoami;
mod why;

use std::cell::OnceCell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args as _, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::launch;
use crate::ui::{ColorChoice, Output, argument, link_text, panic_text};
use takk_model::error::Result;
use takk_project::config::{self, Home};

/// Read the pydantic settings of a Python project without running it, and say what the program needs
///
/// takk never imports or runs the project to read it. Exit codes: 0 clean, 1 findings, 2 could not run; `run` has that
/// of its command.
#[derive(Debug, Parser)]
#[command(name = "takk", version, max_term_width = 80)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// The global options.
#[derive(Debug, clap::Args)]
struct Global {
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    color: Color,
    /// Print only the result
    #[arg(long, short, global = true, help_heading = "Global options")]
    quiet: bool,
    /// Print JSON: short for `--format json`
    #[arg(long, global = true, help_heading = "Global options")]
    json: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::Args),
    Inspect(inspect::Args),
    Check(check::Args),
    Secrets(secrets::Args),
    Env(env::Args),
    Diff(diff::Args),
    Run(run::Args),
    Up(up::Args),
    Down(down::Args),
    Ps(ps::Args),
    Logs(logs::Args),
    Provision(provision::Args),
    Status(status::Args),
    Explain(explain::Args),
    Why(why::Args),
    Dotenv(dotenv::Args),
    Docs(docs::Args),
    Export(export::Args),
    Login(login::Args),
    Logout(logout::Args),
    Whoami(whoami::Args),
    Link(link::Args),
    Push(push::Args),
    Store(store::Args),
    Serve(serve::Args),
    Audit(audit::Args),
    Doctor(doctor::Args),
    Completions(completions::Args),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Color {
    /// Where the output is a terminal and `NO_COLOR` is not set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What every command receives.
pub(crate) struct Session {
    output: Output,
    json: bool,
    home: Home,
    /// The root of the project, once a command has asked for it.
    root: OnceCell<PathBuf>,
    /// The project that an argument named, if the current directory is in another one.
    elsewhere: OnceCell<PathBuf>,
}

/// The result of a command that could run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 0
    Clean,
    /// 1
    Findings,
    /// The exit status of the command that was run.
    Exit(u8),
}

/// Parses the command line, runs the command, and returns the exit status.
pub fn main() -> ExitCode {
    launch::protect_memory();
    if !config::wants_backtrace() {
        panic_text::install();
    }
    let cli = parsed();
    let color = match cli.global.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let session = Session {
        output: Output::new(color, cli.global.quiet),
        json: cli.global.json,
        home: Home::of_process(),
        root: OnceCell::new(),
        elsewhere: OnceCell::new(),
    };
    let outcome = run(cli.command, &session);
    if let Err(error) = &outcome {
        session.output.error(error);
    }
    if let Some(project) = session.elsewhere.get().filter(|_| session.output.has_proposed() && !session.json) {
        session.output.note(&link_text::elsewhere(project));
    }
    match outcome {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Ok(Outcome::Exit(code)) => ExitCode::from(code),
        Err(error) => ExitCode::from(error.exit_code()),
    }
}

/// Parses the command line. An error repeats arguments, which may come from elsewhere (the name of a branch in a CI job), so those with
/// control characters are replaced by a printable form and parsed again.
fn parsed() -> Cli {
    of_one_command().map_or_else(Cli::try_parse, Ok).unwrap_or_else(|error| {
        let given: Vec<_> = std::env::args_os().collect();
        let shown: Vec<OsString> = given.iter().map(|given| argument(&given.to_string_lossy()).into()).collect();
        let error = if shown == given { Some(error) } else { Cli::try_parse_from(shown).err() };
        error
            .unwrap_or_else(|| Cli::command().error(ErrorKind::ValueValidation, "an argument contains control characters"))
            .exit()
    })
}

/// Parses a valid command line that starts with the name of a command, or asks for the version, without building the other commands, which
/// takes most of the time. Help and errors need them.
fn of_one_command() -> Option<Cli> {
    let mut given = std::env::args_os().skip(1);
    let name = given.next()?;
    if (name == "--version" || name == "-V") && given.next().is_none() {
        // clap prints the version as an error.
        return clap::Command::new("takk")
            .version(env!("CARGO_PKG_VERSION"))
            .try_get_matches()
            .map_or_else(|error| error.exit(), |_| None);
    }
    let (name, arguments) = ARGUMENTS.iter().find(|(known, _)| *known == name)?;
    Cli::from_arg_matches_mut(&mut alone(name, *arguments).try_get_matches().ok()?).ok()
}

/// A parser for one command only.
fn alone(name: &'static str, arguments: Arguments) -> clap::Command {
    Global::augment_args(clap::Command::new("takk")).subcommand(arguments(clap::Command::new(name)))
}

/// Adds the arguments of a command.
type Arguments = fn(clap::Command) -> clap::Command;

/// The arguments of each command, by its name.
const ARGUMENTS: [(&str, Arguments); 28] = [
    ("plan", plan::Args::augment_args),
    ("inspect", inspect::Args::augment_args),
    ("check", check::Args::augment_args),
    ("secrets", secrets::Args::augment_args),
    ("env", env::Args::augment_args),
    ("diff", diff::Args::augment_args),
    ("run", run::Args::augment_args),
    ("up", up::Args::augment_args),
    ("down", down::Args::augment_args),
    ("ps", ps::Args::augment_args),
    ("logs", logs::Args::augment_args),
    ("provision", provision::Args::augment_args),
    ("status", status::Args::augment_args),
    ("explain", explain::Args::augment_args),
    ("why", why::Args::augment_args),
    ("dotenv", dotenv::Args::augment_args),
    ("docs", docs::Args::augment_args),
    ("export", export::Args::augment_args),
    ("login", login::Args::augment_args),
    ("logout", logout::Args::augment_args),
    ("whoami", whoami::Args::augment_args),
    ("link", link::Args::augment_args),
    ("push", push::Args::augment_args),
    ("store", store::Args::augment_args),
    ("serve", serve::Args::augment_args),
    ("audit", audit::Args::augment_args),
    ("doctor", doctor::Args::augment_args),
    ("completions", completions::Args::augment_args),
];

fn run(command: Command, session: &Session) -> Result<Outcome> {
    match command {
        Command::Plan(args) => plan::run(&args, session),
        Command::Inspect(args) => inspect::run(&args, session),
        Command::Check(args) => check::run(args, session),
        Command::Secrets(args) => secrets::run(args, session),
        Command::Env(args) => env::run(args, session),
        Command::Diff(args) => diff::run(&args, session),
        Command::Run(args) => run::run(&args, session),
        Command::Up(args) => up::run(&args, session),
        Command::Down(args) => down::run(&args, session),
        Command::Ps(args) => ps::run(&args, session),
        Command::Logs(args) => logs::run(&args, session),
        Command::Provision(args) => provision::run(&args, session),
        Command::Status(args) => status::run(&args, session),
        Command::Explain(args) => explain::run(&args, session),
        Command::Why(args) => why::run(&args, session),
        Command::Dotenv(args) => dotenv::run(&args, session),
        Command::Doctor(args) => doctor::run(&args, session),
        Command::Docs(args) => docs::run(&args, session),
        Command::Export(args) => export::run(&args, session),
        Command::Login(args) => login::run(&args, session),
        Command::Logout(args) => logout::run(&args, session),
        Command::Whoami(args) => whoami::run(&args, session),
        Command::Link(args) => link::run(&args, session),
        Command::Push(args) => push::run(&args, session),
        Command::Store(args) => store::run(args, session),
        Command::Serve(args) => serve::run(&args, session),
        Command::Audit(args) => audit::run(args, session),
        Command::Completions(args) => completions::run(&args, session),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_commands_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn each_command_is_parsed_by_itself_as_among_the_others() {
        let mut all = Cli::command();
        let names: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(names, ARGUMENTS.map(|(name, _)| name));
        all.build();
        for (name, arguments) in ARGUMENTS {
            let mut alone = alone(name, arguments).max_term_width(80);
            alone.build();
            let help = |command: &clap::Command| {
                let command = command.find_subcommand(name).expect("it is in the table");
                command.clone().render_long_help().to_string()
            };
            assert_eq!(help(&alone), help(&all), "{name}");
        }
    }

    #[test]
    fn every_command_and_option_has_a_help_text() {
        let all = Cli::command();
        let mut commands: Vec<&clap::Command> = all.get_subcommands().collect();
        while let Some(command) = commands.pop() {
            commands.extend(command.get_subcommands());
            assert!(command.get_about().is_some(), "{} says nothing", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {} says nothing", command.get_name(), argument.get_id());
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(!help.ends_with('.'), "{} {} ends with a full stop", command.get_name(), argument.get_id());
            }
        }
    }
}
