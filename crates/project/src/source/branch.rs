//! The checked-out branch.

use std::path::Path;

use super::git::Repository;
use takk_model::error::Result;

/// The branch of the checkout that `root` is in; `None` outside of checkouts, and where no branch is checked out.
pub fn branch(root: &Path) -> Result<Option<String>> {
    Ok(Repository::of(root)?.and_then(|repository| repository.branch()))
}
