//! The frame around every page: its header, the signed-in user, and the navigation.

use super::answer::segment;
use super::assets::{SCRIPT, STYLE};
use super::person::Person;
use crate::hosted::authorize::AuthorizedAccess;
use takk_model::Role;

/// What the head of a page loads.
pub(super) struct Head {
    pub style: &'static str,
    pub script: &'static str,
}

impl Head {
    pub(super) fn new() -> Self {
        Self { style: &STYLE, script: &SCRIPT }
    }
}

/// What stands around a page of somebody who is signed in.
pub(super) struct Shell {
    pub head: Head,
    pub user: String,
    /// What every form sends back.
    pub csrf: String,
    /// The page that this is, for the links to it.
    pub here: &'static str,
    pub project: Option<Place>,
}

/// The project that a page is about.
pub(super) struct Place {
    pub name: String,
    /// The address of its first page.
    pub address: String,
    pub role: &'static str,
    /// Whether the caller may see what happened.
    pub has_audit: bool,
}

impl Shell {
    /// Around a page outside of projects.
    pub(super) fn new(person: &Person, here: &'static str) -> Self {
        let (user, csrf) = (person.caller.user.name.clone(), person.csrf.clone());
        Self { head: Head::new(), user, csrf, here, project: None }
    }

    /// Around a page of a project.
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
