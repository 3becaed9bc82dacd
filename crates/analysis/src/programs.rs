//! Which classes can be in one process: services, projects or workspace members that run separately have separate environments, so one
//! variable may be a number in one and an address in the other.
//!
//! A *unit* is a directory with its own `pyproject.toml`, `setup.cfg`, `setup.py`, lock or requirements file, without the units inside it.
//! A unit runs together with the units that its files import from, and with theirs. Two classes can be in one process if some unit runs
//! together with both, unless the components of the project list them separately.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};

use super::is_test;
use takk_model::{ClassRef, Manifest, SettingsClass};
use takk_python::scan::{HashedNames, Mentions, hash};

/// If this many units contain a name, importing it does not tell which of them is meant.
const COMMON: usize = 4;

/// The programs of a project, determined on demand.
pub struct Programs<'p> {
    /// Whether a directory is a unit.
    is_unit: &'p (dyn Fn(&str) -> bool + 'p),
    files: &'p [(String, Mentions)],
    units: RefCell<HashMap<String, String>>,
    importers: OnceCell<HashMap<String, BTreeSet<String>>>,
}

impl<'p> Programs<'p> {
    /// From these files; `is_unit` says whether a directory is a unit.
    pub fn new(is_unit: &'p (dyn Fn(&str) -> bool + 'p), files: &'p [(String, Mentions)]) -> Self {
        Self { is_unit, files, units: RefCell::default(), importers: OnceCell::new() }
    }

    /// Whether two classes may read the same environment.
    pub fn meet(&self, manifest: &Manifest, one: &SettingsClass, other: &SettingsClass) -> bool {
        if let (Some(one), Some(other)) = (services(manifest, one), services(manifest, other)) {
            return one.iter().any(|service| other.contains(service));
        }
        let (one, other) = (self.unit_of(&one.file), self.unit_of(&other.file));
        one == other || !self.run_with(&one).is_disjoint(&self.run_with(&other))
    }

    /// The directory of the unit that a file belongs to.
    fn unit_of(&self, path: &str) -> String {
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        if directory.is_empty() {
            return String::new();
        }
        if let Some(known) = self.units.borrow().get(directory) {
            return known.clone();
        }
        let unit = if (self.is_unit)(directory) { directory.to_owned() } else { self.unit_of(directory) };
        self.units.borrow_mut().insert(directory.to_owned(), unit.clone());
        unit
    }

    /// The units that run together with one: itself, and those that import from it.
    fn run_with(&self, unit: &str) -> BTreeSet<String> {
        let importers = self.importers.get_or_init(|| self.importers());
        let mut found = BTreeSet::from([unit.to_owned()]);
        let mut waiting = vec![unit.to_owned()];
        while let Some(next) = waiting.pop() {
            for importer in importers.get(&next).into_iter().flatten() {
                if found.insert(importer.clone()) {
                    waiting.push(importer.clone());
                }
            }
        }
        found
    }

    /// For each unit, the units that import something which only it contains.
    fn importers(&self) -> HashMap<String, BTreeSet<String>> {
        let mut units: HashMap<String, (HashedNames, HashedNames)> = HashMap::new();
        for (path, mentions) in self.files.iter().filter(|(path, _)| !is_test(path)) {
            let unit = self.unit_of(path);
            let held = top_names(path, &unit);
            let (holds, imports) = units.entry(unit).or_default();
            holds.extend(held);
            imports.extend(mentions.names.imported().iter().copied());
        }
        let mut holders: HashMap<u32, Vec<&str>> = HashMap::new();
        for (unit, (holds, _)) in &units {
            for name in holds {
                holders.entry(*name).or_default().push(unit);
            }
        }
        let mut importers: HashMap<String, BTreeSet<String>> = HashMap::new();
        for (unit, (holds, imports)) in &units {
            let foreign = imports.iter().filter(|name| !holds.contains(name)).filter_map(|name| holders.get(name));
            for holder in foreign.filter(|holders| holders.len() < COMMON).flatten() {
                importers.entry((*holder).to_owned()).or_default().insert(unit.clone());
            }
        }
        importers
    }
}

/// The names of the top-level modules and packages of a unit to which a file may belong: the first two parts of its path.
fn top_names<'p>(path: &'p str, unit: &str) -> impl Iterator<Item = u32> + use<'p> {
    let relative = path.strip_prefix(unit).unwrap_or(path).trim_start_matches('/');
    let relative = relative.strip_prefix("src/").unwrap_or(relative);
    relative.split('/').take(2).map(|part| hash(part.strip_suffix(".py").unwrap_or(part)))
}

/// The components that list a class. A class shared by all components counts for each of them.
fn services<'m>(manifest: &'m Manifest, class: &SettingsClass) -> Option<Vec<&'m str>> {
    let is_it = |listed: &ClassRef| *listed == class.class_ref();
    if manifest.shared_settings.iter().any(is_it) {
        return None;
    }
    let listing = manifest.services.iter().filter(|service| service.settings.iter().any(is_it));
    let names: Vec<&str> = listing.map(|service| service.name.as_str()).collect();
    (!names.is_empty()).then_some(names)
}
