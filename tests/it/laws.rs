//! Rules for the source that neither the compiler, nor clippy, nor cargo-deny can check.
//!
//! `Cargo.toml` determines which crate may use which; `deny.toml` ensures that only `vault` uses a database, only `crypto` ciphers and only
//! `python` the parser; `crates/clippy.toml` restricts what a crate may ask of the system. The rest is checked here on the text, line by
//! line, without comments and test modules.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The maximum length of a file.
const MOST_LINES: usize = 600;

/// One file of the source.
struct SourceFile {
    /// Its crate: the name of its directory in `crates/`, or `takk`.
    package: String,
    /// Its path relative to the root of the repository.
    path: PathBuf,
    /// Its path relative to the `src` of its crate.
    inside: PathBuf,
    /// Its whole text.
    text: String,
}

impl SourceFile {
    /// Its top-level module: `settings` for `settings/field.rs`. `lib.rs` and `main.rs` have none.
    fn module(&self) -> Option<String> {
        let first = self.inside.iter().next()?.to_str()?;
        let module = first.strip_suffix(".rs").unwrap_or(first);
        (!["lib", "main"].contains(&module)).then(|| module.to_owned())
    }

    /// The relative path to the root of its crate: `super::` in `gather.rs`, `super::super::` in `settings/field.rs`.
    fn root(&self) -> String {
        let parts = self.inside.components().count();
        let depth = if self.inside.ends_with("mod.rs") { parts - 1 } else { parts };
        "super::".repeat(depth)
    }

    /// Whether it contains only tests.
    fn is_tests(&self) -> bool {
        let is_named = |name: &std::ffi::OsStr| name == "tests" || name == "tests.rs" || name == "testing.rs";
        self.inside.iter().any(is_named)
    }

    /// Numbered lines of code, trimmed, without comments and test modules, wherever they are in the file.
    fn code(&self) -> Vec<(usize, &str)> {
        if self.is_tests() { Vec::new() } else { code_of(&self.text) }
    }

    /// `path:line` of each line of code that `is_wrong`.
    fn places(&self, is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
        let wrong = self.code().into_iter().filter(|(_, line)| is_wrong(line));
        wrong.map(|(line, _)| format!("{}:{line}", self.path.display())).collect()
    }

    fn is_of(&self, package: &str, modules: &[&str]) -> bool {
        self.package == package && self.module().is_some_and(|module| modules.contains(&module.as_str()))
    }
}

/// The code of a text without tests: after `#[cfg(test)]`, a line that ends with `;`, or everything up to the closing brace, which rustfmt
/// aligns with the start of the item.
fn code_of(text: &str) -> Vec<(usize, &str)> {
    let mut code = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let trimmed = line.trim();
        if trimmed.starts_with("#[cfg(test)]") || trimmed.starts_with("#[cfg(all(test") {
            let indent = line.len() - line.trim_start().len();
            for (_, line) in lines.by_ref() {
                let is_closing = line.trim_end() == format!("{}}}", " ".repeat(indent));
                if is_closing || line.trim_end().ends_with(';') && line.len() - line.trim_start().len() == indent {
                    break;
                }
            }
        } else if !trimmed.starts_with("//") {
            code.push((index + 1, trimmed));
        }
    }
    code
}

#[test]
fn code_goes_on_after_a_test_module() {
    let text = "#[cfg(test)]\nmod tests;\n\nfn first() {}\n\n#[cfg(test)]\nmod other {\n    fn test() {\n    }\n}\n// Comment.\nfn second() {}\n";
    let lines: Vec<_> = code_of(text).into_iter().filter(|(_, line)| !line.is_empty()).collect();
    assert_eq!(lines, [(4, "fn first() {}"), (12, "fn second() {}")]);
}

/// Every source file of every crate.
fn sources() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    read_crate(root, "takk", &root.join("src"), &mut files);
    for entry in fs::read_dir(root.join("crates")).expect("crates is readable") {
        let directory = entry.expect("crates is readable").path();
        if directory.is_dir() {
            let name = directory.file_name().expect("it has a name").to_string_lossy().into_owned();
            read_crate(root, &name, &directory.join("src"), &mut files);
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(files.len() > 500, "{} files", files.len());
    files
}

fn read_crate(root: &Path, package: &str, source: &Path, files: &mut Vec<SourceFile>) {
    let mut directories = vec![source.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).expect("the source is readable") {
            let path = entry.expect("the source is readable").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("source is UTF-8");
                let within = |base: &Path| path.strip_prefix(base).expect("it was found there").to_owned();
                files.push(SourceFile { package: package.to_owned(), path: within(root), inside: within(source), text });
            }
        }
    }
}

