//! Keys that an outside service creates, given an admin key.

use super::admin;
use crate::config::Level;
use crate::ops::project::ReadProject;
use crate::ops::up::{Fate, Need, Wanted};
use crate::platform::Platform;
use takk_model::EnvironmentName;
use takk_model::error::{Error, Result};
use takk_provision::server::{ExistingServer, KINDS, made_by_api};

/// The service that creates the wanted keys. Without an admin key, takk asks the user for them, unless the command names them: then it fails.
pub(super) fn with_admin_key(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &EnvironmentName,
    wanted: &Wanted<'_>,
    needs: &mut [Need<'_>],
) -> Result<Option<ExistingServer>> {
    let is_key = |need: &Need<'_>| made_by_api(&need.resource.kind).is_some() && matches!(need.fate, Fate::Create { .. });
    let Some(key) = needs.iter().find(|need| is_key(need)).map(Need::key) else { return Ok(None) };
    let mut found = Vec::new();
    for kind in KINDS.iter().copied().filter(|kind| kind.makes_keys()) {
        if let Some(admin) = admin::find(platform, project, environment, kind)? {
            found.push(ExistingServer { kind, admin: Some(admin), adopts: wanted.adopt });
        }
    }
    if found.len() > 1 {
        let names: Vec<&str> = found.iter().map(|server| server.kind.name).collect();
        let error = Error::usage(format!("`{environment}` has admin keys of {}: {key} can have only one", names.join(" and ")));
        return Err(error.hint(format!("takk provision admin unset {} --env {environment}", names[0])));
    }
    let Some(server) = found.pop() else {
        if !wanted.resources.is_empty() {
            return Err(Error::usage(format!("`{environment}` has no admin key of a service that makes {key}"))
                .hint(format!("takk provision admin set openai --env {environment}"))
                .hint("or openrouter, or litellm"));
        }
        for need in needs.iter_mut().filter(|need| is_key(need)) {
            need.fate = Fate::NotNeeded;
        }
        return Ok(None);
    };
    let is_encrypted = server.admin.as_ref().is_some_and(|admin| admin.address().requires_tls);
    if project.config.policy(environment.as_str()).level == Level::Full && !is_encrypted {
        return Err(admin::without_tls(environment, server.kind));
    }
    Ok(Some(server))
}
