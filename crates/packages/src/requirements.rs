//! `requirements*.txt`, `requirements/*.txt`, the `.in` files that they are compiled from, and the files that they include.

use std::collections::{BTreeSet, VecDeque};

use super::excerpt::without_address;
use super::requirement::{self, Requirement};
use super::requirement_lines::{Content, LogicalLine, is_compiled, logical_lines};
use super::{Entry, File, Files, local_path, name};
use takk_model::{PackageSource, Place, Problem, ProblemKind};

/// The contents of the requirements files.
#[derive(Debug, Default)]
pub(super) struct Requirements {
    /// Their packages, one list per file, the most trusted file first.
    pub(super) files: Vec<Vec<Entry>>,
    /// Directories of packages that they install from the checkout.
    pub(super) local_packages: Vec<String>,
}

/// All requirements files in the order in which they are trusted: those that `pyproject.toml` names, `requirements.txt`, then the others by name, each followed by what it includes.
///
/// A package that only a constraint names is kept, though nothing may require it: a dependency may, and then in this version.
pub(super) fn read(files: &Files, named: &[(String, Place)], problems: &mut Vec<Problem>) -> Requirements {
    let mut waiting: VecDeque<Wanted> = VecDeque::new();
    for (path, place) in named {
        waiting.push_back(Wanted { path: path.clone(), constraint: false, from: Some(place.clone()) });
    }
    let mut found: Vec<&str> = files.paths().filter(|path| is_requirements_file(path)).collect();
    found.sort_by_key(|path| (!matches!(*path, "requirements.txt" | "requirements.in"), *path));
    for path in found {
        waiting.push_back(Wanted { path: path.to_owned(), constraint: path.contains("constraint"), from: None });
    }

    let mut seen = BTreeSet::new();
    let mut requirements = Requirements::default();
    while let Some(wanted) = waiting.pop_front() {
        if !seen.insert(wanted.path.clone()) {
            continue;
        }
        let Some(bytes) = open(files, &wanted, problems) else { continue };
        let file = File::new(wanted.path.as_str(), &bytes);
        file.report(None, None, problems);
        let found = Reader { file: &file, constraint: wanted.constraint, found: Found::default(), problems }.read();
        requirements.files.push(found.entries);
        requirements.local_packages.extend(found.local_packages);
        for include in found.includes.into_iter().rev() {
            waiting.push_front(include);
        }
    }
    requirements
}

/// A file to read, and the line that refers to it.
struct Wanted {
    path: String,
    constraint: bool,
    from: Option<Place>,
}

/// Whether the name is that of a requirements file: `requirements.txt`, `requirements-dev.txt`, `dev-requirements.txt`,
/// `requirements/base.txt`, and each of them with `.in`.
fn is_requirements_file(path: &str) -> bool {
    let Some(stem) = path.strip_suffix(".txt").or_else(|| path.strip_suffix(".in")) else { return false };
    match stem.split_once('/') {
        Some((directory, name)) => directory == "requirements" && !name.contains('/'),
        None => stem.starts_with("requirements") || stem.ends_with("requirements"),
    }
}

fn open(files: &Files, wanted: &Wanted, problems: &mut Vec<Problem>) -> Option<Vec<u8>> {
    let Some(place) = &wanted.from else { return files.bytes(&wanted.path, problems) };
    match files.included(&wanted.path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let message = format!("cannot read {}, which {} includes: {error}", wanted.path, place.file);
            let help = format!("create the file, or correct its path, which is relative to the directory of {}", place.file);
            problems.push(Problem::new(ProblemKind::MissingInclude, place.clone(), message, help));
            None
        }
    }
}

struct Reader<'c> {
    file: &'c File<'c>,
    constraint: bool,
    found: Found,
    problems: &'c mut Vec<Problem>,
}

#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    includes: Vec<Wanted>,
    local_packages: Vec<String>,
}

