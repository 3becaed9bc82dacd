//! Caches the texts of Python files that are needed more than once, up to a size limit: in a small project, every file is read once.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How many bytes of the scanned texts are kept: all of a small project, but little of a large one, most of whose files are never
/// requested.
const OF_ALL: usize = 512 << 10;
/// How many bytes of the requested texts are kept.
const OF_ASKED: usize = 16 << 20;

pub(super) struct Texts {
    kept: Mutex<HashMap<String, Arc<Vec<u8>>>>,
    room: AtomicUsize,
    room_for_asked: AtomicUsize,
}

impl Default for Texts {
    fn default() -> Self {
        Self { kept: Mutex::default(), room: AtomicUsize::new(OF_ALL), room_for_asked: AtomicUsize::new(OF_ASKED) }
    }
}

impl Texts {
    /// Applies `scan` to a text that was read for scanning.
    pub(super) fn scanned<T>(&self, path: &str, text: &[u8], scan: impl FnOnce(&[u8]) -> T) -> T {
        if has_room(&self.room, text.len()) {
            self.keep(path, Arc::new(text.to_vec()));
        }
        scan(text)
    }

    /// The text of a file; `read` provides it if it is not kept.
    pub(super) fn get(&self, path: &str, read: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<Arc<Vec<u8>>> {
        if let Some(kept) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Ok(Arc::clone(kept));
        }
        let text = Arc::new(read()?);
        if has_room(&self.room_for_asked, text.len()) {
            self.keep(path, Arc::clone(&text));
        }
        Ok(text)
    }

    fn keep(&self, path: &str, text: Arc<Vec<u8>>) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), text);
    }
}

/// Reserves room for a text, if there is enough.
fn has_room(room: &AtomicUsize, length: usize) -> bool {
    room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(length)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_searched_or_asked_for_is_read_once() {
        let texts = Texts::default();
        assert_eq!(texts.scanned("a.py", b"import os\n", <[u8]>::len), 10);
        let unread = || -> io::Result<Vec<u8>> { panic!("it is kept") };
        assert_eq!(texts.get("a.py", unread).expect("a text").as_slice(), b"import os\n");
        assert!(texts.get("b.py", || Err(io::ErrorKind::NotFound.into())).is_err());
        assert_eq!(texts.get("b.py", || Ok(b"x".to_vec())).expect("a text").as_slice(), b"x");
        assert_eq!(texts.get("b.py", unread).expect("a text").as_slice(), b"x");
    }

    #[test]
    fn what_has_no_room_is_read_again() {
        let texts = Texts::default();
        let large = vec![b' '; OF_ALL + 1];
        texts.scanned("a.py", &large, <[u8]>::len);
        assert_eq!(texts.get("a.py", || Ok(b"new".to_vec())).expect("a text").as_slice(), b"new");
        texts.scanned("c.py", b"small", <[u8]>::len);
        assert_eq!(texts.kept.lock().expect("nothing fails with it").len(), 2);
    }
}
