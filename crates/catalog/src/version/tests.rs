//! Tests which server versions follow from client versions.

use std::collections::BTreeMap;

use super::*;
use takk_model::PackageSource;

fn package(name: &str, version: Option<&str>, specifier: Option<&str>) -> Package {
    let source = if version.is_some() { PackageSource::UvLock } else { PackageSource::Pyproject };
    Package {
        name: name.to_owned(),
        version: version.map(str::to_owned),
        specifier: specifier.map(str::to_owned),
        place: Place::new("uv.lock".to_owned(), 7, 1),
        source,
        direct: true,
        others: Vec::new(),
    }
}

fn locked(packages: &[(&str, &str)]) -> Packages {
    Packages(packages.iter().map(|(name, version)| ((*name).to_owned(), package(name, Some(version), None))).collect())
}

fn required(name: &str, specifier: &str) -> Packages {
    Packages(BTreeMap::from([(name.to_owned(), package(name, None, Some(specifier)))]))
}

fn kind(name: &str) -> &'static Kind {
    catalog().kind(name).expect("a kind of the catalog")
}

fn answer(name: &str, packages: &Packages) -> (String, String) {
    let answer = server_version(kind(name), packages).expect("an answer");
    (answer.version, answer.reason)
}

#[test]
fn every_row_of_every_version_table_holds() {
    for kind in catalog().kinds() {
        let rows = kind.clients.iter().flat_map(|client| client.versions);
        assert!(
            kind.version_rule == Some(VersionRule::Range) || rows.clone().next().is_none(),
            "{}: rows without a rule",
            kind.name
        );
        for row in rows {
            VersionSpecifiers::from_str(row.client).unwrap_or_else(|error| panic!("{}: {error}", kind.name));
            let server = VersionSpecifiers::from_str(row.server).unwrap_or_else(|error| panic!("{}: {error}", kind.name));
            let run = server_number(row.run).unwrap_or_else(|| panic!("{}: `{}` is no version", kind.name, row.run));
            assert!(server.contains(&run), "{}: {} is not in {}", kind.name, row.run, row.server);
            assert!(!row.why.is_empty() && !row.why.ends_with('.'), "{}: `{}` is no phrase", kind.name, row.why);
        }
    }
}

#[test]
fn mlflow_is_the_same_to_the_letter() {
    let (version, reason) = answer("mlflow", &locked(&[("mlflow", "3.1.4")]));
    assert_eq!(version, "3.1.4");
    assert_eq!(reason, "mlflow 3.1.4 is locked; client and server must be the same version");
    assert_eq!(answer("mlflow", &locked(&[("mlflow-skinny", "3.0.0rc1")])).0, "3.0.0rc1");
}

#[test]
fn spark_is_of_the_same_release() {
    assert_eq!(answer("spark", &locked(&[("pyspark", "4.0.1.post1")])).0, "4.0.1");
}

#[test]
fn opensearch_is_of_the_same_major_version() {
    let packages = locked(&[("opensearch-py", "2.8.0")]);
    assert_eq!(answer("opensearch", &packages).0, "2.x");
    assert!(clients_that_reject(kind("opensearch"), &packages, "2.0").is_empty());
    let rejections = clients_that_reject(kind("opensearch"), &packages, "1.3");
    assert_eq!(rejections.len(), 1);
    assert_eq!(rejections[0].reason, "opensearch-py 2.8.0 is locked; client and server must have the same major version");
}

#[test]
fn a_range_names_its_row() {
    let (version, reason) = answer("postgres", &locked(&[("asyncpg", "0.29.0")]));
    assert_eq!(
        (version.as_str(), reason.as_str()),
        ("16", "asyncpg 0.29.0 is locked; asyncpg 0.29 supports PostgreSQL 9.5 to 16")
    );
    assert_eq!(answer("kafka", &locked(&[("confluent-kafka", "1.7.0")])).0, "3.9.1");
    assert_eq!(answer("s3", &locked(&[("boto3", "1.40.2")])).0, "4.48");
}

#[test]
fn the_answer_says_which_package_where_and_by_which_rule() {
    let answer = server_version(kind("redis"), &locked(&[("redis", "6.4.0")])).expect("an answer");
    assert_eq!(answer.rule, "range");
    assert_eq!(answer.package.as_deref(), Some("redis"));
    assert_eq!(answer.package_version.as_deref(), Some("6.4.0"));
    assert_eq!(answer.place, Some(Place::new("uv.lock".to_owned(), 7, 1)));
}

