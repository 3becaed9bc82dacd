//! A Compose file (<https://github.com/compose-spec/compose-spec>). Text from the repository only appears in quotes, or in
//! one-line comments.

use takk_model::visible::{shell_word, shown};
use takk_project::ops::export::compose_file::{ComposeFile, Content, File, Service};

/// The start of the first line of every such file.
pub const MARK: &str = "# Written by `takk export compose`";

/// The file.
pub fn render(file: &ComposeFile) -> String {
    let mut text = head(file);
    text.push_str(&format!("\nname: {}\n", quoted(&file.name)));
    if file.services.is_empty() {
        text.push_str("\nservices: {}\n");
        return text;
    }
    let services: Vec<String> = file.services.iter().map(service).collect();
    text.push_str(&format!("\nservices:\n{}", services.join("\n")));
    let files = || file.services.iter().flat_map(|service| &service.files);
    section(&mut text, "secrets", files().filter_map(secret));
    section(&mut text, "configs", files().filter_map(config));
    section(&mut text, "volumes", file.services.iter().filter(|service| service.data.is_some()).map(volume_line));
    text
}

/// The introductory comment.
fn head(file: &ComposeFile) -> String {
    let mut text = format!(
        "{MARK}: the servers that {} needs in {}.\n#\n\
         # No password is in here. `takk run --parts` takes the logins and ports out of the values of the program:\n#\n\
         #     takk run --env {} --parts -- docker compose up --detach --wait\n#\n\
         # Docker Compose 2.23.1 or later. A server keeps the login of its first start.\n",
        shown(&file.project),
        shown(&file.environment),
        shell_word(&file.environment),
    );
    for left_out in &file.left_out {
        text.push_str(&comment("", &format!("Without a server: {}, since {}.", left_out.resource, left_out.why)));
    }
    text
}

fn service(service: &Service) -> String {
    let mut text = comment("  ", &service.about);
    text.push_str(&format!("  {}:\n    image: {}\n", service.name, quoted(&service.image)));
    if !service.command.is_empty() {
        text.push_str(&format!("    command: {}\n", list(&service.command)));
    }
    if !service.environment.is_empty() {
        text.push_str("    environment:\n");
    }
    for (name, value) in &service.environment {
        text.push_str(&format!("      {}: {}\n", quoted(name), quoted(value)));
    }
    mounts(&mut text, "secrets", service.files.iter().filter(|file| is_secret(file)));
    mounts(&mut text, "configs", service.files.iter().filter(|file| !is_secret(file)));
    if let Some(path) = service.data {
        text.push_str(&format!("    volumes:\n      - {}\n", quoted(&format!("{}:{path}", volume(service)))));
    }
    text.push_str("    ports:\n");
    for (here, inside) in &service.ports {
        text.push_str(&format!("      - {}\n", quoted(&format!("127.0.0.1:{here}:{inside}"))));
    }
    if !service.health.is_empty() {
        let command: Vec<String> = std::iter::once("CMD".to_owned()).chain(service.health.iter().cloned()).collect();
        let lines = format!("test: {}\n      interval: 3s\n      timeout: 5s\n      retries: 40\n", list(&command));
        text.push_str(&format!("    healthcheck:\n      {lines}"));
    }
    text
}

/// The files of a service.
fn mounts<'f>(text: &mut String, key: &str, files: impl Iterator<Item = &'f File>) {
    for (at, file) in files.enumerate() {
        if at == 0 {
            text.push_str(&format!("    {key}:\n"));
        }
        text.push_str(&format!("      - source: {}\n        target: {}\n", file.name, quoted(file.path)));
    }
}

/// A section of the file, if it has entries.
fn section(text: &mut String, key: &str, entries: impl Iterator<Item = String>) {
    for (at, entry) in entries.enumerate() {
        if at == 0 {
            text.push_str(&format!("\n{key}:\n"));
        }
        text.push_str(&entry);
    }
}

/// A file that consists of one credential.
fn secret(file: &File) -> Option<String> {
    let Content::Variable(variable) = &file.content else { return None };
    Some(format!("  {}:\n    environment: {}\n", file.name, quoted(variable)))
}

/// Any other file. Its lines come from the catalog.
fn config(file: &File) -> Option<String> {
    let Content::Text(content) = &file.content else { return None };
    let lines: Vec<&str> = content.trim_end_matches('\n').split('\n').collect();
    Some(format!("  {}:\n    content: |\n      {}\n", file.name, lines.join("\n      ")))
}

fn volume_line(service: &Service) -> String {
    format!("  {}: {{}}\n", volume(service))
}

fn is_secret(file: &File) -> bool {
    matches!(file.content, Content::Variable(_))
}

fn volume(service: &Service) -> String {
    format!("{}-data", service.name)
}

fn comment(indent: &str, text: &str) -> String {
    format!("{indent}# {}\n", shown(text))
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

/// A text in double quotes. Everything but ASCII is escaped, because YAML treats other characters as line breaks.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' '..='~' => quoted.push(c),
            _ => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_text_is_ascii_on_one_line() {
        assert_eq!(quoted("a: \"b\" \\ #"), r#""a: \"b\" \\ #""#);
        assert_eq!(quoted("\n\u{85}\u{2028}😀"), r#""\U0000000a\U00000085\U00002028\U0001f600""#);
    }
}
