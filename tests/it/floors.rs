//! The house stands: a room names only rooms on lower floors, and the other laws of the architecture that text can show.
//!
//! These tests read the source as text, line by line. What counts is code: comments and test modules are left out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every room and its floor, as the architecture page lists them. Rooms that are not built yet are in it already.
const FLOORS: [(&str, u8); 29] = [
    ("error", 0),
    ("age", 0),
    ("nearest", 0),
    ("visible", 0),
    ("files", 1),
    ("model", 1),
    ("wire", 1),
    ("catalog", 2),
    ("source", 2),
    ("document", 1),
    ("python", 2),
    ("packages", 2),
    ("config", 2),
    ("analysis", 4),
    ("value", 3),
    ("exchange", 3),
    ("store", 3),
    ("plan", 4),
    ("secrets", 4),
    ("backends", 4),
    ("launch", 5),
    ("oidc", 5),
    ("platform", 5),
    ("provision", 5),
    ("ops", 6),
    ("client", 6),
    ("server", 7),
    ("ui", 7),
    ("commands", 8),
];

/// The longest a file may be.
const MOST_LINES: usize = 600;

/// One file of `src/`.
struct SourceFile {
    /// Its path under `src/`.
    path: PathBuf,
    /// Its whole text.
    text: String,
}

impl SourceFile {
    /// The room that it belongs to: `analysis` for `analysis/rules/mod.rs`. `lib.rs` and `main.rs` belong to none.
    fn room(&self) -> Option<String> {
        let first = self.path.iter().next()?.to_str()?;
        let room = first.strip_suffix(".rs").unwrap_or(first);
        (!["lib", "main"].contains(&room)).then(|| room.to_owned())
    }

    /// Lines of code with their numbers: no comments, and nothing from the test module on, which stands last in a file.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let all = if self.path.ends_with("tests.rs") || self.path.ends_with("testing.rs") { "" } else { &self.text };
        let lines = all.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        lines.take_while(|(_, line)| *line != "#[cfg(test)]").filter(|(_, line)| !line.starts_with("//"))
    }

    /// `path:line` of each line of code that `is_wrong`.
    fn places(&self, is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
        self.code().filter(|(_, line)| is_wrong(line)).map(|(line, _)| format!("src/{}:{line}", self.path.display())).collect()
    }
}

