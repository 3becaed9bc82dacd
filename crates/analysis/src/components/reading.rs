//! One component in one environment.

use std::collections::BTreeMap;

use super::arguments::Arguments;
use super::container;
use super::listed::ClassLists;
use super::written;
use takk_catalog::{Component, Role};
use takk_model::{ClassRef, Place, ServiceKind};
use takk_python::Value;

/// A component, evaluated for one environment.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub name: String,
    /// The definition of the component.
    pub definition: &'static Component,
    /// Its kind at run time; `None` for a resource.
    pub kind: Option<ServiceKind>,
    /// The port it listens on.
    pub port: Option<u16>,
    /// Whether it is reachable from outside.
    pub external: bool,
    pub domains: Vec<String>,
    pub schedule: Option<String>,
    /// The source of its messages.
    pub listens_to: Option<String>,
    pub image: Option<String>,
    pub settings: Vec<ClassRef>,
    pub variables: BTreeMap<String, Option<String>>,
    pub tags: Vec<String>,
    pub description: Option<String>,
    /// The server's version, as given.
    pub version: Option<String>,
    /// Whether it serves fields that name no resource.
    pub is_default: bool,
    /// The remaining arguments, as written; empty if they are known already.
    pub options: BTreeMap<String, String>,
    pub place: Place,
}

/// Reads the component `key` of a project, with the tags of its groups.
pub(super) fn read<'a>(lists: &mut ClassLists<'_, 'a>, key: &str, arguments: &Arguments<'a>, inherited: &[String]) -> Reading {
    let definition = arguments.definition;
    let place = arguments.call.place.clone();
    let own = arguments.with_role(Role::Name).and_then(Value::as_str);
    let name = own.map_or_else(|| key.to_owned(), str::to_owned);
    if arguments.call.partial {
        lists.undecided(&name, arguments.call.source.to_string(), &place);
    }
    let is_described = lists.described.contains(&name);
    let mut reader = Reader { lists, arguments, name: &name, place: &place };
    let schedule = reader.text(Role::Schedule);
    let mut reading = Reading {
        kind: definition.service_kind(schedule.is_some()),
        port: reader.port(),
        external: definition.external,
        domains: reader.texts(Role::Domains),
        schedule,
        listens_to: reader.listens_to(),
        image: reader.image(),
        settings: reader.settings(),
        variables: reader.variables(),
        tags: reader.tags(inherited),
        description: reader.description(),
        version: arguments.with_role(Role::Version).and_then(plain_text),
        is_default: arguments.given("is_default").and_then(Value::truth) == Some(true),
        options: if is_described { BTreeMap::new() } else { options(arguments) },
        name: name.clone(),
        definition,
        place: place.clone(),
    };
    if definition.name == "Container" {
        container::describe(lists.models.evaluator, arguments, &mut reading);
    }
    reading
}

struct Reader<'r, 'l, 'a> {
    lists: &'r mut ClassLists<'l, 'a>,
    arguments: &'r Arguments<'a>,
    name: &'r str,
    place: &'r Place,
}

impl<'a> Reader<'_, '_, 'a> {
    fn undecided(&mut self, value: &Value<'a>) {
        self.lists.undecided(self.name, written(value), self.place);
    }

    fn text(&mut self, role: Role) -> Option<String> {
        let value = self.arguments.with_role(role)?;
        let text = plain_text(value);
        if text.is_none() {
            self.undecided(value);
        }
        text.filter(|text| !text.is_empty())
    }

    /// A list of strings, or a single one.
    fn texts(&mut self, role: Role) -> Vec<String> {
        let Some(value) = self.arguments.with_role(role) else { return Vec::new() };
        let items = value.elements().unwrap_or(std::slice::from_ref(value));
        let mut found = Vec::new();
        for item in items {
            match plain_text(item) {
                Some(text) => found.push(text),
                None => self.undecided(item),
            }
        }
        found
    }

    fn port(&mut self) -> Option<u16> {
        match self.arguments.with_role(Role::Port) {
            None => self.arguments.definition.port,
            Some(Value::Int(port)) => u16::try_from(*port).ok(),
            Some(other) => {
                self.undecided(other);
                None
            }
        }
    }

    fn listens_to(&mut self) -> Option<String> {
        match &self.arguments.call.callee {
            Value::Attribute(attribute) => {
                let broker = Arguments::of(self.lists.models.evaluator, &attribute.0)?;
                broker.with_role(Role::ListensTo).and_then(plain_text)
            }
            _ => self.text(Role::ListensTo),
        }
    }

