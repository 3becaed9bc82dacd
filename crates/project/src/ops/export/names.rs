//! Names of services, variables and Compose projects, made of names that may contain anything. No two of them become one.

use std::fmt::Write;

/// The name of a resource's service: `postgres`, `postgres-warehouse`.
pub(super) fn service(kind: &str, resource: &str) -> String {
    if resource == "default" { kind.to_owned() } else { format!("{kind}-{}", encoded(resource)) }
}

/// The variable for a part of a resource: `TAKK_POSTGRES_WAREHOUSE__PASSWORD`. `__` separates the part unambiguously.
pub(super) fn variable(service: &str, part: &str) -> String {
    let service = service.replace('_', "__").replace('-', "_");
    format!("TAKK_{}__{}", service.to_ascii_uppercase(), part.to_ascii_uppercase())
}

/// The name of a Compose project, which prefixes its containers and volumes: `shop-dev`.
pub(super) fn project(project: &str, environment: &str) -> String {
    // An encoded name never contains two dashes, so the last two are the separator.
    let name = format!("{}--{}", encoded(project), encoded(environment));
    if name.starts_with(|first: char| first.is_ascii_alphanumeric()) { name } else { format!("takk-{name}") }
}

/// Encodes a name in lowercase letters, digits, and single dashes between them; each other byte becomes `_` and two hexadecimal digits.
fn encoded(name: &str) -> String {
    let bytes = name.as_bytes();
    let is_plain = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let mut text = String::with_capacity(name.len());
    for (at, byte) in bytes.iter().enumerate() {
        let is_dash = *byte == b'-' && is_plain(at.checked_sub(1)) && is_plain(Some(at + 1));
        if is_plain(Some(at)) || is_dash {
            text.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "_{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn plain_names_stay() {
        assert_eq!(service("postgres", "default"), "postgres");
        assert_eq!(service("postgres", "data-ware"), "postgres-data-ware");
        assert_eq!(variable("postgres-data-ware", "password"), "TAKK_POSTGRES_DATA_WARE__PASSWORD");
        assert_eq!(project("shop", "dev"), "shop--dev");
        assert_eq!(project("_x", "preview/new.cart"), "takk-_5fx--preview_2fnew_2ecart");
    }

    #[test]
    fn names_that_look_alike_stay_apart() {
        let names = [
            "a", "A", "a-b", "a_b", "a b", "a--b", "a-", "-a", "a_5fb", "a-5fb", "a__b", "a/b", "a.b", "a:b", "a$b", "a\nb",
            "ä", "a-_b", "a_-b", "root", "x-root", "", "default ", "5f", "_", "-", "--", "a-root",
        ];
        let mut seen = BTreeSet::new();
        for name in names {
            let service = service("mysql", name);
            assert!(service.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b)), "{service}");
            for part in ["password", "root_password"] {
                assert!(seen.insert(variable(&service, part)), "{name}");
            }
            for other in names {
                assert!(seen.insert(project(name, other)), "{name} {other}");
            }
        }
    }
}
