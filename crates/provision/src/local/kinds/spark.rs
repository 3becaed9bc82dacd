//! Spark Connect out of the project's own environment, in the release that its lock has.

use takk_model::error::{Error, Result};

use super::mlflow::installed;
use super::{Launch, Program, RunsAs, port};
use crate::blueprint::Blueprint;
use crate::ledger::{Entry, HOST};
use crate::local::directory::Directory;
use crate::local::programs::Search;

pub(super) fn find(search: &Search, blueprint: &Blueprint) -> Result<Program> {
    let key = blueprint.key();
    let missing = |what: &str| {
        Error::usage(format!("{key}: no container engine is used, and {what}"))
            .hint("add it to the project (uv add 'pyspark[connect]'), start Docker or Podman, or set its variables with `takk secrets set`")
    };
    let venv = search.venv.as_ref().ok_or_else(|| missing("the project has no virtual environment with pyspark"))?;
    let file = venv.join("bin/spark-submit");
    let version = installed(venv, "pyspark").filter(|_| file.is_file());
    let version = version.ok_or_else(|| missing(&format!("pyspark is not installed in {}", venv.display())))?;
    if !(blueprint.accepts)(&version) {
        return Err(missing(&format!("{} has pyspark {version}, not {}", venv.display(), blueprint.version)));
    }
    if search.all("java").is_empty() {
        return Err(missing("java, which Spark needs, is not installed"));
    }
    Ok(Program { file, version, has_versioned_data: false, runs_as: RunsAs::Same, initialize: None, launch })
}

fn launch(program: &Program, directory: &Directory, entry: &Entry) -> Result<Launch> {
    let port = format!("spark.connect.grpc.binding.port={}", port(entry)?);
    let address = format!("spark.connect.grpc.binding.address={HOST}");
    let page = entry.ports.get("ui").copied().unwrap_or_default();
    let page = format!("spark.ui.port={page}");
    let class = "org.apache.spark.sql.connect.service.SparkConnectServer";
    // Since Spark 4, its jar is part of pyspark.
    let jar = format!("org.apache.spark:spark-connect_2.12:{}", program.version);
    let mut arguments = vec!["--class", class, "--conf", &port, "--conf", &address, "--conf", &page];
    if program.version.starts_with("3.") {
        arguments.extend(["--packages", &jar]);
    }
    arguments.push("spark-internal");
    Ok(Launch::of(&program.file, directory, &arguments))
}
