//! Converts the catalog's TOML into JSON, which takk parses at every start with a fifth of the instructions (callgrind: 0.74 million
//! instead of 3.63 million).
#![expect(clippy::disallowed_methods, reason = "this is run when takk is built; the crate itself reads nothing")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

fn main() {
    let catalog = Path::new("src");
    println!("cargo::rerun-if-changed={}", catalog.display());
    let mut kinds = Map::new();
    for file in files(&catalog.join("kinds")) {
        let name = file.file_stem().expect("a file of a directory has a name").to_string_lossy().into_owned();
        kinds.insert(name, read(&file));
    }
    write("kinds.json", &Value::Object(kinds));
    let mut libraries = Map::new();
    for file in files(&catalog.join("libraries")) {
        let name = file.file_stem().expect("a file of a directory has a name").to_string_lossy().into_owned();
        libraries.insert(name, read(&file));
    }
    write("library_roots.rs", &roots(&libraries));
    write("libraries.rs", &each(&libraries));
    write("components.json", &read(&catalog.join("components.toml")));
}

/// The first words of all imports, sorted, as JSON that is an array of Rust too.
fn roots(libraries: &Map<String, Value>) -> Value {
    let imports = libraries.values().filter_map(|library| library["import"].as_str()?.split('.').next());
    let roots: BTreeSet<&str> = imports.collect();
    roots.into_iter().collect()
}

/// The libraries by name, each with the first word of its import and its JSON: an array of arrays, as Rust too.
fn each(libraries: &Map<String, Value>) -> Value {
    let mut names: Vec<&String> = libraries.keys().collect();
    names.sort();
    let of = |name: &String| {
        let library = &libraries[name];
        let root =
            library["import"].as_str().and_then(|import| import.split('.').next()).expect("a library says what is imported");
        Value::from(vec![root.to_owned(), library.to_string()])
    };
    names.into_iter().map(of).collect()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    entries.map(|entry| entry.expect("a directory can be listed").path()).collect()
}

fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn write(name: &str, value: &Value) {
    let directory = std::env::var_os("OUT_DIR").expect("cargo names the directory");
    let file = Path::new(&directory).join(name);
    let text = serde_json::to_string(value).expect("TOML can be written as JSON");
    fs::write(&file, text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}
