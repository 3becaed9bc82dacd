//! Files of a commit, read from git's object store; the work tree is not touched.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use gix_hash::ObjectId;

use super::git::{Entry, Kind, Objects, Repository, resolve, unreadable};
use super::ignored::{self, Rules};
use super::selection::{Content, content_of, is_source_directory, limit_of};
use super::walk::{Scanned, Skipped};
use takk_model::error::{Error, Result};

/// The maximum size of one directory of a commit: some hundred thousand entries.
const MOST_OF_TREE: u64 = 32 << 20;
/// The maximum number of entries to visit: the same directory may occur again and again.
const MOST_ENTRIES: usize = 1_000_000;
/// The maximum total length of file paths, in bytes.
const MOST_OF_PATHS: usize = 256 << 20;
/// The maximum depth of directories.
const DEEPEST: usize = 128;

/// The project's directory in a commit.
#[derive(Debug)]
pub struct Commit {
    reference: String,
    repository: Repository,
    /// The object of each relevant regular file, by path relative to the project.
    files: BTreeMap<String, ObjectId>,
    objects: Mutex<Objects>,
    /// Why an object could not be read. The result would then not describe the commit.
    failure: Mutex<Option<io::Error>>,
}

impl Commit {
    /// Opens the commit `reference` of the repository that contains `root`. If the project does not exist in that commit, it has no files.
    pub fn open(root: &Path, reference: &str) -> Result<Self> {
        let repository = Repository::of(root)?.ok_or_else(|| {
            let message = format!("`{}` is not in a git repository", root.display());
            Error::system(message).hint("`--base` compares with a commit of the repository the project is in")
        })?;
        let failed = |error: io::Error| unreadable(&repository, reference, &error);
        let objects = Objects::open(&repository).map_err(failed)?;
        let tree = resolve(&repository, &objects, reference)?;
        let prefix = root.strip_prefix(&repository.work_tree).unwrap_or(Path::new(""));
        let files = Listing::new(&objects).below(tree, prefix).map_err(failed)?;
        let reference = reference.to_owned();
        Ok(Self { reference, repository, files, objects: Mutex::new(objects), failure: Mutex::default() })
    }

    /// The bytes of a file, named relative to the project's directory.
    pub fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let id = *self.files.get(path).ok_or(ErrorKind::NotFound)?;
        let read = self.objects.lock().unwrap_or_else(PoisonError::into_inner).read(id, Kind::Blob, limit_of(path));
        read.inspect_err(|error| {
            if error.kind() != ErrorKind::FileTooLarge {
                let same = io::Error::new(error.kind(), error.to_string());
                self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(same);
            }
        })
    }

    /// Fails if an object could not be read so far.
    pub fn is_whole(&self) -> Result<()> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.as_ref().map_or(Ok(()), |error| Err(unreadable(&self.repository, &self.reference, error)))
    }

    /// Scans every Python file, as [`super::walk`] does in a checkout.
    pub fn walk<T>(&self, excluded: &dyn Fn(&str) -> bool, scan: &dyn Fn(&str, &[u8]) -> T) -> Scanned<T> {
        let mut found = Scanned { python: Vec::new(), others: Vec::new(), skipped: Vec::new() };
        for path in self.files.keys().filter(|path| !excluded(path)) {
            match content_of(path) {
                Some(Content::Metadata) => found.others.push(path.clone()),
                Some(Content::Python) => match self.read(path) {
                    Ok(bytes) => found.python.push((path.clone(), scan(path, &bytes))),
                    Err(error) => found.skipped.push(Skipped { path: path.clone(), reason: error.to_string() }),
                },
                None => {}
            }
        }
        found
    }
}

/// The relevant files of a commit: those that a walk of its checkout would find.
struct Listing<'o> {
    objects: &'o Objects,
    files: BTreeMap<String, ObjectId>,
    /// Directories by object: the same one may occur again and again.
    trees: HashMap<ObjectId, Rc<[Entry]>>,
    entries: usize,
    bytes: usize,
}

