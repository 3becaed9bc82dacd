//! Where the values of a checkout are: in the store of this machine, or on a server. The one place that chooses between the two.

use super::Session;
use crate::client::{Linked, Remote, link};
use crate::error::Result;
use crate::ops::project::ReadProject;
use crate::platform::{Embedded, Platform};

/// What keeps the values of the checkout. Nothing is opened or asked yet.
pub(super) fn platform<'s>(project: &ReadProject, session: &'s Session) -> Result<Box<dyn Platform + 's>> {
    match linked(project, session)? {
        Linked::Server(link) => Ok(Box::new(Remote::new(&session.home, link))),
        Linked::OwnStore => Ok(own_store(project, session)),
        Linked::Proposed(url) => Err(link::undecided(&url)),
    }
}

/// The same for what says what the code needs: where nobody has decided yet, that is said, and the store of this machine is looked at.
pub(super) fn platform_to_look_at<'s>(project: &ReadProject, session: &'s Session) -> Result<Box<dyn Platform + 's>> {
    match linked(project, session)? {
        Linked::Proposed(url) => {
            session.output.warn(&format!(
                "the settings of this project name the server {url}, and this checkout is not linked to it: `takk link` links it"
            ));
            Ok(own_store(project, session))
        }
        _ => platform(project, session),
    }
}

/// Where the values of the checkout are, as far as somebody has said it.
pub(super) fn linked(project: &ReadProject, session: &Session) -> Result<Linked> {
    link::of(&session.home, &project.root, &project.manifest.project.name, project.config.server.as_deref())
}

/// Says that a command is about the store of this machine, where the values of the checkout are elsewhere.
pub(super) fn mind_the_server(session: &Session) -> Result<()> {
    let Ok(root) = std::path::Path::new(".").canonicalize() else { return Ok(()) };
    if let Linked::Server(link) = link::of(&session.home, &root, "", None)? {
        let address = link.address;
        session.output.warn(&format!(
            "this is about the store of this machine. The values of this checkout are on {address}; who runs that server backs \
             it up and verifies it there"
        ));
    }
    Ok(())
}

fn own_store<'s>(project: &ReadProject, session: &'s Session) -> Box<dyn Platform + 's> {
    let notify = |notice: &str| session.output.warn(notice);
    Box::new(Embedded::new(&session.home, &project.manifest.project.name, notify))
}
