//! Selects the driver for a SQLAlchemy URL, given the packages of the project.

use super::{Driver, Engine, Kind, catalog};
use takk_model::{DriverAnswer, DriverRule, Package, Packages, Place};

/// Where the code creates SQLAlchemy engines: the first place of each type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Engines {
    /// `create_engine(...)`
    pub synchronous: Option<Place>,
    /// `create_async_engine(...)`
    pub asynchronous: Option<Place>,
}

/// A driver with the package that installs it.
type Installed<'p> = (&'static Driver, &'p Package);

/// The driver for a URL of a kind. `allows` says whether the field's type accepts a scheme. `None` if SQLAlchemy does not
/// support the kind.
///
/// If there are several drivers, those that work with the engines that the code creates take precedence, asynchronous engines
/// before synchronous ones; then those that the project itself requires; then the first in the order of the catalog.
pub fn chosen_driver(
    kind: &'static Kind,
    packages: &Packages,
    engines: &Engines,
    allows: &dyn Fn(&str) -> bool,
) -> Option<DriverAnswer> {
    let dialect = kind.dialect?;
    let scheme = |driver: &Driver| format!("{dialect}+{}", driver.name);
    let mut left: Vec<Installed<'_>> = installed(kind.drivers, packages).collect();
    left.retain(|(driver, _)| allows(&scheme(driver)));
    let mut rule = DriverRule::Only;
    let mut place = None;
    if let Some((engine, made_at)) = engines.decisive()
        && narrow(&mut left, |(driver, _)| driver.engines.contains(&engine))
    {
        rule = DriverRule::Engine;
        place = Some((engine, made_at));
    }
    if narrow(&mut left, |(_, package)| package.direct) {
        rule = DriverRule::Direct;
    }
    let Some(&(driver, package)) = left.first() else { return Some(none(dialect)) };
    if left.len() > 1 {
        rule = DriverRule::Order;
    }
    let (why, place) = match (rule, place) {
        (DriverRule::Engine, Some((engine, place))) => (format!(", and {}", engine.made_by()), place.clone()),
        (DriverRule::Direct, _) => (", and the project itself requires it".to_owned(), package.place.clone()),
        (DriverRule::Order, _) => (format!(", and is preferred to {}", left[1].0.name), package.place.clone()),
        _ => (String::new(), package.place.clone()),
    };
    Some(DriverAnswer {
        scheme: scheme(driver),
        driver: Some(driver.name.to_owned()),
        rule,
        reason: format!("{}{why}", standing(package)),
        package: Some(package.name.clone()),
        package_version: package.version.clone(),
        place: Some(place),
    })
}

/// The driver that a scheme names, if takk knows it: `asyncpg` in `postgresql+asyncpg`.
pub fn named_driver(scheme: &str) -> Option<(&'static Kind, &'static Driver)> {
    let (dialect, name) = scheme.split_once('+')?;
    let kind = catalog().kinds().find(|kind| kind.dialect == Some(dialect))?;
    Some((kind, kind.drivers.iter().find(|driver| driver.name == name)?))
}

/// The driver that a URL names but no lock file of the project installs. `None` also if that cannot be determined, because no
/// lock file contains SQLAlchemy, or the driver is unknown.
pub fn driver_not_locked(address: &str, packages: &Packages) -> Option<&'static Driver> {
    let (scheme, _) = address.split_once("://")?;
    let (_, driver) = named_driver(scheme)?;
    let missing = driver.packages.iter().all(|name| packages.find(name).is_none());
    (missing && packages.find("sqlalchemy").is_some_and(Package::is_locked)).then_some(driver)
}

/// An example URL of that kind.
pub fn example_url(kind: &str, scheme: &str) -> String {
    let port = catalog().kind(kind).and_then(|kind| kind.port).map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://user:password@localhost{port}/database")
}

