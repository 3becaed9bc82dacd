//! Vault's protocol against `OpenBao`: versions, permissions, expired tokens, logins and renewals, proofs, and the message of each failure.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::servers::{ROOT, Server, openbao, outcomes, process};
use crate::ports::free_port;
use takk_backends::{
    Backend, Cache, Credential, Deadline, ErrorKind, Key, KvVersion, Proof, ReadOptions, SecretText, Ttl, Vault, VaultLogin,
    VaultSettings,
};

fn vault_with(server: &Server, login: VaultLogin, change: impl FnOnce(&mut VaultSettings)) -> Vault {
    let mut settings = VaultSettings::new(server.url(), login);
    change(&mut settings);
    Vault::new(settings).expect("the settings are good")
}

fn vault(server: &Server, token: &str) -> Vault {
    vault_with(server, VaultLogin::Token(SecretText::new(token)), |_| {})
}

fn write(server: &Server, path: &str, data: &Value) {
    server.bao("POST", &format!("secret/data/{path}"), &json!({ "data": data }));
}

fn pinned(path: &str, version: &str) -> Key {
    Key::pinned(path, Some(version))
}

fn words(proofs: &[Proof]) -> Vec<&'static str> {
    proofs.iter().map(Proof::word).collect()
}

/// An entry with three versions, of which the second is deleted and the third destroyed, and one with two fields.
fn filled() -> Server {
    let server = openbao();
    for number in 1..=4 {
        write(&server, "db/password", &json!({ "value": format!("password {number}") }));
    }
    server.bao("POST", "secret/delete/db/password", &json!({ "versions": [2] }));
    server.bao("PUT", "secret/destroy/db/password", &json!({ "versions": [3] }));
    write(&server, "app/creds", &json!({ "username": "ada", "password": "hunter2", "ports": [1, { "a": "ä" }], "on": true }));
    server
}

#[test]
fn fields_and_versions_are_read_and_one_missing_name_loses_no_other() {
    let server = filled();
    let vault = vault(&server, ROOT);
    let keys = [
        Key::new("/db/password"),
        pinned("db/password", "1"),
        pinned("db/password", "2"),
        pinned("db/password", "3"),
        pinned("db/password", "9"),
        Key::new("/app/creds:username"),
        Key::new("/app/creds:ports"),
        Key::new("/app/creds:on"),
        Key::new("/app/creds"),
        Key::new("/none"),
        pinned("/app/creds:username", "new"),
    ];
    let results = vault.fetch_many(&keys, Deadline::NONE);
    assert_eq!(
        outcomes(&results, &[ROOT, "hunter2"]),
        [
            "password 4",
            "password 1",
            "SecretNotFound",
            "SecretNotFound",
            "SecretNotFound",
            "ada",
            "[1, {\"a\": \"\\u00e4\"}]",
            "true",
            "SecretNotFound",
            "SecretNotFound",
            "Config"
        ]
    );
    let says = |index: usize| results[index].as_ref().expect_err("it failed").to_string();
    assert!(says(2).contains("version 2 was deleted") && says(3).contains("version 3 was destroyed"), "{}", says(3));
    assert!(says(8).contains("no field `value`") && says(8).contains("on, password, ports, username"), "{}", says(8));
    assert!(
        says(9).contains("`none` in the mount `secret` of Vault at http://127.0.0.1") && says(9).contains("as the given token")
    );
    let fetched = results[0].as_ref().expect("it was read");
    assert!(fetched.version.as_deref() == Some("4") && fetched.changed.is_some());
}

