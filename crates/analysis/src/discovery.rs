//! What the code uses without declaring it: imported client libraries, and plain strings that are clearly addresses.

use std::collections::{BTreeMap, BTreeSet};

use super::{is_test, libraries};
use takk_catalog::{Kind, catalog, default_version, server_version};
use takk_model::{Annotation, DefaultValue, Packages, Place, Resource, Setting, SettingsClass, Suggestion};
use takk_python::scan::Mentions;

/// The suggestions, sorted by kind and place. `resources` are those declared: an import alone suggests nothing for their kinds.
pub(crate) fn suggestions(
    files: &[(String, Mentions)],
    classes: &[SettingsClass],
    (resources, libraries): (&[Resource], &libraries::Found),
    packages: &Packages,
    include_tests: bool,
) -> Vec<Suggestion> {
    let declared: BTreeSet<&str> = resources.iter().flat_map(|resource| names_of(&resource.kind)).collect();
    let mut found: Vec<Suggestion> =
        classes.iter().flat_map(|class| &class.fields).filter_map(|field| address(field, packages)).collect();
    let by_address: BTreeSet<String> = found.iter().map(|suggestion| suggestion.kind.clone()).collect();
    let read: BTreeSet<&str> = read_already(classes, libraries);
    let imports = imports(files, include_tests).into_iter();
    let new = imports.filter(|((kind, _), _)| !declared.contains(kind) && !by_address.contains(*kind));
    found.extend(new.filter_map(|((kind, field), (module, place))| {
        let variable = field.split(':').next().unwrap_or_default();
        let is_new = !read.iter().any(|name| name.eq_ignore_ascii_case(variable));
        let kind = catalog().kind(kind).filter(|_| is_new)?;
        Some(suggestion(kind, format!("imports {module}"), place, field.to_owned(), packages))
    }));
    found.sort_by(|a, b| (&a.kind, &a.place, &a.evidence).cmp(&(&b.kind, &b.place, &b.evidence)));
    found.dedup();
    found
}

/// A kind, and the one that replaces it: a client of either counts for both.
fn names_of(kind: &str) -> impl Iterator<Item = &str> {
    std::iter::once(kind).chain(catalog().kind(kind).and_then(|kind| kind.managed_as))
}

/// The variables that are mentioned elsewhere: those that fields or libraries read, or that a library would read if the code did not pass
/// the value.
fn read_already<'r>(classes: &'r [SettingsClass], libraries: &'r libraries::Found) -> BTreeSet<&'r str> {
    let fields = classes.iter().flat_map(|class| &class.fields).flat_map(|field| &field.env);
    let of_libraries = libraries.variables.iter().map(|variable| &variable.name);
    fields.chain(of_libraries).map(String::as_str).chain(libraries.given.iter().copied()).collect()
}

/// A kind, and the line that declares it.
type Need = (&'static str, &'static str);

/// The first import of a client of each kind, and of each client with special needs.
fn imports(files: &[(String, Mentions)], include_tests: bool) -> BTreeMap<Need, (String, Place)> {
    let mut first: BTreeMap<Need, (String, Place)> = BTreeMap::new();
    let import = |(path, mentions): &&(String, Mentions)| !mentions.imports.is_empty() && (include_tests || !is_test(path));
    for (path, mentions) in files.iter().filter(import) {
        for (module, at) in &mentions.imports {
            let Some((kind, client)) = catalog().client_import(module) else { continue };
            let earlier =
                |(_, known): &(String, Place)| (known.file.as_str(), known.line, known.column) <= (path, at.line, at.column);
            let need = (kind.name, client.field.unwrap_or(kind.field));
            if !first.get(&need).is_some_and(earlier) {
                first.insert(need, (client.import.to_owned(), Place::new(path.clone(), at.line, at.column)));
            }
        }
    }
    first
}

/// A plain string whose default or name suggests a URL.
fn address(field: &Setting, packages: &Packages) -> Option<Suggestion> {
    let only = field.annotation.as_ref().and_then(Annotation::only_library);
    let is_plain = only.is_some_and(|only| only.is("builtins", "str") || only.is("pydantic", "SecretStr"));
    if !is_plain || field.resource.is_some() || field.service.is_some() || field.path.is_some() || !field.template.is_empty() {
        return None;
    }
    let (kind, evidence) = by_default(field).or_else(|| by_name(field))?;
    let dsn = kind.dsn_types.first()?.name;
    let change = if field.optional { format!("{}: {dsn} | None", field.name) } else { format!("{}: {dsn}", field.name) };
    Some(suggestion(kind, evidence, field.place(), change, packages))
}

fn by_default(field: &Setting) -> Option<(&'static Kind, String)> {
    let Some(DefaultValue::Value(default)) = &field.default else { return None };
    let text = default.as_str().or_else(|| default.get("secret")?.as_str())?;
    let (scheme, _) = text.split_once("://")?;
    let kind = catalog().scheme(scheme)?;
    let variable = field.env.first().unwrap_or(&field.name);
    Some((kind, format!("{variable} defaults to a {}:// URL", scheme.to_ascii_lowercase())))
}

