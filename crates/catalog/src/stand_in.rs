//! Whether a server of another version can replace the one that the plan requires.

use std::str::FromStr;

use pep440_rs::Version;

use super::number::{server_number, specifiers};
use super::{Kind, catalog};
use takk_model::VersionAnswer;

/// Whether a server of version `found` is a good enough replacement for the required one. A declared version must match as far
/// as it is written (`17` matches 17.2), and a client's compatibility table decides if it has one. If nothing in the project
/// decides, any version will do. Otherwise the major version must be the same.
pub fn can_stand_in(kind: &Kind, asked: Option<&VersionAnswer>, found: &str) -> bool {
    let Some(asked) = asked else { return true };
    if asked.version == found {
        return true;
    }
    let (Some(wanted), Some(number)) = (server_number(&asked.version), server_number(found)) else { return false };
    match asked.rule.as_str() {
        "exact" => wanted == number,
        "same-release" => wanted.release() == number.release(),
        "declared" => number.release().starts_with(wanted.release()),
        "range" => range(kind, asked).is_none_or(|row| specifiers(row).contains(&number)),
        // Nothing in the project requires this version: takk only suggested the usual one.
        "default" => true,
        _ => wanted.release().first() == number.release().first(),
    }
}

/// The servers that fit the client whose version decided.
fn range(kind: &Kind, asked: &VersionAnswer) -> Option<&'static str> {
    let package = asked.package.as_deref()?;
    let version = Version::from_str(asked.package_version.as_deref()?).ok()?;
    let kind = kind.managed_as.and_then(|name| catalog().kind(name)).unwrap_or(kind);
    let client = kind.clients.iter().find(|client| client.packages.contains(&package))?;
    client.versions.iter().find(|row| specifiers(row.client).contains(&version)).map(|row| row.server)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(version: &str, rule: &str, package: Option<(&str, &str)>) -> VersionAnswer {
        VersionAnswer {
            version: version.to_owned(),
            reason: String::new(),
            rule: rule.to_owned(),
            package: package.map(|(name, _)| name.to_owned()),
            package_version: package.map(|(_, version)| version.to_owned()),
            place: None,
        }
    }

    #[test]
    fn a_rule_says_how_near_another_version_must_be() {
        let kind = |name| catalog().kind(name).expect("it is in the catalog");
        let (postgres, nats, mlflow) = (kind("postgres"), kind("nats"), kind("mlflow"));
        let declared = answer("17", "declared", None);
        assert!(can_stand_in(postgres, Some(&declared), "17.10"));
        assert!(!can_stand_in(postgres, Some(&declared), "16.4"));
        assert!(!can_stand_in(postgres, Some(&answer("17.1", "declared", None)), "17.10"));
        let range = answer("2.12.2", "range", Some(("nats-py", "2.16.0")));
        assert!(can_stand_in(nats, Some(&range), "2.10.29"));
        assert!(!can_stand_in(nats, Some(&range), "1.4.1"));
        let exact = answer("3.17.2", "exact", Some(("mlflow", "3.17.2")));
        assert!(can_stand_in(mlflow, Some(&exact), "3.17.2"));
        assert!(!can_stand_in(mlflow, Some(&exact), "3.17.1"));
        assert!(can_stand_in(kind("redis"), Some(&answer("7.2.11", "default", None)), "6.2.1"));
        let major = answer("7.2.11", "same-major", None);
        assert!(can_stand_in(kind("redis"), Some(&major), "7.0.15"));
        assert!(!can_stand_in(kind("redis"), Some(&major), "6.2.1"));
        assert!(can_stand_in(kind("sqs"), None, "anything"));
    }
}
