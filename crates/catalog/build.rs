//! Converts the catalog's TOML into Rust statics, which cost nothing at startup. What libraries read becomes JSON instead,
//! since a project imports only a few of them.
#![expect(clippy::disallowed_methods, reason = "this is run when takk is built; the crate itself reads nothing")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// How to write a value of the TOML in Rust.
enum Shape {
    Text,
    OptionalText,
    Number,
    OptionalNumber,
    Flag,
    Texts,
    /// A variant of an enum.
    Variant(&'static str),
    Variants(&'static str),
    OptionalVariant(&'static str),
    OptionalTable(&'static Table),
    Tables(&'static Table),
}

/// A struct, and its fields, which are keys of the TOML.
struct Table {
    name: &'static str,
    fields: &'static [(&'static str, Shape)],
}

const KIND: Table = Table {
    name: "Kind",
    fields: &[
        ("name", Shape::Text),
        ("display", Shape::Text),
        ("about", Shape::Text),
        ("field", Shape::Text),
        ("managed_as", Shape::OptionalText),
        ("port", Shape::OptionalNumber),
        ("image", Shape::OptionalText),
        ("default_version", Shape::OptionalText),
        ("looked_up", Shape::OptionalText),
        ("version_rule", Shape::OptionalVariant("VersionRule")),
        ("schemes", Shape::Texts),
        ("dsn_types", Shape::Tables(&DSN_TYPE)),
        ("tags", Shape::Tables(&TAG)),
        ("shorthands", Shape::Tables(&SHORTHAND)),
        ("dialect", Shape::OptionalText),
        ("drivers", Shape::Tables(&DRIVER)),
        ("clients", Shape::Tables(&CLIENT)),
        ("server", Shape::OptionalTable(&SERVER)),
        ("extensions", Shape::Tables(&EXTENSION)),
        ("providers", Shape::Tables(&PROVIDER)),
    ],
};

const PROVIDER: Table = Table {
    name: "Provider",
    fields: &[
        ("kind", Shape::Text),
        ("name", Shape::Text),
        ("base", Shape::OptionalText),
        ("hosts", Shape::Texts),
        ("variables", Shape::Texts),
        ("base_variables", Shape::Texts),
        ("compatible", Shape::Flag),
        ("prefixes", Shape::Texts),
        ("probe", Shape::OptionalTable(&PROBE)),
        ("test_message", Shape::OptionalTable(&PROBE)),
    ],
};

const PROBE: Table = Table {
    name: "Probe",
    fields: &[
        ("method", Shape::Text),
        ("path", Shape::Text),
        ("headers", Shape::Texts),
        ("body", Shape::OptionalText),
        ("proof", Shape::OptionalText),
        ("texts", Shape::Texts),
        ("code", Shape::Texts),
        ("refused", Shape::Texts),
        ("expired", Shape::Texts),
        ("forbidden", Shape::Texts),
        ("exhausted", Shape::Texts),
        ("credit", Shape::OptionalText),
    ],
};

const SERVER: Table = Table {
    name: "Server",
    fields: &[
        ("software", Shape::OptionalText),
        ("tag", Shape::Text),
        ("images", Shape::Tables(&IMAGE)),
        ("volumes", Shape::Tables(&VOLUME)),
        ("environment", Shape::Texts),
        ("files", Shape::Tables(&FILE)),
        ("command", Shape::Texts),
        ("commands", Shape::Tables(&COMMAND)),
        ("ports", Shape::Tables(&EXTRA_PORT)),
        ("credentials", Shape::Texts),
        ("parts", Shape::Tables(&SERVER_PART)),
        ("lacks", Shape::Tables(&LACK)),
        ("health", Shape::Texts),
    ],
};

const EXTENSION: Table = Table {
    name: "Extension",
    fields: &[
        ("name", Shape::Text),
        ("imports", Shape::Texts),
        ("packages", Shape::Texts),
        ("images", Shape::Tables(&IMAGE)),
        ("debian", Shape::OptionalText),
    ],
};

const IMAGE: Table = Table { name: "Image", fields: &[("version", Shape::Text), ("image", Shape::Text)] };

const VOLUME: Table = Table { name: "Volume", fields: &[("version", Shape::Text), ("path", Shape::Text)] };

const FILE: Table = Table { name: "File", fields: &[("path", Shape::Text), ("text", Shape::Text)] };

const COMMAND: Table = Table { name: "Command", fields: &[("version", Shape::Text), ("command", Shape::Texts)] };

const EXTRA_PORT: Table = Table { name: "ExtraPort", fields: &[("name", Shape::Text), ("port", Shape::Number)] };

const SERVER_PART: Table = Table {
    name: "ServerPart",
    fields: &[("part", Shape::Text), ("schemes", Shape::Texts), ("packages", Shape::Texts), ("value", Shape::Text)],
};

const LACK: Table = Table { name: "Lack", fields: &[("part", Shape::Text), ("why", Shape::Text)] };

const DSN_TYPE: Table = Table { name: "DsnType", fields: &[("name", Shape::Text), ("schemes", Shape::Texts)] };

const TAG: Table = Table {
    name: "Tag",
    fields: &[
        ("kind", Shape::Text),
        ("member", Shape::Text),
        ("value", Shape::Text),
        ("part", Shape::Text),
        ("secret", Shape::Flag),
        ("kind_from_type", Shape::Flag),
    ],
};

const SHORTHAND: Table = Table {
    name: "Shorthand",
    fields: &[
        ("kind", Shape::Text),
        ("name", Shape::Text),
        ("type", Shape::Text),
        ("tag", Shape::Text),
        ("opaque", Shape::Flag),
    ],
};

const DRIVER: Table = Table {
    name: "Driver",
    fields: &[("name", Shape::Text), ("packages", Shape::Texts), ("engines", Shape::Variants("Engine"))],
};

const CLIENT: Table = Table {
    name: "Client",
    fields: &[
        ("import", Shape::Text),
        ("packages", Shape::Texts),
        ("field", Shape::OptionalText),
        ("versions", Shape::Tables(&SUPPORTED)),
    ],
};

const SUPPORTED: Table = Table {
    name: "Supported",
    fields: &[("client", Shape::Text), ("server", Shape::Text), ("run", Shape::Text), ("why", Shape::Text)],
};

const COMPONENT: Table = Table {
    name: "Component",
    fields: &[
        ("name", Shape::Text),
        ("module", Shape::Text),
        ("part_of", Shape::OptionalText),
        ("runs", Shape::OptionalVariant("ServiceKind")),
        ("positional", Shape::Texts),
        ("keywords", Shape::Texts),
        ("holds_components", Shape::Flag),
        ("port", Shape::OptionalNumber),
        ("external", Shape::Flag),
        ("image", Shape::OptionalText),
        ("default_settings", Shape::Texts),
        ("adds_settings", Shape::Texts),
        ("adds_tags", Shape::Texts),
        ("description", Shape::OptionalText),
        ("instance", Shape::OptionalTable(&INSTANCE)),
    ],
};

const INSTANCE: Table =
    Table { name: "Instance", fields: &[("kind", Shape::Text), ("versions", Shape::Texts), ("version", Shape::OptionalText)] };

fn main() {
    let catalog = Path::new("src");
    println!("cargo::rerun-if-changed={}", catalog.display());
    let mut kinds = named(&catalog.join("kinds"));
    for (name, kind) in &mut kinds {
        kind["name"] = name.as_str().into();
        for list in ["tags", "shorthands", "providers"] {
            for entry in kind.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                entry["kind"] = name.as_str().into();
            }
        }
    }
    let kinds: Vec<String> = kinds.iter().map(|(_, kind)| KIND.literal(kind)).collect();
    write("kinds.rs", &format!("[{}]", kinds.join(",\n")));
    let mut components = read(&catalog.join("components.toml"));
    let components = components["component"].as_array_mut().expect("the components are an array");
    for component in components.iter_mut().filter(|component| component.get("module").is_none()) {
        component["module"] = "takk.models".into();
    }
    let components: Vec<String> = components.iter().map(|component| COMPONENT.literal(component)).collect();
    write("components.rs", &format!("[{}]", components.join(",\n")));
    let libraries: Map<String, Value> = named(&catalog.join("libraries")).into_iter().collect();
    write("library_roots.rs", &roots(&libraries).to_string());
    write("libraries.rs", &each(&libraries).to_string());
}

impl Table {
    fn literal(&self, value: &Value) -> String {
        let table = value.as_object().unwrap_or_else(|| panic!("{value} is no {}", self.name));
        for key in table.keys() {
            assert!(self.fields.iter().any(|(known, _)| known == key), "`{key}` is no key of a {}", self.name);
        }
        let field = |(key, shape): &(&str, Shape)| {
            let name = if *key == "type" { "type_name" } else { key };
            format!("{name}: {}", shape.literal(table.get(*key)).unwrap_or_else(|| panic!("`{key}` of {value}")))
        };
        format!("{} {{ {} }}", self.name, self.fields.iter().map(field).collect::<Vec<_>>().join(", "))
    }
}

impl Shape {
    /// The value as a Rust literal, if it has this shape.
    fn literal(&self, value: Option<&Value>) -> Option<String> {
        let optional = |shape: &Self| match value {
            None => Some("None".to_owned()),
            Some(_) => Some(format!("Some({})", shape.literal(value)?)),
        };
        let list = |element: &dyn Fn(&Value) -> Option<String>| match value {
            None => Some("&[]".to_owned()),
            Some(value) => {
                let elements: Option<Vec<String>> = value.as_array()?.iter().map(element).collect();
                Some(format!("&[{}]", elements?.join(", ")))
            }
        };
        match self {
            Self::Text => Some(format!("{:?}", value?.as_str()?)),
            Self::Flag => value.map_or(Some(false), Value::as_bool).map(|flag| flag.to_string()),
            Self::Variant(name) => {
                let words = value?.as_str()?.split('-').map(|word| [&word[..1].to_ascii_uppercase(), &word[1..]].concat());
                Some(format!("{name}::{}", words.collect::<String>()))
            }
            Self::OptionalText => optional(&Self::Text),
            Self::Number => Some(value?.as_u64()?.to_string()),
            Self::OptionalNumber => optional(&Self::Number),
            Self::OptionalVariant(name) => optional(&Self::Variant(name)),
            Self::OptionalTable(table) => {
                Some(value.map_or("None".to_owned(), |value| format!("Some({})", table.literal(value))))
            }
            Self::Texts => list(&|text| Self::Text.literal(Some(text))),
            Self::Variants(name) => list(&|text| Self::Variant(name).literal(Some(text))),
            Self::Tables(table) => list(&|value| Some(table.literal(value))),
        }
    }
}

/// The top-level modules of all imports, sorted, as JSON that is also a Rust array.
fn roots(libraries: &Map<String, Value>) -> Value {
    let imports = libraries.values().filter_map(|library| library["import"].as_str()?.split('.').next());
    let roots: BTreeSet<&str> = imports.collect();
    roots.into_iter().collect()
}

/// The libraries by name, each as the top-level module of its import and its JSON. The JSON is also a Rust array of arrays.
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

/// The files in a directory with their names, sorted.
fn named(directory: &Path) -> Vec<(String, Value)> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a directory can be listed").path()).collect();
    files.sort();
    let name = |file: &PathBuf| file.file_stem().expect("a file of a directory has a name").to_string_lossy().into_owned();
    files.iter().map(|file| (name(file), read(file))).collect()
}

fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn write(name: &str, text: &str) {
    let directory = std::env::var_os("OUT_DIR").expect("cargo names the directory");
    let file = Path::new(&directory).join(name);
    fs::write(&file, text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}
