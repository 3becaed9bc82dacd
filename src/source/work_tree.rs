//! Files of a checkout.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A checkout on disk.
#[derive(Clone, Debug)]
pub struct WorkTree {
    root: PathBuf,
}

impl WorkTree {
    /// The checkout at `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Its root directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The bytes of a file, named relative to the root.
    pub fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        fs::read(self.root.join(path))
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
    fs::read(path).ok()
}
