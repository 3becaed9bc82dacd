//! `takk export compose`, and `takk run --parts`, which gives Compose the values that the file refers to. `PyYAML` parses the files, which
//! are checked against the Compose specification.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::Project;
use crate::process::takk;
use crate::python::venv;
use crate::shop::shop;
use takk_catalog::catalog;

/// Prints a file as JSON, after checking its names and references against the Compose specification.
const CHECK: &str = r"
import json, re, sys, yaml

file = yaml.safe_load(sys.stdin)
assert set(file) <= {'name', 'services', 'secrets', 'configs', 'volumes'}, file.keys()
assert re.fullmatch('[a-z0-9][a-z0-9_-]*', file['name']), file['name']
for name, service in file['services'].items():
    assert re.fullmatch('[A-Za-z0-9_-]+', name), name
    known = {'image', 'command', 'environment', 'secrets', 'configs', 'volumes', 'ports', 'healthcheck'}
    assert set(service) <= known, service.keys()
    assert re.fullmatch('[a-z0-9./-]+:[A-Za-z0-9_][A-Za-z0-9_.-]*', service['image']), service['image']
    for key in ('secrets', 'configs'):
        for used in service.get(key, []):
            assert used['source'] in file[key] and used['target'].startswith('/'), used
    for volume in service.get('volumes', []):
        assert volume.split(':')[0] in file['volumes'], volume
    for port in service['ports']:
        assert re.fullmatch(r'127\.0\.0\.1:(\$\{[A-Z0-9_]+:-[0-9]+\}|[0-9]+):[0-9]+', port), port
    assert service.get('healthcheck', {}).get('test', ['CMD'])[0] == 'CMD'
for secret in file.get('secrets', {}).values():
    assert re.fullmatch('TAKK_[A-Z0-9_]+', secret['environment']), secret
for text in re.findall(r'\$(?!\$|\{[A-Z0-9_]+(?::[-?][^}$]*)?\})', json.dumps(file).replace('$$', '')):
    raise AssertionError('a dollar sign that Compose refuses')
print(json.dumps(file))
";

/// Parses the file as Compose would.
fn read(text: &str) -> Value {
    let python = venv(&["pyyaml==6.0.3"]).join("bin/python");
    let mut command = Command::new(python);
    command.args(["-c", CHECK]);
    let answer = crate::process::piped(command, text.as_bytes());
    assert_eq!(answer.code, 0, "{}\n{text}", answer.err);
    serde_json::from_str(&answer.out).expect("JSON")
}

/// What `takk run --parts` sets in addition to the program's variables.
fn parts(project: &Project, arguments: &[&str]) -> BTreeMap<String, String> {
    let all = project.takk(&[&["run"], arguments, &["--", "env"]].concat()).done();
    let lines = all.lines().filter_map(|line| line.split_once('='));
    lines
        .filter(|(name, _)| name.starts_with("TAKK_") && name.contains("__"))
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect()
}

const SERVERS: &str = "
from typing import Annotated

from pydantic import NatsDsn, PostgresDsn, RedisDsn
from pydantic_settings import BaseSettings
from takk.models import ResourceTags
from takk.secrets import KafkaBootstrapServers, ResourceRef, S3AccessKey, S3Endpoint, S3SecretKey


class Settings(BaseSettings):
    database_url: PostgresDsn
    other_url: Annotated[PostgresDsn, ResourceRef(ResourceTags.psql_dsn, 'other')]
    redis_url: RedisDsn
    nats_url: NatsDsn | None = None
    s3_endpoint: S3Endpoint
    s3_access_key: S3AccessKey
    s3_secret_key: S3SecretKey
    kafka: KafkaBootstrapServers


settings = Settings()
";

/// A project with a value for every server.
fn filled() -> Project {
    let project = Project::with(SERVERS);
    for (name, value) in [
        ("DATABASE_URL", "postgresql://ada:p%40ss%20w%22rd$@localhost:6543/shop"),
        ("OTHER_URL", "postgresql://bob:another-secret@localhost/other"),
        ("REDIS_URL", "redis://:redis-secret@localhost:6400/0"),
        ("S3_ENDPOINT", "http://localhost:9001"),
        ("S3_ACCESS_KEY", "AK1"),
        ("S3_SECRET_KEY", "s3-secret-key"),
        ("KAFKA", "localhost:9099"),
    ] {
        project.set(name, value);
    }
    project
}

#[test]
fn the_shop_as_a_compose_file() {
    let answer = takk(&shop(), &["export", "compose", "--env", "dev"]).done();
    read(&answer);
    insta::assert_snapshot!(answer);
}

