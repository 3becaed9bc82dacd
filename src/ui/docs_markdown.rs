//! The environment reference in Markdown.

use super::markdown::{code, code_list, heading, paragraph, prose, table};
use super::value_text::{key_patterns, listed, python};
use takk_model::counted::counted;
use takk_model::{ClassRef, Manifest, SettingsClass};
use takk_plan::{Address, Declared, EnvironmentPlan, Plan, PlannedResource, PlannedVariable, Reader, class_name};

/// The reference of a project: its resources, every class with its variables, and its services.
pub fn render(manifest: &Manifest, plan: &Plan) -> String {
    let mut text = format!(
        "# The environment of {}\n\nWritten by `takk docs` from {}.\n",
        code(&plan.project.name),
        counted(plan.settings_classes, "settings class")
    );
    let Some(first) = plan.environments.first() else { return text };
    text.push_str(&resources(&first.resources));
    for class in &manifest.settings {
        text.push_str(&self::class(class, &first.variables));
    }
    text.push_str(&outside(&first.variables));
    text.push_str(&not_read(manifest));
    text.push_str(&services(&plan.environments));
    text
}

fn resources(resources: &[PlannedResource]) -> String {
    let rows = resources.iter().map(|resource| {
        let version = resource.version.as_ref().map(|answer| format!("{}: {}", answer.version, answer.reason));
        vec![
            code(&resource.kind),
            code(&resource.name),
            prose(version.as_deref().unwrap_or_default()),
            code_list(&resource.variables),
            prose(&listed(&resource.services)),
        ]
    });
    section("Resources", &table(&["Kind", "Name", "Version", "Variables", "Used by"], &rows.collect::<Vec<_>>()))
}

/// The variables that this class reads.
fn class(class: &SettingsClass, variables: &[PlannedVariable]) -> String {
    let reference = class.class_ref();
    let read = read_by(variables, Some(&reference));
    let Some((_, first)) = read.first() else { return String::new() };
    let mut text = heading(2, &code(&class_name(&reference)));
    if let Some(description) = &class.description {
        let paragraphs = description.split("\n\n").filter(|text| !text.trim().is_empty());
        text.extend(paragraphs.map(|text| format!("{}\n\n", paragraph(text))));
    }
    let place = code(&class.place().short());
    let mut said = format!("Declared in {place}");
    if !first.services.is_empty() {
        said.push_str(&format!(", read by {}", prose(&listed(&first.services))));
    }
    said.extend(class.usage.phrase().map(|made| format!(", {}", prose(&made))));
    text.push_str(&format!("{said}.\n\n"));
    text + &variable_table(&read)
}

/// The classes that read no variables themselves, with the reasons.
fn not_read(manifest: &Manifest) -> String {
    let classes = manifest.settings.iter().filter(|class| !class.usage.is_read());
    let rows: Vec<Vec<String>> = classes
        .map(|class| {
            let how = class.usage.phrase().unwrap_or_default();
            vec![code(&class_name(&class.class_ref())), code(&class.place().short()), prose(&how)]
        })
        .collect();
    section("Classes that read no variables by themselves", &table(&["Class", "Declared in", "Why"], &rows))
}

fn outside(variables: &[PlannedVariable]) -> String {
    section("Read outside settings classes", &variable_table(&read_by(variables, None)))
}

/// The variables that a class reads, or those read outside classes, with that reader's details.
fn read_by<'v>(variables: &'v [PlannedVariable], class: Option<&ClassRef>) -> Vec<(&'v Declared, &'v Reader)> {
    let declared = variables.iter().filter(|variable| !variable.is_proposed()).map(|variable| &*variable.declared);
    declared
        .filter_map(|declared| {
            let reader = declared.readers.iter().find(|reader| reader.class.as_ref() == class)?;
            Some((declared, reader))
        })
        .collect()
}

fn variable_table(variables: &[(&Declared, &Reader)]) -> String {
    let rows = variables.iter().flat_map(|(declared, reader)| {
        let own = vec![
            code_list(&declared.names().map(str::to_owned).collect::<Vec<_>>()),
            code(reader.type_name.as_ref().unwrap_or(&declared.type_name)),
            yes_or_no(reader.required),
            default(declared),
            about(declared),
            code(&reader.place.short()),
        ];
        let needed = declared.needed();
        let patterns = key_patterns(declared).into_iter().map(|pattern| {
            vec![
                code(&pattern.env),
                pattern.accepts,
                yes_or_no(false),
                String::new(),
                format!("Part of {}.", code(&declared.name)),
                code(&reader.place.short()),
            ]
        });
        let leaves = declared.nested.iter().map(|leaf| {
            vec![
                code_list(&leaf.env),
                code(&leaf.type_name),
                yes_or_no(declared.required && leaf.env.first().is_some_and(|name| needed.contains(name))),
                String::new(),
                format!("Part of {}.", code(&declared.name)),
                code(&reader.place.short()),
            ]
        });
        std::iter::once(own).chain(leaves).chain(patterns).collect::<Vec<_>>()
    });
    table(&["Variable", "Type", "Required", "Default", "Description", "Declared"], &rows.collect::<Vec<_>>())
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

fn default(declared: &Declared) -> String {
    match &declared.default {
        _ if declared.path.is_some() => String::new(),
        _ if declared.refused_default.is_some() => "rejected by pydantic".to_owned(),
        Some(default) => code(&python(default)),
        None if declared.has_default => "hidden".to_owned(),
        None => String::new(),
    }
}

fn about(declared: &Declared) -> String {
    let mut sentences: Vec<String> = declared.description.iter().map(|text| sentence(text)).collect();
    if declared.secret {
        sentences.push("Secret.".to_owned());
    }
    if declared.deprecated {
        sentences.push("Deprecated.".to_owned());
    }
    if let Some(part) = &declared.resource {
        sentences.push(format!("The {} of {} {}.", part.part, code(&part.kind), code(&part.name)));
    }
    if let Some(driver) = &declared.driver {
        sentences.push(format!("A SQLAlchemy URL, {}.", code(&format!("{}://", driver.scheme))));
    }
    if let Some(service) = &declared.service {
        sentences.push(format!("The URL of {}.", code(&service.name)));
    }
    if let Some(path) = &declared.path {
        sentences.push(format!("Fetched from {}.", code(&path.template)));
    }
    if !declared.choices.is_empty() {
        sentences.push(format!("One of {}.", code_list(&declared.choices)));
    }
    sentences.join(" ")
}

/// A description as a sentence.
fn sentence(text: &str) -> String {
    let text = prose(text);
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

fn services(environments: &[EnvironmentPlan]) -> String {
    let Some(first) = environments.first() else { return String::new() };
    let rows = first.services.iter().flat_map(|service| {
        environments.iter().filter_map(|environment| {
            let here = environment.services.iter().find(|other| other.name == service.name)?;
            Some(vec![
                code(&here.name),
                prose(&here.component),
                prose(environment.name.as_str()),
                here.schedule.as_deref().map(code).unwrap_or_default(),
                address(here.external_url.as_ref()),
                address(here.internal_url.as_ref()),
            ])
        })
    });
    let titles = ["Service", "Component", "Environment", "Schedule", "External URL", "Internal URL"];
    section("Services", &table(&titles, &rows.collect::<Vec<_>>()))
}

fn address(address: Option<&Address>) -> String {
    match address {
        Some(Address::Url(url)) => code(url),
        Some(Address::Unresolved(reason)) => prose(reason),
        None => String::new(),
    }
}

fn section(title: &str, content: &str) -> String {
    if content.is_empty() { String::new() } else { heading(2, title) + content }
}
