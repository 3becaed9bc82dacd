//! The maximum size of a manifest. Whoever may store a manifest decides how much work the server does whenever somebody views
//! it, so the output must not grow faster than the manifest. These bounds count everything that is written more often than it
//! is declared.

use std::collections::HashMap;

use memchr::memmem;

use super::{ClassRef, Declaration, Manifest, PerEnvironment, Setting, SettingsClass, TemplatePart, Unreadable};

/// The maximum number of values, lists and objects in the JSON.
const MOST_ELEMENTS: usize = 250_000;
/// The maximum number of fields, and of names that the code reads itself. The largest known project has a fifth of this.
const MOST_VARIABLES: usize = 10_000;
/// The maximum number of components and resources.
const MOST_PARTS: usize = 2_000;
/// The maximum number of names of one field, including those of nested fields.
const MOST_NAMES: usize = 2_000;
/// The maximum number of times that components read fields or classes.
const MOST_USES: usize = 100_000;
/// The maximum number of patterns, of fields and within their types: each is compiled when a value is checked or generated.
const MOST_PATTERNS: usize = 500;
/// The maximum number of fields and template parts that hold URLs of components.
const MOST_ADDRESSES: usize = 1_000;
/// The maximum number of context values that an environment has for secret paths, and of placeholders in one path.
const MOST_CONTEXT: usize = 200;
const MOST_OF_PATH: usize = 50;
/// The maximum number of environments that one is based on, directly or not.
const MOST_BASES: usize = 8;
/// The maximum length in bytes of a name that the output repeats: of a class, a file, a component, a domain.
const LONGEST_NAME: usize = 1_000;
/// The maximum length in bytes of a secret path.
const LONGEST_PATH: usize = 4_000;

/// Fails if the JSON of a manifest has so many elements that parsing it would take many times its length in memory. Counts commas instead
/// of parsing: one precedes each element but the first of a list or an object.
pub(super) fn check_text(text: &[u8]) -> Result<(), Unreadable> {
    if memmem::find_iter(text, "\"pattern\"").count() > MOST_PATTERNS {
        return Err(Unreadable::TooMany("patterns"));
    }
    let (mut elements, mut is_text, mut is_escaped) = (0_usize, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b',' | b'[' | b'{' if !is_text => elements += 1,
            _ => {}
        }
    }
    if elements > MOST_ELEMENTS { Err(Unreadable::TooMany("parts")) } else { Ok(()) }
}

/// Fails if a manifest has more of anything than a real program can have.
pub(super) fn check(declaration: &Declaration) -> Result<(), Unreadable> {
    let manifest = &declaration.manifest;
    let most = |count: usize, most: usize, what| if count > most { Err(Unreadable::TooMany(what)) } else { Ok(()) };
    most(fields(manifest).count() + manifest.reads.len(), MOST_VARIABLES, "variables")?;
    most(classes(manifest).count(), MOST_VARIABLES, "classes")?;
    let told = |class: &SettingsClass| {
        let usage = &class.usage;
        usage.makings.len()
            + usage.part_of.len()
            + usage.base_of.len()
            + usage.given.len()
            + usage.spared.len()
            + usage.needed.len()
    };
    most(classes(manifest).map(told).max().unwrap_or_default(), MOST_NAMES, "uses of one class")?;
    most(fields(manifest).map(names).max().unwrap_or_default(), MOST_NAMES, "names for one field")?;
    most(manifest.services.len().max(manifest.resources.len()), MOST_PARTS, "components or resources")?;
    most(uses(manifest), MOST_USES, "fields that components read")?;
    most(fields(manifest).map(addresses).sum(), MOST_ADDRESSES, "URLs of components")?;
    most(declaration.environment.context.len(), MOST_CONTEXT, "values for paths")?;
    most(declaration.environment.bases.len(), MOST_BASES, "environments that it is based on")?;
    let paths = || fields(manifest).filter_map(|field| field.path.as_ref());
    most(paths().map(|path| path.variables.len()).max().unwrap_or_default(), MOST_OF_PATH, "variables in one path")?;
    let is_long =
        paths().any(|path| path.template.len() > LONGEST_PATH) || repeated(declaration).any(|name| name.len() > LONGEST_NAME);
    if is_long { Err(Unreadable::TooLong) } else { Ok(()) }
}

