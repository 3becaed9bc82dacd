//! What the code declares, class by class, for people.

use super::palette::{BAD, DIM, HEADING, NAME, line, paint, paragraph};
use super::value_text::{python, shortened, wrapped};
use takk_model::counted::counted;
use takk_model::{ClassKind, DefaultValue, Manifest, Setting, SettingsClass, Source};
use takk_plan::class_name;

/// All classes with their fields.
pub fn render(manifest: &Manifest) -> String {
    let mut text = line!(
        "{} {} in {}",
        paint(HEADING, &format!("{}:", manifest.project.name)),
        counted(manifest.settings.len(), "settings class"),
        counted(manifest.files, "Python file")
    );
    for class in &manifest.settings {
        text.push_str(&self::class(class));
    }
    text
}

fn class(class: &SettingsClass) -> String {
    let kind = match class.kind {
        ClassKind::Settings => "settings",
        ClassKind::LocalSettings => "settings of a function",
        ClassKind::SecretModel => "secret model",
        ClassKind::Model => "model",
        ClassKind::Dataclass => "dataclass",
    };
    let place = paint(DIM, &class.place().short());
    let mut text = paragraph!("{} ({kind})  {place}", paint(HEADING, &class_name(&class.class_ref())));
    for line in class.usage.phrase().into_iter().chain(configuration(class)) {
        text.push_str(&line!("  {}", paint(DIM, &line)));
    }
    let width = class.fields.iter().map(|field| field.name.chars().count()).max().unwrap_or(0);
    for field in &class.fields {
        text.push_str(&self::field(field, width));
    }
    text
}

fn configuration(class: &SettingsClass) -> Vec<String> {
    let config = &class.config;
    let mut parts = Vec::new();
    if !config.env_prefix.is_empty() {
        parts.push(format!("prefix {}", config.env_prefix));
    }
    if let Some(delimiter) = &config.env_nested_delimiter {
        parts.push(format!("nested by {delimiter}"));
    }
    if config.case_sensitive {
        parts.push("case-sensitive".to_owned());
    }
    if !config.env_file.is_empty() {
        parts.push(format!("reads {}", config.env_file.join(", ")));
    }
    if !config.secrets_dir.is_empty() {
        parts.push(format!("secrets in {}", config.secrets_dir.join(", ")));
    }
    for (key, expression) in &config.undecided {
        parts.push(format!("{key} is computed: {}", shortened(expression, 40)));
    }
    if let Some(sources) = &class.sources {
        let mut names: Vec<String> = sources.order.iter().map(Source::in_words).collect();
        names.extend(sources.undecided.as_ref().map(|expression| format!("the result of `{}`", shortened(expression, 40))));
        parts.push(format!("takes values from {}", names.join(", then ")));
    } else if class.custom_sources {
        parts.push("chooses its own sources".to_owned());
    }
    wrapped(&parts.join(", "), 78)
}

fn field(field: &Setting, width: usize) -> String {
    let required = match &field.default {
        _ if field.required => paint(BAD, "required"),
        _ if field.refused_default.is_some() => paint(BAD, "required, its default is invalid"),
        Some(_) if field.secret => "default hidden".to_owned(),
        Some(DefaultValue::Computed(expression)) => format!("computed: {}", shortened(expression, 30)),
        Some(default) => format!("= {}", shortened(&python(default), 30)),
        None => "not required".to_owned(),
    };
    let secret = if field.secret { ", secret" } else { "" };
    let padding = " ".repeat(width.saturating_sub(field.name.chars().count()));
    let name = paint(NAME, &field.name);
    let place = paint(DIM, &field.place().short());
    let env = if field.env.is_empty() { "no variable".to_owned() } else { field.env.join(", ") };
    line!("  {name}{padding}  {}, {required}{secret}", shortened(&field.type_name, 40))
        + &line!("  {:width$}  {env}  {place}", "")
}
