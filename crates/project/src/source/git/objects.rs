//! Objects of a repository, up to a size limit for each.

use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use gix_hash::{ObjectId, Prefix};
use gix_object::Find;
use gix_odb::Header;
use gix_odb::store::init::Options;

pub(in super::super) use gix_object::Kind;

use super::Repository;
use takk_model::Refused;

/// The maximum size of one allocation for an object in a pack, including the bases of deltas.
const MOST_IN_MEMORY: usize = 64 << 20;
/// The maximum number of object directories that alternates may add.
const MOST_DIRECTORIES: usize = 64;

/// The objects of a repository.
pub(in super::super) struct Objects {
    handle: gix_odb::Cache<gix_odb::store::Handle<Arc<gix_odb::Store>>>,
    directories: Vec<PathBuf>,
    partial: bool,
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Objects")
    }
}

/// An entry of a tree.
pub(in super::super) struct Entry {
    pub name: Vec<u8>,
    pub id: ObjectId,
    pub is_directory: bool,
    pub is_file: bool,
}

impl Objects {
    /// Opens the objects of a repository, and of those that it borrows from.
    pub(crate) fn open(repository: &Repository) -> io::Result<Self> {
        let own = repository.common.join("objects");
        let directories = directories(&own)?;
        let options = Options { alloc_limit_bytes: Some(MOST_IN_MEMORY), ..Options::default() };
        let store = gix_odb::Store::at_opts(own, gix_hash::Kind::Sha1, &mut std::iter::empty(), options)?;
        Ok(Self { handle: Arc::new(store).to_cache_arc(), directories, partial: repository.is_partial() })
    }

    /// The bytes of an object, which must be of that kind.
    pub(crate) fn read(&self, id: ObjectId, kind: Kind, limit: u64) -> io::Result<Vec<u8>> {
        let (found, bytes) = self.any(id, limit)?;
        if found == kind { Ok(bytes) } else { Err(invalid(format!("the object {id} is a {found}, not a {kind}"))) }
    }

    /// The kind and the bytes of an object.
    pub(crate) fn any(&self, id: ObjectId, limit: u64) -> io::Result<(Kind, Vec<u8>)> {
        self.check_file(id)?;
        let mut bytes = Vec::new();
        let read = guarded(|| {
            // The store limits its allocations. Asking for the size first would open each file twice.
            let found = match self.handle.try_find(&id, &mut bytes) {
                Ok(found) => found.map(|object| object.kind).ok_or_else(|| self.missing(id))?,
                Err(error) => {
                    return Err(if self.is_larger(id, limit) { Refused::TooLarge(limit).into() } else { invalid(error) });
                }
            };
            if bytes.len() as u64 > limit { Err(Refused::TooLarge(limit).into()) } else { Ok(found) }
        });
        read.map(|kind| (kind, bytes))
    }

    /// The entries of a tree.
    pub(crate) fn tree(&self, id: ObjectId, limit: u64) -> io::Result<Vec<Entry>> {
        let bytes = self.read(id, Kind::Tree, limit)?;
        guarded(|| {
            let entries = gix_object::TreeRefIter::from_bytes(&bytes, gix_hash::Kind::Sha1).map(|entry| {
                let entry = entry.map_err(invalid)?;
                let (name, id) = (entry.filename.to_vec(), entry.oid.to_owned());
                Ok(Entry { name, id, is_directory: entry.mode.is_tree(), is_file: entry.mode.is_blob() })
            });
            entries.collect()
        })
    }

    /// All objects whose ID begins with those digits.
    pub(crate) fn with_prefix(&self, digits: &str) -> io::Result<Vec<ObjectId>> {
        let Ok(prefix) = Prefix::from_hex(digits) else { return Ok(Vec::new()) };
        let mut found = std::collections::HashSet::new();
        guarded(|| self.handle.lookup_prefix(prefix, Some(&mut found)).map(drop).map_err(invalid))?;
        Ok(found.into_iter().collect())
    }

    /// Opening a FIFO would block forever. git only writes regular files.
    fn check_file(&self, id: ObjectId) -> io::Result<()> {
        let digits = id.to_string();
        for directory in &self.directories {
            if let Ok(found) = directory.join(&digits[..2]).join(&digits[2..]).metadata()
                && !found.is_file()
            {
                return Err(invalid(format!("the object {id} is not a regular file")));
            }
        }
        Ok(())
    }

    fn is_larger(&self, id: ObjectId, limit: u64) -> bool {
        self.handle.try_header(&id).is_ok_and(|header| header.is_some_and(|header| header.size() > limit))
    }

    fn missing(&self, id: ObjectId) -> io::Error {
        let why = if self.partial { ": this clone is partial, and takk does not fetch" } else { "" };
        io::Error::new(ErrorKind::NotFound, format!("the repository does not have the object {id}{why}"))
    }
}

/// All object directories, following `info/alternates`. Fails if one contains anything but regular files and directories.
fn directories(own: &std::path::Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![own.to_owned()];
    let mut next = 0;
    while let Some(directory) = found.get(next).cloned() {
        next += 1;
        for folder in [directory.clone(), directory.join("pack"), directory.join("info")] {
            for entry in std::fs::read_dir(&folder).into_iter().flatten() {
                let path = entry?.path();
                // Directories of loose objects are checked on access.
                let kind = path.metadata().map(|found| found.file_type());
                if kind.is_ok_and(|kind| !kind.is_file() && !kind.is_dir()) {
                    return Err(invalid(format!("{} is not a regular file", path.display())));
                }
            }
        }
        let alternates = match takk_files::read(&directory.join("info/alternates"), super::MOST_OF_POINTERS) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for path in gix_odb::alternate::parse(&alternates).map_err(invalid)? {
            let path = own.join(path);
            if !found.contains(&path) {
                found.push(path);
            }
        }
        if found.len() > MOST_DIRECTORIES {
            return Err(invalid("it uses too many alternate object directories"));
        }
    }
    Ok(found)
}

/// The library may panic on damaged packs.
fn guarded<T>(read: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let damaged = |_| Err(invalid("the repository has damaged objects: run `git fsck` to find them"));
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(damaged)
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error)
}
