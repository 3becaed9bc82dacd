//! The rules: every example in their documentation, the reference page, and how `takk check` handles findings.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use takk_analysis::rules::RULES;
use takk_model::{RuleDoc, Severity};
use takk_project::ops::project::{ProjectOptions, read};
use tempfile::TempDir;

use crate::process;

/// The files of one half of an example: name and bytes.
type Files = Vec<(String, Vec<u8>)>;

/// The code blocks under `Found:` and under `Correct:`.
fn examples(doc: &RuleDoc) -> (Files, Files) {
    let (found, correct) = doc.documentation.split_once("\nCorrect:\n").expect("documented");
    (blocks(found), blocks(correct))
}

fn blocks(markdown: &str) -> Files {
    let parts: Vec<&str> = markdown.split("\n```").collect();
    parts.iter().skip(1).step_by(2).map(|block| file_of(block)).collect()
}

/// A block whose first line is its language, optionally followed by a comment with the file name.
fn file_of(block: &str) -> (String, Vec<u8>) {
    let (_, code) = block.split_once('\n').expect("a language, then code");
    let Some((title, text)) = code.strip_prefix("# ").and_then(|rest| rest.split_once('\n')) else {
        return ("settings.py".to_owned(), format!("{code}\n").into_bytes());
    };
    let (name, manner) = title.split_once(", ").unwrap_or((title, ""));
    assert!(name.contains('.'), "`{name}` names no file");
    let text = format!("{text}\n");
    let latin_1 = manner == "saved as Latin-1";
    let bytes =
        if latin_1 { text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect() } else { text.into_bytes() };
    (name.to_owned(), bytes)
}

fn written(files: &Files) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, bytes) in files {
        fs::write(directory.path().join(name), bytes).expect("written");
    }
    directory
}