fn fields(manifest: &Manifest) -> impl Iterator<Item = &Setting> {
    classes(manifest).flat_map(|class| &class.fields)
}

fn classes(manifest: &Manifest) -> impl Iterator<Item = &SettingsClass> {
    manifest.settings.iter().chain(&manifest.variants)
}

fn names(field: &Setting) -> usize {
    field.env.len() + field.nested.iter().map(|leaf| leaf.env.len()).sum::<usize>()
}

fn addresses(field: &Setting) -> usize {
    let in_template = field.template.iter().filter(|part| matches!(part, TemplatePart::Service(_))).count();
    usize::from(field.service.is_some()) + in_template
}

/// How often a plan lists a component as the reader of a field, a class or a resource.
fn uses(manifest: &Manifest) -> usize {
    let (all, shared) = (manifest.services.len(), manifest.shared_settings.len());
    let mut listed: HashMap<&ClassRef, usize> = HashMap::new();
    for class in manifest.services.iter().flat_map(|service| &service.settings) {
        *listed.entry(class).or_default() += 1;
    }
    for class in &manifest.shared_settings {
        listed.insert(class, all);
    }
    let readers = |class: &ClassRef| listed.get(class).copied().unwrap_or_default();
    let of_fields = classes(manifest).map(|class| class.fields.len().saturating_mul(readers(&class.class_ref())));
    let of_resources = manifest.resources.iter().flat_map(|resource| &resource.uses).map(|used| readers(&used.class));
    let of_services = manifest.services.iter().map(|service| shared + service.settings.len());
    of_fields.chain(of_resources).chain(of_services).fold(0, usize::saturating_add)
}

/// Every name that a plan repeats wherever it mentions the owner of the name.
fn repeated(declaration: &Declaration) -> impl Iterator<Item = &str> {
    let manifest = &declaration.manifest;
    let of_classes = classes(manifest).flat_map(|class| [&class.module, &class.qualname, &class.file]);
    // A plan repeats the details of a class at each of its variables.
    let said = classes(manifest).flat_map(|class| {
        let usage = &class.usage;
        let makings = usage.makings.iter().flat_map(|making| {
            let texts =
                making.by.iter().chain(&making.condition).chain(making.options.iter().flat_map(|(key, value)| [key, value]));
            texts.chain([&making.place.file])
        });
        let parts = usage.part_of.iter().flat_map(|part| [&part.class.qualname, &part.field]);
        makings.chain(parts).chain(usage.base_of.iter().map(|class| &class.qualname))
    });
    let listed = manifest.shared_settings.iter().chain(manifest.services.iter().flat_map(|service| &service.settings));
    let listed = listed.flat_map(|class| [&class.module, &class.qualname]);
    let components = manifest.services.iter().flat_map(|service| [&service.name, &service.component, &service.place.file]);
    let resources = manifest.resources.iter().flat_map(|resource| [&resource.kind, &resource.name, &resource.place.file]);
    let environments = manifest.services.iter().filter_map(|service| service.domains.as_ref());
    let domains = environments.flat_map(PerEnvironment::values).flatten();
    let domains = domains.chain(&declaration.environment.domain);
    let of_fields = fields(manifest).flat_map(|field| {
        let addresses =
            field.template.iter().filter_map(|part| if let TemplatePart::Service(url) = part { Some(url) } else { None });
        let addresses = addresses.chain(&field.service).flat_map(|url| [&url.name, &url.protocol]);
        addresses.chain([&field.name, &field.file])
    });
    let context = declaration.environment.context.iter().map(|(_, value)| value);
    let all =
        of_classes.chain(said).chain(listed).chain(components).chain(resources).chain(domains).chain(of_fields).chain(context);
    all.chain([&manifest.project.name]).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_counted_outside_of_texts() {
        let many = "[],".repeat(MOST_ELEMENTS / 2);
        assert!(check_text(format!("[{many}0]").as_bytes()).is_err());
        let text = format!("[\"{}\\\",,,\"]", ",[{".repeat(MOST_ELEMENTS));
        assert!(check_text(text.as_bytes()).is_ok(), "they stand in a text");
    }
}
