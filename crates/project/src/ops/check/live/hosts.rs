//! The hosts to which the user allowed a checkout to send keys, in the data directory.

use std::path::Path;

use crate::config::Home;
use crate::platform::private_table::{self, Rows};
use takk_model::error::Result;

const FILE: &str = "hosts.json";

/// The hosts that the user confirmed for a checkout.
pub fn confirmed(home: &Home, root: &Path) -> Result<Vec<String>> {
    let Some(file) = private_table::file(home, FILE) else { return Ok(Vec::new()) };
    let mut rows: Rows<Vec<String>> = private_table::read(&file)?;
    Ok(rows.remove(&key(root)).unwrap_or_default())
}

/// Records that the user confirmed a host.
pub fn remember(home: &Home, root: &Path, host: &str) -> Result<()> {
    private_table::change(home, FILE, |rows: &mut Rows<Vec<String>>| {
        let hosts = rows.entry(key(root)).or_default();
        if !hosts.iter().any(|known| known == host) {
            hosts.push(host.to_owned());
        }
    })
}

fn key(root: &Path) -> String {
    root.to_string_lossy().into_owned()
}