#[test]
fn two_clients_agree_on_one_server() {
    let both = locked(&[("psycopg", "3.2.1"), ("psycopg2-binary", "2.9.5")]);
    let (version, reason) = answer("postgres", &both);
    assert_eq!(version, "16", "psycopg 3.2 would take 17, psycopg2 2.9.5 would not");
    assert!(reason.starts_with("psycopg2-binary 2.9.5 is locked; "), "{reason}");
}

#[test]
fn a_generic_database_is_a_postgresql() {
    assert_eq!(answer("database", &locked(&[("psycopg", "3.3.0")])).0, "17");
}

#[test]
fn a_version_that_no_row_covers_is_told_apart() {
    let packages = locked(&[("asyncpg", "0.9.0")]);
    assert!(server_version(kind("postgres"), &packages).is_none());
    assert_eq!(client_without_match(kind("postgres"), &packages).map(|package| package.name.as_str()), Some("asyncpg"));
    assert!(client_not_locked(kind("postgres"), &packages).is_none());
    let nonsense = locked(&[("mlflow", "git+main")]);
    assert!(client_without_match(kind("mlflow"), &nonsense).is_some());
}

#[test]
fn a_requirement_decides_only_if_it_allows_one_version() {
    for specifier in ["==3.1.4", "== 3.1.4", "===3.1.4", "3.1.4"] {
        let (version, reason) = answer("mlflow", &required("mlflow", specifier));
        assert_eq!(version, "3.1.4");
        assert_eq!(reason, "mlflow 3.1.4 is pinned; client and server must be the same version");
    }
    for specifier in [">=3.1,<4", "==3.*", "~=3.1", "^3.1", "*"] {
        let packages = required("mlflow", specifier);
        assert!(server_version(kind("mlflow"), &packages).is_none(), "{specifier}");
        assert_eq!(client_not_locked(kind("mlflow"), &packages).map(|package| package.name.as_str()), Some("mlflow"));
        assert!(client_without_match(kind("mlflow"), &packages).is_none());
    }
}

#[test]
fn a_client_without_a_rule_decides_nothing_and_is_no_fault() {
    for (name, packages) in [("mysql", locked(&[("pymysql", "1.1.0")])), ("postgres", locked(&[("aiopg", "1.4.0")]))] {
        assert!(server_version(kind(name), &packages).is_none());
        assert!(client_without_match(kind(name), &packages).is_none());
        assert!(client_not_locked(kind(name), &packages).is_none());
        assert_eq!(clients_in_use(kind(name), &packages).len(), 1);
    }
}

#[test]
fn a_declared_version_wins_over_the_default_of_its_component() {
    let place = Place::new("project.py".to_owned(), 3, 5);
    let instance = catalog().component("PostgresInstance").expect("a component");
    let declared = declared_version(instance, Some("15"), &place).expect("an answer");
    assert_eq!((declared.version.as_str(), declared.rule.as_str()), ("15", "declared"));
    assert_eq!(declared.reason, "PostgresInstance declares version 15");
    assert_eq!(declared.place, Some(place.clone()));
    let default = declared_version(instance, None, &place).expect("an answer");
    assert_eq!((default.version.as_str(), default.rule.as_str()), ("17", "default"));
    let mlflow = catalog().component("MlflowServer").expect("a component");
    assert!(declared_version(mlflow, None, &place).is_none(), "the client decides");
    let app = catalog().component("FastAPIApp").expect("a component");
    assert!(declared_version(app, Some("1"), &place).is_none(), "no resource");
}

#[test]
fn a_declared_version_outside_the_clients_range_is_rejected() {
    let packages = locked(&[("asyncpg", "0.29.0")]);
    assert!(clients_that_reject(kind("postgres"), &packages, "15").is_empty());
    assert_eq!(clients_that_reject(kind("postgres"), &packages, "17").len(), 1);
    assert!(clients_that_reject(kind("postgres"), &packages, "latest").is_empty());
}

#[test]
fn without_a_client_the_kind_has_a_default() {
    assert!(server_version(kind("redis"), &Packages::default()).is_none());
    let answer = default_version(kind("redis")).expect("an answer");
    assert_eq!((answer.version.as_str(), answer.rule.as_str()), ("7.2.11", "default"));
    assert!(default_version(kind("llm")).is_none());
}
