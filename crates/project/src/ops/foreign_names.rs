//! Names in dotenv files that the classes which read them reject (TK035), by the rule of `DotEnvSettingsSource.__call__`.

use std::collections::HashMap;
use std::io;

use pep440_rs::Version;

use crate::exchange::{self, Format};
use takk_analysis::rules::FOREIGN_NAME;
use takk_model::{Api, ClassKind, Finding, Manifest, SettingsClass, UsageKind};

/// The maximum number of names in a finding.
const SHOWN: usize = 5;

/// Reads a file of the project.
type Read<'r> = dyn Fn(&str) -> io::Result<Vec<u8>> + 'r;

/// One finding for each class that would fail to start because of the existing dotenv files.
pub(super) fn foreign_names(manifest: &Manifest, read: &Read<'_>) -> Vec<Finding> {
    let mut files = HashMap::new();
    let mut found = Vec::new();
    for class in manifest.read_classes().filter(|class| refuses_extra(class) && is_made(class, manifest)) {
        let mut names: Vec<Name> = Vec::new();
        for file in &class.config.env_file {
            for name in files.entry(file.as_str()).or_insert_with(|| names_in(file, read)) {
                // The last file that sets a name wins.
                let written = written(class, &name.text);
                names.retain(|earlier| self::written(class, &earlier.text) != written);
                names.push(name.clone());
            }
        }
        let rules = Rules::of(manifest);
        // With a filter, a name without a value counts too.
        let counts = |name: &Name| name.has_value || class.config.dotenv_filtering.is_some();
        names.retain(|name| counts(name) && is_foreign(class, &written(class, &name.text), rules));
        found.extend(finding(class, &names));
    }
    found
}

/// A name that a dotenv file sets.
#[derive(Clone)]
struct Name {
    text: String,
    has_value: bool,
    file: String,
    line: u32,
}

fn names_in(file: &str, read: &Read<'_>) -> Vec<Name> {
    // Another finding reports files that cannot be read, and a missing file is fine.
    let Some(text) = read(file).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else { return Vec::new() };
    // `${...}` may expand to an empty text, so the value is not known.
    let set = exchange::read(Format::Dotenv, &text, &|_| None).entries.into_iter();
    let name = |entry: exchange::Entry| Name {
        has_value: !entry.value.is_empty(),
        text: entry.name,
        file: file.to_owned(),
        line: entry.line,
    };
    set.map(name).collect()
}

/// Whether the class certainly rejects names that it does not have, and all of its own names are known.
fn refuses_extra(class: &SettingsClass) -> bool {
    let config = &class.config;
    let is_settings = matches!(class.kind, ClassKind::Settings | ClassKind::LocalSettings) && class.api == Api::V2;
    is_settings
        && config.extra.as_deref() == Some("forbid")
        && config.undecided.is_empty()
        && config.dotenv_filtering.as_deref() != Some("only_existing")
        && !class.custom_sources
        && class.fields.iter().all(|field| !field.env.is_empty())
}

/// Whether the program certainly instantiates the class. If no code does, importers may, unless another class derives from it: then that
/// one reads the file.
fn is_made(class: &SettingsClass, manifest: &Manifest) -> bool {
    let name = format!("{}.{}", class.module, class.qualname);
    let derives = |other: &SettingsClass| other.bases.contains(&name) && other.class_ref() != class.class_ref();
    match class.usage.kind {
        UsageKind::Made => true,
        UsageKind::NotMadeHere => !manifest.settings.iter().any(derives),
        UsageKind::MadeIf | UsageKind::FromData | UsageKind::PartOf | UsageKind::BaseOnly => false,
    }
}

/// A name as the class compares names.
fn written(class: &SettingsClass, name: &str) -> String {
    if class.config.case_sensitive { name.to_owned() } else { name.to_lowercase() }
}

/// The rule for names of complex fields, which depends on the release.
#[derive(Clone, Copy)]
enum Rules {
    /// Every name with a field's name as a prefix belongs to the class (before 2.6).
    AnyField,
    /// Every name with a complex field's name as a prefix does.
    Complex,
    /// Only names that continue with the delimiter do (2.15).
    Delimiter,
}

impl Rules {
    fn of(manifest: &Manifest) -> Self {
        let version = manifest.project.pydantic_settings.as_deref().and_then(|text| text.parse::<Version>().ok());
        let before =
            |text: &str| version.as_ref().is_some_and(|known| text.parse::<Version>().is_ok_and(|other| *known < other));
        if before("2.6") {
            Self::AnyField
        } else if before("2.15") {
            Self::Complex
        } else {
            Self::Delimiter
        }
    }
}

fn is_foreign(class: &SettingsClass, name: &str, rules: Rules) -> bool {
    let prefix = written(class, &class.config.env_prefix);
    if class.config.dotenv_filtering.is_some() && !name.starts_with(&prefix) {
        return false;
    }
    let is_own = class.fields.iter().any(|field| {
        let is_complex = field.accepts.is_complex() || field.accepts.is_complex_union();
        written(class, &field.name) == name
            || field.env.iter().map(|env| written(class, env)).any(|env| {
                let goes_on = |after: &str| name.strip_prefix(env.as_str()).is_some_and(|rest| rest.starts_with(after));
                let delimiter = class.config.env_nested_delimiter.as_deref().map(|delimiter| written(class, delimiter));
                env == name
                    || match rules {
                        Rules::AnyField => goes_on(""),
                        Rules::Complex => is_complex && goes_on(""),
                        Rules::Delimiter => is_complex && delimiter.is_some_and(|delimiter| goes_on(&delimiter)),
                    }
            })
            || field.nested.iter().flat_map(|leaf| &leaf.env).any(|env| written(class, env) == name)
    });
    !is_own
}

fn finding(class: &SettingsClass, names: &[Name]) -> Option<Finding> {
    let first = names.first()?;
    let told: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{}`", name.text)).collect();
    let more = if names.len() > SHOWN { format!(" and {} more", names.len() - SHOWN) } else { String::new() };
    let message = format!(
        "`{}` cannot start with `{}`: the file contains names that are not fields: {}{more} (line {})",
        class.qualname,
        first.file,
        told.join(", "),
        first.line
    );
    let help = "set `extra=\"ignore\"` in its `model_config`, or remove the names from the file";
    Some(FOREIGN_NAME.finding(class.place(), message, help))
}