/// Fails with the places that break a rule.
fn uphold(law: &str, broken: impl Fn(&SourceFile) -> Vec<String>) {
    let places: Vec<_> = sources().iter().flat_map(broken).collect();
    assert!(places.is_empty(), "{law}:\n{}", places.join("\n"));
}

/// The module names that follow a path to the root of the crate in a line, including those in a `crate::{a, b::c}` list.
fn modules_named<'l>(line: &'l str, root: &str) -> Vec<&'l str> {
    let word = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let mut modules = Vec::new();
    for (at, found) in line.match_indices(root) {
        let start = at + found.len();
        if line[..at].ends_with("super::") || line[..at].ends_with(char::is_alphanumeric) {
            continue;
        }
        let rest = &line[start..];
        match rest.strip_prefix('{') {
            Some(list) => modules.extend(list.split([',', '}']).map(str::trim).map(|item| &item[..word(item)])),
            None => modules.push(&rest[..word(rest)]),
        }
    }
    modules
}

#[test]
fn modules_are_found_in_a_line() {
    assert_eq!(modules_named("use crate::model::Place;", "crate::"), ["model"]);
    assert_eq!(modules_named("use crate::{error::Error, model};", "crate::"), ["error", "model", ""]);
    assert_eq!(modules_named("fn f(a: crate::ui::Text) -> crate::plan::Plan {", "crate::"), ["ui", "plan"]);
    assert_eq!(modules_named("use super::super::store::{Row};", "super::super::"), ["store"]);
    assert_eq!(modules_named("use super::super::store::Row;", "super::"), ["super"]);
}

/// The modules of a crate that are part of a cycle.
fn circles(edges: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let reached = |from: &String| {
        let (mut seen, mut next): (BTreeSet<&String>, Vec<&String>) = (BTreeSet::new(), vec![from]);
        while let Some(module) = next.pop() {
            next.extend(edges.get(module).into_iter().flatten().filter(|named| seen.insert(named)));
        }
        seen.contains(from)
    };
    edges.keys().filter(|module| reached(module)).cloned().collect()
}

#[test]
fn a_circle_is_found() {
    let edges = [("a", vec!["b"]), ("b", vec!["c"]), ("c", vec!["b"])];
    let named = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    let edges = edges.into_iter().map(|(module, names)| (module.to_owned(), named(names))).collect();
    assert_eq!(circles(&edges), BTreeSet::from(["b".to_owned(), "c".to_owned()]));
}

