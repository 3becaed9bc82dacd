//! TK025: an asynchronous engine with a driver that is not asynchronous.

use super::{Context, Rule};
use takk_catalog::{Driver, Engine, catalog, named_driver};
use takk_model::{Code, Finding, Package, Packages, Place, RuleDoc, Severity};
use takk_python::engines::EngineCall;

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(25),
    name: "sync-driver",
    severity: Severity::Error,
    summary: "An asynchronous engine is created with a synchronous driver",
    documentation: r#"
`create_async_engine` rejects a driver that does not support asyncio: `InvalidRequestError: The asyncio extension requires an async
driver to be used`. takk reports a call that names such a driver. It also reports the first call in a project whose lock has no
asynchronous driver, only a synchronous one for a URL that a settings class declares.

Found:

```python
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine("postgresql+psycopg2://localhost/shop")
```

Correct:

```python
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine("postgresql+asyncpg://localhost/shop")
```
"#,
};

/// Packages with an asynchronous driver for databases that the catalog does not cover.
const OTHERS: [&str; 3] = ["aiosqlite", "aioodbc", "oracledb"];

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let calls = context.files.iter().flat_map(|(path, mentions)| mentions.engines.iter().map(move |call| (path, call)));
    let place = |path: &str, call: &EngineCall| Place::new(path, call.place.line, call.place.column);
    let mut first = None;
    for (path, call) in calls.filter(|(path, call)| call.is_async && context.counts(path)) {
        match named(call) {
            Some(driver) if is_sync_only(driver) => {
                let message =
                    format!("`{}` is called with {}, which is not an asynchronous driver", call.function, driver.name);
                found.push(DOC.finding(place(path, call), message, help(driver)));
            }
            None if call.scheme.is_none() => {
                let at = place(path, call);
                if first.as_ref().is_none_or(|(known, _)| at < *known) {
                    first = Some((at, call.function));
                }
            }
            _ => {}
        }
    }
    if let (Some((at, function)), Some(driver)) = (first, only_sync_driver(context)) {
        let message =
            format!("`{function}` is called, but the lock has no asynchronous driver: {} is synchronous", driver.name);
        found.push(DOC.finding(at, message, help(driver)));
    }
}

/// The driver that a call names.
fn named(call: &EngineCall) -> Option<&'static Driver> {
    named_driver(call.scheme.as_deref()?).map(|(_, driver)| driver)
}

/// The driver of a URL in a settings class, if the lock contains no asynchronous driver for it.
fn only_sync_driver(context: &Context<'_>) -> Option<&'static Driver> {
    if has_async_driver(&context.manifest.packages) {
        return None;
    }
    let answers = context.fields().filter_map(|(_, field)| field.driver.as_ref());
    let of_lock = answers.filter(|answer| {
        let package = answer.package.as_ref().and_then(|name| context.manifest.packages.find(name));
        package.is_some_and(Package::is_locked)
    });
    of_lock.filter_map(|answer| named_driver(&answer.scheme)).map(|(_, driver)| driver).find(|driver| is_sync_only(driver))
}

fn has_async_driver(packages: &Packages) -> bool {
    let drivers = catalog().kinds().flat_map(|kind| kind.drivers).filter(|driver| !is_sync_only(driver));
    let mut known = drivers.flat_map(|driver| driver.packages).chain(&OTHERS);
    known.any(|name| packages.find(name).is_some()) || packages.0.keys().any(|name| may_be_dialect(name))
}

/// Whether a package may provide a dialect that takk does not know: `psqlpy-sqlalchemy`, `sqlalchemy-cockroachdb`.
fn may_be_dialect(package: &str) -> bool {
    package.ends_with("-sqlalchemy") || package.starts_with("sqlalchemy-")
}

fn is_sync_only(driver: &Driver) -> bool {
    !driver.engines.contains(&Engine::Async)
}

/// The advice: the first asynchronous driver for the same database.
fn help(driver: &Driver) -> String {
    let kinds = catalog().kinds().filter(|kind| kind.drivers.contains(driver));
    let better = kinds.flat_map(|kind| kind.drivers).find(|other| !is_sync_only(other));
    match better {
        Some(better) => format!("use {}, or call `create_engine`", better.name),
        None => "call `create_engine`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::findings_with_lock;

    const SETTINGS: &str = "
from pydantic_settings import BaseSettings
from takk.secrets import SqlalchemyPostgresDsn

class Settings(BaseSettings):
    url: SqlalchemyPostgresDsn
";
    const ENGINE: &str = "
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine(str(Settings().url))
";

    /// The findings in this code with these packages locked.
    fn found(path: &str, engine: &str, locked: &[&str]) -> Vec<String> {
        let findings = findings_with_lock(&[("settings.py", SETTINGS), (path, engine)], locked);
        let of_rule = findings.iter().filter(|finding| finding.code == super::DOC.code);
        of_rule.map(|finding| format!("{}: {}", finding.place.as_ref().expect("a place").short(), finding.message)).collect()
    }

    #[test]
    fn a_lock_without_an_asynchronous_driver_is_found() {
        assert_eq!(
            found("db.py", ENGINE, &["psycopg2", "sqlalchemy"]),
            ["db.py:4: `create_async_engine` is called, but the lock has no asynchronous driver: psycopg2 is synchronous"]
        );
        for other in ["asyncpg", "psycopg", "aiomysql", "aiosqlite", "psqlpy-sqlalchemy"] {
            assert_eq!(found("db.py", ENGINE, &["psycopg2", other]), [""; 0], "{other}");
        }
        assert_eq!(found("db.py", ENGINE, &[]), [""; 0], "nothing is locked");
        assert_eq!(found("tests/db.py", ENGINE, &["psycopg2"]), [""; 0]);
        let literal = ENGINE.replace("str(Settings().url)", "'sqlite+aiosqlite://'");
        assert_eq!(found("db.py", &literal, &["psycopg2"]), [""; 0], "it is for another database");
    }

    #[test]
    fn a_call_that_names_its_driver_is_judged_by_that() {
        let call = |scheme: &str| ENGINE.replace("str(Settings().url)", &format!("f\"{scheme}://{{host}}/a\""));
        assert_eq!(
            found("db.py", &call("mysql+pymysql"), &[]),
            ["db.py:4: `create_async_engine` is called with pymysql, which is not an asynchronous driver"]
        );
        for scheme in ["postgresql+asyncpg", "postgresql+psycopg", "postgresql+of_our_own", "postgresql"] {
            assert_eq!(found("db.py", &call(scheme), &[]), [""; 0], "{scheme}");
        }
    }
}
