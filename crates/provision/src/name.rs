//! Names of what takk creates: every system has its own rules for length, case and reserved words, and two environments must
//! never get the same name.

use ring::digest::{SHA256, digest};

/// The owner of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The identifier of the store with its ledger.
    pub store: String,
    pub project: String,
    pub environment: String,
}

/// The maximum length of a user name in MySQL, the shortest limit of all.
const LONGEST_IDENTIFIER: usize = 32;
/// The maximum length of the readable part of a container name.
const LONGEST_READABLE: usize = 48;
/// How many digits of a hash make names unique.
const DIGITS: usize = 8;

impl Owner {
    /// A name for users, databases and buckets: lowercase letters, digits and `_`, starting with a letter, at most 32 characters. It has
    /// two words, so that it is not a reserved word of any SQL dialect. If characters had to be changed, a hash keeps it unique.
    pub fn identifier(&self) -> String {
        let whole = format!("{}_{}", self.project, self.environment);
        let plain = folded(&whole, '_');
        let is_exact =
            plain == whole && plain.len() <= LONGEST_IDENTIFIER && plain.starts_with(|c: char| c.is_ascii_lowercase());
        // `a_b` with `c` would give the same name as `a` with `b_c`.
        if is_exact && !self.project.contains('_') {
            return plain;
        }
        let hash = hash(&[&self.project, &self.environment]);
        let room = LONGEST_IDENTIFIER - DIGITS - 1;
        let begin = if plain.starts_with(|c: char| c.is_ascii_lowercase()) { plain } else { format!("p{plain}") };
        format!("{}_{hash}", begin[..begin.len().min(room)].trim_end_matches('_'))
    }

    /// The name of one of several resources of a kind on one server, at most 53 characters. All but the default resource end
    /// with a hash, because `a_b` is also the name of an environment.
    pub fn part(&self, resource: &str) -> String {
        const LONGEST: usize = 10;
        let identifier = self.identifier();
        if resource == "default" {
            return identifier;
        }
        let readable = folded(resource, '_');
        let readable = readable[..readable.len().min(LONGEST)].trim_matches('_').to_owned();
        format!("{identifier}_{readable}_{}", hash(&[&self.project, &self.environment, resource]))
    }

    /// The identifier in the form of a host name, for buckets.
    pub fn host_name(&self) -> String {
        self.identifier().replace('_', "-")
    }

    /// The name of a container, a volume or a directory. It ends with a hash of the store, project, environment and resource, so that it is
    /// unique.
    pub fn container(&self, resource: &str) -> String {
        let readable = folded(&format!("{}-{}-{resource}", self.project, self.environment), '-');
        let readable = readable[..readable.len().min(LONGEST_READABLE)].trim_matches('-').to_owned();
        format!("takk-{readable}-{}", hash(&[&self.store, &self.project, &self.environment, resource]))
    }
}

/// Reduces a text to lowercase letters and digits, with `separator` in place of everything else.
fn folded(text: &str, separator: char) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match character.to_ascii_lowercase() {
            plain @ ('a'..='z' | '0'..='9') => folded.push(plain),
            _ if folded.ends_with(separator) => {}
            _ => folded.push(separator),
        }
    }
    folded
}

fn hash(parts: &[&str]) -> String {
    let mut text = Vec::new();
    for part in parts {
        text.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        text.extend_from_slice(part.as_bytes());
    }
    let mut hash = hexadecimal(digest(&SHA256, &text).as_ref());
    hash.truncate(DIGITS);
    hash
}

/// Bytes in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
}

/// Identifies a configuration.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    hash(parts)
}

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).expect("four bits are one digit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(project: &str, environment: &str) -> Owner {
        Owner { store: "0123".to_owned(), project: project.to_owned(), environment: environment.to_owned() }
    }

    #[test]
    fn an_ordinary_name_stays_readable() {
        assert_eq!(owner("shop", "dev").identifier(), "shop_dev");
        assert_eq!(owner("user", "test").identifier(), "user_test");
        assert!(owner("shop", "dev").container("postgres/default").starts_with("takk-shop-dev-postgres-default-"));
        assert_eq!(owner("shop", "dev").host_name(), "shop-dev");
    }

    #[test]
    fn every_name_fits_every_system() {
        let long = "x".repeat(300);
        for project in
            ["shop", "Shop", "9lives", "käse", "", "-", "_", "a b", "select", long.as_str(), "日本", "a_b", "--data=/"]
        {
            for environment in ["dev", "preview/feature/long-branch-name-that-goes-on-and-on", "preview/a-b", "preview/a/b"] {
                let owner = owner(project, environment);
                let name = owner.identifier();
                assert!(name.len() <= LONGEST_IDENTIFIER && name.len() >= 3, "{name}");
                assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
                assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{name}");
                assert!(name.contains('_'), "{name} may be a reserved word");
                let bucket = owner.host_name();
                assert!(bucket.len() <= 63 && !bucket.ends_with('-'), "{bucket}");
                let container = owner.container("postgres/Weird Name");
                assert!(container.len() <= 63, "{container}");
                assert!(container.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{container}");
            }
        }
    }

    #[test]
    fn a_part_has_room_for_the_name_of_a_login() {
        let long = "x".repeat(300);
        assert_eq!(owner("shop", "dev").part("default"), "shop_dev");
        assert!(owner("shop", "dev").part("warehouse").starts_with("shop_dev_warehouse_"));
        for resource in ["default", "warehouse", "Ware-House", "日本", long.as_str()] {
            let name = owner(&long, &long).part(resource);
            assert!(name.len() <= 53, "{name}");
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{name}");
        }
        assert_ne!(owner("shop", "dev").part("a-b"), owner("shop", "dev").part("a_b"));
    }

    #[test]
    fn no_two_get_the_same_name() {
        let pairs = [
            ("shop", "preview/a-b"),
            ("shop", "preview/a/b"),
            ("shop", "preview/a_b"),
            ("shop", "preview/a.b"),
            ("Shop", "dev"),
            ("shop", "dev"),
            ("shop-", "dev"),
            ("a_b", "c"),
            ("a", "b_c"),
            ("a_b_c", "d"),
        ];
        let mut identifiers: Vec<String> = pairs.iter().map(|(project, of)| owner(project, of).identifier()).collect();
        let mut containers: Vec<String> =
            pairs.iter().map(|(project, of)| owner(project, of).container("redis/default")).collect();
        for names in [&mut identifiers, &mut containers] {
            names.sort();
            let all = names.len();
            names.dedup();
            assert_eq!(names.len(), all, "{names:?}");
        }
    }
}