#[test]
fn no_modules_of_a_crate_name_each_other_in_a_circle() {
    let mut crates: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    let files = sources();
    let modules: BTreeSet<(String, String)> =
        files.iter().filter_map(|file| Some((file.package.clone(), file.module()?))).collect();
    for file in &files {
        let Some(module) = file.module() else { continue };
        let root = file.root();
        let named = file.code().into_iter().flat_map(|(_, line)| {
            let relative = modules_named(line, &root).into_iter();
            relative.chain(modules_named(line, "crate::")).map(str::to_owned).collect::<Vec<_>>()
        });
        let named = named.filter(|named| *named != module && modules.contains(&(file.package.clone(), named.clone())));
        crates.entry(file.package.clone()).or_default().entry(module.clone()).or_default().extend(named);
    }
    let wrong: Vec<String> = crates
        .iter()
        .map(|(package, edges)| (package, circles(edges)))
        .filter(|(_, circle)| !circle.is_empty())
        .map(|(package, circle)| format!("{package}: {circle:?}"))
        .collect();
    assert!(wrong.is_empty(), "modules that name each other in a circle:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_can_print_a_secret_by_accident() {
    uphold("`SecretValue` derives nothing, and implements no way to show or compare it", |file| {
        let shows = |line: &str| {
            line.contains("for SecretValue")
                && ["Debug", "Display", "Serialize", "PartialEq", "Clone"].iter().any(|way| line.contains(way))
        };
        let derives = file.path.ends_with("crypto/src/value.rs") && file.text.contains("derive(");
        let mut places = file.places(shows);
        places.extend(derives.then(|| file.path.display().to_string()));
        places
    });
    let value = sources().into_iter().find(|file| file.path.ends_with("crypto/src/value.rs")).expect("where it was");
    assert!(value.text.contains("pub struct SecretValue"), "it is in another file now");
}

#[test]
fn a_server_acts_on_values_where_it_authorizes() {
    // Other functions of the vault that return or change values neither authorize nor write to the audit log.
    let ways = ["act", "get", "get_all", "everything", "version", "update", "update_or_create", "create_filled"];
    let acts = |line: &str| {
        let is_called = |way: &str| line.contains(&format!("vault.{way}(")) || line.contains(&format!("unit.{way}("));
        ways.iter().any(|way| is_called(way))
    };
    assert!(acts("let responses = unit.act(&accesses)?;") && !acts("hosted.vault.history(project)"));
    let place = Path::new("crates/server/src/hosted/access_request.rs");
    uphold("values of a server are given and changed in the transaction that authorizes it", |file| {
        let is_served = ["dashboard", "server"].contains(&file.package.as_str());
        if is_served && file.path != place { file.places(acts) } else { Vec::new() }
    });
    let found = sources().into_iter().filter(|file| file.path == place).flat_map(|file| file.places(acts)).count();
    assert_eq!(found, 1, "it is in another file now");
}

#[test]
fn only_ui_prints() {
    let prints = |line: &str| ["print!(", "println!(", "io::stdout", "io::stderr"].iter().any(|way| line.contains(way));
    uphold("only `ui` and `main` print", |file| {
        let may = file.is_of("takk", &["ui"]) || file.path == Path::new("src/main.rs");
        if may { Vec::new() } else { file.places(prints) }
    });
}

/// Whether a line of code contains a string with a line break and a placeholder.
fn breaks_by_hand(line: &str) -> bool {
    line.split('"').skip(1).step_by(2).any(|text| text.contains("\\n") && text.contains('{'))
}

#[test]
fn a_line_with_something_in_it_is_made_in_one_place() {
    assert!(breaks_by_hand(r#"text.push_str(&format!("{name}\n"));"#));
    assert!(!breaks_by_hand(r#"text.push_str(&line!("{name}"));"#) && !breaks_by_hand(r#"push_str("done\n")"#));
    // A name with a line break would start a new line; `line!` and `paragraph!` prevent that. The other output formats escape their texts:
    // values in a dotenv file may have several lines, and the documentation of a rule is takk's own.
    uphold("text for people is made of `line!` and `paragraph!`", |file| {
        let is_text = file.inside.to_string_lossy().ends_with("_text.rs") || file.inside.starts_with("ui/plan_text");
        let is_other =
            ["ui/dotenv_text.rs", "ui/explain_text.rs", "ui/panic_text.rs"].iter().any(|other| file.inside.ends_with(other));
        let is_human = (file.is_of("takk", &["ui"]) && is_text && !is_other) || file.is_of("takk", &["commands"]);
        if is_human { file.places(breaks_by_hand) } else { Vec::new() }
    });
}

#[test]
fn every_file_says_what_is_in_it() {
    uphold("a file begins with `//!`", |file| {
        if file.text.starts_with("//! ") { Vec::new() } else { vec![file.path.display().to_string()] }
    });
}

#[test]
fn no_file_is_long() {
    uphold("a file has at most 600 lines", |file| {
        let lines = file.text.lines().count();
        if lines <= MOST_LINES { Vec::new() } else { vec![format!("{}: {lines} lines", file.path.display())] }
    });
}

#[test]
fn a_command_that_is_proposed_quotes_names() {
    // A user who copies it into a shell would run what a repository chose. Names of environments, URLs and files of takk contain no special
    // characters.
    let is_name = |line: &str| {
        let places = ["takk secrets ", "takk link ", "takk why ", "takk run "];
        places.iter().any(|start| {
            line.match_indices(start).any(|(at, _)| {
                let command = line[at..].split(['`', '"']).next().unwrap_or_default().replace("--env {name}", "");
                ["{name}", "{project}", "{variable}", "{nearest}", "{refused}", "{first}"]
                    .iter()
                    .any(|name| command.contains(name))
            })
        })
    };
    uphold("a name in a command goes through `shell_word`", |file| file.places(is_name));
}

#[test]
fn nobody_reads_the_text_of_a_type() {
    // The text is for people: a class of the project or a literal may look like a pydantic type. Code has to use `Annotation`.
    let parts = [
        "contains",
        "split",
        "starts_with",
        "ends_with",
        "strip_prefix",
        "strip_suffix",
        "replace",
        "find",
        "matches",
        "chars",
    ];
    let reads = |line: &str| {
        parts.iter().any(|part| line.contains(&format!("type_name.{part}")))
            || ["type_name == \"", "type_name != \"", "match type_name"].iter().any(|comparison| line.contains(comparison))
    };
    uphold("the text of a type is printed only", |file| {
        // The catalog's concerns its own tables.
        if file.package == "catalog" { Vec::new() } else { file.places(reads) }
    });
    uphold("only documents of earlier versions have nothing but texts", |file| {
        let reads_older = ["older_type.rs", "settings.rs", "compiled.rs"].iter().any(|name| file.inside.ends_with(name));
        if reads_older { Vec::new() } else { file.places(|line| line.contains("older_annotation(")) }
    });
}

/// The crates that each crate may use, from their `Cargo.toml`.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = |manifest: &Path| -> BTreeSet<String> {
        let text = fs::read_to_string(manifest).expect("it is there");
        let after = text.split("\n[dependencies]\n").nth(1).expect("it has dependencies");
        let section = after.split("\n[").next().unwrap_or_default();
        let names = section.lines().filter_map(|line| line.strip_prefix("takk_")?.split(['.', ' ']).next());
        names.map(str::to_owned).collect()
    };
    let mut all = BTreeMap::from([("takk".to_owned(), own(&root.join("Cargo.toml")))]);
    for entry in fs::read_dir(root.join("crates")).expect("crates is readable") {
        let directory = entry.expect("crates is readable").path();
        if directory.is_dir() {
            let name = directory.file_name().expect("it has a name").to_string_lossy().into_owned();
            all.insert(name, own(&directory.join("Cargo.toml")));
        }
    }
    all
}

#[test]
fn the_drawing_of_the_crates_is_what_they_name() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = fs::read_to_string(page).expect("the page is there");
    let mut rows = String::new();
    for (name, dependencies) in dependencies() {
        let names: Vec<_> = dependencies.into_iter().collect();
        let names = if names.is_empty() { "–".to_owned() } else { names.join(", ") };
        let _ = writeln!(rows, "| `{name}` | {names} |");
    }
    assert!(page.contains(&rows), "docs/architecture.md should have the rows\n{rows}");
}

#[test]
fn the_build_of_the_command_line_compiles_no_pyo3() {
    // What `cargo build` in the root builds, with all dependencies.
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = std::process::Command::new(cargo);
    command.args(["metadata", "--format-version", "1", "--offline", "--locked"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let metadata: serde_json::Value = serde_json::from_str(&crate::python::run(&mut command)).expect("it is JSON");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let nodes = list(&metadata["resolve"]["nodes"]);
    let needs = |id: &String| nodes.iter().find(|node| text(&node["id"]) == *id).map(|node| list(&node["dependencies"]));
    let mut next: Vec<String> = list(&metadata["workspace_default_members"]).iter().map(text).collect();
    let members = list(&metadata["workspace_members"]).len();
    assert_eq!(next.len() + 1, members, "all crates but the extension are built");
    let mut built = BTreeSet::new();
    while let Some(id) = next.pop() {
        if built.insert(id.clone()) {
            next.extend(needs(&id).unwrap_or_default().iter().map(text));
        }
    }
    let has = |name: &str| built.iter().any(|id| id.contains(name));
    assert!(has("takk-backends") && has("/ureq") | has("#ureq"), "{built:?}");
    assert!(!has("pyo3") && !has("takk-extension"), "{built:?}");
}
