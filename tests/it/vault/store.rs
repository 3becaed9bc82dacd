//! The store as a file: where it is opened, and by how many processes.

use std::time::Duration;

use takk_vault::store::{Candidate, Sqlite, StoreError};
use takk_vault::{MasterKey, SystemRandom, Vault};

use super::{Home, get, set};

#[test]
fn a_directory_that_is_not_there_is_named() {
    let home = Home::new();
    let file = home.0.path().join("no/such/store.db");
    match Sqlite::open(&file) {
        Err(error @ StoreError::Open { .. }) => {
            assert_eq!(error.to_string(), format!("cannot open the store `{}`", file.display()));
        }
        other => panic!("{:?}", other.map(|_| ()).map_err(|error| error.to_string())),
    }
}

#[test]
fn two_at_once_see_what_the_other_wrote() {
    let home = Home::new();
    let (mut one, mut two) = (home.vault(), home.vault());
    one.create_environment("shop", "dev", None).expect("made");
    assert_eq!(set(&mut two, "dev", "KEY", "from two"), 1);
    assert_eq!(get(&mut one, "dev", "KEY").as_deref(), Some("from two"));
    assert_eq!(set(&mut one, "dev", "KEY", "from one"), 2);
    assert_eq!(get(&mut two, "dev", "KEY").as_deref(), Some("from one"));
}

#[test]
fn a_clock_that_jumps_back_changes_no_order() {
    let home = Home::new();
    home.vault().create_environment("shop", "dev", None).expect("made");
    for (round, now) in [2_000_000_000_000, 1_000_000_000_000, -5].into_iter().enumerate() {
        let master = MasterKey::from_hex(super::MASTER).expect("a key");
        let store = Sqlite::open(&home.file()).expect("it opens");
        let mut vault = Vault::open(store, master, Box::new(SystemRandom), Box::new(move || now)).expect("it opens");
        let version = i64::try_from(round).expect("small") + 1;
        assert_eq!(set(&mut vault, "dev", "KEY", &now.to_string()), version);
        assert_eq!(get(&mut vault, "dev", "KEY"), Some(now.to_string()));
    }
    let mut vault = home.vault();
    let history = vault.history("shop", "dev", "KEY").expect("it is read");
    assert_eq!(history.iter().map(|entry| entry.version).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(vault.verify().expect("it is read").wrong, Vec::<String>::new());
}

#[test]
fn a_backup_while_others_write_is_a_state_that_there_was() {
    let home = Home::new();
    home.vault().create_environment("shop", "dev", None).expect("made");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut vault = home.vault();
            for round in 1..=60 {
                let both = ["A", "B"].map(|name| super::update(name, Some(&round.to_string()), Some(round - 1)));
                vault.update("shop", "dev", "me", &both).expect("kept");
            }
        });
        let store = Sqlite::open(&home.file()).expect("it opens");
        let mut number = 0;
        while !writer.is_finished() {
            let copy = home.0.path().join(format!("copy-{number}.db"));
            store.back_up(&copy, "test").expect("copied");
            let mut vault = super::open(&copy).expect("it opens");
            assert!(vault.verify().expect("readable").wrong.is_empty());
            assert_eq!(get(&mut vault, "dev", "A"), get(&mut vault, "dev", "B"), "half of a change");
            number += 1;
        }
        assert!(number > 0, "no backup was made meanwhile");
    });
}

#[test]
fn a_store_is_replaced_when_nobody_has_it_open() {
    let home = Home::new();
    let mut vault = home.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    set(&mut vault, "dev", "KEY", "before");
    let copy = home.0.path().join("copy.db");
    Sqlite::open(&home.file()).expect("it opens").back_up(&copy, "test").expect("copied");
    let candidate = Candidate::new(&copy, &home.file(), "test").expect("copied");
    std::thread::scope(|scope| {
        let replacing = scope.spawn(|| candidate.put_in_place("before"));
        std::thread::sleep(Duration::from_millis(100));
        // It waits: what is acknowledged until then is in the backup.
        set(&mut vault, "dev", "KEY", "after");
        drop(vault);
        let replaced = replacing.join().expect("it ends").expect("replaced").expect("there was one");
        assert!(replaced.sound);
        assert_eq!(get(&mut super::open(&replaced.kept).expect("it opens"), "dev", "KEY").as_deref(), Some("after"));
    });
    assert_eq!(get(&mut home.vault(), "dev", "KEY").as_deref(), Some("before"));
}
