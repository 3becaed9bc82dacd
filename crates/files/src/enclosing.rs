//! Which repository a directory belongs to. Only a work tree with `.git` counts: a bare repository inside it is content.

use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

/// The nearest directory from `directory` upwards that contains `.git`, and the type of `.git`: a directory, or the file of a
/// worktree or a submodule.
pub fn git_entry(directory: &Path) -> Option<(PathBuf, FileType)> {
    directory.ancestors().find_map(|above| {
        let kind = fs::metadata(above.join(".git")).ok()?.file_type();
        (kind.is_dir() || kind.is_file()).then(|| (above.to_owned(), kind))
    })
}

/// The directory that the project's files in `root` may come from: the work tree of its repository, else itself. A work tree that is the
/// user's home directory or a parent of it contains more than a project.
#[expect(clippy::disallowed_methods, reason = "whose home it is decides, not what takk is told to do")]
pub fn boundary(root: &Path) -> PathBuf {
    let home = std::env::home_dir().map(|home| home.canonicalize().unwrap_or(home));
    let is_too_much = |tree: &Path| tree.parent().is_none() || home.is_some_and(|home| home.starts_with(tree));
    match git_entry(root) {
        Some((tree, _)) if tree == root || !is_too_much(&tree) => tree,
        _ => root.to_owned(),
    }
}
