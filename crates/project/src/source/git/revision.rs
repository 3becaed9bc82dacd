//! Resolves a revision to a commit: a branch, a tag, a remote branch, an ID, each with `~3` and `^`.

use std::io::{self, ErrorKind};

use gix_hash::ObjectId;

use super::{Kind, Objects, Repository};
use takk_model::error::{Error, Result};
use takk_model::nearest::nearest;

/// The maximum size of a commit or tag.
const MOST: u64 = 4 << 20;
/// The maximum length of a chain of tags.
const MOST_TAGS: usize = 16;
/// The maximum number of generations for `~`.
const MOST_BACK: u32 = 100_000;
/// Where git looks up a name.
const PLACES: [(&str, &str); 6] =
    [("", ""), ("refs/", ""), ("refs/tags/", ""), ("refs/heads/", ""), ("refs/remotes/", ""), ("refs/remotes/", "/HEAD")];

/// The tree of the commit that `reference` means.
pub(in super::super) fn resolve(repository: &Repository, objects: &Objects, reference: &str) -> Result<ObjectId> {
    let (name, steps) = split(reference).ok_or_else(|| not_understood(reference))?;
    let failed = |error: io::Error| unreadable(repository, reference, &error);
    let commit = named(repository, objects, name).map_err(failed)?.ok_or_else(|| unknown(repository, reference, name))?;
    let mut commit = commit;
    for step in steps {
        commit = step.from(objects, commit).map_err(failed)?.ok_or_else(|| no_parent(repository, reference))?;
    }
    let bytes = objects.read(commit, Kind::Commit, MOST).map_err(failed)?;
    header(&bytes, b"tree ").next().ok_or_else(|| failed(io::Error::new(ErrorKind::InvalidData, "the commit is damaged")))
}

/// A step from a commit to an ancestor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// `~3`: this many first parents back.
    Back(u32),
    /// `^2`: to this parent; `^0` is the commit itself.
    Parent(u32),
}

impl Step {
    fn from(self, objects: &Objects, mut commit: ObjectId) -> io::Result<Option<ObjectId>> {
        let parent = |commit: ObjectId, number: usize| -> io::Result<Option<ObjectId>> {
            let bytes = objects.read(commit, Kind::Commit, MOST)?;
            Ok(header(&bytes, b"parent ").nth(number - 1))
        };
        match self {
            Self::Parent(0) => Ok(Some(commit)),
            Self::Parent(number) => parent(commit, number as usize),
            Self::Back(count) => {
                for _ in 0..count {
                    let Some(before) = parent(commit, 1)? else { return Ok(None) };
                    commit = before;
                }
                Ok(Some(commit))
            }
        }
    }
}

/// Splits a revision into a name and steps; `None` if it does not mean a single commit, or needs the reflog.
fn split(reference: &str) -> Option<(&str, Vec<Step>)> {
    let end = reference.find(['~', '^']).unwrap_or(reference.len());
    let (name, mut rest) = reference.split_at(end);
    let mut steps = Vec::new();
    while let Some(sign) = rest.chars().next() {
        rest = &rest[1..];
        if let Some(after) = rest.strip_prefix("{commit}").or_else(|| rest.strip_prefix("{}")).filter(|_| sign == '^') {
            rest = after;
            continue;
        }
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, after) = rest.split_at(length);
        let number = if digits.is_empty() { 1 } else { digits.parse().ok().filter(|number| *number <= MOST_BACK)? };
        steps.push(match sign {
            '~' => Step::Back(number),
            '^' => Step::Parent(number),
            _ => return None,
        });
        rest = after;
    }
    let name = if name == "@" { "HEAD" } else { name };
    let is_other = name.is_empty() || name.contains("@{") || name.contains("..") || name.contains(':');
    (!is_other).then_some((name, steps))
}

/// The commit that a name or an ID means, resolved in the order of `git rev-parse`.
fn named(repository: &Repository, objects: &Objects, name: &str) -> io::Result<Option<ObjectId>> {
    if let Some(id) = (name.len() == 40).then(|| ObjectId::from_hex(name.as_bytes()).ok()).flatten() {
        return match peeled(objects, id) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            found => found,
        };
    }
    for (before, after) in PLACES {
        if let Some(id) = repository.find(&format!("{before}{name}{after}"))? {
            return peeled(objects, id);
        }
    }
    abbreviated(objects, name)
}

