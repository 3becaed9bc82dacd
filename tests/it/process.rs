//! The program as a process that must end by itself.

use std::path::Path;
use std::time::Duration;

use assert_cmd::Command;

/// Longer than anything takes on a busy machine, and short enough to call a hang one.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the program said.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs takk in `directory`.
pub fn takk(directory: &Path, arguments: &[&str]) -> Answer {
    takk_with(directory, arguments, &[])
}

/// Runs takk in `directory` with more environment variables.
pub fn takk_with(directory: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Answer {
    let mut command = Command::cargo_bin("takk").expect("built");
    // Nobody's own values take part.
    command.env("TAKK_HOME", directory.join("no home")).env("TAKK_KEYRING", "off");
    let output = command.current_dir(directory).args(arguments).envs(variables.iter().copied()).timeout(PATIENCE).output();
    let output = output.expect("run");
    let err = String::from_utf8(output.stderr).expect("text");
    assert!(!err.contains("panicked"), "{arguments:?}: {err}");
    let code = output.status.code().unwrap_or_else(|| panic!("{arguments:?} was killed or did not end: {err}"));
    Answer { code, out: String::from_utf8(output.stdout).expect("text"), err }
}
