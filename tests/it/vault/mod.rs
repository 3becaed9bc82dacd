//! Stored values: what is stored can be read back, and nothing else.

mod crash;
mod damage;
mod leak;
mod rekey;
mod store;
mod tamper;

use std::path::{Path, PathBuf};

use takk_model::Origin;
use takk_vault::store::Sqlite;
use takk_vault::{MasterKey, Result, SecretValue, SecretsError, SystemRandom, Update, Vault};
use tempfile::TempDir;

/// The master key of all tests here.
const MASTER: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A directory with a store.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    fn vault(&self) -> Vault {
        open(&self.file()).expect("the store opens")
    }
}

/// The store in a file, with the master key of the tests.
fn open(file: &Path) -> Result<Vault> {
    let master = MasterKey::from_hex(MASTER)?;
    Vault::open(Sqlite::open(file)?, master, Box::new(SystemRandom), Box::new(|| 1_700_000_000_000))
}

fn update(name: &str, value: Option<&str>, expected: Option<i64>) -> Update {
    Update { name: name.to_owned(), value: value.map(SecretValue::from), expected, origin: Origin::Set }
}

/// Sets one value in `shop`'s environment and returns its version.
fn set(vault: &mut Vault, environment: &str, name: &str, value: &str) -> i64 {
    vault.update("shop", environment, "me", &[update(name, Some(value), None)]).expect("it is kept")[0]
}

/// The current value in `shop`'s environment.
fn get(vault: &mut Vault, environment: &str, name: &str) -> Option<String> {
    vault.get("shop", environment, name).expect("it is read").map(|(value, _)| value.expose().to_owned())
}

#[test]
fn a_value_comes_back_in_every_version() {
    let home = Home::new();
    let mut vault = home.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    for (version, value) in ["first", "", "line\nline", "é\u{1F511}\0", &"x".repeat(200_000)].into_iter().enumerate() {
        assert_eq!(set(&mut vault, "dev", "KEY", value), i64::try_from(version).expect("small") + 1);
        assert_eq!(get(&mut vault, "dev", "KEY").as_deref(), Some(value));
    }
    drop(vault);
    let mut vault = home.vault();
    assert_eq!(vault.version("shop", "dev", "KEY", 3).expect("read").expect("set").expose(), "line\nline");
    assert_eq!(vault.history("shop", "dev", "KEY").expect("read").len(), 5);
    assert!(vault.verify().expect("readable").wrong.is_empty());
    assert!(matches!(vault.version("shop", "dev", "KEY", 6), Err(SecretsError::NoVersion { version: 6, .. })));
}

#[test]
fn what_is_unset_is_gone_and_can_be_taken_back() {
    let home = Home::new();
    let mut vault = home.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    set(&mut vault, "dev", "KEY", "one");
    vault.update("shop", "dev", "me", &[update("KEY", None, Some(1))]).expect("unset");
    assert_eq!(get(&mut vault, "dev", "KEY"), None);
    assert!(vault.get_all("shop", "dev").expect("read").is_empty());
    let before = vault.version("shop", "dev", "KEY", 1).expect("read");
    let back = Update { name: "KEY".to_owned(), value: before, expected: Some(2), origin: Origin::RolledBack };
    assert_eq!(vault.update("shop", "dev", "me", &[back]).expect("kept"), [3]);
    assert_eq!(get(&mut vault, "dev", "KEY").as_deref(), Some("one"));
    let origins: Vec<String> = vault.history("shop", "dev", "KEY").expect("read").into_iter().map(|e| e.origin).collect();
    assert_eq!(origins, ["rolled-back", "set", "set"]);
}

#[test]
fn a_change_is_made_as_a_whole_or_not_at_all() {
    let home = Home::new();
    let mut vault = home.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    set(&mut vault, "dev", "B", "old");
    let both = [update("A", Some("new"), Some(0)), update("B", Some("new"), Some(7))];
    match vault.update("shop", "dev", "me", &both) {
        Err(SecretsError::Changed { name, expected: 7, found: 1 }) => assert_eq!(name, "B"),
        other => panic!("{:?}", other.map_err(|error| error.to_string())),
    }
    assert_eq!((get(&mut vault, "dev", "A"), get(&mut vault, "dev", "B").as_deref()), (None, Some("old")));
}

