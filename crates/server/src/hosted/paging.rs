//! Pagination of long lists.

use super::{Refusal, Result, names};
use takk_api::Page;

/// The default size of a page.
const USUAL: usize = 100;
/// The maximum size of a page.
pub(super) const MOST: usize = 500;

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// The last entry of the previous page; `None` for the first page.
    pub cursor: Option<String>,
    /// The maximum number of entries.
    pub limit: Option<usize>,
}

impl Paging {
    /// The maximum number of entries on the page.
    pub fn size(&self) -> Result<usize> {
        match self.limit {
            None => Ok(USUAL),
            Some(limit @ 1..=MOST) => Ok(limit),
            Some(_) => Err(Refusal::invalid(format!("`limit` must be between 1 and {MOST}"))),
        }
    }

    /// The ID after which the page starts.
    pub fn number(&self) -> Result<Option<i64>> {
        let unknown = || Refusal::invalid("`cursor` must be a cursor from a previous page");
        self.cursor.as_deref().map(|cursor| cursor.parse().map_err(|_| unknown())).transpose()
    }

    /// The name after which the page starts.
    pub fn name(&self) -> Result<Option<&str>> {
        self.cursor.as_deref().map(|cursor| names::sought(cursor).map(|()| cursor)).transpose()
    }

    /// One page of sorted entries. `key` returns the cursor after an entry.
    pub fn page<T>(&self, all: impl IntoIterator<Item = T>, key: impl Fn(&T) -> String) -> Result<Page<T>> {
        let size = self.size()?;
        let mut items: Vec<T> = all.into_iter().take(size + 1).collect();
        let more = items.len() > size;
        items.truncate(size);
        Ok(Page { next: items.last().filter(|_| more).map(key), items })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_has_no_next() {
        let paging = |limit| Paging { cursor: None, limit: Some(limit) };
        let page = paging(2).page([1, 2, 3], ToString::to_string).expect("a page");
        assert_eq!((page.items, page.next), (vec![1, 2], Some("2".to_owned())));
        let page = paging(3).page([1, 2, 3], ToString::to_string).expect("a page");
        assert_eq!((page.items.len(), page.next), (3, None));
        assert!(paging(0).size().is_err() && paging(MOST + 1).size().is_err());
        assert!(Paging { cursor: Some("x".to_owned()), limit: None }.number().is_err());
    }
}
