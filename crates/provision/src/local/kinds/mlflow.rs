//! MLflow out of the project's own environment, in the version that its lock has: client and server must be the same.

use takk_model::error::{Error, Result};

use super::{Launch, Program, RunsAs, make_directory, port};
use crate::blueprint::Blueprint;
use crate::ledger::{Entry, HOST};
use crate::local::directory::Directory;
use crate::local::programs::Search;
use crate::local::user::ServerUser;

pub(super) fn find(search: &Search, blueprint: &Blueprint) -> Result<Program> {
    let key = blueprint.key();
    let missing = |what: &str| {
        Error::usage(format!("{key}: no container engine is used, and {what}"))
            .hint("add it to the project (uv add mlflow, or uv sync), start Docker or Podman, or set its variables with `takk secrets set`")
    };
    let venv = search.venv.as_ref().ok_or_else(|| missing("the project has no virtual environment with mlflow"))?;
    let file = venv.join("bin/mlflow");
    if !file.is_file() {
        return Err(missing(&format!("mlflow is not installed in {}", venv.display())));
    }
    // The dependencies for serving come with `mlflow`, but not with `mlflow-skinny`, which has the same program.
    let version = installed(venv, "mlflow")
        .ok_or_else(|| missing(&format!("{} has mlflow-skinny, which has no server", venv.display())))?;
    if !(blueprint.accepts)(&version) {
        return Err(missing(&format!("{} has mlflow {version}, not {}", venv.display(), blueprint.version)));
    }
    Ok(Program { file, version, has_versioned_data: false, runs_as: RunsAs::Same, initialize: Some(initialize), launch })
}

/// The version of a package in a virtual environment, from the name of its metadata directory.
pub(super) fn installed(venv: &std::path::Path, package: &str) -> Option<String> {
    let libraries =
        std::fs::read_dir(venv.join("lib")).ok()?.filter_map(|entry| Some(entry.ok()?.path().join("site-packages")));
    let mut entries = libraries.filter_map(|directory| std::fs::read_dir(directory).ok()).flatten();
    entries.find_map(|entry| {
        let name = entry.ok()?.file_name();
        let (found, version) = name.to_str()?.strip_suffix(".dist-info")?.split_once('-')?;
        (found == package).then(|| version.to_owned())
    })
}

fn initialize(_: &Program, _: &Directory, data: &std::path::Path, _: &Entry, user: Option<&ServerUser>) -> Result<()> {
    make_directory(data, user)
}

fn launch(program: &Program, directory: &Directory, entry: &Entry) -> Result<Launch> {
    let (port, data) = (port(entry)?.to_string(), directory.data().display().to_string());
    let (store, artifacts) = (format!("sqlite:///{data}/mlflow.db"), format!("{data}/artifacts"));
    let arguments = [
        "server",
        "--host",
        HOST,
        "--port",
        &port,
        "--backend-store-uri",
        &store,
        "--serve-artifacts",
        "--artifacts-destination",
        &artifacts,
        "--workers",
        "1",
    ];
    Ok(Launch::of(&program.file, directory, &arguments).with("MLFLOW_DISABLE_TELEMETRY", "true"))
}