/// The drivers that the packages install, in the order of the catalog.
fn installed<'p>(drivers: &'static [Driver], packages: &'p Packages) -> impl Iterator<Item = Installed<'p>> {
    let package = |driver: &Driver| driver.packages.iter().find_map(|name| packages.find(name));
    drivers.iter().filter_map(move |driver| Some((driver, package(driver)?)))
}

/// Keeps the items that fit, unless none does. Returns whether it removed any.
fn narrow<T>(all: &mut Vec<T>, fits: impl Fn(&T) -> bool) -> bool {
    let fitting = all.iter().filter(|one| fits(one)).count();
    let narrows = fitting > 0 && fitting < all.len();
    if narrows {
        all.retain(fits);
    }
    narrows
}

fn standing(package: &Package) -> String {
    let Package { name, version, .. } = package;
    match version {
        Some(version) if package.is_locked() => format!("{name} {version} is locked"),
        Some(version) => format!("{name} {version} is pinned"),
        None => format!("{name} is required"),
    }
}

fn none(dialect: &str) -> DriverAnswer {
    DriverAnswer {
        scheme: dialect.to_owned(),
        driver: None,
        rule: DriverRule::None,
        reason: "none of the packages is a driver, and SQLAlchemy uses its own default".to_owned(),
        package: None,
        package_version: None,
        place: None,
    }
}

impl Engines {
    /// The type of engine with which the driver must work, and where the code creates one.
    fn decisive(&self) -> Option<(Engine, &Place)> {
        let asynchronous = self.asynchronous.as_ref().map(|place| (Engine::Async, place));
        asynchronous.or_else(|| self.synchronous.as_ref().map(|place| (Engine::Sync, place)))
    }
}