#[test]
fn proofs_read_no_value() {
    let server = filled();
    let keys = [
        Key::new("/db/password"),
        pinned("db/password", "2"),
        pinned("db/password", "3"),
        pinned("db/password", "9"),
        Key::new("/app/creds:username"),
        Key::new("/app/creds:nothing"),
        Key::new("/none"),
    ];
    let expected = ["exists", "destroyed", "destroyed", "version missing", "exists", "missing", "missing"];
    assert_eq!(words(&vault(&server, ROOT).prove(&keys, Deadline::NONE)), expected);
    // A token that may read everything but values: the data itself is not requested.
    server.policy(
        "prove",
        "path \"secret/metadata/*\" { capabilities = [\"read\"] } path \"secret/subkeys/*\" { capabilities = [\"read\"] }",
    );
    server.policy("read", "path \"secret/data/db/*\" { capabilities = [\"read\"] }");
    let token = server.token(&["prove"], "1h");
    let proofs = vault(&server, &token).prove(&keys, Deadline::NONE);
    assert_eq!(words(&proofs), ["not readable"; 7], "a proof says whether this identity may read the value");
    let proofs = vault(&server, &server.token(&["prove", "read"], "1h")).prove(&keys, Deadline::NONE);
    assert_eq!(words(&proofs)[..4], expected[..4]);
    assert_eq!(words(&proofs)[4..], ["not readable"; 3]);
    // A token that may only read values has to read them for a proof.
    let proofs = vault(&server, &server.token(&["read"], "1h")).prove(&keys[..1], Deadline::NONE);
    assert!(matches!(&proofs[0], Proof::Unknown(error) if error.to_string().contains("secret/metadata/*")), "{proofs:?}");
    let Proof::Exists { version, changed } = &vault(&server, ROOT).prove(&keys, Deadline::NONE)[0] else { panic!("it exists") };
    assert!(version.as_deref() == Some("4") && changed.is_some());
}

#[test]
fn the_two_kinds_of_403_are_told_apart() {
    let server = filled();
    server.policy("read", "path \"secret/data/db/*\" { capabilities = [\"read\"] }");
    let token = server.token(&["read"], "1h");
    let key = Key::new("/app/creds:password");
    let error = vault(&server, &token).fetch(&key, Deadline::NONE).expect_err("it may not");
    let text = error.to_string();
    assert!(
        error.kind() == ErrorKind::Auth && text.contains("permission denied") && text.contains("policies default, read"),
        "{text}"
    );
    assert!(text.contains("path \"secret/data/app/creds\" { capabilities = [\"read\"] }") && !text.contains(&token), "{text}");
    let error = vault(&server, "dead-token").fetch(&key, Deadline::NONE).expect_err("nobody knows it");
    let text = error.to_string();
    assert!(error.kind() == ErrorKind::Auth && text.contains("expired, revoked") && !text.contains("dead-token"), "{text}");
    assert_eq!(words(&vault(&server, "dead-token").prove(&[key], Deadline::NONE)), ["not readable"]);
}