#[test]
fn the_servers_have_the_logins_and_ports_of_the_program() {
    let project = filled();
    assert_eq!(parts(&project, &[]), BTreeMap::new(), "nobody has asked for them");
    let parts = parts(&project, &["--parts"]);
    let text = |(name, value): &(&str, &str)| (format!("TAKK_{name}"), (*value).to_owned());
    let expected = [
        ("KAFKA__PORT", "9099"),
        ("POSTGRES__DATABASE", "shop"),
        ("POSTGRES__PASSWORD", "p@ss w\"rd$"),
        ("POSTGRES__PORT", "6543"),
        ("POSTGRES__USERNAME", "ada"),
        ("POSTGRES_OTHER__DATABASE", "other"),
        ("POSTGRES_OTHER__PASSWORD", "another-secret"),
        ("POSTGRES_OTHER__PORT", "5432"),
        ("POSTGRES_OTHER__USERNAME", "bob"),
        ("REDIS__PASSWORD", "redis-secret"),
        ("REDIS__PORT", "6400"),
        ("S3__ACCESS_KEY", "AK1"),
        ("S3__PORT", "9001"),
        ("S3__SECRET_KEY", "s3-secret-key"),
    ];
    assert_eq!(parts, expected.iter().map(text).collect());
    // The file refers to exactly these.
    let exported = project.takk(&["export", "compose"]).done();
    for asked in exported.split("${").skip(1).chain(exported.split("environment: \"").skip(1)) {
        let name: String = asked.chars().take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_').collect();
        assert!(parts.contains_key(&name), "{name}");
    }
    let file = read(&exported);
    assert_eq!(file["secrets"]["postgres-password"]["environment"], "TAKK_POSTGRES__PASSWORD");
    assert_eq!(file["services"]["postgres"]["ports"][0], "127.0.0.1:${TAKK_POSTGRES__PORT:-5432}:5432");
    assert_eq!(file["services"]["postgres-other"]["ports"][0], "127.0.0.1:${TAKK_POSTGRES_OTHER__PORT:-5433}:5432");
    let content = file["configs"]["redis-redis.conf"]["content"].as_str().expect("text");
    assert!(content.starts_with("requirepass ${TAKK_REDIS__PASSWORD:?"), "{content}");
    assert!(file["services"]["nats"].is_null(), "it is optional, and nothing is set");
}

#[test]
fn every_kind_that_takk_can_run_has_a_service() {
    let mut types = vec!["SecretStr".to_owned()];
    let mut fields = Vec::new();
    for kind in catalog().kinds().filter(|kind| kind.server.is_some()) {
        fields.extend(kind.tags.iter().map(|tag| format!("    of_{0}: Annotated[str, ResourceTags.{0}]", tag.member)));
        fields.extend(kind.dsn_types.iter().map(|dsn| format!("    {}_address: {}", kind.name, dsn.name)));
        types.extend(kind.dsn_types.iter().map(|dsn| dsn.name.to_owned()));
    }
    let (types, fields) = (types.join(", "), fields.join("\n"));
    let project = Project::with(&format!(
        "from typing import Annotated\n\nfrom pydantic import {types}\nfrom pydantic_settings import BaseSettings\n\
         from takk.models import ResourceTags\n\n\nclass Settings(BaseSettings):\n{fields}\n\n\nsettings = Settings()\n"
    ));
    let text = project.takk(&["export", "compose"]).done();
    let file = read(&text);
    for kind in catalog().kinds().filter(|kind| kind.server.is_some()) {
        let service = &file["services"][kind.name];
        let image = kind.default_version.and_then(|version| kind.container_image(version));
        assert_eq!(service["image"].as_str(), image.as_deref(), "{}\n{text}", kind.name);
        assert_eq!(service["healthcheck"].is_null(), kind.name == "mimir", "{}", kind.name);
    }
    // No two services publish the same port of this machine.
    let ports: Vec<&str> = text.lines().filter(|line| line.trim().starts_with("- \"127.0.0.1:")).collect();
    let of = |line: &&str| {
        let port = line.trim().trim_start_matches("- \"127.0.0.1:");
        let port = port.split_once(":-").map_or(port, |(_, default)| default);
        port.split(['}', ':']).next().map(str::to_owned)
    };
    let distinct: std::collections::BTreeSet<_> = ports.iter().filter_map(of).collect();
    assert_eq!(distinct.len(), ports.len(), "{text}");
}

#[test]
fn no_value_is_in_the_file() {
    let project = filled();
    let text = project.takk(&["export", "compose"]).done();
    for value in ["p%40ss", "p@ss", "ada", "bob", "another-secret", "redis-secret", "AK1", "s3-secret-key", "6543", "9001"] {
        assert!(!text.contains(value), "{value}\n{text}");
    }
    let json = project.takk(&["export", "compose", "--json"]).done();
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["compose"].as_str(), Some(text.as_str()));
}

