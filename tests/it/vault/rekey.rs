//! Rotating the master key: nothing is lost, whenever the rotating process is killed, and whatever is written at the same time.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use takk_vault::KeySetting;
use takk_vault::store::Sqlite;
use takk_vault::{KeyPlaces, KeySource, Keyring, Opening, SecretsError, SystemRandom, find_key, open_vault, rekey};
use zeroize::Zeroizing;

use super::crash::STORE;
use super::{Home, update};

/// How often a child is killed.
const KILLS: u32 = 60;

fn opening(directory: &Path, keyring: Option<&dyn Keyring>) -> Result<Opening, SecretsError> {
    let store = Sqlite::open(&directory.join("store.db"))?;
    let places = KeyPlaces { directory, setting: None, keyring };
    open_vault(store, &places, Box::new(SystemRandom), Box::new(|| 1_700_000_000_000))
}

fn renew(opening: &mut Opening, directory: &Path, keyring: Option<&dyn Keyring>) -> Result<KeySource, SecretsError> {
    let places = KeyPlaces { directory, setting: None, keyring };
    rekey(&mut opening.vault, &places, None).map(|renewed| renewed.source)
}

/// A store with a key of its own, two projects, and values in several versions.
fn filled(keyring: Option<&dyn Keyring>) -> Home {
    let home = Home::new();
    let mut vault = opening(home.0.path(), keyring).expect("it opens").vault;
    for project in ["shop", "other"] {
        vault.create_environment(project, "dev", None).expect("made");
        vault.create_environment(project, "prod", None).expect("made");
        for environment in ["dev", "prod"] {
            for version in 1..=3 {
                let all: Vec<_> =
                    (0..8).map(|at| update(&format!("KEY_{at}"), Some(&format!("{project} {at} {version}")), None)).collect();
                vault.update(project, environment, "me", &all).expect("kept");
            }
            vault.update(project, environment, "me", &[update("KEY_7", None, None)]).expect("unset");
        }
    }
    home
}

fn assert_whole(directory: &Path, keyring: Option<&dyn Keyring>) {
    let mut vault = opening(directory, keyring).expect("it opens").vault;
    let verified = vault.verify().expect("readable");
    assert!(verified.wrong.is_empty(), "{:?}", verified.wrong);
    for project in ["shop", "other"] {
        for environment in ["dev", "prod"] {
            let values = vault.get_all(project, environment).expect("readable");

            for (at, (name, value)) in values.iter().take(7).enumerate() {
                assert_eq!(
                    (name.as_str(), value.expose()),
                    (format!("KEY_{at}").as_str(), format!("{project} {at} 3").as_str())
                );
            }
            assert_eq!(
                vault.version(project, environment, "KEY_7", 2).expect("read").expect("set").expose(),
                format!("{project} 7 2")
            );
        }
        let fingerprint = |entries: Vec<takk_vault::Entry>| entries[0].fingerprint.clone();
        let dev = fingerprint(vault.list(project, "dev").expect("read"));
        assert_eq!(dev, fingerprint(vault.list(project, "prod").expect("read")));
    }
}

#[test]
fn a_new_master_key_opens_everything_and_the_old_one_nothing() {
    let home = filled(None);
    let directory = home.0.path();
    let own = directory.join("master.key");
    let old = fs::read_to_string(&own).expect("there");
    let mut first = opening(directory, None).expect("it opens");
    let mut second = opening(directory, None).expect("it opens");
    let before = first.vault.list("shop", "dev").expect("read")[0].fingerprint.clone();
    assert_eq!(renew(&mut first, directory, None).expect("renewed"), KeySource::OwnFile(own.clone()));
    assert_ne!(fs::read_to_string(&own).expect("there"), old);
    assert!(!directory.join("master.key.next").exists());
    assert_ne!(first.vault.list("shop", "dev").expect("read")[0].fingerprint, before);
    assert_whole(directory, None);
    // A process that had the store open gets an error, and has lost nothing.
    let late = second.vault.update("shop", "dev", "me", &[update("KEY_0", Some("late"), None)]);
    assert!(matches!(late, Err(SecretsError::Rekeyed)));
    assert!(matches!(renew(&mut second, directory, None), Err(SecretsError::Rekeyed)));
    fs::write(&own, old).expect("writable");
    assert!(matches!(opening(directory, None), Err(SecretsError::WrongMasterKey)));
}

#[test]
fn a_key_that_was_not_put_in_its_place_is() {
    let home = filled(None);
    let directory = home.0.path();
    let (own, next) = (directory.join("master.key"), directory.join("master.key.next"));
    let old = fs::read(&own).expect("there");
    renew(&mut opening(directory, None).expect("it opens"), directory, None).expect("renewed");
    // As after a kill between the commit and the rename.
    fs::rename(&own, &next).expect("moved");
    fs::copy(&next, &own).expect("copied");
    fs::write(&own, &old).expect("writable");
    assert_whole(directory, None);
    assert!(!next.exists());
    // As after a kill before the commit: a key that the store never adopted.
    fs::copy(&own, &next).expect("copied");
    fs::write(&next, format!("{}\n", "0".repeat(64))).expect("writable");
    assert_whole(directory, None);
    assert!(!next.exists());
}

/// A keyring in memory that can refuse to store anything more.
struct Memory {
    text: RefCell<Option<String>>,
    refuses: RefCell<bool>,
}

impl Keyring for Memory {
    fn load(&self) -> (Option<Zeroizing<String>>, Option<String>) {
        (self.text.borrow().clone().map(Zeroizing::new), None)
    }

