//! The directory of one server: `data`, its configuration, its log, and the lock that it holds while it runs.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;
use zeroize::Zeroizing;

use super::kinds::Program;
use super::process::Process;
use super::user::ServerUser;
use crate::blueprint::Blueprint;
use crate::ledger::Entry;

/// How much of the end of a log is searched for its last lines.
const TAIL: u64 = 16 * 1024;
/// The longest line that an error repeats, in characters.
const LONGEST_LINE: usize = 300;
/// How often to check a log for new lines.
const FOLLOW: Duration = Duration::from_millis(200);

/// The metadata in a directory: its owner, its credentials, the version of its data.
#[derive(Serialize, Deserialize)]
struct Facts {
    store: String,
    project: String,
    environment: String,
    resource: String,
    credential: String,
    version: String,
}

pub(super) struct Directory(PathBuf);

impl Directory {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn log(&self) -> PathBuf {
        self.0.join("log")
    }

    /// Creates the directory, accessible only to its user, or checks that an existing one is ours and that its data is compatible.
    pub(super) fn create(
        &self,
        blueprint: &Blueprint,
        entry: &Entry,
        program: &Program,
        user: Option<&ServerUser>,
    ) -> Result<()> {
        let wanted = Facts {
            store: blueprint.owner.store.clone(),
            project: blueprint.owner.project.clone(),
            environment: blueprint.owner.environment.clone(),
            resource: blueprint.key(),
            credential: entry.credential_id.clone(),
            version: program.version.clone(),
        };
        let facts = self.0.join("takk.json");
        if let Ok(text) = fs::read(&facts) {
            return self.is_usable(serde_json::from_slice(&text).ok(), &wanted, program.has_versioned_data);
        }
        let failed =
            |error: std::io::Error| Error::system(format!("cannot create the directory {}", self.0.display())).caused_by(error);
        if let Some(parent) = self.0.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(failed)?;
        }
        match fs::DirBuilder::new().mode(0o700).create(&self.0) {
            Ok(()) => {}
            // takk ended after creating it and before writing its metadata. It is empty then.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && is_empty(&self.0) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(Error::usage(format!(
                    "{}: {} exists, and takk did not create it",
                    blueprint.key(),
                    self.0.display()
                ))
                .hint("move it away, then run `takk up` again"));
            }
            Err(error) => return Err(failed(error)),
        }
        if let Some(user) = user {
            user.own(&self.0).map_err(failed)?;
        }
        let text = serde_json::to_vec(&wanted).map_err(|error| Error::internal("cannot write JSON").caused_by(error))?;
        write_file(&facts, &text, user).map_err(failed)
    }

    fn is_usable(&self, found: Option<Facts>, wanted: &Facts, has_versioned_data: bool) -> Result<()> {
        let (key, path) = (&wanted.resource, self.0.display());
        let afresh = || format!("`takk down --data {}` deletes its data; then run `takk up` again", shell_word(key));
        let Some(found) = found else {
            return Err(Error::usage(format!("{key}: {path}/takk.json cannot be read"))
                .hint("move the directory away, then run `takk up` again"));
        };
        let owner = |facts: &Facts| [&facts.store, &facts.project, &facts.environment, &facts.resource].map(String::clone);
        if owner(&found) != owner(wanted) {
            return Err(Error::usage(format!("{key}: {path} belongs to another takk store or resource"))
                .hint("move it away, then run `takk up` again"));
        }
        if found.credential != wanted.credential {
            return Err(Error::usage(format!(
                "{key}: the data in {path} was created with other credentials than those in the ledger"
            ))
            .hint("restore the store that has them, or move the directory away and run `takk up` again"));
        }
        let major = |version: &str| version.split('.').next().map(str::to_owned);
        if has_versioned_data && major(&found.version) != major(&wanted.version) {
            return Err(Error::usage(format!(
                "{key}: the data in {path} was written by version {}, but the program found is version {}; a server cannot read the data of \
                 another major version",
                found.version, wanted.version
            ))
            .hint(format!("to keep it, install version {} and declare it in the code", found.version))
            .hint(afresh()));
        }
        Ok(())
    }

    /// Fills `data` once: in a temporary directory that is renamed when it is complete.
    pub(super) fn initialize(&self, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        if self.data().exists() {
            return Ok(());
        }
        let unfinished = self.0.join("data.new");
        let failed = |error: std::io::Error| Error::system(format!("cannot create {}", self.data().display())).caused_by(error);
        match fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        fill(&unfinished)?;
        fs::rename(&unfinished, self.data()).map_err(failed)
    }

    /// Writes files that only the server's user can read.
    pub(super) fn write(&self, files: &[(String, Zeroizing<String>)], user: Option<&ServerUser>) -> Result<()> {
        for (name, text) in files {
            let path = self.0.join(name);
            write_file(&path, text.as_bytes(), user)
                .map_err(|error| Error::system(format!("cannot write {}", path.display())).caused_by(error))?;
        }
        Ok(())
    }

    pub(super) fn last_lines(&self, lines: usize) -> Vec<String> {
        let Ok(mut file) = File::open(self.log()) else { return Vec::new() };
        let length = file.metadata().map_or(0, |facts| facts.len());
        let mut text = Vec::new();
        let read = file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).and_then(|_| file.take(TAIL).read_to_end(&mut text));
        if read.is_err() {
            return Vec::new();
        }
        let text = String::from_utf8_lossy(&text);
        let all: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = all.iter().skip(all.len().saturating_sub(lines));
        last.map(|line| line.chars().take(LONGEST_LINE).collect()).collect()
    }

    pub(super) fn stream(&self, follow: bool, sink: &mut dyn FnMut(&[u8]) -> bool) -> Result<()> {
        let failed = |error: std::io::Error| Error::system(format!("cannot read {}", self.log().display())).caused_by(error);
        let mut file = File::open(self.log()).map_err(failed)?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let length = file.read(&mut buffer).map_err(failed)?;
            if length > 0 {
                if !sink(&buffer[..length]) {
                    return Ok(());
                }
                continue;
            }
            if !follow || !Process::of(self).is_running()? {
                return Ok(());
            }
            std::thread::sleep(FOLLOW);
            if !sink(&[]) {
                return Ok(());
            }
        }
    }

    pub(super) fn remove(&self) -> Result<()> {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::system(format!("cannot remove {}", self.0.display())).caused_by(error))
            }
            _ => Ok(()),
        }
    }
}

fn is_empty(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Writes a file atomically, readable only by its owner.
fn write_file(path: &Path, bytes: &[u8], user: Option<&ServerUser>) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let _ = fs::remove_file(&new);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    if let Some(user) = user {
        user.own(&new)?;
    }
    fs::rename(&new, path)
}
