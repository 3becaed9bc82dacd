//! Walks a checkout, on all cores unless it is small: reads every Python file once and scans it while it is in the CPU cache.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use rayon::slice::ParallelSliceMut;

use super::git::Repository;
use super::ignored::{self, Rules};
use super::selection::{Content, content_of, is_source_directory, limit_of};
use super::work_tree::WorkTree;
use takk_files::{Root, git_entry};
use takk_model::Refused;

/// Up to this many files and directories, one thread is faster than starting more.
const FEW: usize = 128;
/// From this many files on, sorting uses all cores.
const MANY: usize = 4_096;
/// The maximum depth of directories.
const DEEPEST: usize = 128;
/// The maximum number of files and directories to visit.
const MOST_ENTRIES: usize = 1_000_000;

/// A file or directory that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub path: String,
    pub reason: String,
}

/// The result of the walk; all lists are sorted.
#[derive(Debug)]
pub struct Scanned<T> {
    /// Python files with the results of their scans.
    pub python: Vec<(String, T)>,
    /// Files that may list packages, takk's own settings, and files of SQL.
    pub others: Vec<String>,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
}

/// Walks a checkout and scans every Python file, given its path and bytes. `excluded` says which files to skip, named relative to the root.
pub fn walk<T: Send + Sync>(
    tree: &WorkTree,
    excluded: &(dyn Fn(&str) -> bool + Sync),
    scan: &(dyn Fn(&str, &[u8]) -> T + Sync),
) -> Scanned<T> {
    let root = tree.root();
    let choice = Arc::new(Choice::new(tree));
    let mut builder = WalkBuilder::new(root);
    // Ignore files are read here, because in an untrusted repository they could be anything. The user's global ignore file does not apply:
    // the result must be the same for everybody.
    builder.standard_filters(false).hidden(true).max_depth(Some(DEEPEST));
    let chosen = Arc::clone(&choice);
    builder.filter_entry(move |entry| chosen.takes(entry));
    let all = Mutex::new(Scanned { python: Vec::new(), others: Vec::new(), skipped: Vec::new() });
    let mut visitors = Visitors { tree, excluded, scan, all: &all };
    let first: Vec<_> = builder.build().take(FEW).collect();
    if first.len() < FEW {
        let mut visitor = visitors.visitor();
        for entry in first {
            visitor.entry(entry);
        }
    } else {
        builder.threads(std::thread::available_parallelism().map_or(2, |cores| cores.get().min(8)));
        builder.build_parallel().visit(&mut visitors);
    }
    let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    all.skipped.append(&mut choice.bad.lock().unwrap_or_else(PoisonError::into_inner));
    // The scan results are large, so they are moved only once.
    let mut order: Vec<u32> = (0..).take(all.python.len()).collect();
    let by_path = |a: &u32, b: &u32| all.python[*a as usize].0.cmp(&all.python[*b as usize].0);
    // Starting threads takes longer than sorting a few.
    if order.len() < MANY {
        order.sort_unstable_by(by_path);
    } else {
        order.par_sort_unstable_by(by_path);
    }
    let mut unsorted: Vec<Option<(String, T)>> = all.python.into_iter().map(Some).collect();
    all.python = order.into_iter().filter_map(|at| unsorted[at as usize].take()).collect();
    all.others.sort_unstable();
    all.skipped.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    all
}

/// Which entries to walk: those that may contain source and are not ignored.
struct Choice {
    root: PathBuf,
    boundary: Arc<Root>,
    prefix: PathBuf,
    /// Whether there is a repository; without one, `.gitignore` does not apply.
    in_repository: bool,
    above: Arc<Rules>,
    /// The patterns of directories that have their own.
    rules: RwLock<HashMap<Vec<u8>, Arc<Rules>>>,
    seen: AtomicUsize,
    bad: Mutex<Vec<Skipped>>,
}

