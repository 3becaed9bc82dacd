//! The dotted name under which the module in a file is imported.

use super::{Modules, below, dotted, in_tests, join, parent};

impl Modules<'_> {
    /// The dotted name of the module at `path`, relative to the import root that contains it. If another file has the same
    /// name, as when every service has its `app.config`, the whole path distinguishes them.
    pub fn module_name(&self, path: &str) -> String {
        let name = self.short_name(path);
        if self.is_shared(&name, path) { whole_name(path) } else { name }
    }

    /// Relative to where a nested project keeps its packages, or else to the longest declared import root; without either, the
    /// longest dotted name that the path allows.
    fn short_name(&self, path: &str) -> String {
        let declared = self.roots.iter().find(|root| below(path, root).is_some_and(|relative| dotted(relative).is_some()));
        let own = self.project_above(path).filter(|project| declared.is_none_or(|root| root.len() < project.len()));
        own.and_then(|project| self.name_in_project(path, &project))
            .or_else(|| declared.and_then(|root| dotted(below(path, root)?)))
            .or_else(|| self.longest_name(path))
            .unwrap_or_else(|| path.trim_end_matches(".py").rsplit('/').next().unwrap_or(path).to_owned())
    }

    /// The longest dotted name that a suffix of the path allows: a directory whose name is not an identifier cannot be a
    /// package.
    fn longest_name(&self, path: &str) -> Option<String> {
        let mut starts = path.match_indices('/').map(|(slash, _)| slash + 1);
        let (start, name) = starts.find_map(|start| Some((start, dotted(&path[start..])?)))?;
        let is_directory_of_code = name.starts_with("src.") && !self.exists(&format!("{}src/__init__.py", &path[..start]));
        Some(if is_directory_of_code { name[4..].to_owned() } else { name })
    }

    /// The nearest directory above a file, except the root, that contains a project of its own.
    fn project_above(&self, path: &str) -> Option<String> {
        let mut directory = parent(path);
        while let Some(current) = directory.filter(|current| !current.is_empty()) {
            if self.source_roots(current).is_some() {
                return Some(current.to_owned());
            }
            directory = parent(current);
        }
        None
    }

    fn name_in_project(&self, path: &str, project: &str) -> Option<String> {
        let implied = self.implied_root(path);
        let is_packaged = parent(path) != Some(implied.as_str()) && below_or_same(&implied, project);
        let hints = self.source_roots(project).unwrap_or_default();
        let usual = [join(project, "src"), project.to_owned()];
        let mut roots: Vec<&String> = hints.iter().collect();
        roots.sort_by_key(|root| std::cmp::Reverse(root.len()));
        let [src, flat] = &usual;
        let mut roots = roots.into_iter().chain([src]).chain(is_packaged.then_some(&implied)).chain([flat]);
        roots.find_map(|root| dotted(below(path, root)?))
    }

    /// Whether another file of the project has the same name. Files in test code only count for a file in test code.
    fn is_shared(&self, name: &str, path: &str) -> bool {
        let relative = name.replace('.', "/");
        // Only one file can have its whole path as its name.
        if path.strip_prefix(relative.as_str()).is_some_and(|rest| matches!(rest, ".py" | "/__init__.py")) {
            return false;
        }
        let key = (name.to_owned(), in_tests(path));
        if let Some(known) = self.shared.borrow().get(&key) {
            return *known;
        }
        let top = name.split('.').next().unwrap_or(name);
        let is_it = |file: &String| self.exists(file) && in_tests(file) <= key.1 && self.short_name(file) == name;
        let bases = self.roots_with(top).iter().map(|root| join(root, &relative)).collect::<Vec<_>>();
        let files = bases.iter().flat_map(|base| [format!("{base}/__init__.py"), format!("{base}.py")]);
        let is_shared = files.filter(is_it).nth(1).is_some();
        self.shared.borrow_mut().insert(key, is_shared);
        is_shared
    }

    /// Whether a directory contains a project of its own, or requirements of its own.
    pub fn is_unit(&self, directory: &str) -> bool {
        self.source_roots(directory).is_some() || self.loader.has_requirements(directory)
    }

    /// Where the project in a directory keeps its packages, if there is one.
    pub(super) fn source_roots(&self, directory: &str) -> Option<Vec<String>> {
        if let Some(known) = self.projects.borrow().get(directory) {
            return known.clone();
        }
        let found = self.loader.source_roots(directory);
        self.projects.borrow_mut().insert(directory.to_owned(), found.clone());
        found
    }
}

fn below_or_same(path: &str, root: &str) -> bool {
    path == root || below(path, root).is_some()
}

/// The path as a dotted name: `jobs.one.src.models.base`. Such a name may not be importable.
fn whole_name(path: &str) -> String {
    let stem = path.strip_suffix(".py").unwrap_or(path);
    stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".")
}
