//! What the vault guarantees for values, on every store.

use takk_model::Origin;
use takk_vault::store::StoreError;
use takk_vault::{KeyPlaces, MasterKey, SecretsError, SystemRandom, Update, Vault, rekey};

use super::{MASTER, NOW, Place, get, stories, update};

stories!(
    values_come_back_in_every_version,
    a_change_is_made_as_a_whole_or_not_at_all,
    an_environment_comes_with_its_values_and_goes_with_them,
    many_at_once_lose_no_update,
    rows_that_were_changed_are_refused,
    a_new_master_key_opens_everything,
    facts_are_kept,
);

fn values_come_back_in_every_version(place: &dyn Place) {
    let mut vault = place.vault();
    vault.create_environment("shop", "dev", Some(NOW + 1)).expect("made");
    let texts = ["first", "", "line\nline", "é\u{1F511}\0", &"x".repeat(200_000)];
    for (version, value) in (1..).zip(texts) {
        let change = update("KEY", Some(value), Some(version - 1));
        assert_eq!(vault.update("shop", "dev", "ada", &[change]).expect("kept"), [version]);
        assert_eq!(get(&mut place.vault(), "dev", "KEY").as_deref(), Some(value));
    }
    vault.update("shop", "dev", "bob", &[update("KEY", None, Some(5))]).expect("unset");
    assert_eq!(get(&mut vault, "dev", "KEY"), None);
    let before = vault.version("shop", "dev", "KEY", 3).expect("read");
    assert_eq!(before.as_ref().expect("set").expose(), "line\nline");
    let back = Update { name: "KEY".to_owned(), value: before, expected: Some(6), origin: Origin::RolledBack };
    assert_eq!(vault.update("shop", "dev", "ada", &[back]).expect("kept"), [7]);
    let history = vault.history("shop", "dev", "KEY").expect("read");
    let of = |at: usize| (history[at].version, history[at].is_set, history[at].origin.as_str(), history[at].author.as_str());
    assert_eq!((of(0), of(1), of(6)), ((7, true, "rolled-back", "ada"), (6, false, "set", "bob"), (1, true, "set", "ada")));
    let row = vault.store().environment("shop", "dev").expect("read").expect("there");
    assert_eq!((row.revision, row.expires_at, vault.store().count(row.id).expect("read")), (7, Some(NOW + 1), 1));
    assert!(matches!(vault.version("shop", "dev", "KEY", 8), Err(SecretsError::NoVersion { version: 8, .. })));
    let verified = vault.verify().expect("readable");
    assert_eq!((verified.environments, verified.versions, verified.wrong), (1, 7, Vec::new()));
}

fn a_change_is_made_as_a_whole_or_not_at_all(place: &dyn Place) {
    let mut vault = place.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    vault.update("shop", "dev", "ada", &[update("B", Some("old"), None)]).expect("kept");
    let both = [update("A", Some("new"), Some(0)), update("B", Some("new"), Some(7))];
    match vault.update("shop", "dev", "ada", &both) {
        Err(SecretsError::Changed { name, expected: 7, found: 1 }) => assert_eq!(name, "B"),
        other => panic!("{:?}", other.map_err(|error| error.to_string())),
    }
    assert_eq!((get(&mut vault, "dev", "A"), get(&mut vault, "dev", "B").as_deref()), (None, Some("old")));
    let twice = [update("A", Some("one"), Some(0)), update("A", Some("two"), Some(1)), update("a", Some("three"), None)];
    assert_eq!(vault.update("shop", "dev", "ada", &twice).expect("kept"), [1, 2, 1]);
    // By name, byte for byte.
    let names: Vec<String> = vault.list("shop", "dev").expect("read").into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["A", "B", "a"]);
    assert!(matches!(vault.update("shop", "none", "ada", &[]), Err(SecretsError::NoEnvironment(_))));
}