/// The codes that a project of these files gives, without duplicates.
fn codes(files: &Files) -> Vec<String> {
    let directory = written(files);
    let options = ProjectOptions { path: directory.path().to_owned(), ..ProjectOptions::default() };
    let mut codes: Vec<String> =
        read(&options).expect("read").findings.iter().map(|finding| finding.code.to_string()).collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn every_example_gives_its_finding_and_no_other() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let code = rule.doc.code.to_string();
        let (found, correct) = examples(&rule.doc);
        if codes(&found) != [code.clone()] {
            wrong.push(format!("{code}: what should be found gives {:?}", codes(&found)));
        }
        if !codes(&correct).is_empty() {
            wrong.push(format!("{code}: what is right gives {:?}", codes(&correct)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The reference page. A heading is only the code, so that `findings.md#tk001` links to it.
fn reference() -> String {
    let mut page = String::from(
        "# Findings\n\nWhat `takk check` reports. `takk explain CODE` prints one of these in the terminal. A comment `# noqa: CODE` silences a\n\
         finding on its line, `ignore` in `[tool.takk]` everywhere, `--select` and `--ignore` for one run. This page is made from\n\
         the rules by a test.\n\n| code | name | severity | what it means |\n|---|---|---|---|\n",
    );
    for RuleDoc { code, name, severity, summary, .. } in takk_project::ops::rules::RULES.iter().copied() {
        let anchor = code.to_string().to_lowercase();
        writeln!(page, "| [{code}](#{anchor}) | `{name}` | {} | {summary} |", shown(severity)).expect("text");
    }
    for doc in takk_project::ops::rules::RULES.iter().copied() {
        let documentation = doc.documentation.trim();
        write!(page, "\n## {}\n\n`{}`, {}: {}.\n\n{documentation}\n", doc.code, doc.name, shown(doc.severity), doc.summary)
            .expect("text");
    }
    page
}

fn shown(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "proposal",
    }
}

#[test]
fn the_reference_is_what_the_rules_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/findings.md");
    let page = reference();
    if std::env::var_os("TAKK_UPDATE").is_some() {
        fs::write(&path, &page).expect("written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "docs/findings.md is not what the rules say: run the tests with TAKK_UPDATE=1");
}

const SECRET: &str = "from pydantic import SecretStr\nfrom pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    \
                      key: SecretStr = SecretStr(\"changeme\")";

/// A project with one hard-coded secret. `comment` is at the end of its line, `settings` in `pyproject.toml`.
fn project(comment: &str, settings: &str) -> TempDir {
    written(&vec![
        ("settings.py".to_owned(), format!("{SECRET}{comment}\n").into_bytes()),
        ("pyproject.toml".to_owned(), format!("[tool.takk]\n{settings}\n").into_bytes()),
    ])
}

/// The exit status and the output of `takk`.
fn takk(directory: &TempDir, arguments: &[&str]) -> (Option<i32>, String) {
    let answer = process::takk(directory.path(), arguments);
    (Some(answer.code), answer.out + &answer.err)
}

#[test]
fn a_finding_ends_with_1() {
    let (code, text) = takk(&project("", ""), &["check"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("settings.py:6:5: TK004: secret `Settings.key` is hard-coded in the source"), "{text}");
}

#[test]
fn a_finding_is_silenced_where_it_stands_for_the_project_or_for_a_run() {
    let silent = |comment: &str, settings: &str, arguments: &[&str]| {
        let (code, text) = takk(&project(comment, settings), arguments);
        assert_eq!(code, Some(0), "{comment} {settings} {arguments:?}: {text}");
        assert!(!text.contains("TK004"), "{text}");
    };
    silent("  # noqa: TK004", "", &["check"]);
    silent("", "ignore = [\"TK004\"]", &["check"]);
    silent("", "", &["check", "--ignore", "TK004"]);
    silent("", "", &["check", "--select", "TK001,TK002"]);
    assert_eq!(takk(&project("  # noqa: TK003", ""), &["check"]).0, Some(1));
    assert_eq!(takk(&project("", ""), &["check", "--select", "TK004"]).0, Some(1));
}

#[test]
fn a_code_that_does_not_exist_is_refused() {
    let (code, text) = takk(&project("", ""), &["check", "--select", "TK404"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("error: no finding has a code that starts with `TK404`"), "{text}");
    assert!(text.contains("hint: "), "{text}");
}

#[test]
fn every_rule_explains_itself() {
    let directory = project("", "");
    for doc in takk_project::ops::rules::RULES.iter().copied() {
        for asked in [doc.code.to_string(), doc.name.to_owned()] {
            let (code, text) = takk(&directory, &["explain", &asked]);
            assert_eq!(code, Some(0), "{text}");
            assert!(text.starts_with(&format!("{} {} (", doc.code, doc.name)), "{text}");
        }
    }
}

/// The findings of one settings module as `line: code severity message (help)`.
fn findings_of(text: &str) -> Vec<String> {
    let directory = written(&vec![("settings.py".to_owned(), text.as_bytes().to_vec())]);
    let options = ProjectOptions { path: directory.path().to_owned(), ..ProjectOptions::default() };
    let findings = read(&options).expect("read").findings;
    findings
        .iter()
        .map(|finding| {
            let line = finding.place.as_ref().map_or(0, |place| place.line);
            let help = finding.help.as_deref().unwrap_or_default();
            format!("{line}: {} {} {} ({help})", finding.code, shown(finding.severity), finding.message)
        })
        .collect()
}

#[test]
fn types_conflict_by_what_they_accept() {
    let class = |name: &str, annotation: &str| format!("class {name}(BaseSettings):\n    store: {annotation}\n");
    let module = |one: &str, two: &str| {
        "from pydantic import AnyUrl, PostgresDsn, RedisDsn, SecretStr\nfrom pydantic_settings import BaseSettings\n".to_owned()
            + &class("One", one)
            + &class("Two", two)
    };
    for (one, two) in [("str", "SecretStr"), ("int | None", "int"), ("PostgresDsn", "None | PostgresDsn")] {
        assert_eq!(findings_of(&module(one, two)), [""; 0], "{one} and {two}");
    }
    for (one, two, severity) in [
        ("str", "int", "warning"),
        ("AnyUrl", "PostgresDsn", "warning"),
        ("int", "bool", "warning"),
        ("int", "PostgresDsn", "error"),
        ("RedisDsn", "PostgresDsn", "error"),
    ] {
        let message = format!("`STORE` is `{two}` in `Two.store` and `{one}` in `One.store` (settings.py:4)");
        let help = format!("(write `store: {one}`, or make one of the fields read another variable)");
        assert_eq!(findings_of(&module(one, two)), [format!("6: TK003 {severity} {message} {help}")]);
    }
}

/// The findings of several modules, as `file:line: code message`.
fn findings_in(files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let directory = written(&files);
    let options = ProjectOptions { path: directory.path().to_owned(), ..ProjectOptions::default() };
    let findings = read(&options).expect("read").findings;
    let place = |place: &takk_model::Place| place.short();
    let told =
        |f: &takk_model::Finding| format!("{}: {} {}", f.place.as_ref().map(place).unwrap_or_default(), f.code, f.message);
    findings.iter().map(told).collect()
}

#[test]
fn types_of_one_name_are_told_apart() {
    let modes = |one: &str, two: &str| {
        let module = |class: &str, values: &str| {
            format!(
                "import enum\nfrom pydantic_settings import BaseSettings\nclass Mode(enum.Enum):\n    A = {values}\nclass \
                 {class}(BaseSettings):\n    mode: Mode | None\n"
            )
        };
        let main = "import one, two\nsettings = one.One(), two.Two()\n";
        findings_in(&[("main.py", main), ("one.py", &module("One", one)), ("two.py", &module("Two", two))])
    };
    // Two classes that are copies of each other accept the same values.
    assert_eq!(modes("'a'", "'a'"), [""; 0]);
    assert_eq!(
        modes("'a'", "'b'"),
        ["two.py:6: TK003 `MODE` is `two.Mode | None` in `Two.mode` and `one.Mode | None` in `One.mode` (one.py:6)"]
    );
}

#[test]
fn what_only_looks_like_a_type_is_none() {
    let module = |head: &str, one: &str, two: &str| {
        format!(
            "import enum\nfrom typing import Literal\nfrom pydantic import BaseModel, NonNegativeInt, PostgresDsn as Dsn, conint\nfrom \
             pydantic_settings import BaseSettings\n{head}\nclass One(BaseSettings):\n    store: {one}\nclass \
             Two(BaseSettings):\n    store: {two}\n"
        )
    };
    let severity = |head: &str, one: &str, two: &str| {
        let found = findings_of(&module(head, one, two));
        let words = found.iter().filter_map(|found| found.split(' ').nth(2).map(str::to_owned));
        words.collect::<Vec<_>>()
    };
    // A model of the project with the name of a pydantic URL type accepts different values than an integer; only the program knows more.
    assert_eq!(severity("class PostgresDsn(BaseModel):\n    x: int\n", "int", "PostgresDsn"), ["warning"]);
    assert_eq!(severity("", "int", "Dsn"), ["error"]);
    // `None` within a literal is not an alternative.
    assert_eq!(severity("", "Literal['a | None | b']", "Literal['a | b']"), ["warning"]);
    // Types that accept the same values do not conflict.
    assert_eq!(severity("", "conint(ge=0)", "NonNegativeInt"), [""; 0]);
    let own = "class str(BaseModel):\n    x: int\n";
    let field = "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\n";
    assert_eq!(findings_of(&format!("{field}{own}class S(BaseSettings):\n    redis_url: str\n")), [""; 0]);
}

#[test]
fn a_subclass_may_change_the_type_of_a_field() {
    let module =
        "from pydantic_settings import BaseSettings\nclass One(BaseSettings):\n    port: str\nclass Two(One):\n    port: int\n";
    assert_eq!(findings_of(module), [""; 0]);
}

#[test]
fn an_address_without_a_password_is_no_secret() {
    let module = |default: &str| {
        format!(
            "from pydantic import PostgresDsn\nfrom pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    \
             url: PostgresDsn = \"{default}\"\n"
        )
    };
    assert_eq!(findings_of(&module("postgresql://localhost/shop")), [""; 0]);
    assert_eq!(findings_of(&module("postgresql://shop@localhost/shop")), [""; 0]);
    assert_eq!(
        findings_of(&module("postgresql://shop:pass@localhost/shop")),
        ["4: TK004 error secret `S.url` is hard-coded in the source (remove the default: `url: PostgresDsn`)"]
    );
}

#[test]
fn only_clear_addresses_are_named() {
    let module = |field: &str| format!("from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    {field}\n");
    for field in ["homepage_url: str", "database_url: str = 'sqlite:///x'", "sentry_dsn: str", "redis: str", "redis_url: bytes"]
    {
        assert_eq!(findings_of(&module(field)), [""; 0], "{field}");
    }
    assert_eq!(
        findings_of(&module("cache: str | None = 'redis://cache'")),
        ["3: TK006 warning `S.cache` is a `str`, but its default is a URL of Redis (write `cache: RedisDsn | None`)"]
    );
    assert_eq!(
        findings_of(&module("cache: None | str = 'redis://cache'")),
        ["3: TK006 warning `S.cache` is a `str`, but its default is a URL of Redis (write `cache: RedisDsn | None`)"]
    );
    assert_eq!(
        findings_of(&module("psql_url: str")),
        ["3: TK006 warning `S.psql_url` is a `str`, but its name suggests a URL of PostgreSQL (write `psql_url: PostgresDsn`)"]
    );
}

#[test]
fn the_path_of_a_nested_model_is_filled_by_the_root() {
    let module = |root: &str| {
        format!(
            "from vaultly import Secret, SecretModel\nclass Database(SecretModel):\n    password: str = Secret(\"/{{stage}}/{{region}}\")\n\
             class App(SecretModel):\n    {root}: str\n    region: str\n    db: Database\n"
        )
    };
    assert_eq!(findings_of(&module("stage")), [""; 0]);
    assert_eq!(
        findings_of(&module("level")),
        [
            "3: TK007 error the path of `Database.password` uses `{stage}`, but `App` has no such field (add `stage: str` to `App`)"
        ]
    );
}

#[test]
fn a_model_is_part_of_another_by_what_it_is_and_not_by_its_name() {
    let root =
        "from vaultly import Secret, SecretModel\nclass Database(SecretModel):\n    password: str = Secret(\"/{stage}\")\n";
    let other = "from vaultly import SecretModel\nclass Database(SecretModel):\n    name: str\nclass App(SecretModel):\n    \
                 stage: str\n    db: Database\n";
    let expected = ["one.py:3: TK007 the path of `Database.password` uses `{stage}`, but `Database` has no such field"];
    assert_eq!(findings_in(&[("one.py", root), ("two.py", other)]), expected);
}

#[test]
fn test_code_is_left_out_unless_it_counts() {
    let directory = written(&vec![("test_settings.py".to_owned(), SECRET.as_bytes().to_vec())]);
    assert_eq!(takk(&directory, &["check"]).0, Some(0));
    assert_eq!(takk(&directory, &["check", "--include-tests"]).0, Some(1));
}

#[test]
fn a_read_names_the_field_that_has_the_variable() {
    let module = "import os\nfrom pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    token: str\nT = os.environ['TOKEN']\n\
                  U = os.getenv('SENTRY')\n";
    assert_eq!(
        findings_of(module),
        [
            "5: TK013 proposal `TOKEN` is read outside a settings class (use `S.token`, which reads the same variable)",
            "6: TK013 proposal `SENTRY` is read outside a settings class (add `sentry: str | None = None` to a settings class)",
        ]
    );
}

#[test]
fn secret_paths_are_found_however_the_runtime_is_imported() {
    for (import, name) in [
        ("from takk.runtime import Secret, SecretModel", ""),
        ("import takk.runtime", "takk.runtime."),
        ("import takk.runtime as runtime", "runtime."),
        ("from takk import runtime", "runtime."),
        ("from takk import runtime as secrets", "secrets."),
        ("from vaultly import Secret, SecretModel", ""),
        ("import vaultly", "vaultly."),
    ] {
        let text = format!("{import}\n\n\nclass App({name}SecretModel):\n    key: str = {name}Secret(\"/{{stage}}/key\")\n");
        let files = [("settings.py", text.as_bytes()), ("pyproject.toml", b"[project]\nname = \"x\"\n")];
        let project = written(&files.map(|(name, text)| (name.to_owned(), text.to_vec())).to_vec());
        let (code, said) = takk(&project, &["check"]);
        assert!(code == Some(1) && said.contains("TK007"), "{import}: {said}");
    }
}
