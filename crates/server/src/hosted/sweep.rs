//! The end of temporary environments: what `takk env sweep` does, for every project of a server and by the server itself.

use super::described::Described;
use super::own_platform::{Behalf, OwnPlatform, SERVER};
use super::{Hosted, Refusal, Result};
use takk_api::Code;
use takk_model::EnvironmentName;
use takk_project::config::Level;
use takk_project::ops::env::delete::{self, Doomed};
use takk_project::ops::up;
use takk_project::platform::Platform;
use takk_vault::store::EnvironmentRow;

/// An environment that was ended, or why it could not be.
pub struct Swept {
    pub project: String,
    pub environment: String,
    pub result: Result<()>,
}

/// Ends the environments of the level `temporary` whose time is over, with what was created for them. One that fails leaves the others to
/// be ended, and is tried again the next time. Those that another process works on are left to it.
///
/// # Errors
///
/// If the store cannot be read.
pub fn sweep(hosted: &mut Hosted) -> Result<Vec<Swept>> {
    let now = hosted.now();
    let rows = hosted.vault.store().all_environments()?;
    let mut swept = Vec::new();
    for row in rows.into_iter().filter(|row| row.expires_at.is_some_and(|end| end <= now)) {
        let result = match end(hosted, &row) {
            Ok(false) => continue,
            other => other.map(drop),
        };
        swept.push(Swept { project: row.project, environment: row.name, result });
    }
    Ok(swept)
}

/// Ends one environment. Whether it did.
fn end(hosted: &mut Hosted, row: &EnvironmentRow) -> Result<bool> {
    let described = Described::read(hosted, &row.project, &row.name)?;
    if described.level() != Level::Temporary {
        return Ok(false);
    }
    let home = hosted.home(SERVER);
    let mut platform = OwnPlatform::new(hosted, &row.project, Behalf::Server);
    let name = &described.environment.name;
    let is_in_use = up::is_in_use(&mut platform, name);
    if is_in_use.map_err(|error| platform.refusal(error))? {
        return Ok(false);
    }
    let doomed = Doomed { name: row.name.clone(), values: 0 };
    match delete::delete_stored(&mut platform, &described.project, &home, &doomed) {
        Ok(()) => Ok(true),
        Err(error) => {
            let refusal = platform.refusal(error);
            // Another replica was faster, and does it or has done it.
            let is_others = refusal.code == Code::VersionConflict || is_others(&mut platform, name);
            if is_others { Ok(false) } else { Err(refusal) }
        }
    }
}

/// Whether another process ends an environment, or has ended it.
fn is_others(platform: &mut OwnPlatform<'_>, name: &EnvironmentName) -> bool {
    let is_gone = platform.environments().is_ok_and(|known| known.iter().all(|known| known.name != name.as_str()));
    is_gone || up::is_in_use(platform, name).unwrap_or(false)
}

impl Swept {
    /// Why it could not be ended, in one line for the log.
    pub fn failure(&self) -> Option<String> {
        let Refusal { detail, cause, .. } = self.result.as_ref().err()?;
        Some(cause.as_ref().map_or_else(|| detail.clone(), |cause| format!("{detail}: {cause}")))
    }
}
