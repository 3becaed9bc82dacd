//! `takk env sweep`: deletes temporary environments whose time is over, as `takk env delete` does, without a question.

use super::delete::{self, Doomed};
use crate::config::{Home, Level};
use crate::ops::project::ReadProject;
use crate::platform::Platform;
use takk_model::error::{Error, Result};

/// What was deleted, and what could not be.
pub struct Swept {
    pub deleted: Vec<Doomed>,
    pub failed: Vec<Error>,
}

/// Deletes each of them. Those of another level are left to somebody who confirms it.
pub fn sweep(platform: &mut dyn Platform, project: &ReadProject, home: &Home) -> Result<Swept> {
    let mut swept = Swept { deleted: Vec::new(), failed: Vec::new() };
    for doomed in delete::expired(platform)? {
        if project.config.policy(&doomed.name).level != Level::Temporary {
            continue;
        }
        match delete::delete(platform, project, home, &doomed) {
            Ok(()) => swept.deleted.push(doomed),
            Err(mut error) => {
                error.message = format!("{}: {}", doomed.name, error.message);
                swept.failed.push(error);
            }
        }
    }
    Ok(swept)
}