    /// The image. A `DockerBuild` has none yet, and stays among the other arguments.
    fn image(&mut self) -> Option<String> {
        let definition = self.arguments.definition;
        let given = definition.parameters(Role::Image).find_map(|name| self.arguments.given(name)?.as_str().map(str::to_owned));
        given.or_else(|| definition.image.map(str::to_owned))
    }

    fn settings(&mut self) -> Vec<ClassRef> {
        let definition = self.arguments.definition;
        let mut found = self.added_settings();
        if let Some(list) = definition.parameters(Role::Settings).find_map(|name| self.arguments.given(name)) {
            found.extend(self.lists.classes(list, self.name, self.place));
        } else {
            let ready = definition.default_settings.iter();
            found.extend(ready.filter_map(|name| self.lists.ready_made(name, self.place)));
        }
        distinct(found)
    }

    /// The settings that the broker of a subscriber adds: its `auth_settings`.
    fn added_settings(&mut self) -> Vec<ClassRef> {
        let evaluator = self.lists.models.evaluator;
        let added = &self.arguments.definition.adds_settings;
        let broker = match &self.arguments.call.callee {
            Value::Attribute(attribute) => Arguments::of(evaluator, &attribute.0),
            _ => None,
        };
        let config =
            broker.as_ref().and_then(|broker| broker.given("broker")).and_then(|broker| Arguments::of(evaluator, broker));
        match config.as_ref().and_then(|config| config.with_role(Role::Settings)) {
            Some(class) if !added.is_empty() => self.lists.classes(class, self.name, self.place),
            _ => added.iter().filter_map(|name| self.lists.ready_made(name, self.place)).collect(),
        }
    }

    fn variables(&mut self) -> BTreeMap<String, Option<String>> {
        let mut found = BTreeMap::new();
        match self.arguments.with_role(Role::Variables) {
            None => {}
            Some(Value::Dict(items)) => {
                for (key, value) in items.iter() {
                    let Some(key) = key.as_str() else {
                        self.undecided(key);
                        continue;
                    };
                    let text = plain_text(value);
                    if text.is_none() && !matches!(value, Value::None) {
                        self.undecided(value);
                    }
                    found.insert(key.to_owned(), text);
                }
            }
            Some(other) => self.undecided(other),
        }
        found
    }

    /// Its own labels, then those of its groups, then those that takk adds to such a component.
    fn tags(&mut self, inherited: &[String]) -> Vec<String> {
        let mut found = self.texts(Role::Tags);
        if self.arguments.has_parameter("tags") {
            found.extend(inherited.iter().cloned());
        }
        found.extend(self.arguments.definition.adds_tags.iter().map(|tag| (*tag).to_owned()));
        distinct(found)
    }

    fn description(&mut self) -> Option<String> {
        if let Some(given) = self.text(Role::Description) {
            return Some(given);
        }
        let function = self.arguments.given("main_function");
        let docstring = function.and_then(|function| self.lists.models.evaluator.member(function, "__doc__"));
        if let Some(text) = docstring.as_ref().and_then(Value::as_str) {
            return Some(text.lines().take_while(|line| !line.trim().is_empty()).collect::<Vec<_>>().join(" "));
        }
        self.arguments.definition.description.map(str::to_owned)
    }
}

/// The items without duplicates, in order.
pub(super) fn distinct<T: PartialEq>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for item in items {
        if !found.contains(&item) {
            found.push(item);
        }
    }
    found
}

/// A string, or a number or boolean as a string.
pub(super) fn plain_text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Int(int) => Some(int.to_string()),
        Value::Float(float) => Some(format!("{float:?}")),
        Value::Bool(_) => Some(written(value)),
        _ => value.as_str().map(str::to_owned),
    }
}

/// The arguments without a field of their own.
fn options(arguments: &Arguments<'_>) -> BTreeMap<String, String> {
    let told = |name: &str| Role::ALL.iter().any(|role| arguments.definition.parameters(*role).any(|known| known == name));
    let build = |name: &str, value: &Value<'_>| Role::Image.parameters().contains(&name) && value.as_str().is_none();
    let others = arguments.all().filter(|(name, value)| !told(name) || build(name, value));
    others.filter(|(_, value)| !matches!(value, Value::None)).map(|(name, value)| (name.to_string(), written(value))).collect()
}
