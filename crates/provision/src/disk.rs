//! Disks that are full.

/// The hint for a full disk.
pub(crate) const FREE_SPACE: &str = "the disk is full: free some space; `takk up` continues where this stopped";

/// Whether a program or an engine reports a full disk, in the system's words for `ENOSPC` and `EDQUOT`.
pub(crate) fn is_disk_full(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    said.contains("no space left on device") || said.contains("disk quota exceeded")
}
