//! The input of the rules, and queries that several of them share.

use std::collections::BTreeSet;

use crate::is_test;
use crate::notes::Notes;
use crate::programs::Programs;
use takk_catalog::{Kind, catalog};
use takk_model::{
    Environment, Finding, Manifest, Place, Problem, ProblemKind, ResourcePart, RuleDoc, Setting, SettingsClass, TemplatePart,
};
use takk_python::scan::Mentions;
use takk_python::{SyntaxError, Undecodable};

/// The input of the rules.
pub struct Context<'c> {
    pub manifest: &'c Manifest,
    /// The project's Python files with what each mentions, sorted by path.
    pub files: &'c [(String, Mentions)],
    /// Observations made while reading classes and components.
    pub notes: &'c Notes,
    /// Problems in files that are not Python.
    pub problems: &'c [Problem],
    /// Files and directories that could not be read, with the reason.
    pub unreadable: &'c [(String, String)],
    /// Syntax errors of the project's own files.
    pub syntax: &'c [SyntaxError],
    /// Project files with bytes that are invalid in their encoding.
    pub undecodable: &'c [(String, Undecodable)],
    /// The environments of the project.
    pub environments: &'c [Environment],
    pub include_tests: bool,
    /// Which classes can occur in one process.
    pub programs: &'c Programs<'c>,
}

impl<'c> Context<'c> {
    /// Every field, with its class.
    pub fn fields(&self) -> impl Iterator<Item = (&'c SettingsClass, &'c Setting)> {
        self.manifest.settings.iter().flat_map(|class| class.fields.iter().map(move |field| (class, field)))
    }

    /// The field declared at a place, for messages: `Settings.port`.
    pub fn field_at(&self, place: &Place) -> Option<String> {
        self.fields().find(|(_, field)| field.place() == *place).map(|(_, field)| full_name(field))
    }

    /// Every part of a resource that a field holds, directly or in a template.
    pub fn resource_parts(&self) -> impl Iterator<Item = (&'c Setting, &'c ResourcePart)> {
        self.fields().flat_map(|(_, field)| {
            let composed = field.template.iter().filter_map(|part| match part {
                TemplatePart::Resource(resource) => Some(resource),
                _ => None,
            });
            field.resource.iter().chain(composed).map(move |part| (field, part))
        })
    }

    /// Whether a Python file of the project counts: test code only does if requested.
    pub fn counts(&self, path: &str) -> bool {
        self.include_tests || !is_test(path)
    }

    /// The kinds of resource that the project declares, by name.
    pub fn kinds(&self) -> impl Iterator<Item = &'static Kind> {
        let parts = self.resource_parts().map(|(_, part)| part.kind.as_str());
        let names: BTreeSet<&str> =
            parts.chain(self.manifest.resources.iter().map(|resource| resource.kind.as_str())).collect();
        names.into_iter().filter_map(|name| catalog().kind(name))
    }

    /// Findings for problems of certain kinds, which have their own messages.
    pub fn problems_as(&self, doc: &RuleDoc, kinds: &[ProblemKind], found: &mut Vec<Finding>) {
        let problems = self.problems.iter().filter(|problem| kinds.contains(&problem.kind));
        found.extend(problems.map(|problem| doc.finding(problem.place.clone(), &problem.message, &problem.help)));
    }
}

/// A field with the class that declares it: `Settings.port`.
pub(super) fn full_name(field: &Setting) -> String {
    format!("{}.{}", field.owner.qualname, field.name)
}
