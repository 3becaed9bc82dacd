//! What the program connects to: the resources that fields name, and those that the project declares.

use std::collections::BTreeMap;

use super::components::Instance;
use takk_catalog::{catalog, declared_version, default_version, server_version};
use takk_model::{Packages, Place, Resource, ResourcePart, ResourceUse, Setting, SettingsClass, TemplatePart, VersionAnswer};

/// Every resource, sorted by kind and name. A resource that an instance describes has the instance's name.
pub(crate) fn resources(classes: &[&SettingsClass], instances: &[Instance], packages: &Packages) -> Vec<Resource> {
    let mut found: BTreeMap<(String, String), Resource> = BTreeMap::new();
    for (class, field, part) in uses(classes) {
        let instance = instance_of(part, instances);
        let name = instance.filter(|instance| instance.is_resource()).map_or(&part.name, |instance| &instance.name);
        let key = (part.kind.clone(), name.clone());
        let entry = found.entry(key).or_insert_with(|| resource(&part.kind, name, instance, field.place(), packages));
        entry.uses.push(ResourceUse {
            part: part.part.clone(),
            variable: field.env.first().cloned().unwrap_or_default(),
            class: class.class_ref(),
            field: field.name.clone(),
            place: field.place(),
        });
    }
    for instance in instances.iter().filter(|instance| instance.is_resource()) {
        let Some(kind) = instance.kind() else { continue };
        let described = |resource: &Resource| resource.name == instance.name && provides(kind, &resource.kind);
        if !found.values().any(described) {
            let key = (kind.to_owned(), instance.name.clone());
            found.insert(key, resource(kind, &instance.name, Some(instance), instance.place.clone(), packages));
        }
    }
    let mut all: Vec<Resource> = found.into_values().collect();
    for resource in &mut all {
        resource.uses.sort_by(|a, b| (&a.place, &a.field, &a.class, &a.part).cmp(&(&b.place, &b.field, &b.class, &b.part)));
        resource.uses.dedup();
    }
    all
}

/// The parts of resources that fields hold, including those in templates.
fn uses<'c>(classes: &[&'c SettingsClass]) -> impl Iterator<Item = (&'c SettingsClass, &'c Setting, &'c ResourcePart)> {
    let fields = classes.iter().copied().flat_map(|class| class.fields.iter().map(move |field| (class, field)));
    fields.flat_map(|(class, field)| {
        let composed = field.template.iter().filter_map(|part| match part {
            TemplatePart::Resource(part) => Some(part),
            TemplatePart::Text(_) | TemplatePart::Service(_) => None,
        });
        field.resource.iter().chain(composed).map(move |part| (class, field, part))
    })
}

fn resource(kind: &str, name: &str, instance: Option<&Instance>, place: Place, packages: &Packages) -> Resource {
    Resource {
        kind: kind.to_owned(),
        name: name.to_owned(),
        uses: Vec::new(),
        extensions: Vec::new(),
        version: version(kind, instance, packages),
        instance: instance.map(|instance| instance.definition.name.to_owned()),
        place: instance.filter(|instance| instance.is_resource()).map_or(place, |instance| instance.place.clone()),
    }
}

fn version(kind: &str, instance: Option<&Instance>, packages: &Packages) -> Option<VersionAnswer> {
    let declared = instance.and_then(|it| declared_version(it.definition, it.version.as_deref(), &it.place));
    let kind = catalog().kind(kind)?;
    declared.or_else(|| server_version(kind, packages)).or_else(|| default_version(kind))
}

/// The instance that serves a part: the one with its name; for `default`, the default one or the only one of its kind.
fn instance_of<'i>(part: &ResourcePart, instances: &'i [Instance]) -> Option<&'i Instance> {
    let fitting: Vec<&Instance> =
        instances.iter().filter(|instance| instance.kind().is_some_and(|kind| provides(kind, &part.kind))).collect();
    let named = fitting.iter().find(|instance| instance.name == part.name || instance.short_name() == part.name);
    if named.is_some() || part.name != "default" {
        return named.copied();
    }
    match (fitting.iter().find(|instance| instance.is_default), fitting.as_slice()) {
        (Some(marked), _) => Some(*marked),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

/// Whether a server of kind `provider` can serve clients of kind `wanted`.
fn provides(provider: &str, wanted: &str) -> bool {
    provider == wanted || catalog().kind(wanted).is_some_and(|kind| kind.managed_as == Some(provider))
}

impl Instance {
    fn kind(&self) -> Option<&'static str> {
        self.definition.instance.as_ref().map(|instance| instance.kind)
    }

    /// Whether it is a resource itself, rather than a component that serves one.
    fn is_resource(&self) -> bool {
        self.definition.runs.is_none()
    }

    /// Its name without its groups.
    fn short_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::manifest_of;

    fn names(source: &str) -> Vec<String> {
        let manifest = manifest_of(&[("project.py", source)]);
        let shown = |r: &takk_model::Resource| format!("{} {} {:?} {}", r.kind, r.name, r.instance.as_deref(), r.uses.len());
        manifest.resources.iter().map(shown).collect()
    }

    const SETTINGS: &str = "
from typing import Annotated
from pydantic import PostgresDsn
from pydantic_settings import BaseSettings
from takk.models import FastAPIApp, Group, Project, ResourceRef, ResourceTags
from takk.resources import PostgresInstance, ServerlessPostgresInstance, RedisInstance

class S(BaseSettings):
    one: PostgresDsn
    two: Annotated[str, ResourceRef(ResourceTags.psql_host, 'audit')]
";

    #[test]
    fn fields_alone_make_resources() {
        assert_eq!(names(SETTINGS), ["postgres audit None 1", "postgres default None 1"]);
    }

    #[test]
    fn the_only_instance_serves_default_and_a_name_its_own() {
        let one = format!("{SETTINGS}\nproject = Project(name='p', main=PostgresInstance(version=16))\n");
        assert_eq!(names(&one), ["postgres audit None 1", "postgres main Some(\"PostgresInstance\") 1"]);
        let two = format!(
            "{SETTINGS}\nproject = Project(name='p', main=PostgresInstance(), g=Group(audit=ServerlessPostgresInstance()))\n"
        );
        assert_eq!(
            names(&two),
            [
                "postgres default None 1",
                "postgres g.audit Some(\"ServerlessPostgresInstance\") 1",
                "postgres main Some(\"PostgresInstance\") 0"
            ]
        );
    }

    #[test]
    fn the_marked_instance_serves_default() {
        let source = format!(
            "{SETTINGS}\nproject = Project(name='p', a=PostgresInstance(), b=PostgresInstance(version=15, is_default=True))\n"
        );
        let manifest = manifest_of(&[("project.py", &source)]);
        let marked = manifest.resources.iter().find(|r| r.name == "b").expect("the marked instance");
        assert_eq!(marked.uses.len(), 1);
        let version = marked.version.as_ref().expect("a declared version");
        assert_eq!((version.version.as_str(), version.rule.as_str()), ("15", "declared"));
    }
}
