//! As whom servers run. Several refuse to run as root, and none should.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use takk_model::error::{Error, Result};

/// The permission of everybody else to execute a file or enter a directory.
const OTHERS: u32 = 0o001;

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

/// Creates the directory of all servers where takk runs as root. Another user runs most of them and must reach what is below, whatever root's
/// umask is: takk opens the directory and the one above it, which are its own, to those who know a name in them.
///
/// # Errors
///
/// If somebody else owns one of them and has closed it.
pub(super) fn create_shared(base: &Path) -> Result<()> {
    let failed =
        |error: std::io::Error| Error::system(format!("cannot create the directory {}", base.display())).caused_by(error);
    fs::create_dir_all(base).map_err(failed)?;
    for directory in base.ancestors().take(2) {
        let facts = fs::metadata(directory).map_err(failed)?;
        if facts.mode() & OTHERS != 0 {
            continue;
        }
        if facts.uid() != 0 {
            let closed = format!("the user who runs the server cannot enter {}", directory.display());
            return Err(Error::usage(closed).hint(format!("chmod o+x {}", directory.display())));
        }
        fs::set_permissions(directory, fs::Permissions::from_mode(facts.mode() | OTHERS)).map_err(failed)?;
    }
    Ok(())
}

/// Whether every user may execute a program: the file, and all directories above it.
pub(super) fn others_may_run(file: &Path) -> bool {
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