impl Choice {
    fn new(tree: &WorkTree) -> Self {
        let repository = Repository::of(tree.root()).ok().flatten();
        let boundary = tree.boundary();
        let mut choice = Self {
            root: tree.root().to_owned(),
            prefix: tree.prefix().to_owned(),
            in_repository: git_entry(tree.root()).is_some() || tree.root().ancestors().any(|above| above.join(".jj").is_dir()),
            above: Rules::none(),
            rules: RwLock::default(),
            seen: AtomicUsize::new(0),
            bad: Mutex::default(),
            boundary,
        };
        let exclude =
            repository.filter(|found| found.work_tree == choice.boundary.path()).and_then(|found| found.exclude().ok());
        let mut above = choice.above.within(Path::new(""), false, [None, exclude], &mut Vec::new());
        let mut directory = PathBuf::new();
        for part in [Path::new("")].into_iter().chain(choice.prefix.iter().map(Path::new)) {
            directory.push(part);
            above = choice.own(&above, &directory);
        }
        choice.above = above;
        choice
    }

    /// The patterns of a directory, named relative to the boundary.
    fn own(&self, above: &Arc<Rules>, directory: &Path) -> Arc<Rules> {
        let mut bad = Vec::new();
        let texts = ignored::FILES.map(|name| {
            if name == ".gitignore" && !self.in_repository {
                return None;
            }
            let file = directory.join(name);
            ignored::text(self.boundary.read(&file, ignored::MOST), &file, &mut bad)
        });
        let begins = self.in_repository && !directory.as_os_str().is_empty() && self.boundary.holds(&directory.join(".git"));
        let rules = above.within(directory, begins, texts, &mut bad);
        if !bad.is_empty() {
            let named = |skipped: Skipped| {
                let own = Path::new(&skipped.path).strip_prefix(&self.prefix).map(|path| path.to_string_lossy().into_owned());
                Skipped { path: own.unwrap_or(skipped.path), reason: skipped.reason }
            };
            self.bad.lock().unwrap_or_else(PoisonError::into_inner).extend(bad.into_iter().map(named));
        }
        rules
    }

    fn takes(&self, entry: &DirEntry) -> bool {
        if entry.depth() == 0 {
            return true;
        }
        let seen = self.seen.fetch_add(1, Ordering::Relaxed);
        if seen >= MOST_ENTRIES {
            return self.stop(seen);
        }
        let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
        let Some(name) = entry.file_name().to_str() else {
            return self.unnamed(entry, is_directory);
        };
        if is_directory && !is_source_directory(name, |file| entry.path().join(file).exists()) {
            return false;
        }
        let own = below(&self.root, entry.path());
        if !is_directory && content_of(std::str::from_utf8(own).unwrap_or(name)).is_none() {
            return false;
        }
        let path = self.prefix.join(OsStr::from_bytes(own));
        let above = self.rules_above(own);
        if above.ignore(&path, is_directory) {
            return false;
        }
        if is_directory {
            let rules = self.own(&above, &path);
            if !Arc::ptr_eq(&rules, &above) {
                self.rules.write().unwrap_or_else(PoisonError::into_inner).insert(own.to_owned(), rules);
            }
        }
        true
    }

    /// The patterns that apply to a path relative to the root.
    fn rules_above(&self, path: &[u8]) -> Arc<Rules> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        let mut directories = memchr::memrchr_iter(b'/', path).map(|end| &path[..end]);
        let found = if rules.is_empty() { None } else { directories.find_map(|directory| rules.get(directory)) };
        Arc::clone(found.unwrap_or(&self.above))
    }

    /// Names of modules are UTF-8. Python cannot import from a directory with another name either.
    fn unnamed(&self, entry: &DirEntry, is_directory: bool) -> bool {
        if is_directory || entry.path().extension().is_some_and(|extension| extension == "py") {
            self.skip(entry.path(), "its name is not UTF-8 text");
        }
        false
    }

    fn stop(&self, seen: usize) -> bool {
        if seen == MOST_ENTRIES {
            self.skip(
                &self.root,
                &format!("it has more than {MOST_ENTRIES} files and directories; takk does not read the rest"),
            );
        }
        false
    }

    fn skip(&self, path: &Path, reason: &str) {
        let path = path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().into_owned();
        let path = if path.is_empty() { ".".to_owned() } else { path };
        self.bad.lock().unwrap_or_else(PoisonError::into_inner).push(Skipped { path, reason: reason.to_owned() });
    }
}

/// A path of the walk, relative to its root, which is a prefix of all of them.
fn below<'p>(root: &Path, path: &'p Path) -> &'p [u8] {
    let bytes = path.as_os_str().as_bytes();
    let rest = bytes.strip_prefix(root.as_os_str().as_bytes()).unwrap_or(bytes);
    rest.strip_prefix(b"/").unwrap_or(rest)
}

