//! Modules that no import root holds: packages of one repository that import each other although nothing declares where they are.
//!
//! Which directories the program searches is decided where it is started, which the source does not say. Every directory that holds the
//! module is a candidate, and the nearest to the importing file is taken. Where two are as near, none is: the module stays unknown, and
//! whoever needs it says so.

use super::{FileId, Found, Modules, Origin, Sought, below, in_tests, join, parent};
use crate::python::stdlib::is_standard;

/// Files that list what a program requires.
const REQUIREMENTS: [&str; 4] = ["requirements.txt", "pyproject.toml", "setup.cfg", "setup.py"];

impl<'l> Modules<'l> {
    /// The module in the nearest directory that holds it.
    pub(super) fn beside(&self, name: &str, importer: FileId) -> Option<FileId> {
        let root = self.root_beside(name, name, importer)?;
        self.file_at(&join(root, &name.replace('.', "/")))
    }

    /// The package without `__init__.py` that is nearest to the importer and holds the module `member`.
    pub fn namespace_beside(&self, name: &str, member: &str, importer: FileId) -> Option<Found<'_>> {
        let root = self.root_beside(name, &format!("{name}.{member}"), importer)?;
        Some(self.found(self.keep_namespace(name, vec![join(root, &name.replace('.', "/"))])))
    }

    /// What the first part of `name` is where the whole of it is found: what `import a.b.c` binds.
    pub fn find_top(&self, name: &str, importer: FileId) -> Option<Found<'_>> {
        let top = name.split('.').next().unwrap_or(name);
        let found = self.find(top, Some(importer));
        if top == name || matches!(found, Some(Found::File(_))) {
            return found;
        }
        // Without a file of its own it may be in several places: that in which the rest is counts.
        let relative = name.replace('.', "/");
        let is_known = || {
            self.known_roots(Some(importer)).iter().any(|root| self.module_at(&join(root, &relative)).is_some())
                || self.find_installed(name, &relative).is_some()
        };
        let root = if is_known() { None } else { self.root_beside(name, name, importer) };
        root.map(|root| self.found(self.keep_namespace(top, vec![join(root, top)]))).or(found)
    }

    /// The directories of the project that hold something of the name of a top-level module.
    pub fn places_of(&self, top: &str) -> Vec<String> {
        self.index().roots(&self.paths, top).into_iter().map(str::to_owned).collect()
    }

    /// The nearest root in which the file of the module `target` is, `name` being what is imported.
    fn root_beside(&self, name: &str, target: &str, importer: FileId) -> Option<&'l str> {
        let top = name.split('.').next().unwrap_or(name);
        let file = self.file(importer);
        if file.origin != Origin::Project || is_standard(top) || super::BUILT_IN.contains(&top) {
            return None;
        }
        let key = (importer, top.to_owned());
        let chosen = self.chosen.borrow().get(&key).copied();
        let relative = target.replace('.', "/");
        let holds = |root: &str| self.module_at(&join(root, &relative)).is_some_and(|path| path != file.path);
        if let Some(root) = chosen {
            // Parts of two packages of one name are never mixed.
            return holds(root).then_some(root);
        }
        if self.is_package_of_known_root(top, importer) {
            return None;
        }
        let candidates = self.index().roots(&self.paths, top).into_iter().filter(|root| holds(root));
        let mut ranked: Vec<_> = candidates
            .filter(|root| !self.is_doubtful(root, top, &file.path))
            .map(|root| (distance(root, &file.path), root))
            .collect();
        ranked.sort_unstable();
        let (nearest, root) = *ranked.first()?;
        let mut others = ranked[1..].iter().take_while(|(distance, _)| *distance == nearest);
        if others.any(|(_, other)| !self.are_copies(&join(root, &relative), &join(other, &relative))) {
            return None;
        }
        self.chosen.borrow_mut().insert(key, root);
        Some(root)
    }

    /// Whether a root that is known holds a regular package or a module of that name: Python looks no further.
    fn is_package_of_known_root(&self, top: &str, importer: FileId) -> bool {
        self.known_roots(Some(importer)).iter().any(|root| self.module_at(&join(root, top)).is_some())
    }

    /// Whether what a directory holds may have the name of a package that is required by chance: a module inside a package, or a single
    /// file elsewhere.
    fn is_doubtful(&self, root: &str, top: &str, importer: &str) -> bool {
        let in_package = self.exists(&join(root, "__init__.py"));
        let single_file_elsewhere = self.exists(&join(root, &format!("{top}.py"))) && below(importer, root).is_none();
        (in_package || single_file_elsewhere) && self.is_required(top, importer)
    }

    /// Whether a list of requirements around a file has a package of that name.
    fn is_required(&self, top: &str, path: &str) -> bool {
        let mut directory = parent(path);
        while let Some(current) = directory {
            let mut lists = self.requirements.borrow_mut();
            let list = lists.entry(current.to_owned()).or_insert_with(|| {
                let texts = REQUIREMENTS.iter().filter_map(|name| self.loader.project_file(&join(current, name)).ok());
                texts.flat_map(|text| required(&String::from_utf8_lossy(&text))).collect()
            });
            if list.iter().any(|name| may_install(name, top)) {
                return true;
            }
            directory = parent(current);
        }
        false
    }

    /// Whether two modules have the same text.
    fn are_copies(&self, one: &str, other: &str) -> bool {
        let text = |base: &str| self.loader.project_file(&self.module_at(base)?).ok();
        text(one).is_some_and(|one| text(other) == Some(one))
    }

    pub(super) fn found(&self, sought: Sought) -> Found<'_> {
        match sought {
            Sought::Namespace(at) => Found::Namespace(&self.namespaces[at]),
            Sought::File(file) => Found::File(file),
            Sought::Nothing => unreachable!("only what was found is asked for"),
        }
    }
}

