//! RabbitMQ: the first start creates its user from the configuration file.

use std::path::Path;

use takk_model::error::Result;

use super::{Launch, Program, RunsAs, credential, port};
use crate::blueprint::Blueprint;
use crate::ledger::{Entry, HOST};
use crate::local::directory::Directory;
use crate::local::programs::{Search, missing, version_in};

/// The offset from the port for clients to the port for cluster nodes.
const DISTRIBUTION: u16 = 20_000;

pub(super) fn find(search: &Search, blueprint: &Blueprint) -> Result<Program> {
    let mut others = Vec::new();
    for file in search.all("rabbitmq-server") {
        // Debian's script in /usr/sbin switches the user by itself; the script that it calls does not.
        if file.starts_with("/usr/sbin") {
            continue;
        }
        let Some(version) = version_beside(&file) else { continue };
        if (blueprint.accepts)(&version) {
            return Ok(Program { file, version, has_versioned_data: true, runs_as: RunsAs::Other, initialize: None, launch });
        }
        others.push(format!("{} is version {version}", file.display()));
    }
    Err(missing(blueprint, "Debian: rabbitmq-server, Homebrew: rabbitmq", others))
}

/// The version in the name of its library directory. Running the program would start Erlang, which takes seconds.
fn version_beside(file: &Path) -> Option<String> {
    let real = file.canonicalize().ok()?;
    let ancestors = real.ancestors().filter_map(|directory| directory.file_name()?.to_str());
    let from_path = ancestors.filter(|name| name.starts_with("rabbitmq_server-")).find_map(version_in);
    from_path.or_else(|| {
        let entries = std::fs::read_dir(real.parent()?.parent()?.join("lib")).ok()?;
        entries
            .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.to_owned()))
            .find_map(|name| name.strip_prefix("rabbitmq_server-").and_then(version_in))
    })
}

fn launch(program: &Program, directory: &Directory, entry: &Entry) -> Result<Launch> {
    let port = port(entry)?;
    let configuration = format!(
        "listeners.tcp.1 = {HOST}:{port}\ndefault_user = {}\ndefault_pass = {}\nlog.console = true\nlog.file = false\n",
        credential(entry, "username")?,
        credential(entry, "password")?,
    );
    let name = format!("takk{port}@localhost");
    let in_directory = |name: &str| directory.file(name).display().to_string();
    Ok(Launch::of(&program.file, directory, &[])
        .with("RABBITMQ_CONFIG_FILE", &in_directory("rabbitmq.conf"))
        .with("RABBITMQ_ENABLED_PLUGINS_FILE", &in_directory("enabled_plugins"))
        .with("RABBITMQ_CONF_ENV_FILE", &in_directory("rabbitmq-env.conf"))
        .with("RABBITMQ_MNESIA_BASE", &in_directory("data"))
        .with("RABBITMQ_LOG_BASE", &in_directory("logs"))
        .with("RABBITMQ_NODENAME", &name)
        .with("RABBITMQ_DIST_PORT", &port.saturating_add(DISTRIBUTION).max(1024).to_string())
        .with("ERL_EPMD_ADDRESS", HOST)
        .file("enabled_plugins", "[].\n".to_owned())
        .file("rabbitmq-env.conf", String::new())
        .file("rabbitmq.conf", configuration))
}
