//! `takk export`: what other programs start the servers of a project from.

pub mod compose_file;
mod names;
pub mod parts;

use takk_catalog::{DsnType, Kind, Server, catalog, placeholders};
use takk_model::ResourcePart;
use takk_plan::{EnvironmentPlan, PlannedResource, PlannedVariable, State};

/// A resource that takk can run a server for, with the variables that carry its parts.
struct Runnable<'p> {
    resource: &'p PlannedResource,
    kind: &'static Kind,
    server: &'static Server,
    variables: Vec<&'p PlannedVariable>,
}

impl<'p> Runnable<'p> {
    fn new(resource: &'p PlannedResource, plan: &'p EnvironmentPlan) -> Option<Self> {
        let kind = catalog().kind(&resource.kind)?;
        // Not by its name: an instance has another than the fields that it is for.
        let of_it = |variable: &&PlannedVariable| {
            let is_of_kind = variable.declared.resource.as_ref().is_some_and(|part| part.kind == resource.kind);
            is_of_kind && resource.variables.contains(&variable.declared.name)
        };
        let variables = plan.variables.iter().filter(of_it).collect();
        Some(Self { resource, kind, server: kind.server.as_ref()?, variables })
    }

    /// A part of it, under each name that the fields have for it.
    fn parts<'s>(&'s self, part: &'s str) -> impl Iterator<Item = ResourcePart> + 's {
        let named = self.variables.iter().filter_map(|variable| variable.declared.resource.as_ref());
        named.map(move |own| ResourcePart { part: part.to_owned(), ..own.clone() })
    }

    fn service(&self) -> String {
        names::service(&self.resource.kind, &self.resource.name)
    }

    /// Whether a variable has a value here or must get one.
    fn is_wanted(&self) -> bool {
        let unused = |state| matches!(state, State::Optional | State::Default | State::Computed);
        self.variables.iter().any(|variable| !unused(variable.state))
    }

    /// The credentials that the server is started with, by the parts that they are taken from.
    fn credentials(&self) -> Vec<&'static str> {
        let environment = self.server.environment.iter().copied();
        let texts = environment.chain(self.server.files.iter().map(|file| file.text));
        let mut used: Vec<&str> =
            texts.flat_map(placeholders).filter(|name| self.server.credentials.contains(name)).map(source).collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// The first credential that the program has no variable for: it does not log in to this resource.
    fn without_variable(&self) -> Option<&'static str> {
        let carries = |wanted: &str| {
            self.variables
                .iter()
                .filter_map(|variable| variable.declared.resource.as_ref())
                .any(|part| part.part == wanted || (part.part == DsnType::PART && takk_plan::PARTS.contains(&wanted)))
        };
        self.credentials().into_iter().find(|name| !is_optional(name) && !carries(name))
    }

    /// Whether a variable's port is that of the kind, whatever the client speaks.
    fn has_one_port(&self) -> bool {
        self.server.parts.iter().all(|row| row.part != "port" && row.part != DsnType::PART || !row.value.contains("{port:"))
    }
}

/// The part that a credential is taken from: nobody but the server knows the password of root.
fn source(credential: &str) -> &str {
    if credential == "root_password" { "password" } else { credential }
}

/// Whether servers start without it: they make no database then.
fn is_optional(credential: &str) -> bool {
    credential == "database"
}
