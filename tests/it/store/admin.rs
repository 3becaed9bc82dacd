//! Admin addresses are stored next to the values of an environment, but nothing that reads values finds them.

use takk_vault::{Access, AccessResponse, Action, Caller, SecretValue, Vault};

use super::{Place, get, stories, update};
use takk_vault::store::Durability;

stories!(an_admin_address_is_no_value, an_admin_address_is_sealed_with_its_environment);

const ADDRESS: &str = "postgresql://adm:canary@db.example.org/postgres";

fn addresses(vault: &mut Vault, environment: &str) -> Vec<(String, String)> {
    let rows = vault.admin_addresses("shop", environment).expect("read");
    rows.into_iter().map(|row| (row.kind, row.address.expose().to_owned())).collect()
}

fn an_admin_address_is_no_value(place: &dyn Place) {
    let mut vault = place.vault();
    assert_eq!(addresses(&mut vault, "dev"), []);
    let secret = SecretValue::from(ADDRESS);
    vault.set_admin_address(("shop", "dev"), "ada", "postgres", Some(&secret)).expect("the environment is made");
    vault.update("shop", "dev", "ada", &[update("KEY", Some("value"), Some(0))]).expect("stored");
    let mut again = place.vault();
    assert_eq!(addresses(&mut again, "dev"), [("postgres".to_owned(), ADDRESS.to_owned())]);
    assert_eq!(addresses(&mut again, "prod"), []);
    assert_eq!(get(&mut vault, "dev", "admin:postgres"), None);
    let names: Vec<String> = vault.list("shop", "dev").expect("read").into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["KEY"]);
    assert_eq!(vault.everything("shop", "dev").expect("read").len(), 1);
    assert!(vault.history("shop", "dev", "admin:postgres").expect("read").is_empty());
    assert!(vault.version("shop", "dev", "admin:postgres", 1).is_err());
    assert!(vault.ledger("shop", "dev").expect("read").is_empty());
    let row = vault.store().environment("shop", "dev").expect("read").expect("there");
    assert_eq!(vault.store().count(row.id).expect("counted"), 1);
    // What a server would return.
    let caller = Caller { user: 1, name: "ada".to_owned(), token: None, request: None, bounds: None };
    for names in [None, Some(vec!["admin:postgres".to_owned(), "KEY".to_owned()])] {
        let action = Action::Read { names };
        let access = Access { caller: caller.clone(), project: "shop", environment: "dev", action: &action, once: None };
        let given = vault.transaction(Durability::Synced, |unit| unit.act(std::slice::from_ref(&access))).expect("read");
        let Some(Ok(AccessResponse::Values { values, .. })) = given.into_iter().next() else { panic!("no values") };
        assert_eq!(values.len(), 1);
    }
    vault.set_admin_address(("shop", "dev"), "ada", "postgres", None).expect("removed");
    assert_eq!(addresses(&mut vault, "dev"), []);
    let log = vault.audit_log().expect("there").rows_after(0, 100).expect("read");
    let actions: Vec<String> = log.into_iter().map(|row| row.entry.action).collect();
    assert!(actions.contains(&"admin.set".to_owned()) && actions.contains(&"admin.unset".to_owned()), "{actions:?}");
    assert!(vault.verify_audit().expect("readable").wrong.is_empty());
}

fn an_admin_address_is_sealed_with_its_environment(place: &dyn Place) {
    let mut vault = place.vault();
    let secret = SecretValue::from(ADDRESS);
    for environment in ["dev", "prod"] {
        vault.set_admin_address(("shop", environment), "ada", "postgres", Some(&secret)).expect("stored");
    }
    assert!(vault.verify().expect("readable").wrong.is_empty());
    let changed = place.run(
        "UPDATE versions SET sealed = (SELECT v.sealed FROM versions v JOIN environments e ON e.id = v.environment \
         WHERE e.name = 'dev' AND v.name = 'admin:postgres') WHERE name = 'admin:postgres' AND environment = \
         (SELECT id FROM environments WHERE name = 'prod')",
    );
    assert_eq!(changed, 1);
    let mut vault = place.vault();
    assert!(vault.admin_addresses("shop", "prod").is_err(), "the address of another environment");
    assert_eq!(addresses(&mut vault, "dev").len(), 1);
}
