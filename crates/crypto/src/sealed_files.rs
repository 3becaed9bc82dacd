//! Sealed files: texts stored beside the store, each in its own file and sealed with a key derived from the master key. A file that cannot
//! be decrypted, because it is damaged or the master key has changed, counts as missing.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::digest::{framed, mac};
use super::seal::{Key, open, seal};
use super::{MasterKey, Random, Result, SystemRandom};

/// A directory of encrypted texts.
pub struct SealedFiles {
    directory: PathBuf,
    names: Key,
    texts: Key,
}

impl SealedFiles {
    /// The one in `directory`, which need not exist.
    pub fn new(directory: &Path, master: &MasterKey) -> Self {
        Self { directory: directory.to_owned(), names: master.aside(b"names"), texts: master.aside(b"texts") }
    }

    /// Stores a text under what it is about, replacing an earlier one.
    pub fn keep(&self, about: &[&str], text: &[u8]) -> Result<io::Result<()>> {
        let sealed = seal(&self.texts, &framed_text(about), text, &SystemRandom)?;
        let mut tail = [0; 8];
        SystemRandom.fill(&mut tail)?;
        Ok(self.write(&self.file(about), u64::from_be_bytes(tail), &sealed))
    }

    /// The text that is stored under what it is about.
    pub fn read(&self, about: &[&str]) -> Option<Zeroizing<Vec<u8>>> {
        open(&self.texts, &framed_text(about), &takk_files::read(&self.file(about), takk_files::MOST).ok()?)
    }

    pub fn remove(&self, about: &[&str]) {
        // An absent file is treated as removed.
        let _ = fs::remove_file(self.file(about));
    }

    /// The name reveals nothing without the key.
    fn file(&self, about: &[&str]) -> PathBuf {
        let name = self.names.with(|key| mac(key, &[&framed_text(about)]));
        self.directory.join(name.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat())
    }

    fn write(&self, path: &Path, tail: u64, sealed: &[u8]) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        builder.create(&self.directory)?;
        let new = path.with_extension(format!("{tail:016x}.new"));
        // A power failure may lose a cached copy: nothing waits for the disk.
        let written = options.open(&new).and_then(|mut file| file.write_all(sealed)).and_then(|()| fs::rename(&new, path));
        written.inspect_err(|_| drop(fs::remove_file(&new)))
    }
}

fn framed_text(about: &[&str]) -> Vec<u8> {
    framed(&about.iter().map(|part| part.as_bytes()).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_where_it_was_kept_and_with_its_key_only() {
        let directory = tempfile::tempdir().expect("a directory");
        let master = || MasterKey::generate(&SystemRandom).expect("random bytes");
        let (own, other) = (master(), master());
        let aside = SealedFiles::new(directory.path(), &own);
        aside.keep(&["shop", "dev"], b"a text").expect("sealed").expect("written");
        aside.keep(&["shop", "prod"], b"another").expect("sealed").expect("written");
        assert_eq!(aside.read(&["shop", "dev"]).as_deref().map(Vec::as_slice), Some(&b"a text"[..]));
        assert!(aside.read(&["shop", "de", "v"]).is_none());
        assert!(SealedFiles::new(directory.path(), &other).read(&["shop", "dev"]).is_none());
        // A file that is moved over another one is rejected.
        fs::copy(aside.file(&["shop", "prod"]), aside.file(&["shop", "dev"])).expect("copied");
        assert!(aside.read(&["shop", "dev"]).is_none());
        aside.remove(&["shop", "prod"]);
        assert!(aside.read(&["shop", "prod"]).is_none());
    }
}
