//! A database that goes away and comes back: no acknowledged write is lost, and nothing has to be restarted.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use takk_vault::store::{Postgres, StoreError};
use takk_vault::{AccessResponse, Action, Caller, SecretsError, Vault};

use super::cluster::Cluster;
use super::served::{Wanted, act};
use super::{Database, Place, get, update};

/// The variable that tells a child which database to write to.
const DATABASE: &str = "TAKK_TEST_DATABASE";
/// The number of clients that write while the database goes away.
const CLIENTS: usize = 8;

/// A change of the client's own name, with its row in the audit log.
fn change(client: usize, count: i64) -> [Wanted; 1] {
    let updates = vec![update(&format!("KEY_{client}"), Some(&count.to_string()), Some(count - 1))];
    [Wanted {
        caller: Caller { user: 1, name: "ada".to_owned(), token: None, request: None, bounds: None },
        project: "shop".to_owned(),
        environment: "dev".to_owned(),
        action: Action::Change { updates, make: true },
        once: None,
    }]
}

/// Writes the next version of a client's name. Returns the current version, and whether the write was acknowledged.
fn write_next(vault: &mut Vault, client: usize, version: i64) -> Result<i64, SecretsError> {
    match act(vault, &change(client, version + 1))?.remove(0) {
        Ok(AccessResponse::Changed { .. }) => Ok(version + 1),
        Ok(_) => panic!("a change gives something else"),
        // The previous write was committed, and its acknowledgement was lost.
        Err(SecretsError::Changed { found, .. }) if found == version + 1 => Ok(found),
        Err(error) => Err(error),
    }
}

