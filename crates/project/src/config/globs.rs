//! Path patterns.

use std::ops::Range;

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::section::Section;

/// A set of patterns for paths relative to the root, matched as ruff does: `*` crosses directories, and a pattern without `/` also matches
/// the name of the file or of any directory above it.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    pub patterns: Vec<String>,
    paths: GlobSet,
    names: GlobSet,
}

impl Globs {
    /// Whether a pattern matches the path or a directory that contains it.
    pub fn cover(&self, path: &str) -> bool {
        if self.patterns.is_empty() {
            return false;
        }
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
        ends.map(|end| &path[..end]).any(|part| {
            let name = part.rsplit('/').next().unwrap_or(part);
            self.paths.is_match(part) || self.names.is_match(name)
        })
    }
}

/// The patterns of a key.
pub(super) fn read(section: &mut Section, key: &str) -> Globs {
    let patterns = section.strings(key).unwrap_or_default();
    compile(section, &patterns)
}

/// Compiles the patterns together. Invalid ones are reported as problems.
pub(super) fn compile(section: &mut Section, patterns: &[(&str, Range<usize>)]) -> Globs {
    let mut globs = Globs::default();
    let (mut paths, mut names) = (GlobSetBuilder::new(), GlobSetBuilder::new());
    for (pattern, span) in patterns {
        let trimmed = pattern.trim_start_matches("./").trim_end_matches('/');
        match Glob::new(trimmed) {
            Ok(glob) => {
                globs.patterns.push((*pattern).to_owned());
                if !trimmed.contains('/') {
                    names.add(glob.clone());
                }
                paths.add(glob);
            }
            Err(error) => {
                let message = format!("`{pattern}` is not a path pattern: {}", error.kind());
                section.bad(span, message, "write a pattern such as \"tests/*\"".to_owned());
            }
        }
    }
    match (paths.build(), names.build()) {
        (Ok(paths), Ok(names)) => Globs { paths, names, ..globs },
        (Err(error), _) | (_, Err(error)) => {
            if let Some((_, span)) = patterns.first() {
                let message = format!("these patterns cannot be used together: {}", error.kind());
                section.bad(span, message, "write fewer or shorter patterns".to_owned());
            }
            Globs::default()
        }
    }
}
