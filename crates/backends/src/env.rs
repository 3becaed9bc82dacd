//! Secrets in the environment of the process.

use super::backend::{Backend, Fetched, Proof, prove_by_reading};
use super::deadline::Deadline;
use super::error::{Error, Result};
use super::key::Key;
use super::process::Process;
use takk_model::path_env_name;

/// Reads `/db/prod/password` from `DB_PROD_PASSWORD`. The environment has no versions, so a pinned one is ignored.
pub struct Env {
    process: Process,
    prefix: String,
}

impl Env {
    /// With a prefix for all names. `_` is appended to it unless it ends with one or is empty.
    pub fn new(process: Process, prefix: impl Into<String>) -> Self {
        Self { process, prefix: prefix.into() }
    }

    /// The variable that holds a path: the prefix, followed by `path.strip("/").replace("/", "_").upper()`.
    pub fn variable(&self, path: &str) -> String {
        prefixed(&self.prefix, path)
    }
}

/// The variable of a path, with a prefix.
pub(crate) fn prefixed(prefix: &str, path: &str) -> String {
    let name = path_env_name(path);
    if prefix.is_empty() || prefix.ends_with('_') { format!("{prefix}{name}") } else { format!("{prefix}_{name}") }
}

impl Backend for Env {
    fn name(&self) -> String {
        "the environment".to_owned()
    }

    fn fetch(&self, key: &Key, _deadline: Deadline) -> Result<Fetched> {
        let name = self.variable(key.path());
        match self.process.variable(&name) {
            Some(text) => Ok(Fetched::new(text)),
            None => {
                Err(Error::not_found(format!("cannot read `{key}` from the environment: {name} is not set, or is not UTF-8"))
                    .hint(format!("set {name}, or choose another backend")))
            }
        }
    }

    fn prove(&self, keys: &[Key], deadline: Deadline) -> Vec<Proof> {
        prove_by_reading(self, keys, deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use std::time::UNIX_EPOCH;

    fn env(prefix: &str) -> Env {
        let variable = |name: &str| (name == "APP_DB_PASSWORD").then(|| "hunter2".to_owned());
        Env::new(Process::new(variable, || UNIX_EPOCH), prefix)
    }

    #[test]
    fn a_path_is_a_variable() {
        for (prefix, path, name) in [
            ("", "/db/prod/password", "DB_PROD_PASSWORD"),
            ("MYAPP", "/key", "MYAPP_KEY"),
            ("MYAPP_", "/key", "MYAPP_KEY"),
            ("myapp", "a-b.c:d", "myapp_A-B.C:D"),
        ] {
            assert_eq!(env(prefix).variable(path), name);
        }
    }

    #[test]
    fn a_version_is_ignored_and_a_missing_variable_is_named() {
        let env = env("APP");
        let pinned = Key::pinned("/db/password", Some("7"));
        assert_eq!(env.fetch(&pinned, Deadline::NONE).expect("it is set").text.expose(), "hunter2");
        let error = env.fetch(&Key::new("/db/user"), Deadline::NONE).expect_err("it is not set");
        assert_eq!(error.kind(), ErrorKind::SecretNotFound);
        assert!(error.to_string().contains("APP_DB_USER"), "{error}");
        let proofs = env.prove(&[pinned, Key::new("/db/user")], Deadline::NONE);
        assert_eq!(proofs.iter().map(Proof::word).collect::<Vec<_>>(), ["exists", "missing"]);
    }
}