/// `redis_url`, `cache_redis_dsn`, `database_url`: the word before `url`, `uri` or `dsn` names a kind with a URL type.
fn by_name(field: &Setting) -> Option<(&'static Kind, String)> {
    if matches!(&field.default, Some(DefaultValue::Value(default)) if default.as_str().is_some_and(|text| !text.is_empty())) {
        // A default that is not a URL of that kind is stronger evidence than the name.
        return None;
    }
    let name = field.name.to_ascii_lowercase();
    let stem = ["_url", "_uri", "_dsn"].iter().find_map(|end| name.strip_suffix(end))?;
    let word = stem.rsplit('_').next().unwrap_or(stem);
    let kind = match word {
        "database" | "db" | "postgresql" | "psql" | "pg" => "postgres",
        "mongodb" => "mongo",
        "rabbitmq" => "amqp",
        other => other,
    };
    let kind = catalog().kind(kind).filter(|kind| !kind.dsn_types.is_empty())?;
    let variable = field.env.first().unwrap_or(&field.name);
    Some((kind, format!("the name of {variable} suggests a URL")))
}

fn suggestion(kind: &Kind, evidence: String, place: Place, change: String, packages: &Packages) -> Suggestion {
    let version = server_version(kind, packages).or_else(|| default_version(kind));
    Suggestion { kind: kind.name.to_owned(), evidence, place, change, version }
}

#[cfg(test)]
mod tests {
    use crate::testing::manifest_of;

    fn proposed(files: &[(&str, &str)]) -> Vec<String> {
        let manifest = manifest_of(files);
        manifest.suggestions.iter().map(|s| format!("{} {}: {} -> {}", s.place.short(), s.kind, s.evidence, s.change)).collect()
    }

    #[test]
    fn clients_that_are_imported() {
        let files =
            [("app.py", "import os\nimport psycopg\nfrom redis import Redis\n"), ("tests/test_app.py", "import nats\n")];
        assert_eq!(
            proposed(&files),
            [
                "app.py:2 postgres: imports psycopg -> database_url: PostgresDsn",
                "app.py:3 redis: imports redis -> redis_url: RedisDsn"
            ]
        );
    }

    #[test]
    fn clients_that_need_keys_of_their_own() {
        assert_eq!(
            proposed(&[("app.py", "import openai, anthropic, mlflow\n")]),
            [
                "app.py:1 llm: imports anthropic -> anthropic_api_key: SecretStr",
                "app.py:1 llm: imports openai -> openai_api_key: SecretStr",
                "app.py:1 mlflow: imports mlflow -> mlflow_tracking_uri: MlflowTrackingUri"
            ]
        );
        // A variable that the client reads by itself is suggested only once.
        assert_eq!(proposed(&[("app.py", "import openai\nopenai.OpenAI()\n")]), [""; 0]);
        // A variable whose value the code passes is not suggested.
        let given = "from anthropic import Anthropic\nAnthropic(api_key=settings.key)\n";
        assert_eq!(proposed(&[("app.py", given)]), [""; 0]);
        assert_eq!(proposed(&[("app.py", "import openai\nopenai.api_key = key\nopenai.OpenAI()\n")]), [""; 0]);
        assert_eq!(proposed(&[("app.py", "import mlflow\nmlflow.set_tracking_uri(uri)\nmlflow.start_run()\n")]), [""; 0]);
        let other = "import openai, anthropic\nanthropic.Anthropic(api_key=key)\n";
        assert_eq!(proposed(&[("app.py", other)]), ["app.py:1 llm: imports openai -> openai_api_key: SecretStr"]);
        assert_eq!(proposed(&[("app.py", "from snowflake.connector import connect\n")]).len(), 1);
    }

    #[test]
    fn nothing_for_what_is_declared() {
        let source = "import psycopg\nfrom pydantic import PostgresDsn\nfrom pydantic_settings import BaseSettings\n\nclass S(BaseSettings):\n    db: PostgresDsn\n";
        assert_eq!(proposed(&[("app.py", source)]), [""; 0]);
    }

    #[test]
    fn strings_that_are_addresses() {
        let source = "from pydantic_settings import BaseSettings\n\nclass S(BaseSettings):\n    store: str = 'postgresql+asyncpg://localhost/a'\n    cache_redis_url: str\n    amqp_url: None | str\n    home_url: str = 'https://example.org'\n    redis_url: str = 'memory'\n    title: str = 'x'\n";
        assert_eq!(
            proposed(&[("app.py", source)]),
            [
                "app.py:6 amqp: the name of AMQP_URL suggests a URL -> amqp_url: AmqpDsn | None",
                "app.py:4 postgres: STORE defaults to a postgresql+asyncpg:// URL -> store: PostgresDsn",
                "app.py:5 redis: the name of CACHE_REDIS_URL suggests a URL -> cache_redis_url: RedisDsn"
            ]
        );
    }
}