impl<'o> Listing<'o> {
    fn new(objects: &'o Objects) -> Self {
        Self { objects, files: BTreeMap::new(), trees: HashMap::new(), entries: 0, bytes: 0 }
    }

    /// The files below a directory of the commit, named relative to it.
    fn below(mut self, tree: ObjectId, prefix: &Path) -> io::Result<BTreeMap<String, ObjectId>> {
        let (mut entries, mut rules) = (self.tree(tree)?, Rules::none());
        let mut directory = PathBuf::new();
        rules = self.rules(&rules, &directory, &entries)?;
        for part in prefix {
            let found = entries.iter().find(|entry| entry.is_directory && OsStr::from_bytes(&entry.name) == part);
            let Some(id) = found.map(|entry| entry.id) else { return Ok(self.files) };
            directory.push(part);
            entries = self.tree(id)?;
            rules = self.rules(&rules, &directory, &entries)?;
        }
        self.take(&entries, prefix, "", &rules, 0)?;
        Ok(self.files)
    }

    fn tree(&mut self, id: ObjectId) -> io::Result<Rc<[Entry]>> {
        let entries = match self.trees.get(&id) {
            Some(known) => Rc::clone(known),
            None => Rc::from(self.objects.tree(id, MOST_OF_TREE)?),
        };
        self.trees.entry(id).or_insert_with(|| Rc::clone(&entries));
        self.entries += entries.len();
        if self.entries > MOST_ENTRIES || self.bytes > MOST_OF_PATHS {
            return Err(io::Error::new(
                ErrorKind::FileTooLarge,
                format!("it has more than {MOST_ENTRIES} files and directories"),
            ));
        }
        Ok(entries)
    }

    fn rules(&self, above: &Arc<Rules>, directory: &Path, entries: &[Entry]) -> io::Result<Arc<Rules>> {
        let mut texts = [None, None];
        for (text, name) in texts.iter_mut().zip(ignored::FILES) {
            if let Some(entry) = entries.iter().find(|entry| entry.is_file && entry.name == name.as_bytes()) {
                *text = match self.objects.read(entry.id, Kind::Blob, ignored::MOST) {
                    Err(error) if error.kind() == ErrorKind::FileTooLarge => None,
                    read => Some(read?),
                };
            }
        }
        Ok(above.within(directory, false, texts, &mut Vec::new()))
    }

    /// Adds the files of a directory and below. `path` is relative to the project, and ends with `/` unless it is empty.
    fn take(&mut self, entries: &[Entry], prefix: &Path, path: &str, rules: &Arc<Rules>, depth: usize) -> io::Result<()> {
        if depth > DEEPEST {
            return Err(io::Error::new(ErrorKind::FileTooLarge, format!("it has directories more than {DEEPEST} levels deep")));
        }
        for entry in entries {
            let Some(name) = std::str::from_utf8(&entry.name).ok().filter(|name| is_shown(name)) else { continue };
            let own = format!("{path}{name}");
            if rules.ignore(&prefix.join(&own), entry.is_directory) {
                continue;
            }
            if entry.is_directory {
                if !is_source_directory(name, |file| self.holds(entry, entries, file)) {
                    continue;
                }
                let inner = self.tree(entry.id)?;
                let rules = self.rules(rules, &prefix.join(&own), &inner)?;
                self.take(&inner, prefix, &format!("{own}/"), &rules, depth + 1)?;
            } else if entry.is_file && content_of(&own).is_some() {
                self.bytes += own.len();
                self.files.insert(own, entry.id);
            }
        }
        Ok(())
    }

    /// Whether a directory (or, with `../`, its parent) has a file.
    fn holds(&self, directory: &Entry, around: &[Entry], file: &str) -> bool {
        let is_there =
            |entries: &[Entry], name: &str| entries.iter().any(|entry| entry.is_file && entry.name == name.as_bytes());
        match file.strip_prefix("../") {
            Some(file) => is_there(around, file),
            None => self.objects.tree(directory.id, MOST_OF_TREE).is_ok_and(|entries| is_there(&entries, file)),
        }
    }
}

/// Whether a walk would visit the name: not hidden, and a single component.
fn is_shown(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains('/')
}