fn sources() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut directories = vec![root.clone()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).expect("src is readable") {
            let path = entry.expect("src is readable").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("source is UTF-8");
                files.push(SourceFile { path: path.strip_prefix(&root).expect("it was found there").to_owned(), text });
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// The words that follow `crate::` or `takk::` in a line, those of a `crate::{a, b::c}` list included.
fn rooms_named(line: &str) -> Vec<&str> {
    let word = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let mut rooms = Vec::new();
    for start in line.match_indices("crate::").map(|(at, found)| at + found.len()) {
        let rest = &line[start..];
        match rest.strip_prefix('{') {
            Some(list) => rooms.extend(list.split([',', '}']).map(str::trim).map(|item| &item[..word(item)])),
            None => rooms.push(&rest[..word(rest)]),
        }
    }
    rooms
}

#[test]
fn rooms_are_found_in_a_line() {
    assert_eq!(rooms_named("use crate::model::Place;"), ["model"]);
    assert_eq!(rooms_named("use crate::{error::Error, model};"), ["error", "model", ""]);
    assert_eq!(rooms_named("fn f(a: crate::ui::Text) -> crate::plan::Plan {"), ["ui", "plan"]);
}

#[test]
fn a_room_names_only_lower_floors() {
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(room) = file.room() else { continue };
        let own = floor(&room).unwrap_or_else(|| panic!("src/{room} is in no table of floors"));
        for (line, code) in file.code() {
            for named in rooms_named(code).into_iter().filter(|named| *named != room) {
                if floor(named).is_some_and(|floor| floor >= own) {
                    wrong.push(format!("src/{}:{line}: {room} names {named}", file.path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "not on a lower floor:\n{}", wrong.join("\n"));
}

#[test]
fn the_tour_lists_every_room() {
    let tour = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("the tour is there");
    let rooms: BTreeSet<_> = sources().iter().filter_map(SourceFile::room).collect();
    for room in rooms {
        let own = floor(&room).unwrap_or_else(|| panic!("src/{room} is in no table of floors"));
        assert!(tour.contains(&format!("//! | {own} | [`{room}`] |")), "src/lib.rs has no row for {room} on floor {own}");
    }
}

/// Fails with the places where a law is broken.
fn uphold(law: &str, broken: impl Fn(&SourceFile) -> Vec<String>) {
    let places: Vec<_> = sources().iter().flat_map(broken).collect();
    assert!(places.is_empty(), "{law}:\n{}", places.join("\n"));
}

fn is_in(file: &SourceFile, rooms: &[&str]) -> bool {
    file.room().is_some_and(|room| rooms.contains(&room.as_str()))
}

#[test]
fn only_python_names_the_parser() {
    uphold("only `python` names the parser crates", |file| {
        if is_in(file, &["python"]) { Vec::new() } else { file.places(|line| line.contains("ruff_")) }
    });
}

#[test]
fn only_store_names_the_database_and_only_secrets_the_ciphers() {
    uphold("only `store` names the crates of the databases", |file| {
        if is_in(file, &["store"]) {
            Vec::new()
        } else {
            file.places(|line| line.contains("rusqlite") || line.contains("use postgres"))
        }
    });
    let ciphers = ["chacha20poly1305", "hmac::", "sha2::"];
    uphold("only `secrets` names the ciphers", |file| {
        let names = |line: &str| ciphers.iter().any(|cipher| line.contains(cipher));
        if is_in(file, &["secrets"]) { Vec::new() } else { file.places(names) }
    });
}

#[test]
fn nothing_can_print_a_secret_by_accident() {
    uphold("`SecretValue` derives nothing, and implements no way to show or compare it", |file| {
        let shows = |line: &str| {
            line.contains("for SecretValue")
                && ["Debug", "Display", "Serialize", "PartialEq", "Clone"].iter().any(|way| line.contains(way))
        };
        let derives = file.path.ends_with("secrets/value.rs") && file.text.contains("derive(");
        let mut places = file.places(shows);
        places.extend(derives.then(|| format!("src/{}", file.path.display())));
        places
    });
}

#[test]
fn only_ui_prints() {
    let prints = |line: &str| ["print!(", "println!(", "io::stdout", "io::stderr"].iter().any(|way| line.contains(way));
    uphold("only `ui` and `main` print", |file| {
        let may = is_in(file, &["ui"]) || file.path == Path::new("main.rs");
        if may { Vec::new() } else { file.places(prints) }
    });
}

/// Whether a line of code has a text with a line break and a place for something else.
fn breaks_by_hand(line: &str) -> bool {
    line.split('"').skip(1).step_by(2).any(|text| text.contains("\\n") && text.contains('{'))
}

#[test]
fn a_line_with_something_in_it_is_made_in_one_place() {
    assert!(breaks_by_hand(r#"text.push_str(&format!("{name}\n"));"#));
    assert!(!breaks_by_hand(r#"text.push_str(&line!("{name}"));"#) && !breaks_by_hand(r#"push_str("done\n")"#));
    // A name with a line break would begin a line: `line!` and `paragraph!` keep it on its own. The other forms of output escape theirs:
    // values of a dotenv file may have several lines, and the documentation of a rule is takk's own.
    uphold("text for people is made of `line!` and `paragraph!`", |file| {
        let is_text = file.path.to_string_lossy().ends_with("_text.rs") || file.path.starts_with("ui/plan_text");
        let is_other =
            ["ui/dotenv_text.rs", "ui/explain_text.rs", "ui/panic_text.rs"].iter().any(|other| file.path.ends_with(other));
        let is_human = (is_in(file, &["ui"]) && is_text && !is_other) || is_in(file, &["commands"]);
        if is_human { file.places(breaks_by_hand) } else { Vec::new() }
    });
}

#[test]
fn rooms_without_io_do_none() {
    let io = ["std::fs", "std::env", "std::process", "std::net", "SystemTime", "Instant::now"];
    uphold("`model`, `catalog`, `python`, `analysis`, `value`, `exchange` and `plan` do no input or output", |file| {
        let pure = is_in(file, &["model", "catalog", "python", "analysis", "value", "exchange", "plan"]);
        if pure { file.places(|line| io.iter().any(|way| line.contains(way))) } else { Vec::new() }
    });
}

#[test]
fn nothing_unwraps() {
    uphold("use `expect` and say why it cannot fail", |file| file.places(|line| line.contains(".unwrap()")));
}

#[test]
fn every_file_says_what_is_in_it() {
    uphold("a file begins with `//!`", |file| {
        if file.text.starts_with("//! ") { Vec::new() } else { vec![format!("src/{}", file.path.display())] }
    });
}

#[test]
fn no_file_is_long() {
    uphold("a file has at most 600 lines", |file| {
        let lines = file.text.lines().count();
        if lines <= MOST_LINES { Vec::new() } else { vec![format!("src/{}: {lines} lines", file.path.display())] }
    });
}

#[test]
fn a_command_that_is_proposed_quotes_names() {
    // Whoever copies it into a shell runs what a repository named. Names of environments, addresses and files of takk have no such characters.
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
