//! Runs the program as a process, with a separate home for each test. Exceptions: [`crate::hostile`] sets limits, and `takk serve` is
//! started in [`crate::server`].

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// Longer than anything takes on a busy machine, but short enough to detect a hang.
const PATIENCE: Duration = Duration::from_mins(1);

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// The output of a successful run.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self.out + &self.err
    }

    /// The error of a failed run.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.code, 2, "{}{}", self.out, self.err);
        self.err
    }
}

/// takk with that home, unaffected by the user's own values.
pub(crate) fn program(home: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("takk"));
    command.env("TAKK_HOME", home).env("TAKK_KEYRING", "off");
    command
}

/// Runs a command with the given standard input.
pub(crate) fn piped(mut command: Command, input: &[u8]) -> Answer {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run");
    // If the command fails before it reads its input, the pipe breaks.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    let Output { status, stdout, stderr } = child.wait_with_output().expect("run");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Answer { code: status.code().expect("ended"), out: text(stdout), err: text(stderr) }
}

/// Runs takk in `directory`.
pub(crate) fn takk(directory: &Path, arguments: &[&str]) -> Answer {
    takk_with(directory, arguments, &[])
}

/// Runs takk in `directory` with additional environment variables.
pub(crate) fn takk_with(directory: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Answer {
    let mut command = assert_cmd::Command::from_std(program(&directory.join("no home")));
    let output = command.current_dir(directory).args(arguments).envs(variables.iter().copied()).timeout(PATIENCE).output();
    let output = output.expect("run");
    let err = String::from_utf8(output.stderr).expect("text");
    assert!(!err.contains("panicked"), "{arguments:?}: {err}");
    let code = output.status.code().unwrap_or_else(|| panic!("{arguments:?} was killed or did not end: {err}"));
    Answer { code, out: String::from_utf8(output.stdout).expect("text"), err }
}
