//! What libraries read from the environment because the code makes their clients without saying it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use memchr::memmem;

use super::is_test;
use takk_catalog::{ClientVariable, Library, libraries, library_root};
use takk_model::{EnvironmentRead, LibraryChoice, LibraryVariable, Place, SettingsClass};
use takk_python::Loader;
use takk_python::clients::{ClientUse, client_uses};
use takk_python::scan::Mentions;

/// What the code itself says of the environment: nothing of that is proposed.
pub struct Known<'k> {
    /// The settings classes.
    pub classes: &'k [SettingsClass],
    /// The variables that the code reads.
    pub reads: &'k [EnvironmentRead],
    /// What the project accepts and refuses.
    pub choice: &'k LibraryChoice,
}

/// What libraries read.
#[derive(Default)]
pub struct Found {
    /// The variables that they read, by name, each with the first place that makes it so.
    pub variables: Vec<LibraryVariable>,
    /// The names of those that the code gives every client itself.
    pub given: BTreeSet<&'static str>,
}

/// What libraries read, and what they would.
pub fn library_variables(files: &[(String, Mentions)], loader: &dyn Loader, known: &Known<'_>, include_tests: bool) -> Found {
    let uses = uses(files, loader, include_tests);
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

/// Calls of clients, and what sets things for them, in the files that import a library and name something of it.
fn uses(files: &[(String, Mentions)], loader: &dyn Loader, include_tests: bool) -> Vec<ClientUse> {
    let mut found = Vec::new();
    for (path, mentions) in files {
        let roots: Vec<&str> = mentions.imports.iter().filter_map(|(module, _)| library_root(module)).collect();
        if roots.is_empty() || (!include_tests && is_test(path)) {
            continue;
        }
        let Ok(bytes) = loader.project_file(path) else { continue };
        let of_file = |library: &&Library| library_root(library.import).is_some_and(|root| roots.contains(&root));
        if libraries().iter().filter(of_file).any(|library| names_something(&bytes, library)) {
            found.extend(client_uses(path, &bytes, &|module| library_root(module).is_some()));
        }
    }
    found
}

/// Whether a text has the name of something that makes a client, or sets something for all.
fn names_something(text: &[u8], library: &Library) -> bool {
    let calls = library.clients.iter().flat_map(|clients| clients.calls.iter().copied());
    let setters = library.clients.iter().flat_map(|clients| &clients.variables).flat_map(|variable| &variable.set_by);
    let setters = setters.filter_map(|setter| setter.rsplit('.').next());
    calls.chain(setters).any(|name| memmem::find(text, name.as_bytes()).is_some())
}

/// The variables that a call reads, with their library.
fn read_by(one: &ClientUse) -> impl Iterator<Item = (&ClientUse, &'static Library, &'static ClientVariable)> {
    of_call(one).filter(|(_, variable)| !is_given(one, variable)).map(move |(library, variable)| (one, library, variable))
}

/// The variables that a call does not read because it is given what they would say.
fn given_by(one: &ClientUse) -> impl Iterator<Item = &'static str> {
    of_call(one).filter(|(_, variable)| is_given(one, variable)).map(|(_, variable)| variable.name)
}

/// The variables that a call may read.
fn of_call(one: &ClientUse) -> impl Iterator<Item = (&'static Library, &'static ClientVariable)> {
    let clients = libraries().iter().find_map(|library| Some((library, library.clients_of(&one.path)?)));
    let clients = clients.filter(|_| one.given.is_some());
    clients.into_iter().flat_map(|(library, clients)| clients.variables.iter().map(move |variable| (library, variable)))
}

/// Whether an argument of the call gives what the variable would.
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

/// The names that the code reads itself, in lower case.
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
