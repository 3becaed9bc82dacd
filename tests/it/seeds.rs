//! The code blocks of the two documents that describe takk's vocabulary and `Secret`: what each declares, and which findings it has.

use std::fmt::Write as _;
use std::path::Path;

use takk_model::{DefaultValue, Setting};
use takk_project::ops::project::{ProjectOptions, ReadProject, read};

/// The blocks by name, in document order.
fn blocks() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seeds");
    let mut blocks: Vec<_> = std::fs::read_dir(directory)
        .expect("the fixtures are there")
        .map(|entry| {
            let path = entry.expect("readable").path();
            let name = path.file_stem().expect("named").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("text"))
        })
        .collect();
    blocks.sort();
    blocks
}

/// One block as a project of its own.
fn project(text: &str) -> ReadProject {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("block.py"), text).expect("written");
    read(&ProjectOptions { path: directory.path().to_owned(), ..ProjectOptions::default() }).expect("read")
}

fn line(field: &Setting) -> String {
    let mut text = format!("  {}: {} [{}]", field.name, field.type_name, field.env.join(", "));
    let mut add = |word: String| write!(text, " {word}").expect("text");
    for (is, word) in [(field.required, "required"), (field.optional, "optional"), (field.secret, "secret")] {
        if is {
            add(word.to_owned());
        }
    }
    if let Some(part) = &field.resource {
        add(format!("{} {} {}", part.kind, part.name, part.part));
    }
    if let Some(service) = &field.service {
        add(format!("{:?} {}", service.url, service.name));
    }
    if let Some(path) = &field.path {
        add(format!("{} {:?} ttl {:?}", path.template, path.cast, path.ttl));
    }
    if let Some(default) = &field.default {
        add(match default {
            DefaultValue::Value(value) => format!("= {value}"),
            DefaultValue::Computed(expression) => format!("= computed {expression}"),
        });
    }
    text
}

fn described(project: &ReadProject) -> String {
    let mut text = String::new();
    for class in &project.manifest.settings {
        writeln!(text, "{} ({:?})", class.qualname, class.kind).expect("text");
        for field in &class.fields {
            writeln!(text, "{}", line(field)).expect("text");
        }
    }
    for finding in &project.findings {
        let line = finding.place.as_ref().map_or(0, |place| place.line);
        writeln!(text, "{line}: {} {} ({})", finding.code, finding.message, finding.help.as_deref().unwrap_or(""))
            .expect("text");
    }
    text
}

#[test]
fn every_block_is_understood() {
    let mut text = String::new();
    for (name, block) in blocks() {
        write!(text, "## {name}\n{}\n", described(&project(&block))).expect("text");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_misspelt_type_of_the_first_document_is_corrected() {
    let (_, block) = blocks().into_iter().find(|(name, _)| name == "02_postgres_dns").expect("the block is there");
    let findings = project(&block).findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].code.to_string(), "TK005");
    assert_eq!(findings[0].help.as_deref(), Some("did you mean `PostgresDsn`?"));
}
