//! A walk over a checkout, on all cores unless it is small: every Python file is read once and handed to a scan while it is in the cache.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Mutex;

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use rayon::slice::ParallelSliceMut;

use super::selection::{Content, content_of, is_source_directory};

/// How many files and directories one core walks sooner than threads are started.
const FEW: usize = 128;
/// How many files are sorted on all cores.
const MANY: usize = 4_096;

/// A file or directory that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Relative to the root.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// What the walk found; all lists are sorted.
#[derive(Debug)]
pub struct Scanned<T> {
    /// Python files with what the scan made of them.
    pub python: Vec<(String, T)>,
    /// Files that may name packages, and takk's own settings.
    pub others: Vec<String>,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
}

/// Walks `root` and scans every Python file. `excluded` says which files, named relative to the root, are left out.
pub fn walk<T: Send + Sync>(
    root: &Path,
    excluded: &(dyn Fn(&str) -> bool + Sync),
    scan: &(dyn Fn(&[u8]) -> T + Sync),
) -> Scanned<T> {
    let mut builder = WalkBuilder::new(root);
    // What one person ignores in all repositories says nothing about the project: it is the same for everybody.
    builder.git_global(false);
    builder.filter_entry(is_source);
    let all = Mutex::new(Scanned { python: Vec::new(), others: Vec::new(), skipped: Vec::new() });
    let mut visitors = Visitors { root, excluded, scan, all: &all };
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
    let mut all = all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    // What the scan made is large, and is moved once.
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

fn is_source(entry: &DirEntry) -> bool {
    if entry.depth() == 0 || !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return true;
    }
    let name = entry.file_name().to_str().unwrap_or_default();
    is_source_directory(name, |file| entry.path().join(file).exists())
}

struct Visitors<'w, T> {
    root: &'w Path,
    excluded: &'w (dyn Fn(&str) -> bool + Sync),
    scan: &'w (dyn Fn(&[u8]) -> T + Sync),
    all: &'w Mutex<Scanned<T>>,
}

impl<'w, T> Visitors<'w, T> {
    fn visitor(&self) -> Visitor<'w, T> {
        let found = Scanned { python: Vec::new(), others: Vec::new(), skipped: Vec::new() };
        Visitor { root: self.root, excluded: self.excluded, scan: self.scan, all: self.all, found, buffer: vec![0; 1 << 16] }
    }
}

impl<'s, 'w: 's, T: Send> ParallelVisitorBuilder<'s> for Visitors<'w, T> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(self.visitor())
    }
}

/// One thread's part of the walk.
struct Visitor<'w, T> {
    root: &'w Path,
    excluded: &'w (dyn Fn(&str) -> bool + Sync),
    scan: &'w (dyn Fn(&[u8]) -> T + Sync),
    all: &'w Mutex<Scanned<T>>,
    found: Scanned<T>,
    buffer: Vec<u8>,
}

impl<T> Visitor<'_, T> {
    fn relative(&self, path: &Path) -> String {
        let relative = path.strip_prefix(self.root).unwrap_or(path).to_string_lossy();
        if std::path::MAIN_SEPARATOR == '/' { relative.into_owned() } else { relative.replace(std::path::MAIN_SEPARATOR, "/") }
    }

    fn skip(&mut self, path: &Path, reason: &dyn std::fmt::Display) {
        let path = self.relative(path);
        self.found.skipped.push(Skipped { path, reason: reason.to_string() });
    }

    fn entry(&mut self, entry: Result<DirEntry, ignore::Error>) {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => self.file(entry.path()),
            Ok(_) => {}
            Err(error) => {
                let path = path_of(&error).map_or_else(|| self.root.to_owned(), Path::to_owned);
                self.skip(&path, &error);
            }
        }
    }

    fn file(&mut self, path: &Path) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(content) = content_of(name) else { return };
        let relative = self.relative(path);
        if (self.excluded)(&relative) {
            return;
        }
        match content {
            Content::Metadata => self.found.others.push(relative),
            Content::Python => match read_into(path, &mut self.buffer) {
                Ok(length) => {
                    let scanned = (self.scan)(&self.buffer[..length]);
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

/// Reads a whole file into a buffer that is used again for the next one: no allocation and no question for the size. A read that leaves
/// room in the buffer was the last.
fn read_into(path: &Path, buffer: &mut Vec<u8>) -> std::io::Result<usize> {
    let mut file = File::open(path)?;
    let mut length = 0;
    loop {
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
