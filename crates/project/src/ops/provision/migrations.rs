//! `takk run --migrations`: the variables of a database, with the login that may change its schema.

use crate::ops::project::ReadProject;
use crate::ops::up::ledger::{entries, ledger};
use crate::ops::up::{needs, publish};
use crate::platform::{Platform, Snapshot};
use takk_model::error::{Error, Result};
use takk_model::{Environment, Held};
use takk_plan::plan;
use takk_provision::State;
use takk_provision::server::{MIGRATION_PASSWORD, MIGRATION_USERNAME};
use takk_vault::SecretValue;

/// Replaces the values for databases by those with the login for migrations. They are not stored.
pub fn for_migrations(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
    stored: &mut Snapshot,
) -> Result<()> {
    let replacing = match platform.provisioning() {
        Some(server) => server.migrations(environment.name.as_str())?,
        None => migrations(platform, project, environment, &stored.held)?,
    };
    let mut replaced = 0;
    for (name, value) in replacing {
        for (_, known) in stored.values.iter_mut().filter(|(known, _)| *known == name) {
            *known = SecretValue::from(value.expose());
            replaced += 1;
        }
    }
    if replaced > 0 {
        return Ok(());
    }
    Err(Error::usage(format!("`{}` has no database with a login of its own for migrations", environment.name))
        .hint("`takk provision` creates one at the level `full`; elsewhere, omit --migrations"))
}

/// The values with the login for migrations, for the variables that takk has set.
pub fn migrations(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
    held: &[Held],
) -> Result<Vec<(String, SecretValue)>> {
    let kept = ledger(platform, environment.name.as_str())?;
    let entries = entries(&kept);
    let plan = plan(&project.manifest, environment, held);
    let has_package = |name: &str| project.manifest.packages.find(name).is_some();
    let mut values = Vec::new();
    for need in needs(&plan, &entries, &[], false) {
        let Some(entry) = entries.get(&need.key()).filter(|entry| entry.state == State::Live) else { continue };
        let login = (entry.credentials.get(MIGRATION_USERNAME), entry.credentials.get(MIGRATION_PASSWORD));
        let (Some(username), Some(password)) = login else { continue };
        let mut entry = entry.clone();
        let (username, password) = (username.clone(), password.clone());
        entry.credentials.insert("username".to_owned(), username);
        entry.credentials.insert("password".to_owned(), password);
        let of_need = publish::values(&need, &entry, &has_package).into_iter();
        values.extend(of_need.filter(|(name, _)| {
            // A person has set another value since: it stays.
            let version = held.iter().find(|held| held.name == *name).map(|held| held.version);
            version.is_some() && entry.published.get(name).copied() == version
        }));
    }
    Ok(values)
}
