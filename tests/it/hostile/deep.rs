//! Huge or deeply nested input: every command ends within the harness's limits of time and memory.

use std::fmt::Write;

use super::harness::{Site, To};

const HEAD: &str =
    "from typing import Literal\nfrom pydantic import BaseModel, Field\nfrom pydantic_settings import BaseSettings\n";

/// The commands that read a project, in all forms.
const READERS: [&[&str]; 14] = [
    &["plan"],
    &["plan", "--all", "--env", "prod"],
    &["plan", "--format", "markdown"],
    &["plan", "--format", "html"],
    &["plan", "--format", "json"],
    &["inspect"],
    &["inspect", "--format", "json"],
    &["check"],
    &["check", "--format", "sarif"],
    &["check", "--format", "junit"],
    &["dotenv"],
    &["docs"],
    &["doctor"],
    &["why", "REST"],
];

/// Runs every reader on such a file, next to a valid one.
fn read(name: &str, content: &str, readers: &[&[&str]]) {
    let site = Site::new();
    site.write("rest.py", format!("{HEAD}class Rest(BaseSettings):\n    rest: str\n"));
    site.write(name, content);
    for arguments in readers {
        let said = site.takk(arguments, To::Pipes);
        let err: String = said.err.chars().take(400).collect();
        assert!(said.code < 2, "{arguments:?} over {name}: {err}");
    }
}

fn class(fields: &str) -> String {
    format!("{HEAD}class Big(BaseSettings):\n{fields}")
}

#[test]
fn names_of_a_quarter_of_a_megabyte_and_lines_of_one() {
    let long = "x".repeat(1 << 18);
    let fields = format!(
        "    alias: str = Field(validation_alias=\"{long}\", description=\"{long}\")\n    choice: Literal[\"{long}\", \"b\"]\n    \
         default: str = \"{long}\"\n    dsn: str = \"postgres://u:p@h/{long}\"\n"
    );
    read("big.py", &class(&fields), &READERS);
    read("line.py", &format!("{HEAD}x = [{}]\nclass Big(BaseSettings):\n    a: str\n", "1, ".repeat(1 << 19)), &READERS[..1]);
}

#[test]
fn thousands_of_classes_and_of_fields() {
    let mut classes = HEAD.to_owned();
    for index in 0..2000 {
        let base = if index % 50 == 0 { "BaseSettings".to_owned() } else { format!("C{}", index - 1) };
        write!(classes, "class C{index}({base}):\n    f{index}: str = \"x\"\n").expect("a string");
    }
    read("classes.py", &classes, &READERS[..2]);
    let fields = |count: usize| (0..count).map(|index| format!("    f{index}: str\n")).collect::<Vec<_>>().concat();
    read("fields.py", &class(&fields(1000)), &READERS);
    read("more.py", &class(&fields(10_000)), &READERS[..1]);
}

#[test]
fn types_and_values_that_are_deep() {
    let nested = |open: &str, inner: &str, close: &str, depth: usize| open.repeat(depth) + inner + &close.repeat(depth);
    let fields = [
        format!("    a: {}\n", nested("list[", "int", "]", 2000)),
        format!("    b: object = {}\n", nested("[", "1", "]", 5000)),
        format!("    c: object = {}\n", nested("{1: ", "1", "}", 2000)),
        format!("    d: int = {}\n", nested("(", "1", ")", 5000)),
        format!("    e: str = {}\n", vec!["\"x\""; 20_000].join(" + ")),
        format!("    f: {}\n", vec!["int"; 5000].join(" | ")),
    ];
    for field in &fields {
        read("deep.py", &class(field), &READERS[..1]);
    }
    read("all.py", &class(&fields.concat()), &READERS);
    let mut models = HEAD.to_owned();
    models.push_str("class M0(BaseModel):\n    x: str\n");
    for index in 1..200 {
        write!(models, "class M{index}(BaseModel):\n    a: M{}\n    b: M{}\n", index - 1, index - 1).expect("a string");
    }
    models.push_str("class Big(BaseSettings):\n    model_config = {\"env_nested_delimiter\": \"__\"}\n    m: M199\n");
    read("models.py", &models, &READERS[..3]);
}

#[test]
fn files_of_settings_and_locks_that_are_deep_or_huge() {
    let deep = 100_000;
    let arrays = "[".repeat(deep);
    let dotted = vec!["a"; deep].join(".");
    let package = |at: usize| format!("[[package]]\nname = \"p{at}\"\nversion = \"1\"\n");
    let packages = (0..50_000).map(package).collect::<Vec<_>>().concat();
    for (name, content) in [
        ("uv.lock", format!("version = 1\nx = {arrays}")),
        ("uv.lock", format!("version = 1\n{packages}")),
        ("poetry.lock", format!("{dotted} = 1\n")),
        ("Pipfile.lock", format!("{{\"default\": {arrays}")),
        ("requirements.txt", format!("pydantic[{}]\n{}", "a,".repeat(deep), "(".repeat(deep))),
        (".env", format!("A=\"{}", "\\".repeat(1 << 20))),
    ] {
        read(name, &content, &READERS[..1]);
    }
    // A wrong setting of takk is reported, and ends the command.
    for (name, content) in [
        ("takk.toml", format!("x = {arrays}")),
        ("takk.toml", format!("{dotted} = 1\n")),
        ("pyproject.toml", format!("[tool.takk]\nx = {arrays}")),
        ("pyproject.toml", format!("[tool.{dotted}]\n")),
    ] {
        let site = Site::new();
        site.write(name, content);
        let said = site.takk(&["plan"], To::Pipes);
        assert!(said.code <= 2 && said.err.len() < 10_000, "{name}: {}", said.err.len());
    }
}
