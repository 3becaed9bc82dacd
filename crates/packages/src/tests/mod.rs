//! Complete projects, as small sets of files.

mod broken;
mod locks;
mod mutations;
mod pyproject;
mod requirements;

use std::collections::BTreeMap;
use std::io;

use super::{Listing, PackagesReport, read};
use takk_model::ProblemKind;

/// Reads a project with these files.
fn read_files<B: AsRef<[u8]>>(files: &[(&str, B)]) -> PackagesReport {
    let contents: BTreeMap<&str, &[u8]> = files.iter().map(|(path, content)| (*path, content.as_ref())).collect();
    let paths: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let read_one = |path: &str| match contents.get(path) {
        Some(content) => Ok(content.to_vec()),
        None => Err(io::Error::new(io::ErrorKind::NotFound, "no such file")),
    };
    read(&Listing { files: &paths, read: &read_one })
}

/// The packages as `name version`, with `-` for no version.
fn versions(report: &PackagesReport) -> Vec<String> {
    let shown = |version: &Option<String>| version.clone().unwrap_or_else(|| "-".to_owned());
    report.packages.0.values().map(|package| format!("{} {}", package.name, shown(&package.version))).collect()
}

/// The findings as `place kind: message`.
fn findings(report: &PackagesReport) -> Vec<String> {
    report.findings.iter().map(|problem| format!("{} {:?}: {}", problem.place, problem.kind, problem.message)).collect()
}

fn kinds(report: &PackagesReport) -> Vec<ProblemKind> {
    report.findings.iter().map(|problem| problem.kind).collect()
}

fn place_of(report: &PackagesReport, name: &str) -> String {
    report.packages.find(name).map(|package| package.place.to_string()).unwrap_or_default()
}

/// The files of `tests/fixtures/locks/demo`: one project, locked by every tool in its version of autumn 2026.
const DEMO: [(&str, &str); 8] = [
    ("pyproject.toml", include_str!("../../../../tests/fixtures/locks/demo/pyproject.toml")),
    ("uv.lock", include_str!("../../../../tests/fixtures/locks/demo/uv.lock")),
    ("poetry.lock", include_str!("../../../../tests/fixtures/locks/demo/poetry.lock")),
    ("pdm.lock", include_str!("../../../../tests/fixtures/locks/demo/pdm.lock")),
    ("pylock.toml", include_str!("../../../../tests/fixtures/locks/demo/pylock.toml")),
    ("Pipfile", include_str!("../../../../tests/fixtures/locks/demo/Pipfile")),
    ("Pipfile.lock", include_str!("../../../../tests/fixtures/locks/demo/Pipfile.lock")),
    ("requirements.txt", include_str!("../../../../tests/fixtures/locks/demo/requirements.txt")),
];

/// One file of [`DEMO`].
fn demo(path: &str) -> (&'static str, &'static str) {
    *DEMO.iter().find(|(known, _)| *known == path).expect("the fixture has this file")
}
