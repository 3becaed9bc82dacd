//! Files of a commit, read from git's object store: the work tree stays as it is.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::git::{Git, Objects};
use super::selection::{Content, content_of, is_source_directory};
use super::walk::{Scanned, Skipped};
use crate::error::{Error, Result};
use crate::nearest::nearest;

/// The project's directory as a commit has it.
#[derive(Debug)]
pub struct Commit {
    /// The object of each regular file that is read, by path relative to the project.
    files: BTreeMap<String, String>,
    objects: Mutex<Objects>,
}

impl Commit {
    /// The commit `reference` of the repository that `root` is in. A project that the commit does not have yet has no files.
    pub fn open(root: &Path, reference: &str) -> Result<Self> {
        let git = Git::new(root);
        let prefix = text(git.tell(&["rev-parse", "--show-prefix"])?);
        let prefix = prefix.trim_end_matches('\n');
        let commit = resolve(&git, reference)?;
        let mut list = vec!["ls-tree", "-r", "-z", "--full-tree", &commit];
        if !prefix.is_empty() {
            list.extend(["--", prefix]);
        }
        let mut files = selected(&git.tell(&list)?, prefix);
        // A checkout is read without the files that it ignores, also those that were added all the same.
        let ignored =
            git.ask(&["ls-files", "--cached", "--ignored", "--exclude-per-directory=.gitignore", "-z"])?.unwrap_or_default();
        for path in text(ignored).split('\0') {
            files.remove(path);
        }
        Ok(Self { files, objects: Mutex::new(git.objects()?) })
    }

    /// The bytes of a file, named relative to the project's directory.
    pub fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let id = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).read(id)
    }

    /// Scans every Python file, as [`super::walk`] does in a checkout.
    pub fn walk<T>(&self, excluded: &dyn Fn(&str) -> bool, scan: &dyn Fn(&[u8]) -> T) -> Scanned<T> {
        let mut found = Scanned { python: Vec::new(), others: Vec::new(), skipped: Vec::new() };
        for path in self.files.keys().filter(|path| !excluded(path)) {
            match content_of(file_name(path)) {
                Some(Content::Metadata) => found.others.push(path.clone()),
                Some(Content::Python) => match self.read(path) {
                    Ok(bytes) => found.python.push((path.clone(), scan(&bytes))),
                    Err(error) => found.skipped.push(Skipped { path: path.clone(), reason: error.to_string() }),
                },
                None => {}
            }
        }
        found
    }
}

/// The object name of a commit.
fn resolve(git: &Git, reference: &str) -> Result<String> {
    // What begins with a hyphen is an option to git and never the name of a commit.
    if !reference.starts_with('-')
        && let Some(id) = git.ask(&["rev-parse", "--verify", "--quiet", &format!("{reference}^{{commit}}")])?
    {
        return Ok(text(id).trim().to_owned());
    }
    let error = Error::environment(format!("no commit is named `{reference}`"));
    let names = text(
        git.ask(&["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"])?.unwrap_or_default(),
    );
    let elsewhere = names.lines().find(|name| name.strip_suffix(reference).is_some_and(|remote| remote.ends_with('/')));
    if let Some(name) = elsewhere.or_else(|| nearest(reference, names.lines())) {
        return Err(error.hint(format!("did you mean `{name}`?")));
    }
    if text(git.ask(&["rev-parse", "--is-shallow-repository"])?.unwrap_or_default()).trim() == "true" {
        return Err(error
            .hint(format!("this clone is shallow: `git fetch origin {reference}` brings it, then use `--base FETCH_HEAD`")));
    }
    Err(error.hint("`git branch --all` lists the branches"))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The files below `prefix` that are read, out of what `git ls-tree -r -z` lists: `mode type object<tab>path`.
fn selected(listing: &[u8], prefix: &str) -> BTreeMap<String, String> {
    let listing = String::from_utf8_lossy(listing);
    let regular: Vec<(&str, &str)> = listing.split('\0').filter_map(|line| regular_file(line, prefix)).collect();
    let paths: HashSet<&str> = regular.iter().map(|(path, _)| *path).collect();
    let wanted = |path: &str| content_of(file_name(path)).is_some() && is_source(path, &paths);
    regular.into_iter().filter(|(path, _)| wanted(path)).map(|(path, id)| (path.to_owned(), id.to_owned())).collect()
}

/// Path and object of a regular file; symbolic links (mode 120000) and submodules (160000) are none.
fn regular_file<'l>(line: &'l str, prefix: &str) -> Option<(&'l str, &'l str)> {
    let (facts, path) = line.split_once('\t')?;
    let id = facts.starts_with("100").then(|| facts.split(' ').nth(2)).flatten()?;
    Some((path.strip_prefix(prefix)?, id))
}

/// Whether all directories of a path hold source, and nothing on it is hidden.
fn is_source(path: &str, paths: &HashSet<&str>) -> bool {
    let directories = path.match_indices('/').map(|(end, _)| &path[..end]);
    !path.split('/').any(|part| part.starts_with('.'))
        && directories.into_iter().all(|directory| {
            let parent = directory.rsplit_once('/').map_or("", |(parent, _)| parent);
            is_source_directory(file_name(directory), |file| {
                let (above, file) = file.strip_prefix("../").map_or((directory, file), |file| (parent, file));
                paths.contains(if above.is_empty() { file.to_owned() } else { format!("{above}/{file}") }.as_str())
            })
        })
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_commit_are_those_of_a_checkout() {
        let listing = [
            "100644 blob 01\tapi/app.py",
            "100755 blob 02\tapi/uv.lock",
            "120000 blob 03\tapi/link.py",
            "160000 commit 04\tapi/vendored.py",
            "100644 blob 05\tapi/readme.md",
            "100644 blob 06\tapi/.hidden/app.py",
            "100644 blob 07\tapi/build/copy.py",
            "100644 blob 08\tapi/dist/__init__.py",
            "100644 blob 09\tapi/env/pyvenv.cfg",
            "100644 blob 10\tapi/env/lib/python3.12/sitecustomize.py",
            "100644 blob 11\tapi/node_modules/x/y.py",
            "100644 blob 12\tother/app.py",
        ];
        let found: Vec<(String, String)> = selected(listing.join("\0").as_bytes(), "api/").into_iter().collect();
        let expected = [("app.py", "01"), ("dist/__init__.py", "08"), ("uv.lock", "02")];
        assert_eq!(found, expected.map(|(path, id)| (path.to_owned(), id.to_owned())));
    }
}