/// How far a root is from a file: test code last, then how many directories up, then how many down.
fn distance(root: &str, path: &str) -> (bool, usize, usize) {
    let parts = |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (there, here) = (parts(root), parts(parent(path).unwrap_or_default()));
    let common = there.iter().zip(&here).take_while(|(a, b)| a == b).count();
    (in_tests(&join(root, "x.py")) && !in_tests(path), here.len() - common, there.len() - common)
}

/// The names of packages that a list of requirements has, without `-`, `_` and `.`: those at the beginning of a line, and those in quotes
/// that a version follows.
fn required(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in text.lines() {
        let starts = line.match_indices(['"', '\'']).map(|(at, _)| at + 1).map(|at| (at, true));
        for (start, quoted) in std::iter::once((0, false)).chain(starts) {
            let rest = &line[start..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).unwrap_or(rest.len());
            let follows = rest[end..].trim_start().chars().next();
            let is_requirement = match follows {
                Some(c) => "=<>~![;@".contains(c),
                None => !quoted,
            };
            if end > 0 && is_requirement {
                names.push(folded(&rest[..end]));
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace(['-', '_', '.'], "")
}

/// Whether a package may install a top-level module: `redis`, `pyjwt` for `jwt`, `kafka-python` for `kafka`.
fn may_install(package: &str, top: &str) -> bool {
    let top = folded(top);
    let rest = package.strip_prefix(&top).or_else(|| package.strip_suffix(&top));
    matches!(rest, Some("" | "py" | "python" | "client" | "sdk"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_above_then_up_the_fewest_steps() {
        let path = "jobs/one/src/models/x.py";
        let mut roots = ["", "jobs", "jobs/one/src", "jobs/one/lib", "jobs/two/src", "libs/a/src", "jobs/one/src/models/tests"];
        roots.sort_by_key(|root| distance(root, path));
        assert_eq!(
            roots,
            ["jobs/one/src", "jobs/one/lib", "jobs", "jobs/two/src", "", "libs/a/src", "jobs/one/src/models/tests"]
        );
    }

    #[test]
    fn names_of_requirements() {
        let text = "redis>=5\nPyJWT\n# kafka\ninclude = [\"models\"]\n  \"acme-sdk ~=1\",\nuvicorn[standard]==1\n";
        assert_eq!(required(text), ["acmesdk", "pyjwt", "redis", "uvicorn"]);
        assert!(may_install("pyjwt", "jwt") && may_install("kafkapython", "kafka") && !may_install("djangoredis", "redis"));
    }
}
