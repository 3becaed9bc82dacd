//! The programs that dump and restore: in a directory of their own version, which has both.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::local::{Search, version_of};

/// A program that dumps, with the one that restores next to it.
pub(super) struct Programs {
    pub dump: PathBuf,
    pub restore: PathBuf,
    /// The major version.
    pub major: u32,
    /// What they say their version is.
    pub version: String,
}

/// All pairs of these programs on this machine.
pub(super) fn all(search: &Search, dump: &str, restore: &str) -> Vec<Programs> {
    let found = search.all(dump).into_iter().filter_map(|dump| {
        // On Debian, `/usr/bin/pg_dump` is a script that chooses a version by itself.
        if dump.canonicalize().is_ok_and(|file| file.ends_with("pg_wrapper")) {
            return None;
        }
        let restore = dump.with_file_name(restore);
        let version = version_of(&dump, "--version").filter(|_| restore.is_file())?;
        let major = version.split('.').next()?.parse().ok()?;
        Some(Programs { dump, restore, major, version })
    });
    found.collect()
}

/// A command that inherits nothing, neither settings nor files of the user.
pub(super) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LANG", "C.UTF-8").env("HOME", "/nonexistent");
    command.current_dir("/");
    command
}
