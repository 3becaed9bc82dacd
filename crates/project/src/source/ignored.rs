//! What `.gitignore` and `.ignore` exclude, by the rules of git. A callback provides the files, so that they are read as carefully as all
//! others, in a commit as in a checkout.

use std::io;
use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::walk::Skipped;

/// The maximum size of one file of patterns: each pattern is compiled.
pub(super) const MOST: u64 = 256 << 10;
/// The files, by precedence.
pub(super) const FILES: [&str; 2] = [".ignore", ".gitignore"];

/// The patterns of a directory and of those above it.
#[derive(Debug)]
pub(super) struct Rules {
    /// In the order of [`FILES`].
    own: [Gitignore; 2],
    above: Option<Arc<Self>>,
    /// Whether a repository starts here, where a `.gitignore` above it does not apply.
    begins: bool,
}

impl Rules {
    /// No patterns.
    pub(super) fn none() -> Arc<Self> {
        Arc::new(Self { own: [Gitignore::empty(), Gitignore::empty()], above: None, begins: false })
    }

    /// The patterns in a subdirectory. `read` returns one of its files, or `None` if it has none.
    pub(super) fn within(
        self: &Arc<Self>,
        directory: &Path,
        begins: bool,
        texts: [Option<Vec<u8>>; 2],
        bad: &mut Vec<Skipped>,
    ) -> Arc<Self> {
        if !begins && texts.iter().all(Option::is_none) {
            return Arc::clone(self);
        }
        let mut index = 0;
        let own = texts.map(|text| {
            let file = directory.join(FILES[index]);
            index += 1;
            let text = text.unwrap_or_default();
            patterns(directory, &String::from_utf8_lossy(&text)).unwrap_or_else(|error| {
                bad.push(Skipped { path: file.to_string_lossy().into_owned(), reason: error.to_string() });
                Gitignore::empty()
            })
        });
        Arc::new(Self { own, above: Some(Arc::clone(self)), begins })
    }

    /// Whether a file or directory is ignored, regardless of those above it.
    pub(super) fn ignore(&self, path: &Path, is_directory: bool) -> bool {
        (0..FILES.len()).find_map(|kind| self.decide(kind, path, is_directory)).unwrap_or(false)
    }

    fn decide(&self, kind: usize, path: &Path, is_directory: bool) -> Option<bool> {
        let mut rules = Some(self);
        while let Some(here) = rules {
            match here.own[kind].matched(path, is_directory) {
                Match::Ignore(_) => return Some(true),
                Match::Whitelist(_) => return Some(false),
                Match::None => {}
            }
            let stops = here.begins && FILES[kind] == ".gitignore";
            rules = here.above.as_deref().filter(|_| !stops);
        }
        None
    }
}

/// The patterns of a text. Invalid lines are skipped, as git does.
fn patterns(directory: &Path, text: &str) -> Result<Gitignore, ignore::Error> {
    let mut builder = GitignoreBuilder::new(directory);
    for line in text.strip_prefix('\u{feff}').unwrap_or(text).lines() {
        let _ = builder.add_line(None, line);
    }
    builder.build()
}

/// The text of a file of patterns; `None` if it does not exist.
pub(super) fn text(read: io::Result<Vec<u8>>, path: &Path, bad: &mut Vec<Skipped>) -> Option<Vec<u8>> {
    match read {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            bad.push(Skipped { path: path.to_string_lossy().into_owned(), reason: error.to_string() });
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(above: &Arc<Rules>, directory: &str, begins: bool, ignore: &str, gitignore: &str) -> Arc<Rules> {
        let texts = [Some(ignore.as_bytes().to_vec()), Some(gitignore.as_bytes().to_vec())];
        above.within(Path::new(directory), begins, texts, &mut Vec::new())
    }

    #[test]
    fn what_is_deeper_counts_more() {
        let top = rules(&Rules::none(), "", true, "", "*.local.py\n/out/\nsub/only.py\n");
        let sub = rules(&top, "sub", false, "", "!keep.local.py\n/own.py\n");
        let is_ignored = |path: &str| sub.ignore(Path::new(path), false);
        assert!(is_ignored("sub/a.local.py") && is_ignored("sub/only.py") && is_ignored("sub/own.py"));
        assert!(!is_ignored("sub/keep.local.py") && !is_ignored("sub/deep/own.py") && !is_ignored("sub/app.py"));
        assert!(top.ignore(Path::new("out"), true) && !top.ignore(Path::new("sub/out"), true));
    }

    #[test]
    fn another_repository_has_its_own_rules() {
        let top = rules(&Rules::none(), "", true, "a.py\n", "b.py\nc.py\n");
        let inner = rules(&top, "inner", true, "!c.py\n", "");
        assert!(inner.ignore(Path::new("inner/a.py"), false) && !inner.ignore(Path::new("inner/b.py"), false));
        assert!(top.ignore(Path::new("c.py"), false));
    }
}
