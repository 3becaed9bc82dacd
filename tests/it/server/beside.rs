//! Other programs that open the database file while servers use it, as any SQLite client may: no acknowledged write is lost, because a
//! server never loses the locks that mark the file as in use.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::json;

use super::{Server, in_shop};

/// Reads and closes the database, as a database browser does. The last one to close it checkpoints the write-ahead log and deletes it.
const READER: &str = "\
import sqlite3, sys
for _ in range(2):
    connection = sqlite3.connect(sys.argv[1])
    connection.execute('SELECT count(*) FROM versions').fetchall()
    connection.close()
";

fn database(server: &Server) -> PathBuf {
    server.data().join("store.db")
}

fn read_by_another(file: &Path) {
    let output = Command::new("python3").args(["-c", READER]).arg(file).output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Whether the server holds a POSIX lock on a file.
fn is_locked_by(server: &Server, file: &Path) -> bool {
    let inode = format!(":{}", file.metadata().expect("it is there").ino());
    let id = server.child.id().to_string();
    let locks = fs::read_to_string("/proc/locks").expect("readable");
    locks.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.contains(&"POSIX") && words.contains(&id.as_str()) && words.iter().any(|word| word.ends_with(&inode))
    })
}

/// Asserts that the server still has the database, and that nobody deleted its files.
#[track_caller]
fn assert_in_use(server: &Server) {
    for end in ["", "-shm"] {
        let mut file = database(server).into_os_string();
        file.push(end);
        assert!(is_locked_by(server, Path::new(&file)), "the lock of the server on {} is gone", file.display());
    }
    for entry in fs::read_dir(format!("/proc/{}/fd", server.child.id())).expect("it runs") {
        let Ok(file) = fs::read_link(entry.expect("readable").path()) else { continue };
        let name = file.to_string_lossy().into_owned();
        assert!(!(name.contains("store.db") && name.ends_with("(deleted)")), "{name}");
    }
}

/// Writes values one after the other while another program reads. Returns the acknowledged ones.
fn write(servers: &[&Server], name: &str, count: usize) -> Vec<(String, String)> {
    let mut kept = Vec::new();
    for number in 0..count {
        let server = servers[number % servers.len()];
        let (name, value) = (format!("{name}_{number}"), format!("value {number}"));
        let body = json!({"changes": [{"name": name, "value": value}]});
        server.own("POST", &in_shop("dev", "changes"), Some(body)).expect(200);
        kept.push((name, value));
        read_by_another(&database(server));
    }
    kept
}

/// Many requests at once, so that every connection is opened.
fn ask_at_once(server: &Server) {
    std::thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| server.own("GET", "/api/v1/projects", None).expect(200));
        }
    });
}

/// Asserts that the store of a killed server has every acknowledged write.
#[track_caller]
fn assert_kept(server: Server, kept: &[(String, String)]) {
    let server = Server::with(server.kill(), &[]);
    for (name, value) in kept {
        let found = server.own("GET", &in_shop("dev", &format!("secrets/{name}")), None).expect(200);
        assert_eq!(found["value"], *value, "{name}");
    }
    assert_eq!(server.takk(&["store", "verify"]).0, 0);
}

#[test]
fn a_program_that_reads_beside_a_server_loses_nothing() {
    let server = Server::start();
    server.shop();
    assert_in_use(&server);
    ask_at_once(&server);
    assert_in_use(&server);
    let kept = write(&[&server], "KEY", 10);
    assert_in_use(&server);
    assert_kept(server, &kept);
}

#[test]
fn a_program_that_reads_beside_two_servers_loses_nothing() {
    let one = Server::start();
    one.shop();
    let two = Server::with(one.home(), &[]);
    ask_at_once(&two);
    let mut kept = write(&[&one, &two], "KEY", 10);
    assert_in_use(&one);
    assert_in_use(&two);
    // When one server ends, in whatever way, the other continues.
    drop(one.kill());
    kept.extend(write(&[&two], "AFTER", 4));
    assert_in_use(&two);
    assert_kept(two, &kept);
}

#[test]
fn what_looks_after_the_store_of_a_server_loses_nothing() {
    let server = Server::start();
    server.shop();
    let copy = server.home().path().join("copy.db");
    let copy = copy.to_str().expect("text");
    let mut kept = write(&[&server], "KEY", 2);
    for (number, command) in [
        &["store", "backup", copy][..],
        &["store", "status"],
        &["store", "verify"],
        &["audit", "verify"],
        // It waits for the server to stop, which it does not.
        &["store", "restore", copy, "--yes"],
        &["store", "rekey"],
    ]
    .into_iter()
    .enumerate()
    {
        let (code, _) = server.takk(command);
        assert_eq!(code, if command[1] == "restore" { 2 } else { 0 }, "{command:?}");
        read_by_another(&database(&server));
        ask_at_once(&server);
        kept.extend(write(&[&server], &format!("AFTER_{number}"), 2));
        assert_in_use(&server);
    }
    assert_kept(server, &kept);
}

#[test]
fn a_database_that_somebody_writes_to_is_copied_as_it_is() {
    let server = Server::start();
    server.shop();
    let kept = write(&[&server], "KEY", 2);
    // Another home with the same master key takes over the store of a running server, including what is only in the write-ahead log.
    let other = tempfile::tempdir().expect("a directory");
    fs::copy(server.data().join("master.key"), other.path().join("master.key")).expect("copied");
    let file = database(&server);
    let restored = super::command(other.path()).args(["store", "restore", "--yes"]).arg(&file).output().expect("it runs");
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    assert_in_use(&server);
    let verified = super::command(other.path()).args(["store", "verify"]).output().expect("it runs");
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    let moved = Arc::new(tempfile::tempdir().expect("a directory"));
    fs::rename(other.path(), moved.path().join("home")).expect("moved");
    for name in ["owner", "set-up"] {
        fs::copy(server.home().path().join(name), moved.path().join(name)).expect("copied");
    }
    assert_kept(Server::with(moved, &[]), &kept);
    assert_kept(server, &kept);
}