struct Visitors<'w, T> {
    tree: &'w WorkTree,
    excluded: &'w (dyn Fn(&str) -> bool + Sync),
    scan: &'w (dyn Fn(&str, &[u8]) -> T + Sync),
    all: &'w Mutex<Scanned<T>>,
}

impl<'w, T> Visitors<'w, T> {
    fn visitor(&self) -> Visitor<'w, T> {
        let found = Scanned { python: Vec::new(), others: Vec::new(), skipped: Vec::new() };
        Visitor { tree: self.tree, excluded: self.excluded, scan: self.scan, all: self.all, found, buffer: vec![0; 1 << 16] }
    }
}

impl<'s, 'w: 's, T: Send> ParallelVisitorBuilder<'s> for Visitors<'w, T> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(self.visitor())
    }
}

/// One thread's share of the walk.
struct Visitor<'w, T> {
    tree: &'w WorkTree,
    excluded: &'w (dyn Fn(&str) -> bool + Sync),
    scan: &'w (dyn Fn(&str, &[u8]) -> T + Sync),
    all: &'w Mutex<Scanned<T>>,
    found: Scanned<T>,
    buffer: Vec<u8>,
}

impl<T> Visitor<'_, T> {
    fn relative(&self, path: &Path) -> String {
        String::from_utf8_lossy(below(self.tree.root(), path)).into_owned()
    }

    fn skip(&mut self, path: &Path, reason: &dyn std::fmt::Display) {
        let path = self.relative(path);
        self.found.skipped.push(Skipped { path, reason: reason.to_string() });
    }

    fn entry(&mut self, entry: Result<DirEntry, ignore::Error>) {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => self.file(entry.path()),
            Ok(entry) if entry.depth() == DEEPEST && entry.file_type().is_some_and(|kind| kind.is_dir()) => {
                self.skip(entry.path(), &format!("it is more than {DEEPEST} directories deep"));
            }
            Ok(entry) if entry.file_type().is_some_and(|kind| !kind.is_dir() && !kind.is_symlink()) => {
                self.special(entry.path());
            }
            Ok(_) => {}
            Err(error) => {
                let path = path_of(&error).map_or_else(|| self.tree.root().to_owned(), Path::to_owned);
                self.skip(&path, &error);
            }
        }
    }

    /// Records a FIFO, socket or device that has the name of a relevant file. For takk's own settings, another finding reports it.
    fn special(&mut self, path: &Path) {
        let relative = self.relative(path);
        if !(self.excluded)(&relative) && !["pyproject.toml", "takk.toml"].contains(&relative.as_str()) {
            self.skip(path, &"it is not a regular file");
        }
    }

    fn file(&mut self, path: &Path) {
        let relative = self.relative(path);
        let Some(content) = content_of(&relative) else { return };
        if (self.excluded)(&relative) {
            return;
        }
        match content {
            Content::Metadata => self.found.others.push(relative),
            Content::Python => match read_into(self.tree, &relative, &mut self.buffer) {
                Ok(length) => {
                    let scanned = (self.scan)(&relative, &self.buffer[..length]);
                    self.found.python.push((relative, scanned));
                }
                Err(error) => self.skip(path, &error),
            },
        }
    }
}

impl<T: Send> ParallelVisitor for Visitor<'_, T> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        self.entry(entry);
        WalkState::Continue
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

impl<T> Drop for Visitor<'_, T> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.python.append(&mut self.found.python);
        all.others.append(&mut self.found.others);
        all.skipped.append(&mut self.found.skipped);
    }
}

/// Reads a whole file into a buffer that is reused for the next one: no allocation, and no system call for the size. A read that does not
/// fill the buffer was the last.
fn read_into(tree: &WorkTree, path: &str, buffer: &mut Vec<u8>) -> std::io::Result<usize> {
    let mut file = tree.file(path)?;
    let limit = limit_of(path);
    let mut length = 0;
    loop {
        if length as u64 > limit {
            return Err(Refused::TooLarge(limit).into());
        }
        if length == buffer.len() {
            buffer.resize(buffer.len() * 2, 0);
        }
        match file.read(&mut buffer[length..]) {
            Ok(0) => return Ok(length),
            Ok(count) => length += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if length < buffer.len() && length > 0 {
            return Ok(length);
        }
    }
}
