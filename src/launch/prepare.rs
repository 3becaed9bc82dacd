//! Prepares a launch, and explains why a command cannot start, or did not.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::{Launch, lookup};
use takk_model::error::{Error, Result};
use takk_vault::SecretValue;

/// The exit status of shells for a command that does not exist.
const NOT_FOUND: u8 = 127;

/// The exit status of shells for a command that exists but cannot be executed.
const NOT_RUNNABLE: u8 = 126;

/// The command with its arguments and environment: that of this process, byte for byte, without the removed variables, and with the given
/// ones set over it. Fails with the variable's name if the system does not accept one.
pub fn prepare(launch: &Launch) -> Result<Command> {
    let (program, arguments) = launch.command.split_first().ok_or_else(|| Error::usage("there is no command to run"))?;
    for (name, value) in &launch.variables {
        check(name, value)?;
    }
    // Otherwise, the system would look the program up in the command's `PATH`.
    let mut command = Command::new(lookup::found(program));
    command.arg0(program).args(arguments);
    for name in &launch.removed {
        command.env_remove(name);
    }
    for (name, value) in &launch.variables {
        command.env(name, value.expose());
    }
    Ok(command)
}

/// Checks whether the system accepts this variable.
fn check(name: &str, value: &SecretValue) -> Result<()> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(Error::usage(format!("{name:?} cannot be the name of an environment variable")));
    }
    if value.expose().contains('\0') {
        let error =
            Error::usage(format!("the value of `{name}` contains a NUL byte, which an environment variable cannot hold"));
        return Err(error.hint("store it as base64, and decode it in the program"));
    }
    let length = name.len() + "=".len() + value.expose().len() + "\0".len();
    match longest_variable() {
        Some(longest) if length > longest => {
            let most = longest - (length - value.expose().len());
            let message =
                format!("the value of `{name}` has {} bytes, but this system allows at most {most}", value.expose().len());
            Err(Error::usage(message).hint("write it to a file, and pass the program the file's path"))
        }
        _ => Ok(()),
    }
}

/// The maximum size of a variable including its name, `=` and the terminating NUL: Linux allows 32 pages (`MAX_ARG_STRLEN`).
fn longest_variable() -> Option<usize> {
    cfg!(target_os = "linux").then(|| 32 * rustix::param::page_size())
}

/// Explains why the command did not start.
pub(super) fn failure(launch: &Launch, error: io::Error) -> Error {
    let program = launch.command.first().map(|program| program.to_string_lossy()).unwrap_or_default();
    let message = format!("cannot run `{program}`");
    match error.kind() {
        io::ErrorKind::NotFound => {
            let hint = not_found(launch.command.first().map_or(OsStr::new(""), |program| program));
            Error::launch(NOT_FOUND, message).caused_by(error).hint(hint)
        }
        io::ErrorKind::PermissionDenied => {
            let hint = format!("make it executable: chmod +x {program}");
            Error::launch(NOT_RUNNABLE, message).caused_by(error).hint(hint)
        }
        io::ErrorKind::ArgumentListTooLong => {
            let error = Error::launch(NOT_RUNNABLE, message).caused_by(error);
            let longest = launch.variables.iter().max_by_key(|(_, value)| value.expose().len());
            let error = error.hint("together, the environment and the arguments exceed the limit of this system");
            match longest {
                Some((name, _)) => {
                    error.hint(format!("the longest variable is `{name}`: write it to a file, and pass its path"))
                }
                None => error,
            }
        }
        _ if error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => {
            let hint = "a script must begin with `#!` and the program that runs it";
            Error::launch(NOT_RUNNABLE, message).caused_by(error).hint(hint)
        }
        _ => Error::launch(NOT_RUNNABLE, message).caused_by(error),
    }
}

/// What to do if a program does not exist.
fn not_found(program: &OsStr) -> &'static str {
    let text = program.to_string_lossy();
    if text.contains('/') && Path::new(program).exists() {
        "the file exists, but the program in its first line (`#!`) does not"
    } else if text.contains('/') {
        "there is no such file"
    } else if text.contains(char::is_whitespace) {
        "it was passed as one word: remove the quotes around the command and its arguments"
    } else {
        "check the spelling, and that its directory is in PATH"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(command: &[&str], variables: &[(&str, &str)]) -> Launch {
        Launch {
            command: command.iter().map(Into::into).collect(),
            variables: variables.iter().map(|(name, value)| ((*name).to_owned(), SecretValue::from(*value))).collect(),
            removed: Vec::new(),
        }
    }

    fn refusal(name: &str, value: &str) -> Error {
        prepare(&launch(&["true"], &[("FINE", "1"), (name, value)])).expect_err("it fails")
    }

    #[test]
    fn what_no_environment_can_hold_is_refused_by_name_and_without_the_value() {
        let error = refusal("TOKEN", "hidden\0part");
        assert!(error.message.contains("`TOKEN` contains a NUL byte") && !error.message.contains("hidden"), "{error}");
        assert_eq!(error.exit_code(), 2);
        assert!(refusal("A=B", "1").message.starts_with("\"A=B\" cannot be the name"));
        assert!(refusal("", "1").message.starts_with("\"\" cannot be the name"));
        assert_eq!(prepare(&launch(&[], &[])).expect_err("it fails").message, "there is no command to run");
    }

    #[test]
    fn the_longest_value_is_named_with_its_limit() {
        let Some(longest) = longest_variable() else { return };
        let most = longest - "TOKEN=\0".len();
        assert!(prepare(&launch(&["true"], &[("TOKEN", &"x".repeat(most))])).is_ok());
        let error = refusal("TOKEN", &"x".repeat(most + 1));
        assert_eq!(
            error.message,
            format!("the value of `TOKEN` has {} bytes, but this system allows at most {most}", most + 1)
        );
    }

    #[test]
    fn a_failure_says_why_and_what_to_do() {
        let failed = |program: &str| {
            let launch = launch(&[program], &[]);
            let error = failure(&launch, prepare(&launch).expect("it works").spawn().expect_err("it fails"));
            (error.exit_code(), error.message, error.hints.join(" "))
        };
        let (code, message, hint) = failed("no-such-command");
        assert_eq!((code, message.as_str()), (127, "cannot run `no-such-command`"));
        assert!(hint.contains("PATH"), "{hint}");
        assert!(failed("python -m shop").2.contains("one word"));
        assert_eq!(failed("./no/such").2, "there is no such file");
        assert_eq!(failed("/").0, 126);
    }
}
