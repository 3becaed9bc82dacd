//! The entries of all files → one package per name.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, btree_map};

use pep440_rs::Version;

use super::Entry;
use takk_model::{OtherVersion, Package, PackageSource, Packages};

/// Merges the packages of `files`, each of which has the entries of one file (or of all `pyproject.toml` together), the most trusted first.
/// The version comes from the first file that has one, the requirement from `pyproject.toml` if that has one. `own` are the names of the
/// project and its workspace's members, which are not its packages.
pub(super) fn packages(files: Vec<Vec<Entry>>, own: &BTreeSet<String>) -> Packages {
    let mut packages = BTreeMap::new();
    for entries in files {
        for entry in one_per_name(entries) {
            if !own.contains(&entry.name) {
                add(&mut packages, entry);
            }
        }
    }
    Packages(packages)
}

/// The entries of one file by name, merged per name: the highest version, the first requirement.
fn one_per_name(mut entries: Vec<Entry>) -> Vec<Entry> {
    // Lock files are already sorted.
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let mut unique: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(known) = unique.last_mut().filter(|known| known.name == entry.name) else {
            unique.push(entry);
            continue;
        };
        known.direct |= entry.direct;
        known.specifier = known.specifier.take().or(entry.specifier);
        if entry.version.is_some() && by_version(entry.version.as_deref(), known.version.as_deref()).is_gt() {
            let lower = known.version.replace(entry.version.unwrap_or_default());
            let place = std::mem::replace(&mut known.place, entry.place);
            known.others.extend(lower.map(|version| OtherVersion { version, place }));
        } else {
            known.others.extend(entry.version.map(|version| OtherVersion { version, place: entry.place }));
        }
    }
    for entry in &mut unique {
        keep_others(entry.version.as_deref(), &mut entry.others);
    }
    unique
}

fn add(packages: &mut BTreeMap<String, Package>, entry: Entry) {
    let Entry { name, version, specifier, place, source, direct, others } = entry;
    let package = match packages.entry(name) {
        btree_map::Entry::Occupied(known) => known.into_mut(),
        btree_map::Entry::Vacant(new) => {
            let name = new.key().clone();
            new.insert(Package { name, version, specifier, place, source, direct, others });
            return;
        }
    };
    package.direct |= direct;
    if package.version.is_none() && version.is_some() {
        package.version = version;
        package.place = place;
        package.source = source;
    } else {
        package.others.extend(version.map(|version| OtherVersion { version, place }));
    }
    package.others.extend(others);
    keep_others(package.version.as_deref(), &mut package.others);
    if specifier.is_some() && (package.specifier.is_none() || source == PackageSource::Pyproject) {
        package.specifier = specifier;
    }
}

/// Keeps the versions that differ from the chosen one, each once.
fn keep_others(decides: Option<&str>, others: &mut Vec<OtherVersion>) {
    if others.is_empty() {
        return;
    }
    let mut seen = BTreeSet::new();
    others.retain(|other| Some(other.version.as_str()) != decides && seen.insert(other.version.clone()));
}

/// Compares versions; invalid versions come before valid ones, and no version before everything.
fn by_version(left: Option<&str>, right: Option<&str>) -> Ordering {
    let key = |text: Option<&str>| text.map(|text| (text.parse::<Version>().ok(), text.to_owned()));
    key(left).cmp(&key(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use takk_model::Place;

    fn entry(name: &str, version: Option<&str>, line: u32) -> Entry {
        Entry::locked(name.to_owned(), version.map(str::to_owned), Place::new("uv.lock", line, 1), PackageSource::UvLock)
    }

    #[test]
    fn the_highest_version_of_one_file_counts() {
        let files = vec![vec![entry("a", Some("1.9"), 1), entry("a", Some("1.10"), 2), entry("a", Some("odd"), 3)]];
        let packages = packages(files, &BTreeSet::new());
        let package = packages.find("a").expect("a is there");
        assert_eq!((package.version.as_deref(), package.place.line), (Some("1.10"), 2));
    }

    #[test]
    fn the_first_file_that_has_a_version_decides() {
        let files = vec![vec![entry("a", None, 1)], vec![entry("a", Some("1.0"), 2)], vec![entry("a", Some("2.0"), 3)]];
        assert_eq!(packages(files, &BTreeSet::new()).version("a"), Some("1.0"));
    }

    #[test]
    fn the_project_is_no_package_of_itself() {
        let own = BTreeSet::from(["a".to_owned()]);
        assert!(packages(vec![vec![entry("a", Some("1.0"), 1)]], &own).0.is_empty());
    }

    #[test]
    fn the_requirement_of_pyproject_is_shown() {
        let mut of_requirements = entry("a", Some("1.0"), 1);
        of_requirements.specifier = Some("==1.0".to_owned());
        let mut of_pyproject = entry("a", None, 2);
        of_pyproject.specifier = Some(">=1".to_owned());
        of_pyproject.source = PackageSource::Pyproject;
        of_pyproject.direct = true;
        let packages = packages(vec![vec![of_requirements], vec![of_pyproject]], &BTreeSet::new());
        let package = packages.find("a").expect("a is there");
        assert_eq!((package.specifier.as_deref(), package.version.as_deref()), (Some(">=1"), Some("1.0")));
        assert!(package.direct);
    }
}
