//! The models of secrets that a program makes, each with the fields of the models in it.

use std::collections::BTreeSet;

use takk_model::{ClassKind, Manifest, Setting, SettingsClass};

/// Every root `SecretModel` with all fields that are read through it: its own, and those of nested models.
pub(super) fn secret_models(manifest: &Manifest) -> Vec<(&SettingsClass, Vec<&Setting>)> {
    let models: Vec<_> = manifest.settings.iter().filter(|class| class.kind == ClassKind::SecretModel).collect();
    let roots = models.iter().filter(|class| is_root(class, &models));
    roots.map(|root| (*root, with_nested(root, &models))).collect()
}

/// Whether the program instantiates the model directly: it is neither nested in another one nor a base class.
fn is_root(class: &SettingsClass, models: &[&SettingsClass]) -> bool {
    let path = format!("{}.{}", class.module, class.qualname);
    !models.iter().any(|other| {
        other.class_ref() != class.class_ref()
            && (other.bases.contains(&path) || other.fields.iter().any(|field| names_type(field, class)))
    })
}

/// The fields of a model and its nested models.
fn with_nested<'m>(root: &'m SettingsClass, models: &[&'m SettingsClass]) -> Vec<&'m Setting> {
    let mut fields = Vec::new();
    let mut seen = BTreeSet::from([root.class_ref()]);
    let mut queue = vec![root];
    while let Some(model) = queue.pop() {
        for field in &model.fields {
            fields.push(field);
            queue.extend(models.iter().filter(|other| names_type(field, other) && seen.insert(other.class_ref())));
        }
    }
    fields
}

/// Whether the type of a field mentions the class.
fn names_type(field: &Setting, class: &SettingsClass) -> bool {
    field.annotation.as_ref().is_some_and(|annotation| annotation.names(&class.class_ref()))
}