fn an_environment_comes_with_its_values_and_goes_with_them(place: &dyn Place) {
    let mut vault = place.vault();
    let first = [update("Z", Some("last"), Some(0)), update("A", Some("first"), None)];
    vault.create_filled("shop", "preview/é", None, "ada", &first).expect("made");
    assert_eq!(vault.revision("shop", "preview/é").expect("read"), Some(0));
    assert_eq!(get(&mut vault, "preview/é", "Z").as_deref(), Some("last"));
    let again = vault.create_filled("shop", "preview/é", None, "ada", &first);
    assert!(matches!(again, Err(SecretsError::Store(StoreError::Exists { .. }))));
    vault.create_environment("other", "preview/é", None).expect("another project");
    assert!(vault.create_filled("shop", "x", None, "ada", &[update("A", Some("x"), Some(7))]).is_err());
    vault.create_environment("shop", "dev", None).expect("made");
    assert_eq!(vault.environments("shop").expect("read"), ["dev", "preview/é"], "nothing of `x` is there");
    vault.delete_environment("shop", "preview/é").expect("deleted");
    assert!(matches!(vault.list("shop", "preview/é"), Err(SecretsError::NoEnvironment(_))));
    vault.create_environment("shop", "preview/é", None).expect("made");
    assert!(vault.list("shop", "preview/é").expect("read").is_empty());
    assert_eq!(vault.store().all_environments().expect("read").len(), 3);
}