/// Tells the clients to stop, even if the test fails.
struct Over<'o>(&'o AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Clients that write until they are told to stop, while `disturb` does something to the database.
fn nothing_is_lost(place: &Database, disturb: impl FnOnce()) {
    drop(place.vault());
    let is_over = AtomicBool::new(false);
    let acknowledged: Vec<AtomicI64> = (0..CLIENTS).map(|_| AtomicI64::new(0)).collect();
    let unavailable = AtomicI64::new(0);
    std::thread::scope(|scope| {
        for (client, mine) in acknowledged.iter().enumerate() {
            let (is_over, unavailable) = (&is_over, &unavailable);
            let mut vault = place.vault();
            scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    match write_next(&mut vault, client, mine.load(Ordering::Relaxed)) {
                        Ok(version) => mine.store(version, Ordering::Relaxed),
                        Err(SecretsError::Store(StoreError::Unavailable(_))) => {
                            unavailable.fetch_add(1, Ordering::Relaxed);
                            std::thread::sleep(Duration::from_millis(20));
                        }
                        Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_millis(500));
        let _over = Over(&is_over);
        disturb();
        let before: i64 = acknowledged.iter().map(|count| count.load(Ordering::Relaxed)).sum();
        std::thread::sleep(Duration::from_millis(1500));
        is_over.store(true, Ordering::Relaxed);
        let after: i64 = acknowledged.iter().map(|count| count.load(Ordering::Relaxed)).sum();
        assert!(after > before && before > 0, "nobody found the way back: {before}, {after}");
    });
    assert!(unavailable.load(Ordering::Relaxed) > 0, "nobody noticed");
    let mut vault = place.vault();
    for (client, count) in acknowledged.iter().enumerate() {
        let kept = get(&mut vault, "dev", &format!("KEY_{client}")).expect("it is there").parse::<i64>().expect("a number");
        let count = count.load(Ordering::Relaxed);
        assert!(kept == count || kept == count + 1, "{count} were acknowledged, and {kept} are there");
    }
    assert!(vault.verify().expect("readable").wrong.is_empty());
    let log = vault.verify_audit().expect("readable");
    assert!(log.wrong.is_empty(), "{:?}", log.wrong);
    let written: i64 = vault.list("shop", "dev").expect("read").iter().map(|entry| entry.version).sum();
    assert_eq!(log.rows, usize::try_from(written).expect("small"), "a row for each write");
}

/// A server that this test may kill, with a database.
fn own() -> Option<(tempfile::TempDir, Cluster, Database)> {
    let directory = tempfile::tempdir().expect("a directory");
    // The server's user must be able to traverse the directory.
    std::fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("permitted");
    let cluster = Cluster::new(&directory.path().join("postgres"))?;
    let database = Database(cluster.database());
    Some((directory, cluster, database))
}

#[test]
fn a_server_that_is_killed_under_load_loses_nothing() {
    let Some((_directory, cluster, place)) = own() else { return };
    nothing_is_lost(&place, || {
        for _ in 0..3 {
            cluster.kill();
            std::thread::sleep(Duration::from_millis(200));
            cluster.start();
            std::thread::sleep(Duration::from_millis(400));
        }
    });
}

#[test]
fn a_server_that_is_stopped_and_started_under_load_loses_nothing() {
    let Some((_directory, cluster, place)) = own() else { return };
    nothing_is_lost(&place, || {
        cluster.stop();
        std::thread::sleep(Duration::from_millis(500));
        cluster.start();
    });
    // An idle client does not even notice.
    let mut vault = place.vault();
    let before = vault.list("shop", "dev").expect("read");
    assert!(!before.is_empty());
    cluster.stop();
    let gone = vault.list("shop", "dev");
    assert!(matches!(gone, Err(SecretsError::Store(StoreError::Unavailable(_)))));
    cluster.start();
    assert_eq!(vault.list("shop", "dev").expect("it connects again"), before);
    cluster.stop();
    cluster.start();
    vault.update("shop", "dev", "ada", &[update("AFTER", Some("x"), Some(0))]).expect("written as if nothing had been");
    cluster.stop();
    cluster.start();
    // A connection that was idle for a while is checked first.
    std::thread::sleep(Duration::from_millis(1100));
    assert!(vault.people().expect("there").users().expect("read").is_empty());
}

#[test]
#[ignore = "run as a child of the tests here"]
fn writes_until_killed() {
    let Ok(url) = std::env::var(DATABASE) else { return };
    let mut vault = Database(url).vault();
    let known = vault.list("shop", "dev").ok().and_then(|entries| entries.first().map(|entry| entry.version));
    for version in known.unwrap_or(0).. {
        write_next(&mut vault, 0, version).expect("it is kept");
        let mut out = std::io::stdout().lock();
        writeln!(out, "kept {}", version + 1).and_then(|()| out.flush()).expect("the parent listens");
    }
}

#[test]
fn a_client_that_is_killed_loses_nothing() {
    const KILLS: u64 = 20;
    let Some(place) = Database::new() else { return };
    let binary = std::env::current_exe().expect("a test binary has a path");
    let words = ["--ignored", "--exact", "store::lost::writes_until_killed", "--nocapture", "--test-threads=1"];
    let mut last = 0;
    for round in 0..KILLS {
        let mut command = Command::new(&binary);
        command.args(words).env(DATABASE, &place.0).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the child starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut printed = String::new();
        while !printed.contains("kept ") && lines.read_line(&mut printed).expect("readable") > 0 {}
        std::thread::sleep(Duration::from_micros(round * 997 % 15_013));
        child.kill().expect("it is killed");
        std::io::Read::read_to_string(&mut lines, &mut printed).expect("readable");
        child.wait().expect("it has ended");
        let whole = printed.rfind('\n').map_or("", |end| &printed[..end]);
        let kept = whole.lines().filter_map(|line| line.split_once("kept ")?.1.parse::<i64>().ok()).max();
        let kept = kept.unwrap_or_else(|| panic!("nothing was acknowledged in round {round}"));
        assert!(kept > last, "round {round} began before {last}");
        let mut vault = place.vault();
        let value = vault.version("shop", "dev", "KEY_0", kept).expect("readable").expect("set");
        assert_eq!(value.expose(), kept.to_string());
        last = kept;
    }
    let mut vault = place.vault();
    assert!(vault.verify().expect("readable").wrong.is_empty());
    assert!(vault.verify_audit().expect("readable").wrong.is_empty());
}

#[test]
fn many_replicas_start_at_once_on_an_empty_database() {
    let Some(place) = Database::new() else { return };
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| place.vault().verify().expect("readable"));
        }
    });
}

#[test]
fn a_database_of_something_else_or_of_a_later_takk_stays_as_it_is() {
    let Some(place) = Database::new() else { return };
    place.run("CREATE TABLE mine (x INTEGER)");
    assert!(matches!(Postgres::open(&place.0), Err(StoreError::Foreign { .. })));
    place.run("DROP TABLE mine");
    let mut vault = place.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    place.run("UPDATE takk_schema SET version = 1000");
    match Postgres::open(&place.0) {
        Err(StoreError::Newer { found: 1000, known, .. }) => {
            place.run(&format!("UPDATE takk_schema SET version = {known}"));
        }
        other => panic!("{:?}", other.map(|_| ()).map_err(|error| error.to_string())),
    }
    assert_eq!(place.vault().environments("shop").expect("read"), ["dev"]);
}

#[test]
fn an_address_that_nobody_listens_at_is_unavailable() {
    let opened = Postgres::open("postgresql://takk@127.0.0.1:1/takk?sslmode=disable");
    assert!(matches!(opened, Err(StoreError::Unavailable(_))));
}
