//! The hashes of the names in each file, in one allocation per file, because a project has many files.

/// Hashes of the names in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    hashes: Box<[u32]>,
    /// Where each list but the last ends, in the order of the methods.
    ends: [u32; 4],
}

impl Names {
    pub(super) fn of(found: &Found) -> Self {
        let lists = [&found.classes, &found.outside_bases, &found.renames, &found.imported, &found.imported_names];
        let mut hashes = Vec::with_capacity(lists.iter().map(|list| list.len()).sum());
        let mut ends = [0; 4];
        for (at, list) in lists.iter().enumerate() {
            hashes.extend_from_slice(list);
            if let Some(end) = ends.get_mut(at) {
                // A file is at most a few MiB long.
                *end = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
            }
        }
        Self { hashes: hashes.into(), ends }
    }

    /// For each class statement with bases: the hash of its name, the hashes of the identifiers in its parentheses, and 0.
    pub fn classes(&self) -> &[u32] {
        self.list(0)
    }

    /// Hashes of identifiers in these parentheses whose names suggest settings: `AppConfig`, `BaseServiceSettings`.
    pub fn outside_bases(&self) -> &[u32] {
        self.list(1)
    }

    /// `import X as Y` and `Y = ... X`: the hashes of X and Y.
    pub fn renames(&self) -> impl Iterator<Item = (u32, u32)> {
        self.list(2).chunks_exact(2).map(|pair| (pair[0], pair[1]))
    }

    /// Hashes of the top-level modules that it imports, without duplicates.
    pub fn imported(&self) -> &[u32] {
        self.list(3)
    }

    /// Hashes of the words in its lists of imports: names, aliases, and the parts of modules that it imports as a whole. For
    /// star imports, also the parts of the module.
    pub fn imported_names(&self) -> &[u32] {
        self.list(4)
    }

    fn list(&self, at: usize) -> &[u32] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        let end = self.ends.get(at).map_or(self.hashes.len(), |end| *end as usize);
        &self.hashes[start..end]
    }
}

/// The same lists during the scan of a file. In `renames`, each name is followed by its new name.
#[derive(Default)]
pub(super) struct Found {
    pub classes: Vec<u32>,
    pub outside_bases: Vec<u32>,
    pub renames: Vec<u32>,
    pub imported: Vec<u32>,
    pub imported_names: Vec<u32>,
}

impl Found {
    pub(super) fn clear(&mut self) {
        let Self { classes, outside_bases, renames, imported, imported_names } = self;
        for list in [classes, outside_bases, renames, imported, imported_names] {
            list.clear();
        }
    }
}
