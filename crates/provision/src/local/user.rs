//! As whom servers run. Several refuse to run as root, and none should.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A user of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServerUser {
    pub user: u32,
    pub group: u32,
}

/// The user for servers if takk runs as root: `nobody`, or else the user with its usual ID.
pub(super) fn unprivileged() -> Option<ServerUser> {
    const NOBODY: u32 = 65534;
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let known = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let of = |name: &str| {
        let mut fields =
            known.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields[0] == name)?.into_iter();
        let (user, group) = (fields.nth(2)?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(ServerUser { user, group })
    };
    Some(of("nobody").filter(|found| found.user != 0).unwrap_or(ServerUser { user: NOBODY, group: NOBODY }))
}

/// Whether every user may execute a program: the file, and all directories above it.
pub(super) fn others_may_run(file: &Path) -> bool {
    const OTHERS: u32 = 0o001;
    let mode = |path: &Path| fs::metadata(path).map_or(0, |facts| facts.mode());
    file.canonicalize().is_ok_and(|file| file.ancestors().all(|part| mode(part) & OTHERS != 0))
}

impl ServerUser {
    /// Makes a command run as this user.
    pub(super) fn run(&self, command: &mut Command) {
        command.uid(self.user).gid(self.group);
    }

    /// Changes the owner of a file or directory to this user.
    pub(super) fn own(&self, path: &Path) -> std::io::Result<()> {
        chown(path, Some(self.user), Some(self.group))
    }
}
