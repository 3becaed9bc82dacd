//! Everything about one variable.

use super::palette::{BAD, DIM, DOUBTFUL, GOOD, HEADING, NAME, line, paint, paragraph};
use super::value_text::{driver, key_patterns, listed, live as live_text, python, wrapped};
use takk_model::Extension;
use takk_model::age::age;
use takk_model::visible::shown;
use takk_plan::{Declared, Reader, State, class_name};
use takk_project::ops::why::{ServiceUse, Source, WhyAnswer, WhyEnvironment, WhyVariable};

/// The matching variables. `now` is in milliseconds since 1970.
pub fn render(answer: &WhyAnswer, now: i64) -> String {
    let variables: Vec<String> = answer.variables.iter().map(|one| variable(one, answer.server.as_deref(), now)).collect();
    variables.join("\n")
}

fn variable(variable: &WhyVariable, server: Option<&str>, now: i64) -> String {
    let declared = &variable.declared;
    let mut text = line!("{}  {}", paint(NAME, &declared.name), nature(declared));
    for line in wrapped(declared.description.as_deref().unwrap_or_default(), 78) {
        text.push_str(&line!("  {line}"));
    }
    if !declared.alternatives.is_empty() {
        text.push_str(&line!("  or {}, in this order", declared.alternatives.join(", ")));
    }
    if let Some(part) = &declared.resource {
        text.push_str(&line!("  the {} of {} `{}`", part.part, part.kind, part.name));
    }
    for line in declared.driver.iter().flat_map(|answer| wrapped(&driver(answer), 78)) {
        text.push_str(&line!("  {line}"));
    }
    for leaf in &declared.nested {
        let names = leaf.env.join(", ");
        text.push_str(&line!("  {} is {names} ({})", leaf.path.join("."), leaf.type_name));
    }
    for pattern in key_patterns(declared) {
        text.push_str(&line!("  {} is {}", pattern.env, pattern.accepts));
    }
    text.push_str(&section("declared in", declared.readers.iter().map(reader).collect()));
    if declared.readers.iter().any(|reader| reader.class.is_some()) {
        text.push_str(&section("used by", users(variable)));
    }
    text.push_str(&section("its database needs", variable.extensions.iter().map(extension).collect()));
    let title = server.map_or_else(|| "in the environments".to_owned(), |server| format!("in the environments, on {server}"));
    text.push_str(&section(&title, environments(&variable.environments, now)));
    text
}

fn nature(declared: &Declared) -> String {
    let mut words = vec![declared.type_name.clone()];
    words.push(match &declared.default {
        _ if declared.path.is_some() => "fetched from a secret store".to_owned(),
        _ if declared.required => match &declared.refused_default {
            Some(why) => format!("required: pydantic rejects the default {}", shown(why)),
            None => "required".to_owned(),
        },
        _ if declared.spared.is_some() => "no default, not needed".to_owned(),
        Some(default) => format!("default {}", python(default)),
        None if declared.has_default => "default hidden".to_owned(),
        None => "not required".to_owned(),
    });
    if declared.secret {
        words.push("secret".to_owned());
    }
    if declared.deprecated {
        words.push("deprecated".to_owned());
    }
    words.join(", ")
}

fn section(title: &str, lines: Vec<String>) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = paragraph!("  {}", paint(HEADING, title));
    for line in lines {
        text.push_str(&line!("    {line}"));
    }
    text
}

fn reader(reader: &Reader) -> String {
    let name = match (&reader.class, &reader.field) {
        (Some(class), Some(field)) => format!("{}.{field}", class_name(class)),
        _ => "read directly".to_owned(),
    };
    let made = reader.made.as_ref().map(|made| format!(", {made}")).unwrap_or_default();
    format!("{name}  {}", paint(DIM, &format!("{}{made}", reader.place.short())))
}

fn extension(extension: &Extension) -> String {
    let doubt = if extension.ambiguous { ", if it is this database" } else { "" };
    let why = format!("{}: {}{doubt}", extension.place.short(), extension.evidence);
    format!("the extension {}  {}", paint(NAME, &extension.name), paint(DIM, &why))
}

