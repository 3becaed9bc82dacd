//! The environment variables that takk reads, except for colour: the terminal crates read `NO_COLOR` themselves.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Config;
use takk_provision::engine::EnginePlaces;

/// The relevant environment variables, read once when takk starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// `TAKK_VENV`: the virtual environment. Only the command line takes precedence.
    pub takk_venv: Option<String>,
    /// `UV_PROJECT_ENVIRONMENT`: the path that uv uses for the project's environment.
    pub uv_project_environment: Option<String>,
    /// `VIRTUAL_ENV`: the environment that the shell has activated.
    pub virtual_env: Option<String>,
}

impl Variables {
    /// Reads them from this process. An empty variable counts as not set.
    pub fn of_process() -> Self {
        Self {
            takk_venv: variable("TAKK_VENV"),
            uv_project_environment: variable("UV_PROJECT_ENVIRONMENT"),
            virtual_env: variable("VIRTUAL_ENV"),
        }
    }

    /// The directories to try for the virtual environment, in order. The project's own comes before the one that the shell has activated,
    /// which may belong to another project.
    pub fn venv_candidates(&self, config: &Config) -> Vec<String> {
        let own = [self.takk_venv.as_deref(), config.venv.as_deref(), self.uv_project_environment.as_deref(), Some(".venv")];
        own.into_iter().chain([self.virtual_env.as_deref(), Some("venv")]).flatten().map(str::to_owned).collect()
    }
}

/// Whether to print a backtrace for an internal error: `RUST_BACKTRACE` is set and not `0`.
pub fn wants_backtrace() -> bool {
    variable("RUST_BACKTRACE").is_some_and(|wish| wish != "0")
}

/// The names of all variables that a command inherits.
#[allow(clippy::disallowed_methods, reason = "the names are the answer; no value is looked at")]
pub fn inherited_names() -> Vec<OsString> {
    std::env::vars_os().map(|(name, _)| name).collect()
}

/// Where a shell looks for programs: `PATH`, or else the system's default.
#[allow(clippy::disallowed_methods, reason = "an empty `PATH` is not one that is not set")]
pub fn search_path() -> OsString {
    std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/bin:/usr/bin"))
}

/// A variable that configures a backend of secret paths: `VAULT_ADDR`, `AWS_PROFILE`.
pub fn backend_variable(name: &str) -> Option<String> {
    variable(name)
}

/// Whether `TAKK_SECRETS_BACKEND` replaces the project's backend.
pub fn names_backend() -> bool {
    variable("TAKK_SECRETS_BACKEND").is_some()
}

/// Where a container engine may be.
pub fn engine_places() -> EnginePlaces {
    EnginePlaces {
        host: variable("DOCKER_HOST"),
        context: variable("DOCKER_CONTEXT"),
        configuration: path("DOCKER_CONFIG"),
        runtime: path("XDG_RUNTIME_DIR"),
        home: path("HOME"),
    }
}

/// For tests: kills, stops or pauses this process after the given step, if `TAKK_TEST_KILL_AFTER`, `TAKK_TEST_STOP_AFTER` or
/// `TAKK_TEST_PAUSE_AFTER` names it. Does nothing in a release build.
///
/// Only takes effect once: a server that is started again on another port repeats its steps, and the test would not resume the process a
/// second time.
pub fn after_step(step: &str) {
    use rustix::process::{Signal, getpid, kill_process};
    static WAS_ASKED: AtomicBool = AtomicBool::new(false);
    const PAUSE: Duration = Duration::from_secs(2);
    if !cfg!(debug_assertions) {
        return;
    }
    let is_asked = |name: &str| variable(name).is_some_and(|wanted| wanted == step);
    let names = ["TAKK_TEST_KILL_AFTER", "TAKK_TEST_STOP_AFTER", "TAKK_TEST_PAUSE_AFTER"];
    if !names.into_iter().any(is_asked) || WAS_ASKED.swap(true, Ordering::Relaxed) {
        return;
    }
    for (name, signal) in [("TAKK_TEST_KILL_AFTER", Signal::KILL), ("TAKK_TEST_STOP_AFTER", Signal::STOP)] {
        if is_asked(name) {
            let _ = kill_process(getpid(), signal);
        }
    }
    if is_asked("TAKK_TEST_PAUSE_AFTER") {
        std::thread::sleep(PAUSE);
    }
}

/// For tests: the URL of an outside service with its host replaced, if `TAKK_TEST_HOSTS` has another for it:
/// `https://api.openai.com=http://127.0.0.1:8080,https://slack.com=...`. Does nothing in a release build.
pub fn redirected(url: &str) -> String {
    let table = if cfg!(debug_assertions) { variable("TAKK_TEST_HOSTS") } else { None };
    let mut rows = table.iter().flat_map(|table| table.split(',')).filter_map(|row| row.split_once('='));
    let of_row = |(from, to): (&str, &str)| {
        let rest = url.strip_prefix(from).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?']))?;
        Some(format!("{to}{rest}"))
    };
    rows.find_map(of_row).unwrap_or_else(|| url.to_owned())
}

/// An environment variable; an empty one counts as not set.
pub(super) fn variable(name: &str) -> Option<String> {
    path(name)?.into_os_string().into_string().ok()
}

/// A path in an environment variable; an empty one counts as not set.
#[allow(clippy::disallowed_methods, reason = "this is the one place that reads takk's environment variables")]
pub(super) fn path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_virtual_environments() {
        let some = |text: &str| Some(text.to_owned());
        let variables = Variables { takk_venv: some("t"), uv_project_environment: some("u"), virtual_env: some("v") };
        let config = Config { venv: some("c"), ..Config::default() };
        assert_eq!(variables.venv_candidates(&config), ["t", "c", "u", ".venv", "v", "venv"]);
        assert_eq!(Variables::default().venv_candidates(&Config::default()), [".venv", "venv"]);
    }
}
