//! The checked-out branch.

use std::path::Path;

use super::git::Repository;
use takk_model::error::Result;

/// The branch that is checked out at `root`; `None` outside of repositories, and if no branch is checked out.
pub fn branch(root: &Path) -> Result<Option<String>> {
    Ok(Repository::of(root)?.and_then(|repository| repository.branch()))
}
