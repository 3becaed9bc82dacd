//! What libraries read from the environment because the code creates their clients without passing it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use memchr::memmem;
use rayon::prelude::*;

use super::is_test;
use takk_catalog::{ClientVariable, Library, libraries_of, library_root};
use takk_model::{EnvironmentRead, LibraryChoice, LibraryVariable, Place, SettingsClass};
use takk_python::clients::{ClientUse, client_uses};
use takk_python::scan::{Mentions, is_word};
use takk_python::{Loader, Modules};

/// Up to this many files, one thread parses them.
const FEW: usize = 32;

/// What the code already says about the environment, and what is therefore not suggested.
pub(crate) struct Known<'k> {
    pub classes: &'k [SettingsClass],
    /// The variables that the code reads.
    pub reads: &'k [EnvironmentRead],
    /// Which variables the project accepts and refuses.
    pub choice: &'k LibraryChoice,
}

#[derive(Default)]
pub(crate) struct Found {
    /// The variables that libraries read, sorted by name, each with the first place that causes it.
    pub variables: Vec<LibraryVariable>,
    /// The names of variables that are never read because the code always passes the values.
    pub given: BTreeSet<&'static str>,
}

/// The variables that libraries read, and those that they would read.
pub(crate) fn library_variables(
    files: &[(String, Mentions)],
    (modules, loader): (&Modules<'_>, &(dyn Loader + Sync)),
    known: &Known<'_>,
    include_tests: bool,
) -> Found {
    let uses = uses(files, modules, loader, include_tests);
    if uses.is_empty() {
        return Found::default();
    }
    let mut given: BTreeSet<&'static str> = uses.iter().flat_map(given_by).collect();
    let read_already = names(known);
    let set: HashSet<&str> = uses.iter().map(|one| one.path.as_str()).collect();
    let mut found: BTreeMap<&str, LibraryVariable> = BTreeMap::new();
    for (one, library, variable) in uses.iter().flat_map(read_by) {
        let is_known =
            std::iter::once(&variable.name).chain(&variable.also).any(|name| read_already.contains(&name.to_lowercase()));
        if variable.set_by.iter().any(|setter| set.contains(setter)) {
            given.insert(variable.name);
            continue;
        }
        if is_known {
            continue;
        }
        let Some(accepted) = known.choice.of(library.package, variable.name) else { continue };
        let new = proposed(one, library, variable, accepted);
        found
            .entry(variable.name)
            .and_modify(|earlier| {
                let required = earlier.required | new.required;
                if (new.required, &earlier.place) > (earlier.required, &new.place) {
                    *earlier = new.clone();
                }
                earlier.required = required;
                earlier.accepted |= new.accepted;
            })
            .or_insert(new);
    }
    given.retain(|name| !found.contains_key(name));
    Found { variables: found.into_values().collect(), given }
}

/// Calls that create clients, and assignments that configure them, in files that import the library.
fn uses(
    files: &[(String, Mentions)],
    modules: &Modules<'_>,
    loader: &(dyn Loader + Sync),
    include_tests: bool,
) -> Vec<ClientUse> {
    let candidates: Vec<(&str, Vec<&Library>)> = files
        .iter()
        .map(|(path, mentions)| (path.as_str(), imported(mentions)))
        .filter(|(path, imported)| !imported.is_empty() && (include_tests || !is_test(path)))
        .collect();
    let wanted = |module: &str| library_root(module).is_some();
    let is_unknown = |(path, _): &&(&str, Vec<&Library>)| modules.known_file(path).is_none();
    let unknown: Vec<_> = candidates.iter().filter(is_unknown).collect();
    let of_unknown = |(path, imported): &&(&str, Vec<&Library>)| {
        let bytes = loader.project_file(path).ok().filter(|bytes| use_something(bytes, imported));
        let file = bytes.map(|bytes| Modules::parse_project_file(path, String::new(), &bytes));
        file.map_or_else(Vec::new, |file| client_uses(&file, &wanted))
    };
    // Starting threads takes longer than parsing a few files.
    let found: Vec<Vec<ClientUse>> = if unknown.len() < FEW {
        unknown.iter().map(of_unknown).collect()
    } else {
        unknown.par_iter().map(of_unknown).collect()
    };
    let mut found = found.into_iter();
    let of_file = |(path, imported): &(&str, Vec<&Library>)| match modules.known_file(path) {
        Some(file) if use_something(file.text.as_bytes(), imported) => client_uses(file, &wanted),
        Some(_) => Vec::new(),
        None => found.next().unwrap_or_default(),
    };
    candidates.iter().flat_map(of_file).collect()
}

/// The libraries that a file may import.
fn imported(mentions: &Mentions) -> Vec<&'static Library> {
    let mut roots: Vec<&str> = mentions.imports.iter().filter_map(|(module, _)| library_root(module)).collect();
    roots.sort_unstable();
    roots.dedup();
    roots.into_iter().flat_map(libraries_of).collect()
}

