//! Names with control sequences for terminals and CI servers, a project that consists of them, and what output may contain nevertheless.

use std::fmt::Write;

use super::harness::Site;

/// A text with all kinds of control sequences: title, clipboard and screen of a terminal, in 7 and 8 bits; a style of takk's own, and
/// another one; direction marks; line separators; commands of CI servers at the beginning of lines and elsewhere.
pub(super) const EVIL: &str = "e\u{1b}]52;c;Q0FOQVJZ\u{7}\u{1b}]0;CANARY\u{7}\u{1b}[2J\u{1b}[1m\u{1b}[31mCANARY\u{1b}[0m\u{1b}[35;44mCANARY\
    \u{9b}31m\u{9d}0;CANARY\u{9c}\u{202e}\u{2066}\u{7f}\u{8}\u{e0041}\u{feff}\u{85}\t\r::error::CANARY\n::error::CANARY\
    \n::stop-commands::CANARY\n \t::warning::CANARY\n##[error]CANARY ##vso[task.x]CANARY\n##teamcity[x]\u{2028}::error::CANARY\
    \u{2029}::error::CANARY\r\n\nCANARY begins a line\n| CANARY | ` <b>CANARY</b> &\nsection_start:1:CANARY\r\u{1b}[0Ke";

/// The same without line breaks, as it can occur on a line of a file.
pub(super) fn evil_line() -> String {
    EVIL.replace(['\n', '\r'], " ")
}

/// The styles of takk, of its excerpts, and of command line errors.
const STYLES: [&str; 15] = ["", "0", "1", "2", "4", "31", "32", "33", "36", "91", "93", "94", "95", "96", "92"];

/// A Python literal.
pub(super) fn python(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            literal.push(c);
        } else {
            write!(literal, "\\U{:08x}", u32::from(c)).expect("a string");
        }
    }
    literal + "\""
}

/// A string in TOML and JSON.
pub(super) fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            literal.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(literal, "\\u{unit:04x}").expect("a string");
            }
        }
    }
    literal + "\""
}

/// A string in TOML, where a character above U+FFFF is not a surrogate pair.
pub(super) fn toml(text: &str) -> String {
    let text: String = text.chars().filter(|c| u32::from(*c) <= 0xffff).collect();
    quoted(&text)
}

/// Checks that a text contains no control sequences. `colored`: takk's own styles are allowed.
pub(super) fn assert_tame(text: &str, colored: bool, what: &str) {
    let mut plain = text.to_owned();
    if colored {
        for style in STYLES {
            plain = plain.replace(&format!("\u{1b}[{style}m"), "");
        }
        assert!(
            !text.contains("\u{1b}[31mCANARY") && !text.contains("\u{1b}[1m\u{1b}[31mCANARY"),
            "{what} takes a style from a name"
        );
    }
    let unseen = plain.chars().find(|c| takk_model::visible::is_unseen(*c));
    assert_eq!(unseen, None, "{what} prints it: {}", around(&plain, unseen));
    for line in plain.lines() {
        let start = line.trim_start();
        assert!(!start.starts_with("::"), "{what} begins a line with a command: {line}");
        assert!(!line.starts_with("CANARY"), "{what} lets a name begin a line: {line}");
        for command in ["##[", "##vso[", "##teamcity["] {
            assert!(!line.contains(command), "{what} has a command in a line: {line}");
        }
    }
}

/// Checks that every line is a command of takk's own, without anything that ends it early.
pub(super) fn assert_annotations(text: &str, what: &str) {
    let unseen = text.chars().find(|c| takk_model::visible::is_unseen(*c));
    assert_eq!(unseen, None, "{what}: {}", around(text, unseen));
    for line in text.lines() {
        let is_own = ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start));
        assert!(is_own, "{what}: {line}");
        let (properties, _) = line[2..].split_once("::").expect("it has data");
        for property in properties.split_once(' ').map_or("", |(_, all)| all).split(',') {
            let known = ["file=", "line=", "col=", "endLine=", "endColumn=", "title="];
            assert!(known.iter().any(|name| property.starts_with(name)), "{what}: {property}");
            assert!(!property.contains(':'), "{what}: {property}");
        }
    }
}

fn around(text: &str, unseen: Option<char>) -> String {
    let Some(at) = unseen.and_then(|c| text.find(c)) else { return String::new() };
    let from = text[..at].char_indices().rev().nth(60).map_or(0, |(at, _)| at);
    text[from..].chars().take(140).collect::<String>().escape_debug().to_string()
}