#[test]
fn parts_are_masked_as_the_values_are() {
    let project = filled();
    let text = project.takk(&["run", "--redact", "--parts", "--", "env"]).done();
    for value in ["p@ss w\"rd$", "another-secret", "redis-secret", "s3-secret-key"] {
        assert!(!text.contains(value), "{value}\n{text}");
    }
}

#[test]
fn a_password_that_a_configuration_would_read_otherwise_is_refused() {
    let project = filled();
    for password in ["a%22b", "a%0Aappendonly%20no", "a%20b", "%24%7BX%7D"] {
        project.set("REDIS_URL", &format!("redis://:{password}@localhost:6400/0"));
        let error = project.takk(&["run", "--parts", "--", "env"]).refused();
        assert!(error.contains("the password of Redis `default` cannot be written into the server's configuration"), "{error}");
        assert!(error.contains("it is in REDIS_URL") && !error.contains(password), "{error}");
        project.takk(&["run", "--", "env"]).done();
    }
}

#[test]
fn hostile_names_are_harmless() {
    let names = ["a b", "a-b", "a_b", "a${HOME}", "a\"\\n  evil: {image: x}\\n#", "- *x", "A", "a\\u2028b", "%TAG", "é"];
    let field = |(at, name)| format!("    url_{at}: Annotated[RedisDsn, ResourceRef(ResourceTags.redis_dsn, '{name}')]");
    let fields = names.iter().enumerate().map(field).collect::<Vec<_>>().join("\n");
    let project = Project::with(&format!(
        "from typing import Annotated\n\nfrom pydantic import RedisDsn\nfrom pydantic_settings import BaseSettings\n\
         from takk.models import ResourceTags\nfrom takk.secrets import ResourceRef\n\n\nclass Settings(BaseSettings):\n{fields}\n\n\n\
         settings = Settings()\n"
    ));
    fs::write(project.root().join("pyproject.toml"), "[project]\nname = \"$x: [\\n\\u0085 evil\\\"\"\n").expect("written");
    let text = project.takk(&["export", "compose", "--env", "preview/new.cart"]).done();
    let file = read(&text);
    let services = file["services"].as_object().expect("services");
    assert_eq!(services.len(), names.len(), "{text}");
    assert!(services.values().all(|service| service["image"] == "redis:7.2.11"), "{text}");
    assert!(
        !text.contains("${HOME}")
            || text.lines().filter(|line| line.contains("${HOME}")).all(|line| line.trim().starts_with('#'))
    );
}

#[test]
fn a_version_that_is_no_tag_is_refused() {
    let project = Project::with(SERVERS);
    for (version, named) in [(r"17\n  x: y", r"17\n  x: y"), ("17:x/y", "17:x/y"), ("-x", "-x"), ("${HOME}", "${HOME}")] {
        let code = format!(
            "from takk.models import PostgresInstance, Project\n\n\
             project = Project(name='app', default=PostgresInstance(version='{version}'))\n"
        );
        fs::write(project.root().join("project.py"), code).expect("written");
        let error = project.takk(&["export", "compose"]).refused();
        let expected = format!("error: `{named}` is not a version of PostgreSQL `default` that an image can have\n");
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn a_file_of_somebody_else_stays() {
    let project = filled();
    let path = project.root().join("compose.yaml");
    fs::write(&path, "services: {}\n").expect("written");
    let error = project.takk(&["export", "compose", "--output", "compose.yaml"]).refused();
    assert!(error.contains("already exists, and takk did not write it") && error.contains("--force"), "{error}");
    assert_eq!(fs::read_to_string(&path).expect("there"), "services: {}\n");
    project.takk(&["export", "compose", "--output", "compose.yaml", "--force"]).done();
    // takk overwrites a file that it wrote itself.
    project.takk(&["export", "compose", "--output", "compose.yaml"]).done();
    let written = fs::read_to_string(&path).expect("there");
    assert_eq!(written, project.takk(&["export", "compose"]).done());
    fs::remove_file(&path).expect("removed");
    std::os::unix::fs::symlink("/etc/passwd", &path).expect("linked");
    let error = project.takk(&["export", "compose", "--output", "compose.yaml"]).refused();
    assert!(error.contains("symbolic link"), "{error}");
}

#[test]
fn a_project_without_servers_has_an_empty_file() {
    let project =
        Project::with("from pydantic_settings import BaseSettings\n\n\nclass S(BaseSettings):\n    name: str\n\n\nS()\n");
    let file = read(&project.takk(&["export", "compose"]).done());
    assert_eq!(file["services"], serde_json::json!({}));
}
