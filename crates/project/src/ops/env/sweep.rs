//! `takk env sweep`: deletes expired temporary environments, like `takk env delete` but without a question.

use super::delete::{self, Doomed};
use crate::config::{Home, Level};
use crate::ops::project::ReadProject;
use crate::platform::Platform;
use takk_model::error::{Error, Result};

/// The deleted environments, and the errors for the others.
pub struct Swept {
    pub deleted: Vec<Doomed>,
    pub failed: Vec<Error>,
}

/// Deletes each expired environment. Those of other levels remain, because a person must confirm their deletion.
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
