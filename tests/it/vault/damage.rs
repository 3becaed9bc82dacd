//! A store that is damaged, locked, full, of another program or of a later takk: refused with a clear error, never misread.

use std::fs;
use std::process::{Command, Stdio};

use rusqlite::Connection;
use takk_vault::SecretsError;
use takk_vault::store::{Sqlite, StoreError};

use super::{Home, get, open, set};

/// A store with fifty values, all of it in the main file.
fn filled() -> Home {
    let home = Home::new();
    let mut vault = home.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    for at in 0..50 {
        set(&mut vault, "dev", &format!("KEY_{at}"), &format!("value {at}"));
    }
    drop(vault);
    let connection = Connection::open(home.file()).expect("it opens");
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("written");
    home
}

/// Reads everything; a value that is returned must be the right one.
fn read_all(home: &Home) -> bool {
    let Ok(mut vault) = open(&home.file()) else { return false };
    match vault.get_all("shop", "dev") {
        Ok(values) => {
            assert_eq!(values.len(), 50, "values have disappeared");
            for (name, value) in values {
                assert_eq!(value.expose(), name.replace("KEY_", "value "));
            }
            true
        }
        Err(_) => false,
    }
}

#[test]
fn a_flipped_bit_never_gives_another_value() {
    let home = filled();
    let whole = fs::read(home.file()).expect("readable");
    let mut refused = 0;
    // A prime step reaches every part of the file and every bit of a byte.
    for (round, at) in (0..whole.len()).step_by(97).enumerate() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (round % 8);
        fs::write(home.file(), &damaged).expect("writable");
        for beside in ["store.db-wal", "store.db-shm"] {
            let _ = fs::remove_file(home.file().with_file_name(beside));
        }
        refused += usize::from(!read_all(&home));
    }
    assert!(refused > 50, "only {refused} were noticed");
    fs::write(home.file(), &whole).expect("writable");
    assert!(read_all(&home));
}

#[test]
fn a_file_that_is_cut_short_is_refused_or_whole() {
    let home = filled();
    let whole = fs::read(home.file()).expect("readable");
    for length in (1..whole.len()).step_by(1021) {
        fs::write(home.file(), &whole[..length]).expect("writable");
        assert!(!read_all(&home), "{length} of {} bytes", whole.len());
    }
}

#[test]
fn a_database_of_something_else_stays_as_it_is() {
    let home = Home::new();
    let connection = Connection::open(home.file()).expect("it opens");
    connection.execute_batch("CREATE TABLE mine (x); INSERT INTO mine VALUES (1);").expect("written");
    drop(connection);
    let before = fs::read(home.file()).expect("readable");
    assert!(matches!(Sqlite::open(&home.file()), Err(StoreError::Foreign { .. })));
    assert_eq!(fs::read(home.file()).expect("readable"), before);
    fs::write(home.file(), "not a database, but long enough to be taken for one".repeat(100)).expect("writable");
    let error = Sqlite::open(&home.file()).err().expect("refused").to_string();
    assert_eq!(error, "the store is damaged");
}

#[test]
fn a_store_of_a_later_takk_is_refused_and_stays_as_it_is() {
    let home = filled();
    let connection = Connection::open(home.file()).expect("it opens");
    let known: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).expect("read");
    connection.pragma_update(None, "user_version", 1000).expect("written");
    drop(connection);
    match Sqlite::open(&home.file()) {
        Err(StoreError::Newer { found: 1000, .. }) => {}
        other => panic!("{:?}", other.map(|_| ()).map_err(|error| error.to_string())),
    }
    let connection = Connection::open(home.file()).expect("it opens");
    connection.pragma_update(None, "user_version", known).expect("written");
    assert!(read_all(&home));
}

#[test]
fn a_store_that_stays_locked_is_said_to_be() {
    let home = filled();
    let locking = Connection::open(home.file()).expect("it opens");
    locking.execute_batch("BEGIN IMMEDIATE").expect("locked");
    let mut vault = home.vault();
    assert_eq!(get(&mut vault, "dev", "KEY_1").as_deref(), Some("value 1"), "readers do not wait");
    let update = super::update("KEY_1", Some("new"), None);
    let locked = vault.update("shop", "dev", "me", &[update]);
    assert!(matches!(locked, Err(SecretsError::Store(StoreError::Locked))));
    locking.execute_batch("ROLLBACK").expect("unlocked");
    set(&mut vault, "dev", "KEY_1", "new");
}

#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let home = Home::new();
    home.vault().create_environment("shop", "dev", None).expect("made");
    // No file of the child may grow beyond 400 blocks of 512 bytes: to it the disk is full. The signal for that is ignored.
    let script = "trap '' XFSZ; ulimit -f 400; exec \"$@\"";
    let mut child = Command::new("sh");
    child.args(["-c", script, "sh"]).args(super::crash::child_arguments());
    let output = child.env(super::crash::STORE, home.file()).stderr(Stdio::null()).output().expect("sh runs");
    let acknowledged = super::crash::acknowledged(&String::from_utf8_lossy(&output.stdout));
    assert!(!output.status.success(), "the disk was never full");
    assert!(!acknowledged.is_empty(), "nothing was written before the disk was full");
    super::crash::assert_kept(&home, &acknowledged);
    set(&mut home.vault(), "dev", "AFTER", "there is room again");
}