/// Whether a text uses a name that creates a client of one of the libraries, or configures all of its clients.
fn use_something(text: &[u8], libraries: &[&Library]) -> bool {
    libraries.iter().any(|library| {
        let calls = library.clients.iter().flat_map(|clients| clients.calls.iter().copied());
        let setters = library.clients.iter().flat_map(|clients| &clients.variables).flat_map(|variable| &variable.set_by);
        let mut names = calls.chain(setters.filter_map(|setter| setter.rsplit('.').next()));
        // Either `google.genai` is written in full, or `genai` is imported from `google`.
        let is_named = library.import.split('.').skip(1).all(|part| memmem::find(text, part.as_bytes()).is_some());
        is_named && names.any(|name| is_used(text, name))
    })
}

/// Whether the name may be called, assigned or imported under another name: `OpenAI(`, `api_key =`, `OpenAI as Client`.
fn is_used(text: &[u8], name: &str) -> bool {
    let is_use = |at: usize| {
        let rest = &text[at + name.len()..];
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\\')).count();
        let is_whole = at == 0 || !is_word(text[at - 1]);
        is_whole
            && match &rest[blanks..] {
                [b'(' | b'=' | b'#', ..] => true,
                [b')', more @ ..] => more.trim_ascii_start().starts_with(b"("),
                more => blanks > 0 && more.starts_with(b"as"),
            }
    };
    memmem::find_iter(text, name.as_bytes()).any(is_use)
}

/// The variables that a call reads, with their library.
fn read_by(one: &ClientUse) -> impl Iterator<Item = (&ClientUse, &'static Library, &'static ClientVariable)> {
    of_call(one).filter(|(_, variable)| !is_given(one, variable)).map(move |(library, variable)| (one, library, variable))
}

/// The variables that a call does not read because the value is passed.
fn given_by(one: &ClientUse) -> impl Iterator<Item = &'static str> {
    of_call(one).filter(|(_, variable)| is_given(one, variable)).map(|(_, variable)| variable.name)
}

/// The variables that a call may read.
fn of_call(one: &ClientUse) -> impl Iterator<Item = (&'static Library, &'static ClientVariable)> {
    let root = one.path.split('.').next().unwrap_or_default();
    let clients = libraries_of(root).find_map(|library| Some((library, library.clients_of(&one.path)?)));
    let clients = clients.filter(|_| one.given.is_some());
    clients.into_iter().flat_map(|(library, clients)| clients.variables.iter().map(move |variable| (library, variable)))
}

/// Whether an argument of the call replaces the variable.
fn is_given(one: &ClientUse, variable: &ClientVariable) -> bool {
    one.given.as_ref().is_none_or(|given| {
        given.keywords.iter().any(|name| variable.given_by.contains(&name.as_str()))
            || variable.position.is_some_and(|before| given.positional > before)
    })
}

fn proposed(one: &ClientUse, library: &Library, variable: &ClientVariable, accepted: bool) -> LibraryVariable {
    let is_open = one.given.as_ref().is_some_and(|given| given.is_open) && !variable.given_by.is_empty();
    LibraryVariable {
        name: variable.name.to_owned(),
        alternatives: variable.also.iter().map(|name| (*name).to_owned()).collect(),
        library: library.package.to_owned(),
        call: one.path.rsplit('.').next().unwrap_or(&one.path).to_owned(),
        without: variable.given_by.first().map(|name| (*name).to_owned()),
        required: variable.required && !is_open,
        secret: variable.secret,
        accepted,
        source: format!("{} {}, {}", library.package, library.version, variable.source),
        place: Place::new(one.place.file.clone(), one.place.line, one.place.column),
    }
}