/// The commit whose ID begins with those digits, which may end a name of `git describe`: `v1.2-3-g0123abc`.
fn abbreviated(objects: &Objects, name: &str) -> io::Result<Option<ObjectId>> {
    let is_digits = |text: &&str| text.len() >= 4 && text.len() < 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let Some(digits) = Some(name).filter(is_digits).or_else(|| name.rsplit_once("-g").map(|(_, id)| id).filter(is_digits))
    else {
        return Ok(None);
    };
    let mut commits = Vec::new();
    for id in objects.with_prefix(&digits.to_ascii_lowercase())? {
        match peeled(objects, id) {
            Ok(Some(commit)) if !commits.contains(&commit) => commits.push(commit),
            Err(error) if error.kind() != ErrorKind::FileTooLarge => return Err(error),
            _ => {}
        }
    }
    match commits.len() {
        0 => Ok(None),
        1 => Ok(commits.pop()),
        _ => Err(io::Error::other(format!("`{digits}` is ambiguous: use more digits"))),
    }
}

/// The commit that an object is, or that a tag points to; `None` for other objects.
fn peeled(objects: &Objects, mut id: ObjectId) -> io::Result<Option<ObjectId>> {
    for _ in 0..MOST_TAGS {
        let (kind, bytes) = objects.any(id, MOST)?;
        match kind {
            Kind::Commit => return Ok(Some(id)),
            Kind::Tag => {
                let target = header(&bytes, b"object ").next();
                id = target.ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "the tag is damaged"))?;
            }
            _ => return Ok(None),
        }
    }
    Err(io::Error::new(ErrorKind::InvalidData, "too many nested tags"))
}

/// The objects that the header lines with this key name.
fn header<'b>(bytes: &'b [u8], key: &'static [u8]) -> impl Iterator<Item = ObjectId> + 'b {
    let lines = bytes.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
    lines.filter_map(|line| ObjectId::from_hex(line.strip_prefix(key)?).ok())
}

fn not_understood(reference: &str) -> Error {
    Error::system(format!("no commit is named `{reference}`"))
        .hint("pass a branch, a tag, a commit ID, or the output of `git rev-parse`")
}

fn no_parent(repository: &Repository, reference: &str) -> Error {
    let error = Error::system(format!("no commit is named `{reference}`: the history does not go back that far"));
    if repository.is_shallow() {
        error.hint("this clone is shallow: run `git fetch --unshallow` to fetch the rest")
    } else {
        error
    }
}

/// Explains why the commit cannot be read although the name exists.
pub(in super::super) fn unreadable(repository: &Repository, reference: &str, error: &io::Error) -> Error {
    let is_missing = error.kind() == ErrorKind::NotFound;
    let error = Error::system(format!("cannot read the commit `{reference}`")).caused_by(error.to_string());
    match is_missing {
        true if repository.is_partial() => {
            error.hint(format!("run `git archive --output=/dev/null {reference}` to fetch the files of the commit"))
        }
        true if repository.is_shallow() => error.hint("this clone is shallow: run `git fetch --unshallow` to fetch the rest"),
        true => error.hint("run `git fsck` to see what is missing"),
        false => error,
    }
}

fn unknown(repository: &Repository, reference: &str, name: &str) -> Error {
    let error = Error::system(format!("no commit is named `{reference}`"));
    let names = repository.short_names();
    let elsewhere = names.iter().find(|known| known.strip_suffix(name).is_some_and(|remote| remote.ends_with('/')));
    if let Some(near) = elsewhere.map(String::as_str).or_else(|| nearest(name, names.iter().map(String::as_str))) {
        return error.hint(format!("did you mean `{near}`?"));
    }
    if repository.is_shallow() {
        return error.hint(format!("this clone is shallow: run `git fetch origin {name}`, then use `--base FETCH_HEAD`"));
    }
    error.hint("run `git branch --all` to list the branches")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_steps() {
        assert_eq!(split("main"), Some(("main", vec![])));
        assert_eq!(split("@~2^"), Some(("HEAD", vec![Step::Back(2), Step::Parent(1)])));
        assert_eq!(split("v1^{commit}~"), Some(("v1", vec![Step::Back(1)])));
        for other in ["", "~1", "main@{u}", "a..b", "HEAD:file", ":/text", "a^{tree}", "a^x", "a~99999999999"] {
            assert_eq!(split(other), None, "{other}");
        }
    }
}
