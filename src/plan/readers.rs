//! Who reads a settings class.

use crate::model::{ClassRef, Manifest};

/// The services that have the class: all of them if it is shared, else those that list it. Sorted.
pub fn services_of(manifest: &Manifest, class: &ClassRef) -> Vec<String> {
    let shared = manifest.shared_settings.contains(class);
    let mut names: Vec<String> = manifest
        .services
        .iter()
        .filter(|service| shared || service.settings.contains(class))
        .map(|service| service.name.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// A class as text: `shop.settings.Settings`.
pub fn class_name(class: &ClassRef) -> String {
    if class.module.is_empty() { class.qualname.clone() } else { format!("{}.{}", class.module, class.qualname) }
}
