//! Reads a git repository without running git: a repository's configuration names programs for git to start, and its author may be an
//! attacker. This code reads no configuration, starts no program and uses no network.

mod names;
mod objects;
mod revision;

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use takk_files as files;
use takk_model::error::{Error, Result};

pub(super) use names::Named;
pub(super) use objects::{Entry, Kind, Objects};
pub(super) use revision::{resolve, unreadable};

/// The maximum size of a file that refers to another path or to a commit.
const MOST_OF_POINTERS: u64 = 64 << 10;

#[derive(Debug)]
pub(super) struct Repository {
    /// The directory of the checkout.
    pub work_tree: PathBuf,
    /// The directory specific to this checkout, with its `HEAD`.
    own: PathBuf,
    /// The directory that all checkouts of the repository share: branches, tags and objects.
    common: PathBuf,
}

impl Repository {
    /// The repository that contains `directory`, if any.
    pub(super) fn of(directory: &Path) -> Result<Option<Self>> {
        let Some((work_tree, kind)) = files::git_entry(directory) else { return Ok(None) };
        let entry = work_tree.join(".git");
        let broken = |path: &Path, error: &dyn std::fmt::Display| {
            Error::system(format!("cannot read the git repository of `{}`", work_tree.display()))
                .caused_by(format!("{}: {error}", path.display()))
        };
        let own = if kind.is_dir() {
            entry
        } else {
            let pointed = pointer(&entry, "gitdir: ").map_err(|error| broken(&entry, &error))?;
            work_tree.join(pointed.ok_or_else(|| broken(&entry, &"it has no `gitdir: …` line"))?)
        };
        let file = own.join("commondir");
        let common = match pointer(&file, "") {
            Ok(Some(path)) => own.join(path),
            Ok(None) => return Err(broken(&file, &"it does not name a directory")),
            Err(error) if error.kind() == ErrorKind::NotFound => own.clone(),
            Err(error) => return Err(broken(&file, &error)),
        };
        if common.join("reftable").is_dir() {
            let error = Error::system("the repository uses the `reftable` format, which takk cannot read");
            return Err(error.hint("run `git refs migrate --ref-format=files` to convert it"));
        }
        if !common.join("objects").is_dir() {
            return Err(broken(&common, &"it has no objects"));
        }
        Ok(Some(Self { work_tree, own, common }))
    }

    /// The branch that is checked out, if one is.
    pub(super) fn branch(&self) -> Option<String> {
        match self.read_name("HEAD") {
            Ok(Named::Name(name)) => name.strip_prefix("refs/heads/").map(str::to_owned),
            _ => None,
        }
    }

    /// The content of `info/exclude`, which applies to all checkouts.
    pub(super) fn exclude(&self) -> io::Result<Vec<u8>> {
        files::read(&self.common.join("info/exclude"), files::MOST)
    }

    /// Whether it is a shallow clone.
    fn is_shallow(&self) -> bool {
        self.common.join("shallow").metadata().is_ok_and(|file| file.is_file() && file.len() > 0)
    }

    /// Whether it is a partial clone, whose missing objects git would fetch.
    fn is_partial(&self) -> bool {
        let packs = std::fs::read_dir(self.common.join("objects/pack"));
        packs.is_ok_and(|mut packs| {
            packs.any(|pack| pack.is_ok_and(|pack| Path::new(&pack.file_name()).extension() == Some(OsStr::new("promisor"))))
        })
    }
}

/// The path in a one-line file; `None` if it says something else.
fn pointer(path: &Path, prefix: &str) -> io::Result<Option<PathBuf>> {
    let text = files::read(path, MOST_OF_POINTERS)?;
    let line = text.strip_prefix(prefix.as_bytes()).map(<[u8]>::trim_ascii_end);
    Ok(line.filter(|line| !line.is_empty() && !line.contains(&0)).map(|line| PathBuf::from(OsStr::from_bytes(line))))
}
