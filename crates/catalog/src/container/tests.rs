//! Checks the servers of all kinds, and how a version selects among their rows.

use std::collections::BTreeSet;

use super::*;
use crate::{DsnType, catalog};

/// The kinds that takk can run, with their servers.
fn servers() -> impl Iterator<Item = (&'static Kind, &'static Server)> {
    catalog().kinds().filter_map(|kind| Some((kind, kind.server.as_ref()?)))
}

/// All texts of a server in which placeholders are replaced.
fn texts(server: &'static Server) -> Vec<&'static str> {
    let commands = server.commands.iter().flat_map(|row| row.command);
    let visible = server.environment.iter().chain(server.command).chain(commands).copied();
    let files = server.files.iter().flat_map(|file| [file.path, file.text]);
    visible.chain(files).chain([server.tag]).chain(server.parts.iter().map(|part| part.value)).collect()
}

#[test]
fn what_takk_can_run_is_known() {
    let without: Vec<_> = catalog().kinds().filter(|kind| kind.server.is_none()).map(|kind| kind.name).collect();
    assert_eq!(without, ["discord", "environment", "llm", "slack", "snowflake", "teams"]);
}

#[test]
fn every_server_has_what_an_engine_needs() {
    for (kind, server) in servers() {
        let version = kind.default_version.unwrap_or_else(|| panic!("{}: no default version", kind.name));
        assert!(kind.image.is_some() && kind.port.is_some(), "{}", kind.name);
        let image = kind.container_image(version).expect("it has a server");
        assert!(image.contains(version) && !image.contains(['{', '}']), "{image}");
        for row in server.volumes {
            assert!(server.volume(version).is_some(), "{}: no row for {version}", kind.name);
            assert!(row.path.starts_with('/'), "{}", row.path);
        }
        let rows = server.images.iter().map(|row| row.version).chain(server.volumes.iter().map(|row| row.version));
        for row in rows.chain(server.commands.iter().map(|row| row.version)) {
            assert!(row.parse::<pep440_rs::VersionSpecifiers>().is_ok(), "{}: {row}", kind.name);
        }
        assert!(server.files.iter().all(|file| file.path.starts_with('/')), "{}", kind.name);
        assert!(server.environment.iter().all(|variable| variable.contains('=')), "{}", kind.name);
        assert!(server.ports.iter().all(|extra| Some(extra.port) != kind.port), "{}", kind.name);
    }
}

#[test]
fn every_part_of_a_kind_has_a_value_or_a_reason_why_not() {
    for (kind, server) in servers() {
        let tags = kind.tags.iter().map(|tag| tag.part);
        let wanted: BTreeSet<_> = tags.chain((!kind.dsn_types.is_empty()).then_some(DsnType::PART)).collect();
        let lacking: BTreeSet<_> = server.lacks.iter().map(|lack| lack.part).collect();
        let given: BTreeSet<_> = server.parts.iter().map(|part| part.part).collect();
        assert_eq!(&given | &lacking, wanted, "{}", kind.name);
        assert!(given.is_disjoint(&lacking), "{}", kind.name);
        // There is a row for every scheme and every set of packages.
        assert!(given.iter().all(|part| server.part(part, None, &|_| false).is_some()), "{}", kind.name);
    }
}

#[test]
fn every_placeholder_is_known() {
    for (kind, server) in servers() {
        let ports: Vec<_> = server.ports.iter().map(|extra| format!("port:{}", extra.name)).collect();
        for text in texts(server) {
            for name in placeholders(text) {
                let known = ["version", "host", "port", "name", "username"].contains(&name)
                    || server.credentials.contains(&name)
                    || ports.iter().any(|port| port == name)
                    || (name == "scheme" && server.parts.iter().any(|part| part.part == DsnType::PART && part.value == text));
                assert!(known, "{}: {{{name}}}", kind.name);
            }
        }
    }
}

#[test]
fn no_secret_can_be_seen_from_outside() {
    for (kind, server) in servers() {
        let commands = server.commands.iter().flat_map(|row| row.command);
        let visible = server.environment.iter().chain(server.command).chain(commands).chain(server.health).copied();
        for text in visible.chain([server.tag]).chain(server.files.iter().map(|file| file.path)) {
            for name in placeholders(text) {
                let secret = server.credentials.contains(&name) && !Server::PUBLIC.contains(&name);
                assert!(!secret, "{}: {text}", kind.name);
            }
        }
        // Variables that are not secret must not contain one either.
        for tag in kind.tags.iter().filter(|tag| !tag.secret) {
            for row in server.parts.iter().filter(|row| row.part == tag.part) {
                assert!(
                    placeholders(row.value).all(|name| !server.credentials.contains(&name) || Server::PUBLIC.contains(&name))
                );
            }
        }
    }
}

#[test]
fn every_credential_is_used() {
    for (kind, server) in servers() {
        let used: BTreeSet<_> = texts(server).into_iter().flat_map(placeholders).collect();
        assert!(server.credentials.iter().all(|name| used.contains(name)), "{}", kind.name);
    }
}

#[test]
fn rows_for_clients_name_packages_and_schemes_of_their_kind() {
    for (kind, server) in servers() {
        for row in server.parts {
            for package in row.packages {
                let of = catalog().client_package(package).map(|(kind, _)| kind.name);
                assert_eq!(of, Some(kind.name), "{package}");
            }
            for scheme in row.schemes {
                assert!(kind.dsn_types.iter().any(|dsn| dsn.schemes.contains(scheme)), "{scheme}");
            }
        }
    }
}

#[test]
fn the_version_decides_image_directory_and_command() {
    let server = |name| {
        let kind = catalog().kind(name).expect("a kind");
        (kind, kind.server.as_ref().expect("it can be run"))
    };
    let (postgres, of_postgres) = server("postgres");
    assert_eq!(postgres.container_image("17").as_deref(), Some("postgres:17"));
    assert_eq!(of_postgres.volume("17.10"), Some("/var/lib/postgresql/data"));
    assert_eq!(of_postgres.volume("18"), Some("/var/lib/postgresql"));
    assert_eq!(of_postgres.volume("latest"), Some("/var/lib/postgresql"), "what is no number is taken for the newest");
    let with = |version, extensions: &[&'static str]| postgres.container_image_with(version, extensions.iter().copied());
    let image = |name: &str, tag| Some((name.to_owned(), tag));
    assert_eq!(with("17", &[]), image("postgres:17", "{version}"));
    assert_eq!(with("17", &["hstore"]), image("postgres:17", "{version}"), "a part of PostgreSQL itself");
    assert_eq!(with("17.10", &["hstore", "vector"]), image("pgvector/pgvector:pg17", "pg{major}"));
    assert_eq!(with("16", &["postgis_topology"]), image("postgis/postgis:16-3.5", "{major}-3.5"));
    assert_eq!(with("18", &["postgis", "vector"]), image("postgis/postgis:18-3.6", "{major}-3.6"));
    let (opensearch, _) = server("opensearch");
    assert_eq!(opensearch.container_image("2.x").as_deref(), Some("opensearchproject/opensearch:2"));
    let (otel, _) = server("otel");
    assert_eq!(otel.container_image("1.76.0").as_deref(), Some("jaegertracing/all-in-one:1.76.0"));
    let (_, spark) = server("spark");
    assert_eq!(spark.command_of("4.0.1").len(), 1);
    assert!(spark.command_of("3.5.6").contains(&"org.apache.spark:spark-connect_2.12:{version}"));
    assert!(catalog().kind("slack").expect("a kind").container_image("1").is_none());
}

#[test]
fn scheme_and_packages_decide_the_port_of_clickhouse() {
    let server = catalog().kind("clickhouse").and_then(|kind| kind.server.as_ref()).expect("it can be run");
    let port = |part, scheme, packages: &[&str]| {
        let row = server.part(part, scheme, &|name| packages.contains(&name)).expect("a row");
        if row.value.contains("{port:http}") { "http" } else { "native" }
    };
    assert_eq!(port("port", None, &["clickhouse-driver"]), "native");
    assert_eq!(port("port", None, &["clickhouse-connect"]), "http");
    assert_eq!(port("dsn", Some("clickhouse+native"), &["clickhouse-connect"]), "native");
    assert_eq!(port("dsn", Some("clickhousedb"), &[]), "http");
    assert_eq!(port("dsn", Some("clickhouse"), &["clickhouse-sqlalchemy", "clickhouse-driver"]), "http");
    assert_eq!(port("dsn", Some("clickhouse"), &["clickhouse-driver"]), "native");
}

#[test]
fn only_placeholders_are_replaced() {
    let value = |name: &str| match name {
        "password" => Some("{host}".to_owned()),
        "port:http" => Some("8123".to_owned()),
        _ => None,
    };
    assert_eq!(fill("{ a: \"{password}\", b: {port:http} } {unknown} {", &value), "{ a: \"{host}\", b: 8123 } {unknown} {");
    assert_eq!(placeholders("{a} { b } {{c_d}} {e:f} {G} {").collect::<Vec<_>>(), ["a", "c_d", "e:f"]);
}
