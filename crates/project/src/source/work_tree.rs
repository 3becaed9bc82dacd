//! Files of a checkout.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::selection::limit_of;
use takk_files::Root;

#[derive(Clone, Debug)]
pub struct WorkTree {
    root: PathBuf,
    /// The directory that all files must be in: that of the repository, whose projects may share files.
    boundary: Arc<Root>,
    /// The project's directory, relative to it.
    prefix: PathBuf,
}

impl WorkTree {
    /// The checkout at `root`, an absolute path without symbolic links.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        let boundary = takk_files::boundary(&root);
        let prefix = root.strip_prefix(&boundary).unwrap_or(Path::new("")).to_owned();
        Self { boundary: Arc::new(Root::new(boundary)), root, prefix }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The bytes of a file, named relative to the root. Files outside the repository are refused.
    pub fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.boundary.read(&self.prefix.join(path), limit_of(path))
    }

    /// A file, open for reading.
    pub(super) fn file(&self, path: &str) -> io::Result<File> {
        self.boundary.file(&self.prefix.join(path))
    }

    /// The directory that all files must be in.
    pub(super) fn boundary(&self) -> Arc<Root> {
        Arc::clone(&self.boundary)
    }

    /// The project's directory, relative to the boundary.
    pub(super) fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// The `site-packages` directories of a virtual environment.
    pub fn site_packages(venv: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for library in ["lib", "lib64"] {
            let Ok(entries) = fs::read_dir(venv.join(library)) else { continue };
            let mut versions: Vec<PathBuf> = entries.flatten().map(|entry| entry.path().join("site-packages")).collect();
            versions.retain(|path| path.is_dir());
            versions.sort();
            found.extend(versions.into_iter().map(|path| path.to_string_lossy().into_owned()));
            if !found.is_empty() {
                break;
            }
        }
        let windows = venv.join("Lib").join("site-packages");
        if found.is_empty() && windows.is_dir() {
            found.push(windows.to_string_lossy().into_owned());
        }
        found
    }
}

/// The bytes of a file of an installed package, by absolute path.
pub fn installed_file(path: &str) -> Option<Vec<u8>> {
    takk_files::read(Path::new(path), limit_of(path)).ok()
}