impl Engine {
    fn made_by(self) -> &'static str {
        match self {
            Self::Async => "works with the asynchronous engine that the code creates",
            Self::Sync => "works with the engine that the code creates",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use takk_model::PackageSource;

    /// Locked packages; the project itself requires those with a `*`.
    fn locked(names: &[&str]) -> Packages {
        let package = |name: &&str| {
            let plain = name.trim_end_matches('*').to_owned();
            let package = Package {
                name: plain.clone(),
                version: Some("1.0".to_owned()),
                specifier: None,
                place: Place::new("uv.lock", 3, 1),
                source: PackageSource::UvLock,
                direct: name.ends_with('*'),
                others: Vec::new(),
            };
            (plain, package)
        };
        Packages(names.iter().map(package).collect())
    }

    fn engines(synchronous: bool, asynchronous: bool) -> Engines {
        let place = |made: bool| made.then(|| Place::new("db.py", 7, 10));
        Engines { synchronous: place(synchronous), asynchronous: place(asynchronous) }
    }

    fn chosen(kind: &str, names: &[&str], engines: &Engines) -> (String, DriverRule) {
        let kind = catalog().kind(kind).expect("a kind");
        let answer = chosen_driver(kind, &locked(names), engines, &|_| true).expect("SQLAlchemy speaks to it");
        (answer.scheme, answer.rule)
    }

    #[test]
    fn the_locked_driver_is_named() {
        let neither = engines(false, false);
        for (kind, package, scheme) in [
            ("postgres", "asyncpg", "postgresql+asyncpg"),
            ("postgres", "psycopg", "postgresql+psycopg"),
            ("postgres", "psycopg2-binary", "postgresql+psycopg2"),
            ("postgres", "pg8000", "postgresql+pg8000"),
            ("mysql", "aiomysql", "mysql+aiomysql"),
            ("mysql", "pymysql", "mysql+pymysql"),
            ("mysql", "mysqlclient", "mysql+mysqldb"),
            ("mariadb", "mariadb", "mariadb+mariadbconnector"),
        ] {
            assert_eq!(chosen(kind, &[package], &neither), (scheme.to_owned(), DriverRule::Only));
        }
        assert_eq!(chosen("postgres", &["redis"], &neither), ("postgresql".to_owned(), DriverRule::None));
    }

    #[test]
    fn the_engines_decide_before_the_requirements_and_these_before_the_order() {
        let of = |names: &[&str], made| chosen("postgres", names, &made);
        let named = |driver: &str, rule| (format!("postgresql+{driver}"), rule);
        assert_eq!(of(&["asyncpg", "psycopg2"], engines(true, false)), named("psycopg2", DriverRule::Engine));
        assert_eq!(of(&["asyncpg", "psycopg2*"], engines(true, true)), named("asyncpg", DriverRule::Engine));
        assert_eq!(of(&["psycopg", "psycopg2"], engines(false, true)), named("psycopg", DriverRule::Engine));
        assert_eq!(of(&["asyncpg", "psycopg2*"], engines(false, false)), named("psycopg2", DriverRule::Direct));
        assert_eq!(of(&["asyncpg", "psycopg", "psycopg2"], engines(false, false)), named("asyncpg", DriverRule::Order));
        assert_eq!(of(&["asyncpg", "psycopg"], engines(false, true)), named("asyncpg", DriverRule::Order));
        // That no driver fits the engine is for a finding to report.
        assert_eq!(of(&["psycopg2"], engines(false, true)), named("psycopg2", DriverRule::Only));
        // aiomysql installs PyMySQL.
        let mysql = |names: &[&str], made| chosen("mysql", names, &made).0;
        assert_eq!(mysql(&["aiomysql*", "pymysql"], engines(false, false)), "mysql+aiomysql");
        assert_eq!(mysql(&["aiomysql*", "pymysql"], engines(true, false)), "mysql+pymysql");
    }

    #[test]
    fn what_the_type_does_not_allow_is_not_named() {
        let kind = catalog().kind("postgres").expect("a kind");
        let no_asyncpg = |scheme: &str| scheme != "postgresql+asyncpg";
        let answer = chosen_driver(kind, &locked(&["asyncpg", "psycopg2"]), &Engines::default(), &no_asyncpg);
        let answer = answer.expect("SQLAlchemy speaks to it");
        assert_eq!((answer.scheme.as_str(), answer.reason.as_str()), ("postgresql+psycopg2", "psycopg2 1.0 is locked"));
        let redis = catalog().kind("redis").expect("a kind");
        assert_eq!(chosen_driver(redis, &locked(&["redis"]), &Engines::default(), &|_| true), None);
    }

    #[test]
    fn a_driver_is_said_to_be_missing_only_if_a_complete_lock_lacks_it() {
        let missing = |address: &str, names: &[&str]| driver_not_locked(address, &locked(names)).map(|driver| driver.name);
        assert_eq!(missing("postgresql+asyncpg://h/d", &["sqlalchemy", "psycopg2"]), Some("asyncpg"));
        assert_eq!(missing("postgresql+asyncpg://h/d", &["sqlalchemy", "asyncpg"]), None);
        assert_eq!(missing("postgresql+psycopg2://h/d", &["sqlalchemy", "psycopg2-binary"]), None);
        assert_eq!(missing("postgresql+asyncpg://h/d", &["databases"]), None, "SQLAlchemy is not used");
        assert_eq!(missing("postgresql+of_our_own://h/d", &["sqlalchemy"]), None);
        assert_eq!(missing("mongodb+srv://h/d", &["sqlalchemy"]), None);
        let mut listed = locked(&["sqlalchemy"]);
        listed.0.values_mut().for_each(|package| package.source = PackageSource::Requirements);
        assert_eq!(driver_not_locked("postgresql+asyncpg://h/d", &listed), None, "what it needs in turn is not listed");
        let mut pipfile = locked(&["sqlalchemy"]);
        pipfile.0.values_mut().for_each(|package| package.place = Place::new("Pipfile", 3, 1));
        assert_eq!(driver_not_locked("postgresql+asyncpg://h/d", &pipfile), None, "nor in a Pipfile");
    }

    #[test]
    fn an_example_has_the_port_of_its_kind() {
        let example = example_url("postgres", "postgresql+asyncpg");
        assert_eq!(example, "postgresql+asyncpg://user:password@localhost:5432/database");
    }
}
