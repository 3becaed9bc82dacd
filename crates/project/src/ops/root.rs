//! Which directory is the root of the project in which a command is run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use takk_model::error::Result;

use crate::config::Home;
use crate::platform::link;

/// Files that say how a project is packaged, or how takk reads it.
const MARKERS: [&str; 7] =
    ["takk.toml", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "requirements.txt", "requirements.in"];

/// The root of the project that a directory, a canonical path, belongs to: the nearest one upwards that is linked or has packaging files;
/// else the directory itself. It is within the same repository, and of the same owner: in a directory that others can write to, they could
/// otherwise choose the project (CVE-2022-24765 of git).
pub fn root_from(home: &Home, current: &Path) -> Result<PathBuf> {
    if has_marker(current) {
        return Ok(current.to_owned());
    }
    let boundary = takk_files::boundary(current);
    let Ok(owner) = owner(current) else { return Ok(current.to_owned()) };
    // Most commands run in a root, and need not read the table of links for this.
    let is_linked = link::linked(home)?;
    let within = current.ancestors().take_while(|directory| directory.starts_with(&boundary));
    let mut trusted = within.take_while(|directory| self::owner(directory).is_ok_and(|of_this| of_this == owner));
    let found = trusted.find(|directory| is_linked(directory) || has_marker(directory));
    Ok(found.unwrap_or(current).to_owned())
}

fn has_marker(directory: &Path) -> bool {
    MARKERS.iter().any(|name| directory.join(name).is_file())
}

#[cfg(unix)]
fn owner(directory: &Path) -> io::Result<u32> {
    fs::metadata(directory).map(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata))
}

/// Other systems do not say, so that nothing above the directory is used.
#[cfg(not(unix))]
fn owner(_: &Path) -> io::Result<u32> {
    Err(io::ErrorKind::Unsupported.into())
}
