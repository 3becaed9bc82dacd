//! The program as a process: every test starts it here, with a home of its own, but those that put it into limits ([`crate::hostile`]).
//! `takk serve` is started in [`crate::server`].

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// Longer than anything takes on a busy machine, and short enough to call a hang one.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the program said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// What it said, if it did what it was asked.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self.out + &self.err
    }

    /// Why it refused, if it did.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.code, 2, "{}{}", self.out, self.err);
        self.err
    }
}

/// takk with that home. Nobody's own values take part.
pub(crate) fn program(home: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("takk"));
    command.env("TAKK_HOME", home).env("TAKK_KEYRING", "off");
    command
}

/// Runs a command with something on its standard input.
pub(crate) fn piped(mut command: Command, input: &[u8]) -> Answer {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run");
    // What is refused before it is read breaks the pipe.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    let Output { status, stdout, stderr } = child.wait_with_output().expect("run");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Answer { code: status.code().expect("ended"), out: text(stdout), err: text(stderr) }
}

/// Runs takk in `directory`.
pub(crate) fn takk(directory: &Path, arguments: &[&str]) -> Answer {
    takk_with(directory, arguments, &[])
}

/// Runs takk in `directory` with more environment variables.
pub(crate) fn takk_with(directory: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Answer {
    let mut command = assert_cmd::Command::from_std(program(&directory.join("no home")));
    let output = command.current_dir(directory).args(arguments).envs(variables.iter().copied()).timeout(PATIENCE).output();
    let output = output.expect("run");
    let err = String::from_utf8(output.stderr).expect("text");
    assert!(!err.contains("panicked"), "{arguments:?}: {err}");
    let code = output.status.code().unwrap_or_else(|| panic!("{arguments:?} was killed or did not end: {err}"));
    Answer { code, out: String::from_utf8(output.stdout).expect("text"), err }
}
