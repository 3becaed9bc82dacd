//! Ports for the servers of tests.

use std::fs::File;
use std::net::TcpListener;
use std::sync::{Mutex, PoisonError};

/// Below the range that systems take ports of clients from (from 32,768 on Linux, from 49,152 elsewhere), and apart from the ports
/// that takk prefers for its servers.
const RANGE: std::ops::Range<u16> = 12_000..19_900;

/// Locks of the ports of this process. Other test processes choose other ports until this one ends.
static RESERVED: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// A port that nobody listens on, and that no other test gets while this process runs.
///
/// A server opens its port long after the test has chosen it. A port from the system (`bind` to port 0) may by then be that of any
/// connection on this machine, or of a server of another test.
pub(crate) fn free_port() -> u16 {
    let directory = std::env::temp_dir().join("takk-test-ports");
    std::fs::create_dir_all(&directory).expect("writable");
    let mut reserved = RESERVED.lock().unwrap_or_else(PoisonError::into_inner);
    // Processes begin at different places, so that a port that has just been closed is not taken again at once.
    let count = u32::from(RANGE.end - RANGE.start);
    let first = std::process::id().wrapping_mul(37) % count;
    for step in 0..count {
        let port = RANGE.start + u16::try_from((first + step) % count).expect("it is in the range");
        let lock = File::create(directory.join(port.to_string())).expect("writable");
        if lock.try_lock().is_ok() && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            reserved.push(lock);
            return port;
        }
    }
    panic!("a free port in {RANGE:?}");
}
