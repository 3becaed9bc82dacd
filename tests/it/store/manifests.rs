//! Manifests, stored along with the values of an environment.

use takk_vault::store::Durability;
use takk_vault::{Caller, SecretsError, Vault};

use super::{NOW, Place, stories};

stories!(the_last_manifest_is_kept, a_manifest_is_bound_to_its_environment);

fn caller() -> Caller {
    Caller { user: 1, name: "ada".to_owned(), token: Some(2), request: Some("r1".to_owned()), bounds: None }
}

fn keep(vault: &mut Vault, environment: &str, text: &str) -> bool {
    let kept =
        vault.transaction(Durability::Synced, |unit| unit.keep_manifest(&caller(), ("shop", environment), text.as_bytes()));
    kept.expect("kept")
}

fn log(place: &dyn Place) -> Vec<String> {
    let mut vault = place.vault();
    assert!(vault.verify_audit().expect("readable").wrong.is_empty());
    let rows = vault.audit_log().expect("there").rows_after(0, 100).expect("read");
    rows.into_iter().map(|row| format!("{} {}", row.entry.action, row.entry.environment.unwrap_or_default())).collect()
}

fn text(place: &dyn Place, environment: &str) -> Option<Vec<u8>> {
    place.vault().manifest("shop", environment).expect("read").map(|kept| kept.text.to_vec())
}

fn the_last_manifest_is_kept(place: &dyn Place) {
    let mut vault = place.vault();
    assert!(matches!(vault.manifest("shop", "dev"), Err(SecretsError::NoEnvironment(_))));
    vault.create_environment("shop", "prod", None).expect("made");
    assert_eq!(text(place, "prod"), None);
    let mut keep = |environment, text| keep(&mut vault, environment, text);
    assert!(keep("dev", "one"), "the environment is made");
    assert!(!keep("dev", "one"), "it is what is kept");
    assert!(keep("dev", "two"));
    assert!(keep("prod", "one"));
    assert_eq!((text(place, "dev").as_deref(), text(place, "prod").as_deref()), (Some(&b"two"[..]), Some(&b"one"[..])));
    let kept = vault.manifest("shop", "dev").expect("read").expect("kept");
    assert_eq!((kept.author.as_str(), kept.stored_at), ("ada", NOW));
    let logged = ["environment.create dev", "manifest.change dev", "manifest.change dev", "manifest.change prod"];
    assert_eq!(log(place), logged);
    assert_eq!(vault.revision("shop", "dev").expect("read"), Some(0), "no value was changed");
    vault.delete_environment("shop", "dev").expect("deleted");
    vault.create_environment("shop", "dev", None).expect("made again");
    assert_eq!(text(place, "dev"), None);
}

fn a_manifest_is_bound_to_its_environment(place: &dyn Place) {
    let mut vault = place.vault();
    for environment in ["dev", "prod"] {
        keep(&mut vault, environment, "a manifest that nobody reads in the store");
    }
    assert!(vault.verify().expect("readable").wrong.is_empty());
    // One row in place of another.
    let changed = place.run(
        "UPDATE manifests SET sealed = (SELECT m.sealed FROM manifests m JOIN environments e ON e.id = m.environment \
         WHERE e.name = 'dev') WHERE environment = (SELECT id FROM environments WHERE name = 'prod')",
    );
    assert_eq!(changed, 1);
    assert!(matches!(vault.manifest("shop", "prod"), Err(SecretsError::Tampered { .. })));
    assert_eq!(vault.verify().expect("readable").wrong.len(), 1);
    assert!(keep(&mut vault, "prod", "another"), "what cannot be read is replaced");
    assert!(vault.verify().expect("readable").wrong.is_empty());
}
