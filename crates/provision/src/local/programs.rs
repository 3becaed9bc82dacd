//! Where servers are found on this machine, and in which version.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use takk_model::error::{Error, Result};

use crate::blueprint::Blueprint;

/// Where to look for programs.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The directories of `PATH`. Relative ones are ignored, so that no program of a repository is run.
    pub path: Vec<PathBuf>,
    /// The project's virtual environment, for servers that are Python packages.
    pub venv: Option<PathBuf>,
}

/// Server directories that are usually not on `PATH`, on Debian, Red Hat and Homebrew.
const DIRECTORIES: [&str; 5] =
    ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt", "/usr/pgsql"];
/// Directories for system administration programs.
const SYSTEM: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/usr/lib/rabbitmq/bin"];

impl Search {
    /// All programs of that name, those on `PATH` first.
    pub(crate) fn all(&self, name: &str) -> Vec<PathBuf> {
        let on_path = self.path.iter().filter(|directory| directory.is_absolute()).cloned();
        let packaged =
            DIRECTORIES.iter().flat_map(|directory| below(Path::new(directory))).map(|directory| directory.join("bin"));
        let system = SYSTEM.iter().map(PathBuf::from);
        let mut found: Vec<PathBuf> = Vec::new();
        for directory in on_path.chain(system).chain(packaged) {
            let file = directory.join(name);
            if file.is_file() && !found.contains(&file) {
                found.push(file);
            }
        }
        found
    }

    /// The program of one of these names with the newest suitable version, and that version.
    pub(super) fn fitting(
        &self,
        names: &[&str],
        argument: &str,
        blueprint: &Blueprint,
        package: &str,
    ) -> Result<(PathBuf, String)> {
        let mut others: Vec<String> = Vec::new();
        let mut best: Option<(pep440_rs::Version, PathBuf, String)> = None;
        for file in names.iter().flat_map(|name| self.all(name)) {
            let Some(version) = version_of(&file, argument) else { continue };
            let number = takk_catalog::server_number(&version);
            match number {
                Some(number) if (blueprint.accepts)(&version) => {
                    if best.as_ref().is_none_or(|(known, ..)| number > *known) {
                        best = Some((number, file, version));
                    }
                }
                _ => others.push(format!("{} is version {version}", file.display())),
            }
        }
        let Some((_, file, version)) = best else { return Err(missing(blueprint, package, others)) };
        Ok((file, version))
    }
}

/// The error if a server is not installed in a suitable version.
pub(super) fn missing(blueprint: &Blueprint, package: &str, others: Vec<String>) -> Error {
    let (key, display, version) = (blueprint.key(), blueprint.kind.display, &blueprint.version);
    let wanted = if version.is_empty() { display.to_owned() } else { format!("{display} {version}") };
    let error = Error::usage(format!("{key}: no container engine is used, and {wanted} is not installed"));
    let error = others.into_iter().fold(error, Error::about);
    error.hint(format!("install it ({package}), start Docker or Podman, or set its variables with `takk secrets set`"))
}

/// The version that a program reports.
pub(crate) fn version_of(file: &Path, argument: &str) -> Option<String> {
    let output =
        Command::new(file).arg(argument).env_clear().env("PATH", "/usr/bin:/bin").stdin(Stdio::null()).output().ok()?;
    version_in(&String::from_utf8_lossy(&output.stdout))
}

/// The first dotted number in a text: 17.2 in `postgres (PostgreSQL) 17.2 (Debian 17.2-1)`.
pub(super) fn version_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    words.map(|word| word.trim_matches('.')).find(|word| word.contains('.')).map(str::to_owned)
}

fn below(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    found.retain(|path| path.file_name().is_some_and(|name| name != OsStr::new("")));
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_says_its_version_in_words_of_its_own() {
        for (text, version) in [
            ("postgres (PostgreSQL) 17.2 (Debian 17.2-1.pgdg120+1)", "17.2"),
            ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", "7.0.15"),
            ("nats-server: v2.10.29", "2.10.29"),
            ("mariadbd  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)", "10.11.14"),
            ("version 30GB 3.97 linux amd64", "3.97"),
        ] {
            assert_eq!(version_in(text).as_deref(), Some(version));
        }
        assert_eq!(version_in("no version"), None);
    }
}
