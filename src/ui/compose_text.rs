//! A Compose file (https://github.com/compose-spec/compose-spec). What the repository says stands in quotes or in comments of one line.

use takk_model::visible::{shell_word, shown};
use takk_project::ops::export::compose_file::{ComposeFile, Content, File, Service};

/// How the first line of every such file begins.
pub const MARK: &str = "# Written by `takk export compose`";

/// The file.
pub fn render(file: &ComposeFile) -> String {
    let environment = shell_word(&file.environment);
    let mut text = format!(
        "{MARK}: the servers that {} needs in {}.\n#\n\
         # No password is in here. `takk run --parts` takes the logins and ports out of the values of the program:\n#\n\
         #     takk run --env {environment} --parts -- docker compose up --detach --wait\n#\n\
         # Docker Compose 2.23.1 or later. A server keeps the login of its first start.\n",
        shown(&file.project),
        shown(&file.environment),
    );
    for left_out in &file.left_out {
        text.push_str(&comment("", &format!("Without a server: {}, since {}.", left_out.resource, left_out.why)));
    }
    text.push_str(&format!("\nname: {}\n", quoted(&file.name)));
    if file.services.is_empty() {
        text.push_str("\nservices: {}\n");
        return text;
    }
    text.push_str("\nservices:\n");
    for (at, service) in file.services.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        text.push_str(&self::service(service));
    }
    text.push_str(&secrets(&file.services));
    text.push_str(&configs(&file.services));
    let volumes: String = file
        .services
        .iter()
        .filter(|service| service.data.is_some())
        .map(|service| format!("  {}: {{}}\n", volume(service)))
        .collect();
    if !volumes.is_empty() {
        text.push_str(&format!("\nvolumes:\n{volumes}"));
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
        for (name, value) in &service.environment {
            text.push_str(&format!("      {}: {}\n", quoted(name), quoted(value)));
        }
    }
    for (key, wanted) in [("secrets", true), ("configs", false)] {
        let files: Vec<&File> = service.files.iter().filter(|file| is_secret(file) == wanted).collect();
        if !files.is_empty() {
            text.push_str(&format!("    {key}:\n"));
        }
        for file in files {
            text.push_str(&format!("      - source: {}\n        target: {}\n", file.name, quoted(file.path)));
        }
    }
    if let Some(path) = service.data {
        text.push_str(&format!("    volumes:\n      - {}\n", quoted(&format!("{}:{path}", volume(service)))));
    }
    text.push_str("    ports:\n");
    for (here, inside) in &service.ports {
        text.push_str(&format!("      - {}\n", quoted(&format!("127.0.0.1:{here}:{inside}"))));
    }
    if !service.health.is_empty() {
        let test: Vec<String> = std::iter::once("CMD".to_owned()).chain(service.health.iter().cloned()).collect();
        text.push_str(&format!(
            "    healthcheck:\n      test: {}\n      interval: 3s\n      timeout: 5s\n      retries: 40\n",
            list(&test)
        ));
    }
    text
}

/// The files that are one credential each.
fn secrets(services: &[Service]) -> String {
    let mut text = String::new();
    for file in services.iter().flat_map(|service| &service.files) {
        if let Content::Variable(variable) = &file.content {
            text.push_str(&format!("  {}:\n    environment: {}\n", file.name, quoted(variable)));
        }
    }
    if text.is_empty() { text } else { format!("\nsecrets:\n{text}") }
}

/// The other files. Their lines come from the catalog.
fn configs(services: &[Service]) -> String {
    let mut text = String::new();
    for file in services.iter().flat_map(|service| &service.files) {
        if let Content::Text(content) = &file.content {
            let lines: String = content.lines().map(|line| format!("      {line}\n")).collect();
            text.push_str(&format!("  {}:\n    content: |\n{lines}", file.name));
        }
    }
    if text.is_empty() { text } else { format!("\nconfigs:\n{text}") }
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

/// A text in double quotes. All but ASCII is escaped: YAML takes other characters for line breaks.
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
