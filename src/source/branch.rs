//! The branch that is checked out.

use std::path::Path;

use super::git::Git;
use crate::error::Result;

/// The branch of the checkout that `root` is in; `None` outside of checkouts, and where no branch is checked out.
pub fn branch(root: &Path) -> Result<Option<String>> {
    let name = Git::new(root).ask(&["symbolic-ref", "--quiet", "--short", "HEAD"])?;
    let name = name.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
    Ok(name.filter(|name| !name.is_empty()))
}
