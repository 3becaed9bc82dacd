//! The variables that client libraries read from the environment by themselves if the code creates their clients without
//! passing the values.
//!
//! A library is one file in `libraries/`. Each variable was looked up in the library's own code; the file records where, and in
//! which version.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// The files in `libraries/` by name: the top-level module of the import, and the content of the file as JSON.
const LIBRARIES: &[[&str; 2]] = &include!(concat!(env!("OUT_DIR"), "/libraries.rs"));

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    /// The package that installs it, by normalized name.
    pub package: &'static str,
    /// The module to import: `openai`, `google.genai`.
    pub import: &'static str,
    /// The version to which the places in `source` refer.
    pub version: &'static str,
    /// The day on which they were looked up.
    pub looked_up: &'static str,
    /// The calls that create clients, and the variables that they read.
    pub clients: Vec<Clients>,
}

/// Calls that read the same variables.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clients {
    /// The names of the callables in the module: `OpenAI`.
    #[serde(borrow)]
    pub calls: Vec<&'static str>,
    pub variables: Vec<ClientVariable>,
}

/// A variable that a library reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientVariable {
    pub name: &'static str,
    /// Other variables that the library accepts instead.
    #[serde(default)]
    pub also: Vec<&'static str>,
    /// Arguments of the call. Each of them prevents the read.
    #[serde(default)]
    pub given_by: Vec<&'static str>,
    /// The position of the first of these arguments, if it can be passed without its name.
    pub position: Option<usize>,
    /// What sets the value for all calls: `openai.api_key`, `mlflow.set_tracking_uri`.
    #[serde(default)]
    pub set_by: Vec<&'static str>,
    /// Whether the call fails, or has no effect, without it.
    #[serde(default)]
    pub required: bool,
    /// Whether its value must stay secret.
    #[serde(default)]
    pub secret: bool,
    /// The file and line of the library that reads it.
    pub source: &'static str,
}

pub fn libraries() -> impl Iterator<Item = &'static Library> + Clone {
    (0..LIBRARIES.len()).map(library)
}

/// The libraries with this top-level module, by name. A project imports only a few, and only these are parsed.
pub fn libraries_of(root: &str) -> impl Iterator<Item = &'static Library> {
    LIBRARIES.iter().enumerate().filter(move |(_, [known, _])| *known == root).map(|(at, _)| library(at))
}

fn library(at: usize) -> &'static Library {
    static ALL: [OnceLock<Library>; LIBRARIES.len()] = [const { OnceLock::new() }; LIBRARIES.len()];
    ALL[at].get_or_init(|| serde_json::from_str(LIBRARIES[at][1]).expect("a test reads the libraries"))
}

/// The top-level modules of all libraries, sorted: `google` for `google.genai`.
const ROOTS: &[&str] = &include!(concat!(env!("OUT_DIR"), "/library_roots.rs"));

/// The top-level module of a dotted name, if it is that of a known library.
pub fn library_root(module: &str) -> Option<&'static str> {
    let root = module.split('.').next().unwrap_or_default();
    ROOTS.binary_search(&root).ok().map(|at| ROOTS[at])
}

pub(super) fn library_roots() -> impl Iterator<Item = &'static str> {
    ROOTS.iter().copied()
}

impl Library {
    /// What a call of the dotted name `path` reads, if it creates a client of this library: `openai.OpenAI`,
    /// `twilio.rest.Client`.
    pub fn clients_of(&self, path: &str) -> Option<&Clients> {
        let rest = path.strip_prefix(self.import)?.strip_prefix('.')?;
        let last = rest.rsplit('.').next()?;
        self.clients.iter().find(|clients| clients.calls.contains(&last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reserved;

    #[test]
    fn every_library_says_where_it_reads_what() {
        let mut calls = Vec::new();
        for library in libraries() {
            assert_eq!(library_root(library.import), library.import.split('.').next(), "{}", library.package);
            assert!(library.version.starts_with(|c: char| c.is_ascii_digit()), "{}", library.package);
            assert_eq!(library.looked_up.len(), "2026-11-28".len(), "{}", library.package);
            for clients in &library.clients {
                calls.extend(clients.calls.iter().map(|call| format!("{}.{call}", library.import)));
                for variable in &clients.variables {
                    let (file, line) = variable.source.rsplit_once(':').expect("a file and a line");
                    assert!(file.rsplit('.').next() == Some("py") && line.parse::<u32>().is_ok(), "{}", variable.source);
                    for name in std::iter::once(&variable.name).chain(&variable.also) {
                        assert_eq!(reserved(name), None, "takk gives nothing under {name}");
                    }
                    assert!(variable.position.is_none() || !variable.given_by.is_empty(), "{}", variable.name);
                }
            }
        }
        let count = calls.len();
        calls.sort_unstable();
        calls.dedup();
        assert_eq!(calls.len(), count, "a call belongs to one library");
    }

    #[test]
    fn a_call_is_known_by_its_module_and_its_last_name() {
        let of = |path: &str| libraries().find(|library| library.clients_of(path).is_some()).map(|library| library.package);
        assert_eq!(of("openai.OpenAI"), Some("openai"));
        assert_eq!(of("twilio.rest.Client"), Some("twilio"));
        assert_eq!(of("google.genai.Client"), Some("google-genai"));
        assert_eq!(of("google.cloud.storage.Client"), None);
        assert_eq!(of("openai_helpers.OpenAI"), None);
    }
}
