//! Who instantiates each settings class, and with which arguments: otherwise, a field without a default says nothing about the program.
//! Only files that name a class are parsed.

mod search;
mod usage;

use std::collections::HashMap;

use super::components::Components;
use super::gather::Gathered;
use super::notes::Notes;
use super::settings::Models;
use super::{Input, is_test};
use takk_model::{Annotation, ClassKind, ClassRef, Making, Place, Setting, SettingsClass, UsageKind};
use takk_python::Class;

/// Determines how every class is used. Returns variants of the classes that are instantiated under other names.
pub(super) fn settle<'a>(input: &Input<'_>, models: &Models<'_, 'a>, gathered: &mut Gathered<'a>) -> Vec<SettingsClass> {
    let counts = |class: &SettingsClass| {
        let reads = matches!(class.kind, ClassKind::Settings | ClassKind::LocalSettings | ClassKind::SecretModel);
        reads && (input.include_tests || !class.test)
    };
    let known: HashMap<(&str, &str), usize> = gathered
        .settings
        .iter()
        .enumerate()
        .filter(|(_, class)| counts(class))
        .map(|(at, class)| ((class.module.as_str(), class.qualname.as_str()), at))
        .collect();
    if known.is_empty() {
        return Vec::new();
    }
    let number = |class: &Class<'a>| known.get(&(&*class.module, &*class.qualname)).copied();
    let uses = search::uses(input, models, gathered, &|class| number(class).is_some());
    let mut notes = Notes::default();
    let found = usage::usages(models, gathered, &number, uses, &mut notes);
    gathered.notes.extend(notes);
    for (at, usage) in found.usages {
        let class = &mut gathered.settings[at];
        match class.kind {
            // Its secrets are read wherever it is instantiated, even as a part of another model. Only its arguments depend on the call.
            ClassKind::SecretModel => class.usage.given = usage.given,
            _ => class.usage = usage,
        }
    }
    leave_out_parts(&mut gathered.settings);
    found.variants
}

/// Nested models and the backend of a `SecretModel` are not values, so no variable is read for them.
fn leave_out_parts(settings: &mut [SettingsClass]) {
    let is_secret_model = |class: &&SettingsClass| class.kind == ClassKind::SecretModel;
    let models: Vec<ClassRef> = settings.iter().filter(is_secret_model).map(SettingsClass::class_ref).collect();
    for class in settings.iter_mut().filter(|class| class.kind == ClassKind::SecretModel) {
        let is_part = |field: &&Setting| {
            let names_model = |annotation: &Annotation| models.iter().any(|model| annotation.names(model));
            field.name == "backend" || field.annotation.as_ref().is_some_and(names_model)
        };
        let parts = class.fields.iter().filter(is_part).map(|field| field.name.clone());
        let parts: Vec<String> = parts.filter(|name| !class.usage.given.contains(name)).collect();
        class.usage.given.extend(parts);
    }
}

/// A class that a component lists is passed to it. If no code shows how, it counts as instantiated.
pub(super) fn list(settings: &mut [SettingsClass], components: &Components) {
    let mut listed: HashMap<&ClassRef, (&str, &Place)> = HashMap::new();
    for service in &components.services {
        for class in &service.settings {
            listed.entry(class).or_insert((&service.name, &service.place));
        }
    }
    if let Some(place) = &components.place {
        for class in &components.shared {
            listed.entry(class).or_insert(("shared_settings", place));
        }
    }
    if listed.is_empty() {
        return;
    }
    for class in settings {
        let Some((name, place)) = listed.get(&class.class_ref()) else { continue };
        let usage = &mut class.usage;
        if matches!(usage.kind, UsageKind::FromData | UsageKind::PartOf | UsageKind::BaseOnly) {
            *usage = takk_model::Usage { kind: UsageKind::Made, ..takk_model::Usage::default() };
            let by = Some(format!("listed by `{name}`"));
            usage.makings.push(Making {
                place: (*place).clone(),
                by,
                condition: None,
                options: std::collections::BTreeMap::new(),
            });
        }
    }
}

/// Whether uses in a file count.
fn file_counts(input: &Input<'_>, path: &str) -> bool {
    input.include_tests || !is_test(path)
}
