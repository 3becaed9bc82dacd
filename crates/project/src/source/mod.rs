//! The only reader of the project's files: a walk over a checkout as version control sees it, and over a commit without a checkout.

mod branch;
mod commit;
mod git;
mod ignored;
mod selection;
mod walk;
mod work_tree;

pub use branch::branch;
pub use commit::Commit;
pub use walk::{Scanned, Skipped, walk};
pub use work_tree::{WorkTree, installed_file};
