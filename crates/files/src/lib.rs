//! Untrusted files. They are read up to a size limit, and only if they are regular files: a device may never end, and a FIFO may never
//! start. They are written atomically, and never through a link that leads out of the project.

mod beneath;
mod enclosing;
mod read;
mod target;

pub use beneath::Root;
pub use enclosing::{boundary, git_entry};
pub use read::{given, read, read_into, stream};
pub use target::{Target, is_standard_output};

/// The maximum size of a file of configuration, of source or of variables.
pub const MOST: u64 = 16 << 20;
/// The maximum size of a lock file, which a tool has written.
pub const MOST_OF_LOCKS: u64 = 64 << 20;
/// The maximum size of a key, a token or a list of certificates.
pub const MOST_OF_KEYS: u64 = 4 << 20;
