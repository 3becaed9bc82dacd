//! SQS: moto's server, which keeps queues in memory and accepts every key.

use takk_model::error::Result;

use super::{Launch, Program, RunsAs, port};
use crate::blueprint::Blueprint;
use crate::ledger::{Entry, HOST};
use crate::local::directory::Directory;
use crate::local::programs::{Search, missing};

pub(super) fn find(search: &Search, blueprint: &Blueprint) -> Result<Program> {
    let file = search.all("moto_server").into_iter().next();
    let file = file.ok_or_else(|| missing(blueprint, "PyPI: moto[server]", Vec::new()))?;
    Ok(Program { file, version: String::new(), has_versioned_data: false, runs_as: RunsAs::Same, initialize: None, launch })
}

fn launch(program: &Program, directory: &Directory, entry: &Entry) -> Result<Launch> {
    Ok(Launch::of(&program.file, directory, &["-H", HOST, "-p", &port(entry)?.to_string()]))
}