/// The services with the classes through which they read the variable.
fn users(variable: &WhyVariable) -> Vec<String> {
    if variable.used_by.is_empty() {
        return vec!["no component lists its class".to_owned()];
    }
    variable.used_by.iter().flat_map(user).collect()
}

fn user(user: &ServiceUse) -> Vec<String> {
    let shared = if user.shared { ", which all components share" } else { "" };
    let mut lines = vec![format!("{}  {}", paint(NAME, &user.service), paint(DIM, &user.place.short()))];
    for line in wrapped(&format!("through {}{shared}", listed(&user.through)), 74) {
        lines.push(format!("  {line}"));
    }
    lines
}

/// The environments, grouped if the variable is the same in them: its state, then other possible sources of a value.
fn environments(environments: &[WhyEnvironment], now: i64) -> Vec<String> {
    let mut alike: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for environment in environments {
        let lines = in_environment(environment, now);
        match alike.iter_mut().find(|(_, known)| *known == lines) {
            Some((names, _)) => names.push(environment.name.as_str()),
            None => alike.push((vec![environment.name.as_str()], lines)),
        }
    }
    let said = |(names, lines): (Vec<&str>, Vec<String>)| {
        let mut lines = lines.into_iter();
        let first = format!("{}: {}", names.join(", "), lines.next().unwrap_or_default());
        std::iter::once(first).chain(lines.map(|line| format!("  {line}"))).collect::<Vec<_>>()
    };
    alike.into_iter().flat_map(said).collect()
}

fn in_environment(environment: &WhyEnvironment, now: i64) -> Vec<String> {
    let found = environment.sources.first();
    let found_elsewhere = matches!(found, Some(Source::Shell | Source::Dotenv { .. }));
    let missing = environment.state == State::Missing;
    let mut text = match (missing, found_elsewhere) {
        (true, true) => paint(DOUBTFUL, "not stored"),
        (true, false) => paint(BAD, environment.state.as_str()),
        (false, _) => paint(GOOD, environment.state.as_str()),
    };
    if let Some(stored) = &environment.stored {
        text.push_str(&format!(
            ", version {}, {} {} by {}",
            stored.version,
            stored.origin,
            age(stored.set_at, now),
            stored.author
        ));
    }
    for said in [&environment.value, &environment.reason].into_iter().flatten() {
        text.push_str(&format!(", {said}"));
    }
    let live = environment.secret_path.as_ref().and_then(|path| path.live.as_ref());
    text.extend(live.iter().map(|path| format!(", {}", live_text(path, now))));
    let mut lines = vec![text];
    lines.extend(environment.backend.iter().map(|backend| paint(DIM, &format!("in {backend}"))));
    lines.extend(live.and_then(|path| path.reason.as_deref()).map(|reason| paint(DIM, reason)));
    // The first line already mentions these.
    let is_said = |source: &Source| !is_elsewhere(source) && !matches!(source, Source::CommandLine { .. });
    let others = environment.sources.iter().enumerate().filter(|(at, source)| *at > 0 || !is_said(source));
    for (at, source) in others {
        let before = match source {
            Source::CommandLine { .. } => "first from",
            _ if at == 0 => "read from",
            _ => "else from",
        };
        lines.push(paint(DIM, &format!("{before} {}", source_text(source))));
    }
    lines
}

fn is_elsewhere(source: &Source) -> bool {
    matches!(source, Source::Shell | Source::Dotenv { .. })
}

fn source_text(source: &Source) -> String {
    match source {
        Source::Stored(stored) => format!("version {}", stored.version),
        Source::Made { value } => value.clone(),
        Source::Shell => "the environment of this shell".to_owned(),
        Source::Dotenv { place } | Source::File { place } => place.short(),
        Source::CommandLine { class } => format!("the command line, if it is passed to `{class}`"),
        Source::Path { path } => path.clone(),
        Source::Default { default: Some(default), place } => format!("the default {} ({})", python(default), place.short()),
        Source::Default { default: None, place } => format!("the default ({})", place.short()),
    }
}