impl Reader<'_> {
    fn read(mut self) -> Found {
        let text = self.file.text.as_str();
        let by_hand = !self.constraint && !is_compiled(text);
        for LogicalLine { offset, content } in logical_lines(text) {
            match content {
                Content::Requirement { text, hashed } => self.requirement(&text, offset, by_hand && !hashed),
                Content::Editable(address) => self.address(&address, offset, by_hand),
                Content::Include { path, constraint } => self.include(&path, constraint, offset),
                Content::UnknownOption(option) => {
                    let message = format!("`{}` is not an option of a requirements file", without_address(&option));
                    self.problem(ProblemKind::BadRequirement, offset, message, "remove the line, or see `pip install --help`");
                }
            }
        }
        self.found
    }

    fn requirement(&mut self, text: &str, offset: usize, direct: bool) {
        if is_address(text) {
            return self.address(text, offset, direct);
        }
        match Requirement::parse(text) {
            Ok(requirement) => {
                let entry = Entry::required(requirement, self.file.place(offset), PackageSource::Requirements);
                self.found.entries.push(Entry { direct, ..entry });
            }
            // pip expands environment variables first, and their values are not known here.
            Err(_) if text.contains("${") => {}
            Err(reason) => {
                let message = format!("`{}` is not a valid requirement: {reason}", without_address(text));
                self.problem(ProblemKind::BadRequirement, offset, message, "use the form `httpx>=0.27,<1`");
            }
        }
    }

    /// A URL names its package by `#egg=` or by its file name, or not at all.
    fn address(&mut self, address: &str, offset: usize, direct: bool) {
        // Unlike those of `-r`, paths of packages are relative to pip's working directory: the root.
        let directory = local_directory(address).and_then(|path| local_path::resolve("", path));
        self.found.local_packages.extend(directory);
        let named = address.split_once("egg=").map(|(_, egg)| egg.split(['&', '[', ' ', ';']).next().unwrap_or_default());
        let (name, version) = match (named.and_then(name::normalised), requirement::archive(address)) {
            (Some(name), archive) => (name, archive.and_then(|archive| archive.version)),
            (None, Some(archive)) => (archive.name, archive.version),
            (None, None) => return,
        };
        let place = self.file.place(offset);
        let source = PackageSource::Requirements;
        self.found.entries.push(Entry { name, version, specifier: None, place, source, direct, others: Vec::new() });
    }

    fn include(&mut self, path: &str, constraint: bool, offset: usize) {
        let includer = &self.file.path;
        if let Some(resolved) = local_path::resolve(local_path::parent(includer), path).filter(|_| !path.contains("://")) {
            let constraint = constraint || self.constraint;
            self.found.includes.push(Wanted { path: resolved, constraint, from: Some(self.file.place(offset)) });
            return;
        }
        let message =
            format!("{includer} includes `{}`, which is outside the project; takk does not read it", without_address(path));
        self.problem(
            ProblemKind::MissingInclude,
            offset,
            message,
            "copy it into the project, or run takk in the parent directory",
        );
    }

    fn problem(&mut self, kind: ProblemKind, offset: usize, message: String, help: &str) {
        self.problems.push(Problem::new(kind, self.file.place(offset), message, help));
    }
}

/// Whether a line is a URL or a path rather than a name: names end before the first of `:`, `+`, `/` and `\`.
fn is_address(text: &str) -> bool {
    let name_end = text.bytes().position(|byte| !name::is_name_byte(byte)).unwrap_or(text.len());
    let after_name = text.as_bytes().get(name_end);
    text.starts_with('.')
        || matches!(after_name, Some(b':' | b'+' | b'/' | b'\\'))
        || (name_end > 0 && requirement::archive(&text[..name_end]).is_some())
}

/// The directory that a URL refers to, relative to its file: `./libs/shop`, `file:libs/shop`; without its extras.
pub(super) fn local_directory(address: &str) -> Option<&str> {
    let path = address.strip_prefix("file:").unwrap_or(address);
    let is_elsewhere = path.contains(':') || path.starts_with('/') || requirement::archive(path).is_some();
    (!is_elsewhere).then(|| path.split(['[', '#', ' ']).next().unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_files_by_name() {
        for path in
            ["requirements.txt", "requirements-dev.txt", "requirements_dev.in", "dev-requirements.txt", "requirements/base.txt"]
        {
            assert!(is_requirements_file(path), "{path}");
        }
        for path in ["docs/requirements.txt", "requirements/a/b.txt", "notes.txt", "requirements.toml", "requirements"] {
            assert!(!is_requirements_file(path), "{path}");
        }
    }

    #[test]
    fn addresses_and_names_are_told_apart() {
        for text in ["./a", "../a", "https://x/a.whl", "git+ssh://git@x/a", "libs/a", "a-1.0.tar.gz", "C:\\a", "file:a"] {
            assert!(is_address(text), "{text}");
        }
        for text in ["a", "a==1.0", "a @ https://x/a.whl", "a@git+https://x", "a[b]>=1", "a.b"] {
            assert!(!is_address(text), "{text}");
        }
    }

    #[test]
    fn directories_of_addresses() {
        assert_eq!(local_directory("./libs/a[dev]"), Some("./libs/a"));
        assert_eq!(local_directory("file:libs/a#egg=a"), Some("libs/a"));
        assert_eq!(local_directory("git+https://example.org/a"), None);
        assert_eq!(local_directory("/opt/a"), None);
    }
}