    fn keep(&self, text: &str) -> Result<(), String> {
        if *self.refuses.borrow() {
            return Err("full".to_owned());
        }
        *self.text.borrow_mut() = Some(text.to_owned());
        Ok(())
    }
}

#[test]
fn a_keyring_keeps_the_new_key_or_a_file_does() {
    let keyring = Memory { text: RefCell::new(None), refuses: RefCell::new(false) };
    let home = filled(Some(&keyring));
    let directory = home.0.path();
    let old = keyring.text.borrow().clone();
    let source = renew(&mut opening(directory, Some(&keyring)).expect("it opens"), directory, Some(&keyring));
    assert_eq!(source.expect("renewed"), KeySource::Keyring);
    assert_ne!(*keyring.text.borrow(), old);
    assert!(!directory.join("master.key").exists() && !directory.join("master.key.next").exists());
    assert_whole(directory, Some(&keyring));
    *keyring.refuses.borrow_mut() = true;
    let source = renew(&mut opening(directory, Some(&keyring)).expect("it opens"), directory, Some(&keyring));
    assert_eq!(source.expect("renewed"), KeySource::OwnFile(directory.join("master.key")));
    assert_whole(directory, Some(&keyring));
}

#[test]
fn a_key_from_outside_needs_a_new_file() {
    let home = filled(None);
    let directory = home.0.path();
    let outside = directory.join("outside.key");
    fs::rename(directory.join("master.key"), &outside).expect("moved");
    let setting = KeySetting::File(outside.clone());
    let places = KeyPlaces { directory, setting: Some(&setting), keyring: None };
    let open = |places: &KeyPlaces| {
        let store = Sqlite::open(&home.file()).expect("it opens");
        open_vault(store, places, Box::new(SystemRandom), Box::new(|| 0))
    };
    let mut opened = open(&places).expect("it opens");
    let there = rekey(&mut opened.vault, &places, Some(&outside));
    assert!(matches!(there, Err(SecretsError::Crypto(takk_vault::CryptoError::KeyFileExists(_)))));
    assert!(opened.vault.verify().expect("readable").wrong.is_empty(), "nothing has changed");
    let new = directory.join("new.key");
    rekey(&mut opened.vault, &places, Some(&new)).expect("renewed");
    assert!(matches!(open(&places), Err(SecretsError::WrongMasterKey)));
    let setting = KeySetting::File(new);
    let mut opened = open(&KeyPlaces { setting: Some(&setting), ..places }).expect("it opens");
    assert!(opened.vault.verify().expect("readable").wrong.is_empty());
}

#[test]
#[ignore = "run as a child of the tests here"]
fn renews_until_killed() {
    let Some(file) = std::env::var_os(STORE).map(PathBuf::from) else { return };
    let directory = file.parent().expect("it is in a directory");
    loop {
        let mut opened = opening(directory, None).expect("it opens");
        renew(&mut opened, directory, None).expect("renewed");
        let mut out = std::io::stdout().lock();
        writeln!(out, "renewed").and_then(|()| out.flush()).expect("the parent listens");
    }
}

#[test]
fn a_kill_at_any_moment_leaves_a_store_that_opens() {
    let home = filled(None);
    let binary = std::env::current_exe().expect("a test binary has a path");
    let words = ["--ignored", "--exact", "vault::rekey::renews_until_killed", "--nocapture", "--test-threads=1"];
    let (mut between, mut before) = (0, 0);
    for round in 0..KILLS {
        let mut command = Command::new(&binary);
        command.args(words).env(STORE, home.file()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the child starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut printed = String::new();
        while !printed.contains("renewed") && lines.read_line(&mut printed).expect("readable") > 0 {}
        assert!(printed.contains("renewed"), "the child failed in round {round}");
        std::thread::sleep(Duration::from_micros(u64::from(round * 997 % 15_013)));
        child.kill().expect("it is killed");
        child.wait().expect("it has ended");
        if home.0.path().join("master.key.next").exists() {
            let store = Sqlite::open(&home.file()).expect("it opens");
            let places = KeyPlaces { directory: home.0.path(), setting: None, keyring: None };
            let key = find_key(&places).expect("readable").expect("there").key;
            if takk_vault::Vault::accepts(&store, &key).expect("read") { before += 1 } else { between += 1 }
        }
        assert_whole(home.0.path(), None);
    }
    eprintln!("killed before the commit: {before}, between commit and rename: {between}, of {KILLS}");
}

#[test]
fn those_who_write_meanwhile_lose_nothing() {
    let home = filled(None);
    let directory = home.0.path();
    std::thread::scope(|scope| {
        for writer in 0..3 {
            scope.spawn(move || {
                for round in 1..=20 {
                    let name = format!("WRITER_{writer}");
                    loop {
                        let mut vault = opening(directory, None).expect("it opens").vault;
                        let change = update(&name, Some(&round.to_string()), Some(round - 1));
                        match vault.update("shop", "dev", "me", &[change]) {
                            // It was stored, and could not be read back with the key that was being replaced.
                            Ok(_) | Err(SecretsError::Changed { .. }) => break,
                            Err(SecretsError::Rekeyed) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..10 {
                let mut opened = opening(directory, None).expect("it opens");
                renew(&mut opened, directory, None).expect("renewed");
            }
        });
    });
    assert_whole(directory, None);
    let mut vault = opening(directory, None).expect("it opens").vault;
    for writer in 0..3 {
        let name = format!("WRITER_{writer}");
        assert_eq!(super::get(&mut vault, "dev", &name).as_deref(), Some("20"));
        assert_eq!(vault.history("shop", "dev", &name).expect("read").len(), 20);
    }
}
