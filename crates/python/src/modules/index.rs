//! An index of every file and directory of the project by name: finds the directories that contain a top-level module or
//! package.

use crate::scan::hash;

/// Files and directories by name. Built lazily, at the first lookup of a name that no known root contains.
pub(super) struct Index {
    /// For each name: its hash, the index of a path that contains it, and its offset in that path; sorted.
    names: Vec<(u32, u32, u32)>,
}

impl Index {
    pub(super) fn new(paths: &[&str]) -> Self {
        let mut names = Vec::with_capacity(paths.len() + paths.len() / 2);
        let mut before = "";
        for (path, at) in paths.iter().zip(0_u32..) {
            let mut start = 0;
            for (slash, _) in path.match_indices('/') {
                // The paths of a directory are adjacent: only the first of them counts.
                if !before.starts_with(&path[..=slash]) {
                    names.push(entry(path, at, start, slash));
                }
                start = slash + 1;
            }
            let end = path.strip_suffix(".py").map_or(path.len(), str::len);
            if &path[start..end] != "__init__" {
                names.push(entry(path, at, start, end));
            }
            before = path;
        }
        names.sort_unstable();
        Self { names }
    }

    /// The directories, relative to the project root, that contain a file or directory of that name, sorted and without
    /// duplicates.
    pub(super) fn roots<'p>(&self, paths: &[&'p str], name: &str) -> Vec<&'p str> {
        let wanted = hash(name);
        let from = self.names.partition_point(|(hash, _, _)| *hash < wanted);
        let mut roots = Vec::new();
        for (_, at, start) in self.names[from..].iter().take_while(|(hash, _, _)| *hash == wanted) {
            let (path, start) = (paths[*at as usize], *start as usize);
            let is_it = path[start..].strip_prefix(name).is_some_and(|rest| rest.starts_with('/') || rest == ".py");
            let root = path[..start].trim_end_matches('/');
            if is_it && roots.last() != Some(&root) {
                roots.push(root);
            }
        }
        roots.sort_unstable();
        roots.dedup();
        roots
    }
}

fn entry(path: &str, at: u32, start: usize, end: usize) -> (u32, u32, u32) {
    (hash(&path[start..end]), at, u32::try_from(start).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_by_what_they_hold() {
        let paths =
            ["a-b/models/x.py", "a/models.py", "a/models/__init__.py", "a/models/models/y.py", "models.py", "z/models_of/x.py"];
        assert!(paths.is_sorted());
        let index = Index::new(&paths);
        assert_eq!(index.roots(&paths, "models"), ["", "a", "a-b", "a/models"]);
        assert_eq!(index.roots(&paths, "x"), ["a-b/models", "z/models_of"]);
        assert_eq!(index.roots(&paths, "a"), [""]);
        assert!(index.roots(&paths, "__init__").is_empty() && index.roots(&paths, "mod").is_empty());
    }
}
