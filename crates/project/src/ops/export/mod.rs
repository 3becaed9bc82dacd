//! `takk export`: what other programs start the servers of a project from.

pub mod compose_file;
mod names;
pub mod parts;

use takk_catalog::{DsnType, Kind, Server, catalog, placeholders};
use takk_model::ResourcePart;
use takk_plan::{EnvironmentPlan, PlannedResource, PlannedVariable, State};

/// A resource whose server takk can run, with the variables that hold its parts.
struct Runnable<'p> {
    resource: &'p PlannedResource,
    kind: &'static Kind,
    server: &'static Server,
    variables: Vec<&'p PlannedVariable>,
}

impl<'p> Runnable<'p> {
    fn new(resource: &'p PlannedResource, plan: &'p EnvironmentPlan) -> Option<Self> {
        let kind = catalog().kind(&resource.kind)?;
        // Not compared by name: the name of an instance differs from that of the fields that it is for.
        let of_it = |variable: &&PlannedVariable| {
            let is_of_kind = variable.declared.resource.as_ref().is_some_and(|part| part.kind == resource.kind);
            is_of_kind && resource.variables.contains(&variable.declared.name)
        };
        let variables = plan.variables.iter().filter(of_it).collect();
        Some(Self { resource, kind, server: kind.server.as_ref()?, variables })
    }

    /// A part of it, under each name that the fields use for it.
    fn parts<'s>(&'s self, part: &'s str) -> impl Iterator<Item = ResourcePart> + 's {
        let named = self.variables.iter().filter_map(|variable| variable.declared.resource.as_ref());
        named.map(move |own| ResourcePart { part: part.to_owned(), ..own.clone() })
    }

    fn service(&self) -> String {
        names::service(&self.resource.kind, &self.resource.name)
    }

    /// Whether a variable has a value here or needs one.
    fn is_wanted(&self) -> bool {
        let unused = |state| matches!(state, State::Optional | State::Default | State::Computed);
        self.variables.iter().any(|variable| !unused(variable.state))
    }

    /// The credentials with which the server is started, by the parts that they are taken from.
    fn credentials(&self) -> Vec<&'static str> {
        let environment = self.server.environment.iter().copied();
        let texts = environment.chain(self.server.files.iter().map(|file| file.text));
        let mut used: Vec<&str> =
            texts.flat_map(placeholders).filter(|name| self.server.credentials.contains(name)).map(source).collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// The first credential for which the program has no variable: it does not log in to this resource.
    fn without_variable(&self) -> Option<&'static str> {
        let carries = |wanted: &str| {
            self.variables
                .iter()
                .filter_map(|variable| variable.declared.resource.as_ref())
                .any(|part| part.part == wanted || (part.part == DsnType::PART && takk_plan::PARTS.contains(&wanted)))
        };
        self.credentials().into_iter().find(|name| !is_optional(name) && !carries(name))
    }

    /// Whether the kind has one port, regardless of the protocol that the client uses.
    fn has_one_port(&self) -> bool {
        self.server.parts.iter().all(|row| row.part != "port" && row.part != DsnType::PART || !row.value.contains("{port:"))
    }
}

/// The part that a credential is taken from. Only the server has a root password of its own.
fn source(credential: &str) -> &str {
    if credential == "root_password" { "password" } else { credential }
}

/// Whether the server starts without it, and then creates no database.
fn is_optional(credential: &str) -> bool {
    credential == "database"
}