/// The names that the code itself reads, in lower case.
fn names(known: &Known<'_>) -> HashSet<String> {
    let fields = known.classes.iter().flat_map(|class| &class.fields);
    let of_fields = fields.flat_map(|field| field.env.iter().chain(field.nested.iter().flat_map(|leaf| &leaf.env)));
    of_fields.chain(known.reads.iter().map(|read| &read.name)).map(|name| name.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::manifest_of;

    fn read(text: &str) -> Vec<String> {
        let manifest = manifest_of(&[("app.py", text)]);
        let said = |one: &takk_model::LibraryVariable| {
            let need = if one.required { "needed" } else { "read" };
            format!("{} {} {need} by {} {}", one.place.line, one.name, one.library, one.call)
        };
        manifest.libraries.iter().filter(|one| one.required || one.secret).map(said).collect()
    }

    #[test]
    fn a_client_without_its_key_reads_it() {
        assert_eq!(
            read("import openai, anthropic\nc = openai.OpenAI()\nd = anthropic.Anthropic(timeout=3)\n"),
            ["3 ANTHROPIC_API_KEY needed by anthropic Anthropic", "2 OPENAI_API_KEY needed by openai OpenAI"]
        );
        assert_eq!(read("from openai import OpenAI\nOpenAI(api_key=settings.key)\n"), [""; 0]);
        assert_eq!(read("from openai import OpenAI\nOpenAI(api_key=None)\n"), ["2 OPENAI_API_KEY needed by openai OpenAI"]);
        assert_eq!(read("from openai import OpenAI\nOpenAI(**options)\n"), ["2 OPENAI_API_KEY read by openai OpenAI"]);
        assert_eq!(read("import openai\nopenai.api_key = key\nopenai.OpenAI()\n"), [""; 0]);
        assert_eq!(read("from twilio.rest import Client\nClient(sid, token)\n"), [""; 0]);
        assert_eq!(read("from twilio.rest import Client\nClient(sid)\n"), ["2 TWILIO_AUTH_TOKEN needed by twilio Client"]);
        assert_eq!(read("import mlflow\nmlflow.set_tracking_uri(uri)\nwith mlflow.start_run(): ...\n").len(), 2);
        assert_eq!(read("import sentry_sdk\nsentry_sdk.init()\n"), ["2 SENTRY_DSN needed by sentry-sdk init"]);
    }

    #[test]
    fn what_may_be_a_use_is_parsed() {
        let is_used = |text: &str| super::is_used(text.as_bytes(), "OpenAI");
        for text in
            ["OpenAI()", "x.OpenAI (", "from o import OpenAI as C", "(OpenAI)(k)", "(OpenAI  # why\n)()", "o.OpenAI \\\n= 1"]
        {
            assert!(is_used(text), "{text}");
        }
        for text in ["from o import OpenAI\n", "AsyncOpenAI()", "OpenAIError()", "def f(c: OpenAI): ...", "", "OpenAI"] {
            assert!(!is_used(text), "{text}");
        }
        assert_eq!(read("import openai\nmake = (openai.OpenAI)(timeout=1)\n"), ["2 OPENAI_API_KEY needed by openai OpenAI"]);
        assert_eq!(read("import google.genai as g\ng.Client()\n"), ["2 GEMINI_API_KEY needed by google-genai Client"]);
    }

    #[test]
    fn nothing_is_said_of_what_the_code_reads_itself() {
        let class = "from pydantic_settings import BaseSettings\nfrom openai import OpenAI\n\nclass S(BaseSettings):\n    openai_api_key: str\n\nOpenAI()\n";
        assert_eq!(read(class), [""; 0]);
        assert_eq!(read("import os, openai\nos.environ['OPENAI_API_KEY']\nopenai.OpenAI()\n"), [""; 0]);
        assert_eq!(read("from google import genai\nimport os\nos.getenv('GOOGLE_API_KEY')\ngenai.Client()\n"), [""; 0]);
    }

    #[test]
    fn the_place_that_needs_it_comes_before_one_that_may_not() {
        let text = "import openai\nopenai.OpenAI(**options)\nopenai.OpenAI()\n";
        assert_eq!(read(text), ["3 OPENAI_API_KEY needed by openai OpenAI"]);
    }
}
