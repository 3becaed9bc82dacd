//! Which sessions are open on a server with the logins of a resource, as the admin sees them.

pub use crate::platform::Sessions;

use crate::config::Home;
use crate::ops::project::ReadProject;
use crate::ops::up::ledger::known;
use crate::platform::{Platform, now};
use takk_model::EnvironmentName;
use takk_model::error::{Error, Result};

/// The open sessions of a resource: `postgres/default`, or `postgres` if there is one of the kind.
pub fn sessions(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &EnvironmentName,
    home: &Home,
    resource: &str,
) -> Result<Sessions> {
    let kept = known(platform, environment.as_str())?;
    let mut found = kept.iter().filter(|(key, kept)| *key == resource || kept.entry.kind == resource);
    let (key, entry) = match (found.next(), found.next()) {
        (Some((key, kept)), None) => (key.clone(), &kept.entry),
        (Some((one, _)), Some((other, _))) => {
            return Err(Error::usage(format!("`{resource}` may be {one} or {other}")).hint("name one of them"));
        }
        _ => {
            let error = Error::usage(format!("takk created no `{resource}` in `{environment}`"));
            return Err(error.hint(format!("`takk ps --env {environment}` lists what it created")));
        }
    };
    if !entry.is_on_server() {
        return Err(Error::usage(format!("takk runs {key} itself, and has no admin address of it"))
            .hint("only servers with an admin address tell who is connected: takk provision admin set"));
    }
    if let Some(server) = platform.provisioning() {
        return server.sessions(environment.as_str(), &key);
    }
    let machine = super::machine(platform, project, environment, home)?;
    let server = machine.server_of(entry);
    let server = server.ok_or_else(|| Error::internal(format!("nothing creates {key} on a server")))?;
    Ok(Sessions { open: server.sessions(entry, now())?, resource: key })
}
