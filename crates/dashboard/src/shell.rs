//! The frame around every page: its header, the signed-in user, and the navigation.

use super::answer::segment;
use super::assets::Head;
use super::person::Person;
use takk_model::Role;
use takk_server::hosted::authorize::AuthorizedAccess;

/// The frame of a page for a signed-in user.
pub(super) struct Shell {
    pub head: Head,
    pub user: String,
    /// The CSRF token of every form.
    pub csrf: String,
    /// The current page, for its navigation link.
    pub here: &'static str,
    pub project: Option<Place>,
}

/// The project of a page.
pub(super) struct Place {
    pub name: String,
    /// The path of its first page.
    pub address: String,
    pub role: &'static str,
    /// Whether the user may read the audit log.
    pub has_audit: bool,
}

impl Shell {
    /// The frame of a page outside of projects.
    pub(super) fn new(person: &Person, here: &'static str) -> Self {
        let (user, csrf) = (person.caller.user.name.clone(), person.csrf.clone());
        Self { head: Head::new(), user, csrf, here, project: None }
    }

    /// The frame of a page of a project.
    pub(super) fn within(person: &Person, visit: &AuthorizedAccess, here: &'static str) -> Self {
        let place = Place {
            name: visit.project.clone(),
            address: format!("/projects/{}", segment(&visit.project)),
            role: visit.role.as_str(),
            has_audit: visit.role >= Role::Operator,
        };
        Self { project: Some(place), ..Self::new(person, here) }
    }
}
