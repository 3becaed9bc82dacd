//! Modules outside all import roots: packages of one repository that import each other without declaring where they are.
//!
//! The directories that a program searches depend on how it is started, which the source does not show. Every directory that
//! contains the module is a candidate, and the one nearest to the importing file wins. If two are equally near, the module is
//! not resolved, and the code that needs it reports both.

use super::{FileId, Found, Modules, Origin, Sought, below, in_tests, join, parent};
use crate::stdlib::is_standard;

/// With more directories than this below one, none is chosen: a name that common identifies nothing.
const MOST: usize = 512;
/// Files that declare a program's dependencies.
const REQUIREMENTS: [&str; 4] = ["requirements.txt", "pyproject.toml", "setup.cfg", "setup.py"];

impl<'l> Modules<'l> {
    /// The module in the nearest directory that contains it.
    pub(super) fn beside(&self, name: &str, importer: FileId) -> Option<FileId> {
        let root = self.root_beside(name, name, importer)?;
        self.file_at(&join(root, &name.replace('.', "/")))
    }

    /// The namespace package nearest to the importer that contains the module `member`.
    pub fn namespace_beside(&self, name: &str, member: &str, importer: FileId) -> Option<Found<'_>> {
        let root = self.root_beside(name, &[name, ".", member].concat(), importer)?;
        Some(self.found(self.keep_namespace(name, vec![join(root, &name.replace('.', "/"))])))
    }

    /// The top-level package in `name`, resolved so that the whole name can be found in it: what `import a.b.c` binds to `a`.
    pub fn find_top(&self, name: &str, importer: FileId) -> Option<Found<'_>> {
        let top = name.split('.').next().unwrap_or(name);
        let found = self.find(top, Some(importer));
        if top == name || matches!(found, Some(Found::File(_))) {
            return found;
        }
        // A namespace package may exist in several places: the one that contains the rest of the name counts.
        let relative = name.replace('.', "/");
        let is_known = || {
            self.known_roots(Some(importer)).iter().any(|root| self.module_at(&join(root, &relative)).is_some())
                || self.find_installed(name, &relative).is_some()
        };
        let root = if is_known() { None } else { self.root_beside(name, name, importer) };
        root.map(|root| self.found(self.keep_namespace(top, vec![join(root, top)]))).or(found)
    }

    /// The directories of the project that contain a file or directory with the name of a top-level module.
    pub fn places_of(&self, top: &str) -> Vec<String> {
        self.roots_with(top).iter().map(|root| (*root).to_owned()).collect()
    }

    /// The nearest root that contains the module `target`, for an import of `name`.
    fn root_beside(&self, name: &str, target: &str, importer: FileId) -> Option<&'l str> {
        let top = name.split('.').next().unwrap_or(name);
        let file = self.file(importer);
        if file.origin != Origin::Project || is_standard(top) || super::BUILT_IN.contains(&top) {
            return None;
        }
        // Nearly every name that gets here belongs to an installed package.
        let roots = self.roots_with(top);
        if roots.is_empty() {
            return None;
        }
        let key = (importer, top.to_owned());
        let chosen = self.chosen.borrow().get(&key).copied();
        let relative = target.replace('.', "/");
        let holds = |root: &str| self.module_at(&join(root, &relative)).is_some_and(|path| path != file.path);
        if let Some(root) = chosen {
            // Never mixes the parts of two packages with the same name.
            return holds(root).then_some(root);
        }
        if self.is_package_of_known_root(top, importer) {
            return None;
        }
        let is_candidate = |root: &str| holds(root) && !self.is_doubtful(root, top, &file.path);
        let root = nearest(&roots, &file.path, false, &is_candidate, &|one, other| {
            self.are_copies(&join(one, &relative), &join(other, &relative))
        });
        let root = root.or_else(|| nearest(&roots, &file.path, true, &is_candidate, &|_, _| false))?;
        self.chosen.borrow_mut().insert(key, root);
        Some(root)
    }

    /// Whether a known root contains a regular package or a module of that name, where Python stops searching.
    fn is_package_of_known_root(&self, top: &str, importer: FileId) -> bool {
        self.known_roots(Some(importer)).iter().any(|root| self.module_at(&join(root, top)).is_some())
    }

    /// Whether a module may share its name with a dependency by coincidence: a module inside a package, or a single file
    /// elsewhere.
    fn is_doubtful(&self, root: &str, top: &str, importer: &str) -> bool {
        let in_package = self.exists(&join(root, "__init__.py"));
        let single_file_elsewhere = self.exists(&join(root, &format!("{top}.py"))) && below(importer, root).is_none();
        (in_package || single_file_elsewhere) && self.is_required(top, importer)
    }

    /// Whether a package of that name is among the dependencies that files in the directories above `path` declare.
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

    /// Whether two modules have identical text.
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

