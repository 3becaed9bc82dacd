//! Which driver each SQLAlchemy URL should name.

use super::is_test;
use takk_catalog::{Engines, catalog, chosen_driver, named_driver};
use takk_model::{DefaultValue, DriverAnswer, DriverRule, Packages, Place, Setting, SettingsClass, ValueType};
use takk_python::scan::Mentions;

/// The part of a resource that is a whole URL.
const ADDRESS: &str = "dsn";

/// Chooses the driver of every SQLAlchemy URL. Such a field is recognized by its tag, or by a default that names a driver, which only
/// SQLAlchemy understands.
pub(crate) fn choose(classes: &mut [SettingsClass], engines: &Engines, packages: &Packages) {
    for field in classes.iter_mut().flat_map(|class| &mut class.fields) {
        let Some(part) = field.resource.as_ref().filter(|part| part.part == ADDRESS) else { continue };
        let Some(kind) = catalog().kind(&part.kind) else { continue };
        field.driver = by_default(field).or_else(|| {
            let allows = |scheme: &str| allows(&field.accepts, scheme);
            if field.sqlalchemy { chosen_driver(kind, packages, engines, &allows) } else { None }
        });
        field.sqlalchemy |= field.driver.is_some();
    }
}

/// Where the project creates its engines: the first place of each kind, sorted by file and line.
pub(crate) fn engines(files: &[(String, Mentions)], include_tests: bool) -> Engines {
    let mut engines = Engines::default();
    for (path, mentions) in files.iter().filter(|(_, mentions)| !mentions.engines.is_empty()) {
        if is_test(path) && !include_tests {
            continue;
        }
        for call in &mentions.engines {
            let place = Place::new(path.clone(), call.place.line, call.place.column);
            let known = if call.is_async { &mut engines.asynchronous } else { &mut engines.synchronous };
            if known.as_ref().is_none_or(|known| place < *known) {
                *known = Some(place);
            }
        }
    }
    engines
}

/// The driver in the field's own default.
fn by_default(field: &Setting) -> Option<DriverAnswer> {
    let (scheme, _) = default_address(field)?.split_once("://")?;
    let (kind, driver) = named_driver(scheme)?;
    let same_kind = field.resource.as_ref().is_some_and(|part| part.kind == kind.name);
    same_kind.then(|| DriverAnswer {
        scheme: scheme.to_owned(),
        driver: Some(driver.name.to_owned()),
        rule: DriverRule::Default,
        reason: "the default in the code names it".to_owned(),
        package: None,
        package_version: None,
        place: Some(field.place()),
    })
}

/// The default of a field, if it is a string.
pub(crate) fn default_address(field: &Setting) -> Option<&str> {
    let Some(DefaultValue::Value(default)) = &field.default else { return None };
    default.as_str().or_else(|| default.get("secret")?.as_str())
}

/// Whether a type accepts URLs with that scheme, if it restricts them at all.
fn allows(accepts: &ValueType, scheme: &str) -> bool {
    match accepts {
        ValueType::None => false,
        ValueType::Url(rule) => rule.schemes.is_empty() || rule.schemes.iter().any(|allowed| allowed == scheme),
        ValueType::Union(members) => members.iter().any(|member| allows(member, scheme)),
        ValueType::Secret(inner) | ValueType::Constrained(_, inner) => allows(inner, scheme),
        other => other.inside().is_none_or(|inner| allows(inner, scheme)),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::manifest_with_lock;
    use takk_model::DriverRule;

    const HEAD: &str = "
from typing import Annotated
from pydantic import MariaDBDsn, MySQLDsn, PostgresDsn
from pydantic_settings import BaseSettings
from takk.secrets import ResourceRef, ResourceTags, SqlalchemyMySQLDsn, SqlalchemyPostgresDsn

class S(BaseSettings):
";

    /// Whether it is a SQLAlchemy URL, and the scheme that it should have.
    fn field(line: &str, packages: &[&str]) -> (bool, Option<String>) {
        let source = format!("{HEAD}    {line}\n");
        let manifest = manifest_with_lock(&[("settings.py", &source)], packages);
        let field = &manifest.settings[0].fields[0];
        (field.sqlalchemy, field.driver.as_ref().map(|driver| driver.scheme.clone()))
    }

    #[test]
    fn the_tag_tells_a_url_of_sqlalchemy_from_a_plain_address() {
        let packages = ["asyncpg", "pymysql"];
        let named = |scheme: &str| (true, Some(scheme.to_owned()));
        assert_eq!(field("url: SqlalchemyPostgresDsn", &packages), named("postgresql+asyncpg"));
        assert_eq!(field("url: SqlalchemyPostgresDsn | None = None", &packages), named("postgresql+asyncpg"));
        assert_eq!(field("url: SqlalchemyMySQLDsn", &packages), named("mysql+pymysql"));
        let reference = "url: Annotated[PostgresDsn, ResourceRef(ResourceTags.sqlalchemy_uri, 'audit')]";
        assert_eq!(field(reference, &packages), named("postgresql+asyncpg"));
        assert_eq!(field("url: Annotated[str, ResourceTags.sqlalchemy_uri]", &packages), named("postgresql+asyncpg"));
        assert_eq!(field("url: SqlalchemyPostgresDsn", &[]), named("postgresql"));
        assert_eq!(field("url: PostgresDsn", &packages), (false, None));
        assert_eq!(field("host: Annotated[str, ResourceTags.psql_host]", &packages), (false, None));
    }

    #[test]
    fn the_type_bounds_the_choice() {
        let tagged = "url: Annotated[MariaDBDsn, ResourceTags.sqlalchemy_uri]";
        assert_eq!(field(tagged, &["aiomysql", "pymysql"]).1.as_deref(), Some("mariadb+pymysql"));
        assert_eq!(field(tagged, &["aiomysql"]).1.as_deref(), Some("mariadb"));
    }

    #[test]
    fn a_default_that_names_a_driver_decides() {
        let url = "postgresql+psycopg://localhost/a";
        let named = (true, Some("postgresql+psycopg".to_owned()));
        assert_eq!(field(&format!("url: PostgresDsn = '{url}'"), &["asyncpg"]), named);
        assert_eq!(field(&format!("url: SqlalchemyPostgresDsn = PostgresDsn('{url}')"), &["asyncpg"]), named);
        assert_eq!(field("url: PostgresDsn = 'postgresql://localhost/a'", &["asyncpg"]), (false, None));
    }

    #[test]
    fn the_engines_of_the_program_decide_and_those_of_its_tests_do_not() {
        let source = format!("{HEAD}    url: SqlalchemyPostgresDsn\n");
        let engine = "from sqlalchemy import create_engine\n\nengine = create_engine(url)\n";
        let chosen = |path: &str| {
            let files = [("settings.py", source.as_str()), (path, engine)];
            let manifest = manifest_with_lock(&files, &["asyncpg", "psycopg2"]);
            manifest.settings[0].fields[0].driver.clone().expect("a driver")
        };
        let answer = chosen("app/db.py");
        assert_eq!((answer.scheme.as_str(), answer.rule), ("postgresql+psycopg2", DriverRule::Engine));
        assert_eq!(answer.reason, "psycopg2 1.0 is locked, and works with the engine that the code creates");
        assert_eq!(answer.place.map(|place| place.short()).as_deref(), Some("app/db.py:3"));
        assert_eq!(chosen("tests/db.py").rule, DriverRule::Order);
    }
}