/// A checkout in which everything that can have a name has that one. If its code is run, it leaves a file outside.
pub(super) fn everything() -> Site {
    let site = Site::new();
    let proof = site.outside().join("code was run");
    let settings = SETTINGS
        .replace("EVIL_LINE", &evil_line())
        .replace("PROOF", &python(&proof.to_string_lossy()))
        .replace("EVIL", &python(EVIL))
        .replace("MORE", &python(&format!("{EVIL}A")));
    site.write("app/settings.py", settings);
    // What a file system accepts: everything but NUL and `/`, in at most 255 bytes.
    let name: String = EVIL.replace(['/', '<', '>'], "").chars().take(100).collect();
    let module = "from pydantic_settings import BaseSettings\nclass There(BaseSettings):\n    there: str\n    url: str = \"postgres://u:p@h/d\"\n";
    site.write(&format!("{name}/{name}.py"), module);
    site.write(&format!("broken {name}.py"), "class X(BaseSettings:\n");
    let evil = toml(EVIL);
    site.write(
        "pyproject.toml",
        format!(
            "[project]\nname = {evil}\nversion = {evil}\nrequires-python = {evil}\ndescription = {evil}\ndependencies = [{evil}, \
             \"pydantic>=2\", \"redis\", \"psycopg\"]\n[tool.takk]\ndomain = {evil}\n[tool.takk.environments.dev]\ncontext = {{ stage = {evil} }}\n\
             [tool.takk.environments.prod]\ndomain = {evil}\n"
        ),
    );
    site.write(
        "uv.lock",
        format!(
            "version = 1\n[[package]]\nname = {evil}\nversion = {evil}\n[[package]]\nname = \"redis\"\nversion = {evil}\n\
             [[package]]\nname = \"psycopg\"\nversion = \"3.2.3\"\n"
        ),
    );
    site.write("requirements.txt", format!("{}\nredis=={}\n", evil_line(), evil_line()));
    site.write(".env", format!("PLAIN={}\nBAD='{EVIL}'\n{}=x\n", evil_line(), evil_line()));
    site.write(".env.example", format!("# {}\n{}=y\nPLAIN=\"{}\"\n", evil_line(), evil_line(), evil_line()));
    site.write("import.env", format!("PORT=80\n{}=1\nPLAIN='{EVIL}'\nexport {}\n", evil_line(), evil_line()));
    site.write("value", EVIL);
    site
}

const SETTINGS: &str = r#"# EVIL_LINE
import os
from enum import Enum
from typing import Annotated, Literal

import redis
from pydantic import AliasChoices, AnyUrl, BaseModel, Field, PostgresDsn, PostgresDns, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from takk import FastAPIApp, Job, NetworkApp, Project, Worker
from takk.resources import PostgresInstance
from takk.secrets import ResourceRef, ServiceUrl, Template
from vaultly import Secret, SecretModel

open(PROOF, "w")


class Level(Enum):
    LOW = EVIL
    HIGH = "high"


class Inner(BaseModel):
    host: str = Field(EVIL, description=EVIL)
    word: str = Field(alias=EVIL)


class Settings(BaseSettings):
    EVIL
    model_config = SettingsConfigDict(env_prefix=EVIL, env_file=[".env", EVIL], env_nested_delimiter=EVIL, secrets_dir=EVIL)

    prefixed: str
    named: str = Field(validation_alias=MORE, title=EVIL, description=EVIL, pattern=EVIL)
    several: int = Field(validation_alias=AliasChoices(EVIL, MORE, "KNOWN"), examples=[EVIL])
    chosen: Literal[EVIL, MORE] = Field(description=EVIL)
    defaulted: str = EVIL
    listed: list[str] = [EVIL]
    mapped: dict[str, str] = {EVIL: EVIL}
    level: Level = Level.LOW
    computed: str = Field(default_factory=lambda: EVIL + os.getcwd())  # EVIL_LINE
    old: str = Field("", deprecated=EVIL)
    inner: Inner
    database: Annotated[PostgresDsn, ResourceRef(EVIL)]
    wrong: PostgresDns = EVIL
    url: Annotated[AnyUrl, ServiceUrl(EVIL, "internal")]
    outer_url: Annotated[AnyUrl, ServiceUrl("api", "external", EVIL)]
    made: Annotated[str, Template([EVIL, ServiceUrl("api", "external", "https"), EVIL])]
    token: SecretStr = EVIL


class Plain(BaseSettings):
    """Words. EVIL_LINE"""

    plain: str = Field(description=EVIL)
    pick: Literal[EVIL, MORE] = Field(description=EVIL)
    api_token: SecretStr = Field(description=EVIL, examples=[EVIL])
    port: int = 80
    dsn: str = "postgres://u:p@h/d"  # EVIL_LINE


class Vault(SecretModel):
    stage: str = EVIL
    password: str = Secret("/{stage}/" + EVIL, version=EVIL, description=EVIL)


os.environ[EVIL]
os.environ["READ_PLAINLY"]
os.getenv(MORE, EVIL)
client = redis.Redis(host=EVIL)

project = Project(
    name=EVIL,
    shared_settings=[Settings],
    api=FastAPIApp(EVIL, settings=[Plain], description=EVIL, domain_names=[EVIL], environments={EVIL: EVIL}, tags=[EVIL]),
    job=Job(print, cron_schedule=EVIL, settings=[Vault]),
    net=NetworkApp(port=80, command=[EVIL], docker_image=EVIL, health_check=EVIL),
    default=PostgresInstance(version=EVIL),
    **{EVIL: Worker(EVIL)},
)
other = Project(name=EVIL)
"#;