/// The root nearest to a file: below the nearest enclosing directory, and there the least nested. `None` if several are equally
/// near, unless they are copies. Test directories count if `in_test_code`, or if the file is in one.
fn nearest<'l>(
    roots: &[&'l str],
    path: &str,
    in_test_code: bool,
    is_candidate: &dyn Fn(&str) -> bool,
    are_same: &dyn Fn(&str, &str) -> bool,
) -> Option<&'l str> {
    let takes_tests = in_test_code || in_tests(path);
    let mut directory = parent(path);
    while let Some(current) = directory {
        let below_it = range(roots, current);
        let exact = roots.binary_search(&current).ok().map(|at| roots[at]);
        if let Some(root) = exact.filter(|root| is_candidate(root)) {
            return Some(root);
        }
        if below_it.len() > MOST {
            return None;
        }
        let candidates = below_it.iter().filter(|root| takes_tests || !in_tests(&join(root, "x.py")));
        let mut ranked: Vec<(usize, &'l str)> =
            candidates.filter(|root| is_candidate(root)).map(|root| (root.matches('/').count(), *root)).collect();
        ranked.sort_unstable();
        if let Some(&(depth, root)) = ranked.first() {
            let mut others = ranked[1..].iter().take_while(|(other, _)| *other == depth);
            return others.all(|(_, other)| are_same(root, other)).then_some(root);
        }
        directory = parent(current);
    }
    None
}

/// Those of the sorted roots that are inside a directory.
fn range<'r, 'l>(roots: &'r [&'l str], directory: &str) -> &'r [&'l str] {
    if directory.is_empty() {
        return roots;
    }
    let prefix = format!("{directory}/");
    let start = roots.partition_point(|root| *root < prefix.as_str());
    let length = roots[start..].iter().take_while(|root| root.starts_with(&prefix)).count();
    &roots[start..start + length]
}

/// The package names in a file of dependencies, without `-`, `_` and `.`: at the start of a line, or in quotes and followed by
/// a version.
fn required(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in text.lines() {
        let starts = line.match_indices(['"', '\'']).map(|(at, _)| at + 1).map(|at| (at, true));
        for (start, quoted) in std::iter::once((0, false)).chain(starts) {
            let rest = &line[start..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).unwrap_or(rest.len());
            let follows = rest[end..].trim_start();
            // `redis = "^5"` is a requirement of Poetry; `include = [...]` is not.
            let is_list = follows.strip_prefix('=').is_some_and(|value| value.trim_start().starts_with('['));
            let is_requirement = match follows.chars().next() {
                Some(c) => "=<>~![;@".contains(c) && !is_list,
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
        let order = ["jobs/one/src", "jobs/one/lib", "jobs", "jobs/two/lib", "", "libs/src", "jobs/one/src/models/tests"];
        for (at, expected) in order.iter().enumerate() {
            let mut left = order[at..].to_vec();
            left.sort_unstable();
            let found = nearest(&left, path, false, &|_| true, &|_, _| false);
            let found = found.or_else(|| nearest(&left, path, true, &|_| true, &|_, _| false));
            assert_eq!(found, Some(*expected), "{left:?}");
        }
    }

    #[test]
    fn what_is_as_near_is_nobody_unless_the_same() {
        let roots = ["libs/one", "libs/two"];
        assert_eq!(nearest(&roots, "api/x.py", false, &|_| true, &|_, _| false), None);
        assert_eq!(nearest(&roots, "api/x.py", false, &|_| true, &|_, _| true), Some("libs/one"));
        assert_eq!(nearest(&roots, "libs/two/a/x.py", false, &|_| true, &|_, _| false), Some("libs/two"));
        assert_eq!(nearest(&roots, "api/x.py", false, &|root| root == "libs/two", &|_, _| false), Some("libs/two"));
    }

    #[test]
    fn names_of_requirements() {
        let text = "redis>=5\nPyJWT\n# kafka\ninclude = [\"models\"]\n  \"acme-sdk ~=1\",\nuvicorn[standard]==1\n";
        assert_eq!(required(text), ["acmesdk", "pyjwt", "redis", "uvicorn"]);
        assert!(may_install("pyjwt", "jwt") && may_install("kafkapython", "kafka") && !may_install("djangoredis", "redis"));
    }
}
