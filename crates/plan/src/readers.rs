//! Which components read a settings class.

use hashbrown::{HashMap, HashSet};

use takk_model::{ClassRef, Manifest};

/// The services of a program by settings class.
pub(super) struct Readers<'m> {
    /// Classes that all services have, and those services.
    shared: HashSet<&'m ClassRef>,
    all: Vec<String>,
    /// The services that list a class.
    listed: HashMap<&'m ClassRef, Vec<String>>,
}

impl<'m> Readers<'m> {
    pub(crate) fn new(manifest: &'m Manifest) -> Self {
        let mut all = Vec::with_capacity(manifest.services.len());
        let mut listed: HashMap<&ClassRef, Vec<String>> = HashMap::new();
        for service in &manifest.services {
            all.push(service.name.clone());
            for class in &service.settings {
                listed.entry(class).or_default().push(service.name.clone());
            }
        }
        for names in listed.values_mut().chain([&mut all]) {
            names.sort();
            names.dedup();
        }
        Self { shared: manifest.shared_settings.iter().collect(), all, listed }
    }

    /// The services that have the class: all of them if it is shared, else those that list it. Sorted.
    pub(crate) fn of(&self, class: &ClassRef) -> &[String] {
        if self.shared.contains(class) { &self.all } else { self.listed.get(class).map_or(&[], Vec::as_slice) }
    }
}

/// A class as text: `shop.settings.Settings`.
pub fn class_name(class: &ClassRef) -> String {
    if class.module.is_empty() { class.qualname.clone() } else { format!("{}.{}", class.module, class.qualname) }
}