#[test]
fn a_name_that_is_changed_twice_at_once_has_two_versions() {
    let home = Home::new();
    let mut vault = home.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    let twice = [update("KEY", Some("one"), Some(0)), update("KEY", Some("two"), Some(1))];
    assert_eq!(vault.update("shop", "dev", "me", &twice).expect("kept"), [1, 2]);
    assert_eq!(get(&mut vault, "dev", "KEY").as_deref(), Some("two"));
    assert_eq!(vault.history("shop", "dev", "KEY").expect("read").len(), 2);
}

#[test]
fn environments_and_projects_have_nothing_in_common_but_fingerprints() {
    let home = Home::new();
    let mut vault = home.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    vault.create_environment("shop", "prod", None).expect("made");
    vault.create_environment("other", "dev", None).expect("made");
    set(&mut vault, "dev", "KEY", "same");
    set(&mut vault, "prod", "KEY", "same");
    set(&mut vault, "prod", "TOKEN", "another");
    vault.update("other", "dev", "me", &[update("KEY", Some("same"), None)]).expect("kept");
    let mut fingerprint =
        |project: &str, environment: &str| vault.list(project, environment).expect("read")[0].fingerprint.clone();
    assert_eq!(fingerprint("shop", "dev"), fingerprint("shop", "prod"));
    assert_ne!(fingerprint("shop", "dev"), fingerprint("other", "dev"));
    assert_eq!(vault.environments("shop").expect("read"), ["dev", "prod"]);
    assert!(matches!(vault.create_environment("shop", "dev", None), Err(SecretsError::Store(_))));
    vault.delete_environment("shop", "dev").expect("deleted");
    assert!(matches!(vault.list("shop", "dev"), Err(SecretsError::NoEnvironment(_))));
    assert_eq!(get(&mut vault, "prod", "KEY").as_deref(), Some("same"));
    // The same name created again is another environment with another key.
    vault.create_environment("shop", "dev", None).expect("made");
    assert!(vault.list("shop", "dev").expect("read").is_empty());
}

#[test]
fn another_master_key_is_refused() {
    let home = Home::new();
    home.vault().create_environment("shop", "dev", None).expect("made");
    let other = MasterKey::generate(&SystemRandom).expect("random bytes");
    let store = Sqlite::open(&home.file()).expect("the store opens");
    let opened = Vault::open(store, other, Box::new(SystemRandom), Box::new(|| 0));
    assert!(matches!(opened, Err(SecretsError::WrongMasterKey)));
    home.vault().list("shop", "dev").expect("the right key still fits");
}

#[test]
fn an_environment_comes_with_its_values_or_not_at_all() {
    let home = Home::new();
    let mut vault = home.vault();
    let update = |name: &str, value: &str| Update {
        name: name.to_owned(),
        value: Some(SecretValue::from(value)),
        expected: Some(0),
        origin: Origin::Promoted,
    };
    vault.create_filled("shop", "preview", None, "ada", &[update("Z", "last"), update("A", "first")]).expect("made");
    assert_eq!(vault.revision("shop", "preview").expect("read"), Some(0), "there never was one without them");
    let values = vault.get_all("shop", "preview").expect("they decrypt");
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
    assert_eq!(values, [("A", "first"), ("Z", "last")]);
    assert!(vault.create_filled("shop", "preview", None, "ada", &[update("A", "other")]).is_err(), "it is there");
    assert_eq!(get(&mut vault, "preview", "A").as_deref(), Some("first"));
    let twice = Update { expected: Some(7), ..update("B", "x") };
    assert!(vault.create_filled("shop", "other", None, "ada", &[update("A", "x"), twice]).is_err());
    assert_eq!(vault.environments("shop").expect("read"), ["preview"], "nothing of it is there");
}