fn many_at_once_lose_no_update(place: &dyn Place) {
    const THREADS: usize = 32;
    const TIMES: usize = 5;
    place.vault().create_environment("shop", "dev", None).expect("made");
    let count_up = || {
        let mut vault = place.vault();
        for _ in 0..TIMES {
            loop {
                let now = vault.get("shop", "dev", "COUNT").expect("read");
                let (count, version) =
                    now.map_or((0, 0), |(value, version)| (value.expose().parse::<u32>().expect("a number"), version));
                let change = update("COUNT", Some(&(count + 1).to_string()), Some(version));
                match vault.update("shop", "dev", "ada", &[change]) {
                    Ok(_) => break,
                    Err(SecretsError::Changed { .. }) => {}
                    Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(count_up);
        }
    });
    let mut vault = place.vault();
    assert_eq!(get(&mut vault, "dev", "COUNT"), Some((THREADS * TIMES).to_string()));
    let entry = &vault.list("shop", "dev").expect("readable")[0];
    assert_eq!(entry.version, i64::try_from(THREADS * TIMES).expect("small"), "a version was written twice, or is missing");
}

fn rows_that_were_changed_are_refused(place: &dyn Place) {
    let mut vault = place.vault();
    for environment in ["dev", "prod"] {
        vault.create_environment("shop", environment, None).expect("made");
        for version in 1..=3 {
            let change = update("KEY", Some(&format!("{environment} {version}")), None);
            vault.update("shop", environment, "ada", &[change]).expect("kept");
        }
    }
    place.run("CREATE TABLE kept AS SELECT * FROM versions; CREATE TABLE kept_environments AS SELECT * FROM environments");
    let here = "(SELECT id FROM environments WHERE name = 'dev' AND project = 'shop')";
    let there = "(SELECT id FROM environments WHERE name = 'prod' AND project = 'shop')";
    for statement in [
        format!("DELETE FROM versions WHERE environment = {here} AND version = 3"),
        format!("DELETE FROM versions WHERE environment = {here}"),
        format!("UPDATE versions SET name = 'OTHER' WHERE environment = {here}"),
        format!("UPDATE versions SET sealed = NULL WHERE environment = {here} AND version = 3"),
        format!("UPDATE versions SET author = 'eve' WHERE environment = {here} AND version = 3"),
        format!(
            "UPDATE versions SET sealed = (SELECT sealed FROM kept WHERE environment = {there} AND version = 3) \
             WHERE environment = {here} AND version = 3"
        ),
        format!(
            "UPDATE versions SET sealed = (SELECT sealed FROM kept WHERE environment = {here} AND version = 2) \
             WHERE environment = {here} AND version = 3"
        ),
        "UPDATE environments SET revision = revision - 1 WHERE name = 'dev'".to_owned(),
        format!("UPDATE environments SET seal = (SELECT seal FROM kept_environments WHERE id = {there}) WHERE name = 'dev'"),
        format!(
            "UPDATE environments SET wrapped_key = (SELECT wrapped_key FROM kept_environments WHERE id = {there}) \
             WHERE name = 'dev'"
        ),
    ] {
        assert!(place.run(&statement) > 0, "{statement} changes nothing");
        let read = vault.get("shop", "dev", "KEY");
        assert!(matches!(read, Err(SecretsError::Tampered { .. })), "{statement}");
        let written = vault.update("shop", "dev", "ada", &[update("KEY", Some("new"), None)]);
        assert!(matches!(written, Err(SecretsError::Tampered { .. })), "{statement}");
        assert!(!vault.verify().expect("readable").wrong.is_empty(), "{statement}");
        assert_eq!(get(&mut vault, "prod", "KEY").as_deref(), Some("prod 3"), "{statement}");
        place.run(
            "DELETE FROM versions; INSERT INTO versions SELECT * FROM kept; \
             UPDATE environments SET \
             revision = (SELECT revision FROM kept_environments WHERE kept_environments.id = environments.id), \
             seal = (SELECT seal FROM kept_environments WHERE kept_environments.id = environments.id), \
             wrapped_key = (SELECT wrapped_key FROM kept_environments WHERE kept_environments.id = environments.id)",
        );
        assert_eq!(get(&mut vault, "dev", "KEY").as_deref(), Some("dev 3"));
    }
}

fn a_new_master_key_opens_everything(place: &dyn Place) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut vault = place.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    for version in 1..=3 {
        vault.update("shop", "dev", "ada", &[update("KEY", Some(&version.to_string()), None)]).expect("kept");
    }
    vault.record(vec![takk_vault::store::AuditEntry::default()]).expect("recorded");
    let mut other = place.vault();
    let file = directory.path().join("new.key");
    let places = KeyPlaces { directory: directory.path(), setting: None, keyring: None };
    assert_eq!(rekey(&mut vault, &places, Some(&file)).expect("renewed").environments, 1);
    let new = || {
        let text = std::fs::read_to_string(&file).expect("written");
        Vault::open(place.store(), MasterKey::from_hex(&text).expect("a key"), Box::new(SystemRandom), Box::new(|| NOW))
    };
    for vault in [&mut vault, &mut new().expect("it fits")] {
        assert_eq!(get(vault, "dev", "KEY").as_deref(), Some("3"));
        vault.record(vec![takk_vault::store::AuditEntry::default()]).expect("recorded");
        assert!(vault.verify().expect("readable").wrong.is_empty());
        assert!(vault.verify_audit().expect("readable").wrong.is_empty());
    }
    // A process that still has the old key gets an error, and writes nothing with it.
    assert!(matches!(other.get("shop", "dev", "KEY"), Err(SecretsError::Rekeyed)));
    assert!(matches!(other.update("shop", "dev", "bob", &[]), Err(SecretsError::Rekeyed)));
    assert!(matches!(other.create_environment("shop", "x", None), Err(SecretsError::Rekeyed)));
    assert!(matches!(other.record(vec![takk_vault::store::AuditEntry::default()]), Err(SecretsError::Rekeyed)));
    let old = MasterKey::from_hex(MASTER).expect("a key");
    let opened = Vault::open(place.store(), old, Box::new(SystemRandom), Box::new(|| NOW));
    assert!(matches!(opened, Err(SecretsError::WrongMasterKey)));
}

fn facts_are_kept(place: &dyn Place) {
    let store = place.store();
    assert_eq!(store.fact("a").expect("read"), None);
    assert_eq!(store.keep_fact("a", b"one").expect("kept"), b"one");
    assert_eq!(store.keep_fact("a", b"two").expect("kept"), b"one");
    store.set_fact("a", b"three").expect("set");
    assert_eq!(place.store().fact("a").expect("read").as_deref(), Some(b"three".as_slice()));
    assert!(store.remove_fact("a").expect("removed"));
    assert!(!store.remove_fact("a").expect("gone"));
    assert!(store.defects().expect("asked").is_empty());
    assert!(store.schema().expect("read") > 0);
}
