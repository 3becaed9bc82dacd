//! Free ports of this machine.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::Mutex;

use crate::ledger::HOST;

/// How many ports after the preferred one to try before the system chooses one.
const TRIED: u16 = 100;

/// Ports that this run has assigned, in addition to those in use.
#[derive(Default)]
pub struct Ports(Mutex<BTreeSet<u16>>);

impl Ports {
    /// Excludes the ports of other entries in the ledger.
    pub fn without(taken: impl IntoIterator<Item = u16>) -> Self {
        Self(Mutex::new(taken.into_iter().collect()))
    }

    /// A free port: `wanted`, else one of those after it, else any.
    pub fn choose(&self, wanted: u16) -> Option<u16> {
        let mut given = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let near = wanted.max(1)..=wanted.max(1).saturating_add(TRIED);
        let found = near.filter(|port| !given.contains(port)).find(|port| is_free(*port)).or_else(any)?;
        given.insert(found);
        Some(found)
    }
}

/// Whether nothing listens on a port of this machine.
pub fn is_free(port: u16) -> bool {
    match TcpListener::bind((HOST, port)) {
        Ok(_) => true,
        // A port that only root may open does not count as free.
        Err(error) => !matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied),
    }
}

/// `port 5432 is used by postgres (pid 812)`, as far as the system provides it.
pub(crate) fn in_use(port: u16) -> String {
    match listener(port) {
        Some((name, process)) => format!("port {port} is used by {name} (pid {process})"),
        None => format!("port {port} is in use"),
    }
}

/// The process that listens on a port, with its name.
fn listener(port: u16) -> Option<(String, u32)> {
    let process = *listeners(port)?.first()?;
    let name = fs::read_to_string(format!("/proc/{process}/comm")).ok()?.trim().to_owned();
    Some((name, process))
}

/// Whether a process, another one of its process group, or one that they started listens on a port; `true` if the system does not
/// provide it.
pub(crate) fn listens(process: u32, port: u16) -> bool {
    let Some(listeners) = listeners(port).filter(|listeners| !listeners.is_empty()) else { return true };
    listeners.into_iter().any(|listener| belongs_to(listener, process))
}

/// The processes that listen on a port. Only root can see the processes of other users, and only Linux provides them. `None` if nobody
/// listens, as far as the system says.
fn listeners(port: u16) -> Option<Vec<u32>> {
    const LISTENS: &str = "0A";
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let wanted = format!(":{port:04X}");
    let sockets: Vec<String> = tables
        .iter()
        .flat_map(|table| table.lines())
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let is_it = fields.get(1)?.ends_with(&wanted) && *fields.get(3)? == LISTENS;
            is_it.then(|| fields.get(9).map(|inode| format!("socket:[{inode}]"))).flatten()
        })
        .collect();
    if sockets.is_empty() {
        return None;
    }
    let processes = fs::read_dir("/proc").ok()?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let holders = processes.filter(|process| {
        let files = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        let mut targets = files.filter_map(|file| fs::read_link(file.path()).ok());
        targets.any(|target| sockets.iter().any(|socket| target.as_os_str() == socket.as_str()))
    });
    Some(holders.collect())
}

/// Whether `process`, or one of those that started it, is `leader` or in its process group.
fn belongs_to(mut process: u32, leader: u32) -> bool {
    while process > 1 {
        // `812 (name with spaces) S parent group …`
        let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat")) else { return false };
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(1).map(str::parse::<u32>);
        let (Some(Ok(parent)), Some(Ok(group))) = (fields.next(), fields.next()) else { return false };
        if process == leader || group == leader {
            return true;
        }
        process = parent;
    }
    false
}

fn any() -> Option<u16> {
    Some(TcpListener::bind((HOST, 0)).ok()?.local_addr().ok()?.port())
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;

    use super::*;

    #[test]
    fn a_port_that_is_taken_is_not_chosen() {
        let taken = TcpListener::bind((HOST, 0)).expect("a port");
        let port = taken.local_addr().expect("an address").port();
        let ports = Ports::default();
        let first = ports.choose(port).expect("one is free");
        assert_ne!(first, port);
        assert!(in_use(port).starts_with(&format!("port {port} is ")), "{}", in_use(port));
        if cfg!(target_os = "linux") {
            assert!(in_use(port).ends_with(&format!("(pid {})", std::process::id())), "{}", in_use(port));
        }
        assert_ne!(ports.choose(first).expect("another is free"), first, "it was given away a moment ago");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn who_listens_is_told_from_others() {
        let own = TcpListener::bind((HOST, 0)).expect("a port");
        let port = own.local_addr().expect("an address").port();
        assert!(listens(std::process::id(), port));
        let mut other = std::process::Command::new("sleep").arg("60").process_group(0).spawn().expect("it runs");
        assert!(!listens(other.id(), port), "a child does not own what its parent has opened");
        let parent = std::os::unix::process::parent_id();
        assert!(listens(parent, port), "what a process has started belongs to it");
        drop(own);
        assert!(listens(other.id(), port), "nobody listens there: the system says nothing");
        other.kill().expect("it is ours");
        other.wait().expect("it ends");
    }
}
