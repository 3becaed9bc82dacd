//! An environment is created together with its first value, or not at all.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::Project;

impl Project {
    /// The store of this machine, behind takk's back.
    fn database(&self) -> Connection {
        let connection = Connection::open(std::path::Path::new(&self.home()).join("store.db")).expect("it opens");
        connection.busy_timeout(Duration::ZERO).expect("set");
        connection
    }
}

/// The environments that are there, each with how many versions of values it has.
fn environments(database: &Connection) -> Vec<(String, i64)> {
    let query =
        "SELECT name, (SELECT count(*) FROM versions WHERE environment = environments.id) FROM environments ORDER BY name";
    let mut statement = database.prepare(query).expect("a query");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.collect::<rusqlite::Result<_>>().expect("read")
}

/// How many rows the audit log has.
fn audit_rows(database: &Connection) -> i64 {
    database.query_row("SELECT count(*) FROM audit", [], |row| row.get(0)).expect("read")
}

const SET_IN_PROD: [&str; 6] = ["secrets", "set", "APP_LEVEL", "--stdin", "--env", "prod"];

#[test]
fn a_value_that_cannot_be_stored_leaves_no_environment() {
    let project = Project::new();
    project.set("APP_LEVEL", "low");
    let database = project.database();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON versions BEGIN SELECT RAISE(ABORT, 'not this one'); END";
    database.execute_batch(refuse).expect("made");
    let answer = project.piped(&SET_IN_PROD, b"high");
    assert_ne!(answer.code, 0, "{}", answer.err);
    assert_eq!(environments(&database), [("dev".to_owned(), 1)]);
    database.execute_batch("DROP TRIGGER refuse").expect("dropped");
    project.set_in("prod", "APP_LEVEL", "high");
    assert_eq!(environments(&database), [("dev".to_owned(), 1), ("prod".to_owned(), 1)]);
    assert_eq!(audit_rows(&database), 0, "what a user does on their own machine is in no audit log");
}

#[test]
fn a_command_that_is_killed_before_the_value_is_there_leaves_no_environment() {
    let project = Project::new();
    project.set("APP_LEVEL", "low");
    let database = project.database();
    // An insert that takes until the process is killed.
    let wait = "CREATE VIEW endless AS WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n; \
                CREATE TRIGGER wait BEFORE INSERT ON versions BEGIN SELECT count(*) FROM endless; END";
    database.execute_batch(wait).expect("made");
    let mut child = project.command(&SET_IN_PROD).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("run");
    child.stdin.take().expect("a pipe").write_all(b"high").expect("read");
    // The insert is running once nobody else could write for this long.
    let (begun, mut locked) = (Instant::now(), 0);
    while locked < 20 {
        assert!(begun.elapsed() < Duration::from_mins(1), "it never inserts");
        assert!(child.try_wait().expect("asked").is_none(), "it ended");
        let is_free = database.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_ok();
        locked = if is_free { 0 } else { locked + 1 };
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    database.execute_batch("DROP TRIGGER wait; DROP VIEW endless").expect("dropped");
    assert_eq!(environments(&database), [("dev".to_owned(), 1)]);
    project.set_in("prod", "APP_LEVEL", "high");
    assert_eq!(project.takk(&["secrets", "get", "APP_LEVEL", "--env", "prod"]).out, "high");
}
