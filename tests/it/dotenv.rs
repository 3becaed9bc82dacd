//! `takk dotenv`

use std::fs;
use std::path::Path;
use std::process::Command;

use takk::ui::dotenv_text::render;
use takk_project::exchange::Edited;
use takk_project::ops::dotenv::dotenv;

use crate::process::takk;
use crate::python::{run, venv};
use crate::sample;

/// The file with what the shop needs.
fn written(existing: &str) -> String {
    let existing = Edited::new(existing.to_owned());
    let bytes = render(&dotenv(&sample::shop(), &existing), &existing).expect("nothing is in the way");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn a_new_file_says_what_to_fill_in() {
    let text = written("");
    assert!(!text.contains("changeme"));
    insta::assert_snapshot!(text);
}

const EXISTING: &str = "\
# mine
export STRIPE_KEY='sk_test' # from the dashboard
pg_url=postgresql://localhost/shop

# --- the cache, only on Tuesdays
CACHE__HOST=redis
MY_OWN=1

# mail
SMTP_PORT=2525
SMTP_PORT=26
# about the certificate
CERT=\"-----BEGIN
-----END\"";

#[test]
fn what_the_file_has_stays_and_what_is_new_comes_to_its_class() {
    let text = written(EXISTING);
    insta::assert_snapshot!(text);
    assert!(!text.contains("\nDATABASE_URL="), "the other name of a variable is set already:\n{text}");
}

#[test]
fn lines_are_only_added() {
    for existing in
        [EXISTING.to_owned(), EXISTING.replace('\n', "\r\n"), format!("\u{feff}{EXISTING}\n"), EXISTING.replace('\n', "\r")]
    {
        let text = written(&existing);
        let mut rest = text.split_inclusive(['\r', '\n']);
        for line in existing.split_inclusive(['\r', '\n']) {
            assert!(
                rest.any(|kept| kept.trim_end_matches(['\r', '\n']) == line.trim_end_matches(['\r', '\n'])),
                "{line:?} is lost:\n{text}"
            );
        }
        let bare = text.replace("\r\n", "");
        if existing.contains("\r\n") {
            assert!(!bare.contains(['\r', '\n']), "an end of a line is of another sort");
        } else if existing.contains('\r') {
            assert!(!text.contains('\n'), "an end of a line is of another sort");
        }
    }
}

#[test]
fn writing_twice_changes_nothing() {
    let blank = String::from(" \n");
    for existing in [String::new(), blank, EXISTING.to_owned(), EXISTING.replace('\n', "\r\n")] {
        let once = written(&existing);
        assert_eq!(written(&once), once);
    }
}

/// A class with defaults of many types and all the characters that are special in dotenv files.
const DEFAULTS: &str = r#"from enum import Enum
from pathlib import Path
from typing import Literal

from pydantic import AnyUrl, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Colour(Enum):
    RED = "red it is"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MILL_")
    url: str = Field("http://127.0.0.1:7100/grain", description="Where the mill answers.\nWith its path.")
    site: str
    pass_phrase: SecretStr
    tags: list[str] = ["a b", "c#d", "$x ${HOME}"]
    banner: str = "line one\n# line two\r\n\ttab"
    separators: str = "a\u2028b\x85c"
    dollar: str = "pa$$w${HOME} ${NONE:-x} ${ $"
    empty: str = ""
    quote: str = "it's \"q\" \\n \\"
    spaces: str = "  two  # no comment "
    letters: str = "Größe 日本"
    number: int = 5
    ratio: float = 0.25
    flag: bool = True
    mode: Literal["a", "b c"] = "b c"
    colour: Colour = Colour.RED
    where: Path = Path("/srv/a b")
    page: AnyUrl | None = None
    either: int | str = 5
    maybe: int | None = 3
    table: dict[str, int] = {"a": 1}
    hidden: SecretStr = SecretStr("changeme")
"#;

#[test]
fn a_default_that_is_uncommented_is_the_default() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    fs::write(path.join("settings.py"), DEFAULTS).expect("written");
    let answer = takk(path, &["dotenv", "--output", "new.env"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let packages = ["pydantic==2.14.3", "pydantic-settings==2.16.3", "typing_extensions==4.16.0", "email-validator==2.4.0"];
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/dotenv_defaults.py");
    let mut python = Command::new(venv(&packages).join("bin/python"));
    let given = run(python.arg(script).arg(path).env("PYTHONDONTWRITEBYTECODE", "1"));
    let given: Vec<String> = serde_json::from_str(&given).expect("names");
    let shown = [
        "url", "tags", "banner", "dollar", "empty", "quote", "spaces", "letters", "number", "ratio", "flag", "mode", "colour",
        "where", "maybe", "table",
    ];
    assert_eq!(given, shown);
    let text = fs::read_to_string(path.join("new.env")).expect("written");
    assert!(text.contains("\n# MILL_PAGE: AnyUrl | None, not required, default None; settings.py:"), "{text}");
    assert!(!text.contains("changeme"), "{text}");
}

const EXAMPLE: &str = "# where the shop listens\nSHOP_LISTEN=7001\n\n# the mill\n# only needed on Tuesdays\nMILL_URL=\"http://127.0.0.1:7100/grain\"\n\
                       MILL_SITE=\"north\"   # or south\nexport MILL_PASS_PHRASE=\n# carts: ask the yard\nCART_URL=\"amqp://${CART_HOST}:5000\"\n\
                       MILL_BANNER=\"top\nbottom\"";

#[test]
fn a_file_of_the_user_is_added_to() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    fs::write(path.join("settings.py"), DEFAULTS).expect("written");
    fs::write(path.join(".env.example"), EXAMPLE).expect("written");
    let answer = takk(path, &["dotenv", "--output", ".env.example"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let once = fs::read_to_string(path.join(".env.example")).expect("read");
    insta::assert_snapshot!("a file of the user", once);
    assert_eq!(takk(path, &["dotenv"]).out, once, "what is printed is the same file");
    assert_eq!(takk(path, &["dotenv", "--output", ".env.example"]).code, 0);
    assert_eq!(fs::read_to_string(path.join(".env.example")).expect("read"), once, "a second run changes nothing");
}

#[test]
fn what_cannot_be_added_to_is_left_as_it_is() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    fs::write(path.join("settings.py"), DEFAULTS).expect("written");
    for (bytes, said) in
        [(&b"A='open\nMILL_SITE=north\n"[..], "open.env:1:3: a quote is not closed"), (b"\xff\xfeA\0=\x001\0", "it is UTF-16")]
    {
        fs::write(path.join("open.env"), bytes).expect("written");
        let answer = takk(path, &["dotenv", "--output", "open.env"]);
        assert_ne!(answer.code, 0, "{}", answer.out);
        assert!(answer.err.contains(said), "{}", answer.err);
        assert_eq!(fs::read(path.join("open.env")).expect("read"), bytes);
    }
}

#[test]
fn names_that_a_class_refuses_are_a_finding() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    let found = |config: &str, file: &str| {
        let class = format!(
            "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env', {config})\n\n    site: str = 'a'\n    tags: list[str] = []\n"
        );
        fs::write(path.join("settings.py"), class).expect("written");
        fs::write(path.join(".env"), file).expect("written");
        let out = takk(path, &["check", "--select", "TK035"]).out;
        out.lines().find(|line| line.contains("TK035")).map(str::to_owned).unwrap_or_default()
    };
    // Most of these were tried with pydantic-settings 2.16.3; the others follow from its source.
    for (config, file) in [
        ("", "SITE=b\nsite=c\nOTHER=\n# FOO=1\n"),
        ("extra='ignore'", "OTHER=1\n"),
        ("extra='allow'", "OTHER=1\n"),
        ("env_prefix='A_'", "A_SITE=1\nSITE=1\n"),
        ("env_nested_delimiter='__'", "TAGS__0=1\n"),
        ("dotenv_filtering='only_existing'", "OTHER=1\n"),
        ("dotenv_filtering='match_prefix', env_prefix='A_'", "OTHER=1\n"),
    ] {
        assert_eq!(found(config, file), "", "{config} {file}");
    }
    for (config, file) in [
        ("", "OTHER=1\n"),
        ("env_prefix='A_'", "A_OTHER=1\n"),
        ("env_prefix='A_'", "OTHER=1\n"),
        ("case_sensitive=True", "SITE=1\n"),
        ("", "TAGS_X=1\n"),
        ("dotenv_filtering='match_prefix', env_prefix='A_'", "A_OTHER=1\n"),
    ] {
        assert!(found(config, file).contains("`.env`"), "{config} {file}");
    }
}

#[test]
fn only_what_is_made_refuses_names_of_the_file_that_it_is_made_with() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    let found = |config: &str, program: &str| {
        let settings = format!(
            "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict({config})\n\n    site: str = 'a'\n\n\nclass Whole(BaseSettings):\n    inner: Settings | None = None\n\n\nclass Derived(Settings):\n    model_config = SettingsConfigDict(extra='ignore')\n"
        );
        fs::write(path.join("settings.py"), settings).expect("written");
        fs::write(path.join("main.py"), format!("from settings import Derived, Settings, Whole\n\n{program}\n"))
            .expect("written");
        fs::write(path.join(".env"), "OTHER=1\n").expect("written");
        fs::write(path.join("own.env"), "SITE=1\n").expect("written");
        takk(path, &["check", "--select", "TK035"]).out.contains("TK035")
    };
    // From the source of pydantic-settings 2.16.3.
    for (config, program) in [
        ("env_file='.env'", "Whole()"),
        ("env_file='.env'", "Derived()"),
        ("env_file='.env'", "Settings(_env_file=None)"),
        ("env_file='.env'", "Settings(_env_file='own.env')"),
        ("env_file='.env'", "try:\n    Settings()\nexcept ValueError:\n    pass"),
    ] {
        assert!(!found(config, program), "{config} {program}");
    }
    for (config, program) in [
        ("env_file='.env'", "Settings()"),
        ("env_file='.env'", "Settings(), Derived()"),
        ("env_file='own.env'", "Settings(_env_file='.env')"),
        ("", "Settings(_env_file=('own.env', '.env'))"),
    ] {
        assert!(found(config, program), "{config} {program}");
    }
}