#[test]
fn a_dead_token_is_replaced_once_for_all_threads() {
    let server = filled();
    server.policy("read", "path \"secret/data/*\" { capabilities = [\"read\"] }");
    let made = Arc::new(AtomicU32::new(0));
    let (counted, first, later) = (Arc::clone(&made), server.token(&["read"], "1h"), server.token(&["read"], "1h"));
    let revoked = first.clone();
    let factory = move || {
        let token = if counted.fetch_add(1, Ordering::SeqCst) == 0 { &first } else { &later };
        Ok(SecretText::new(token.as_str()))
    };
    let vault = Arc::new(vault_with(&server, VaultLogin::Factory(Arc::new(factory)), |_| {}));
    assert!(vault.fetch(&Key::new("/db/password"), Deadline::NONE).is_ok());
    server.bao("POST", "auth/token/revoke", &json!({ "token": revoked }));
    let results: Vec<_> = thread::scope(|scope| {
        let read = || vault.fetch(&Key::new("/db/password"), Deadline::NONE);
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(read)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(outcomes(&results, &[]), ["password 4"; 16]);
    assert_eq!(made.load(Ordering::SeqCst), 2);
}

/// Creates an `AppRole` whose tokens live this long, and returns its two IDs.
fn approle(server: &Server, ttl: &str) -> (String, String) {
    server.policy("read", "path \"secret/data/*\" { capabilities = [\"read\"] }");
    server.bao("POST", "sys/auth/approle", &json!({ "type": "approle" }));
    let role = json!({ "token_policies": ["read"], "token_ttl": ttl, "token_max_ttl": ttl });
    server.bao("POST", "auth/approle/role/web", &role);
    let role_id = server.bao("GET", "auth/approle/role/web/role-id", &Value::Null);
    let secret_id = server.bao("POST", "auth/approle/role/web/secret-id", &json!({}));
    let text = |value: &Value, name: &str| value["data"][name].as_str().expect("an id").to_owned();
    (text(&role_id, "role_id"), text(&secret_id, "secret_id"))
}

#[test]
fn approle_logs_in_and_again_when_its_token_ends() {
    let server = filled();
    let (role_id, secret_id) = approle(&server, "2s");
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("secret-id");
    fs::write(&file, format!("{secret_id}\n")).expect("written");
    let login =
        |secret_id| VaultLogin::AppRole { mount: "approle".to_owned(), role_id: role_id.clone(), secret_id: Some(secret_id) };
    let vault = vault_with(&server, login(Credential::File(file)), |_| {});
    let begun = Instant::now();
    // Longer than two tokens live.
    while begun.elapsed() < Duration::from_secs(5) {
        let read = vault.fetch(&Key::new("/db/password"), Deadline::NONE);
        assert_eq!(outcomes(&[read], &[]), ["password 4"], "after {:?}", begun.elapsed());
        thread::sleep(Duration::from_millis(100));
    }
    let wrong = vault_with(&server, login(Credential::Text(SecretText::new("hunter2"))), |_| {});
    let error = wrong.fetch(&Key::new("/db/password"), Deadline::NONE).expect_err("a wrong secret id");
    assert!(error.kind() == ErrorKind::Auth && error.to_string().contains(&format!("AppRole {role_id}")), "{error}");
    assert!(!error.to_string().contains("hunter2"), "{error}");
    let nowhere = VaultLogin::AppRole { mount: "none".to_owned(), role_id, secret_id: None };
    let error = vault_with(&server, nowhere, |_| {}).fetch(&Key::new("/x"), Deadline::NONE).expect_err("no such mount");
    assert!(error.kind() == ErrorKind::Auth && error.to_string().contains("an auth method is mounted at `none`"), "{error}");
}

#[test]
fn a_token_is_renewed_when_two_thirds_of_its_life_are_over() {
    let server = filled();
    let (role_id, secret_id) = approle(&server, "3s");
    let role = json!({ "token_policies": ["read"], "token_ttl": "3s", "token_max_ttl": "1h", "secret_id_num_uses": 1 });
    server.bao("POST", "auth/approle/role/web", &role);
    let made = server.bao("POST", "auth/approle/role/web/secret-id", &json!({}));
    let once = made["data"]["secret_id"].as_str().expect("an id").to_owned();
    // The secret ID is valid for one login, so a client that reads for longer than a token lives must have renewed it.
    let secret_id = Some(Credential::Text(SecretText::new(if once == secret_id { secret_id } else { once })));
    let vault = vault_with(&server, VaultLogin::AppRole { mount: "approle".to_owned(), role_id, secret_id }, |_| {});
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(7) {
        let read = vault.fetch(&Key::new("/db/password"), Deadline::NONE);
        assert_eq!(outcomes(&[read], &[]), ["password 4"], "after {:?}", begun.elapsed());
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_kv_store_of_version_1_is_found_out() {
    let server = openbao();
    server.bao("POST", "sys/mounts/old", &json!({ "type": "kv", "options": { "version": "1" } }));
    server.bao("POST", "old/db/creds", &json!({ "username": "ada", "value": "hunter2" }));
    let old = |kv_version| {
        vault_with(&server, VaultLogin::Token(SecretText::new(ROOT)), |settings| {
            settings.mount_point = "old".to_owned();
            settings.kv_version = kv_version;
        })
    };
    let keys = [Key::new("/db/creds"), Key::new("/db/creds:username"), Key::new("/db/none"), pinned("/db/creds", "1")];
    for kv_version in [None, Some(KvVersion::One)] {
        let results = old(kv_version).fetch_many(&keys, Deadline::NONE);
        assert_eq!(outcomes(&results, &["hunter2"]), ["hunter2", "ada", "SecretNotFound", "Config"]);
        assert!(results[3].as_ref().is_err_and(|error| error.to_string().contains("keeps no versions")));
        assert_eq!(
            words(&old(kv_version).prove(&keys, Deadline::NONE)),
            ["not checked", "not checked", "missing", "not checked"]
        );
    }
    let error = old(Some(KvVersion::Two)).fetch(&keys[0], Deadline::NONE).expect_err("it is of version 1");
    assert!(error.kind() == ErrorKind::Config && error.to_string().contains("KV store of version 1"), "{error}");
}

#[test]
fn each_mistake_has_one_error() {
    let server = filled();
    let token = || VaultLogin::Token(SecretText::new(ROOT));
    let key = Key::new("/db/password");
    let nowhere = vault_with(&server, token(), |settings| settings.mount_point = "none".to_owned());
    let no_namespace = vault_with(&server, token(), |settings| settings.namespace = Some("none".to_owned()));
    let no_kv = vault_with(&server, token(), |settings| settings.mount_point = "sys".to_owned());
    let no_tls = vault_with(&server, token(), |settings| settings.url = settings.url.replace("http:", "https:"));
    let nobody = vault_with(&server, token(), |settings| settings.url = format!("http://127.0.0.1:{}", free_port()));
    let no_token = vault_with(&server, VaultLogin::Variables(process(&[])), |_| {});
    for (vault, kind, says) in [
        (nowhere, ErrorKind::Config, "nothing is mounted there"),
        (no_namespace, ErrorKind::Config, "there is no namespace `none`"),
        (no_kv, ErrorKind::Config, "`sys`"),
        (no_tls, ErrorKind::Config, "does not speak TLS"),
        (nobody, ErrorKind::Transient, "the connection is refused"),
        (no_token, ErrorKind::Auth, "set VAULT_TOKEN"),
    ] {
        let error = vault.fetch(&key, Deadline::NONE).expect_err(says);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(says) && !error.to_string().contains(ROOT), "{error}");
        assert!(vault.prove(std::slice::from_ref(&key), Deadline::NONE)[0].error().is_some());
    }
    let variables = VaultLogin::Variables(process(&[("VAULT_TOKEN", ROOT)]));
    assert!(vault_with(&server, variables, |_| {}).fetch(&key, Deadline::NONE).is_ok());
    server.bao("PUT", "sys/seal", &Value::Null);
    let error = vault(&server, ROOT).fetch(&key, Deadline::NONE).expect_err("it is sealed");
    assert!(error.is_transient() && error.to_string().contains("the server is sealed"), "{error}");
}

#[test]
fn namespaces_are_apart() {
    let server = openbao();
    server.bao("POST", "sys/namespaces/team", &json!({}));
    server.bao("POST", "team/sys/mounts/secret", &json!({ "type": "kv", "options": { "version": "2" } }));
    // A new mount of version 2 is not ready immediately.
    thread::sleep(Duration::from_secs(1));
    server.bao("POST", "team/secret/data/x", &json!({ "data": { "value": "of the team" } }));
    let of_team =
        vault_with(&server, VaultLogin::Token(SecretText::new(ROOT)), |settings| settings.namespace = Some("team/".to_owned()));
    assert_eq!(outcomes(&[of_team.fetch(&Key::new("/x"), Deadline::NONE)], &[]), ["of the team"]);
    assert_eq!(outcomes(&[vault(&server, ROOT).fetch(&Key::new("/x"), Deadline::NONE)], &[]), ["SecretNotFound"]);
}

#[test]
fn a_value_is_rotated_and_an_outage_is_survived() {
    let server = openbao();
    write(&server, "db", &json!({ "value": "first" }));
    let port = server.port;
    let cache = Cache::new(Arc::new(vault(&server, ROOT)));
    let (key, second) = (Key::new("/db"), Ttl::For(Duration::from_millis(300)));
    let options = ReadOptions { stale_on_error: true, deadline: Deadline::NONE };
    let text = |read: takk_backends::Result<takk_backends::Read>| {
        let read = read.expect("it is read");
        (read.cached.fetched.text.expose().to_owned(), read.stale.is_some())
    };
    assert_eq!(text(cache.read(&key, second, options)), ("first".to_owned(), false));
    write(&server, "db", &json!({ "value": "second" }));
    assert_eq!(text(cache.read(&key, Ttl::Forever, options)).0, "first");
    thread::sleep(Duration::from_millis(350));
    assert_eq!(text(cache.read(&key, second, options)), ("second".to_owned(), false));
    drop(server);
    thread::sleep(Duration::from_millis(350));
    assert_eq!(text(cache.read(&key, second, options)), ("second".to_owned(), true));
    let error = cache.sources()[0].last_error.clone().expect("the outage is known");
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
}

#[test]
fn many_refreshes_leak_nothing() {
    let server = openbao();
    write(&server, "db", &json!({ "value": "x" }));
    let cache = Cache::new(Arc::new(vault(&server, ROOT)));
    let key = Key::new("/db");
    let descriptors = || fs::read_dir(Path::new("/proc/self/fd")).map_or(0, Iterator::count);
    let refresh = |count: u32| (0..count).for_each(|_| assert!(cache.refresh(&key, ReadOptions::default()).is_ok()));
    refresh(10);
    let before = descriptors();
    refresh(1000);
    assert!(descriptors() <= before + 2, "{before} descriptors became {}", descriptors());
    assert_eq!(cache.sources().len(), 1);
}
