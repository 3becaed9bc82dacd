//! Answers that no server of Vault should give. What real ones give is in the integration tests.

use std::sync::Mutex;

use super::*;
use crate::error::ErrorKind;
use crate::testing::{answer, serve, strange_bodies};
use crate::text::SecretText;

fn vault(url: String) -> Vault {
    Vault::new(VaultSettings::new(url, VaultLogin::Token(SecretText::new("s.token-of-the-test"))))
        .expect("the settings are good")
}

#[test]
fn the_token_does_not_follow_a_redirect() {
    let url = serve(|_| answer(307, "Location: http://evil.example/\r\n", ""));
    let error = vault(url.clone()).fetch(&Key::new("/a"), Deadline::NONE).expect_err("it redirects");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("redirects to http://evil.example/") && error.to_string().contains(&url), "{error}");
}

#[test]
fn what_is_no_vault_is_said_so() {
    for (status, body) in [(200, "<html>hunter2</html>"), (200, ""), (404, "not found"), (403, "<html>")] {
        let url = serve(move |_| answer(status, "", body));
        let error = vault(url).fetch(&Key::new("/a"), Deadline::NONE).expect_err("it is none");
        assert!(!error.to_string().contains("hunter2") && !error.is_transient(), "{error}");
    }
    let url = serve(|_| answer(503, "Retry-After: 7\r\n", "<html>"));
    let error = vault(url).fetch(&Key::new("/a"), Deadline::NONE).expect_err("a gateway is down");
    assert!(error.is_transient() && error.wait() == Some(Duration::from_secs(7)), "{error}");
}

#[test]
fn an_entry_is_read_once_however_many_fields_are_asked_for() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let url = serve(move |request| {
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        seen.lock().expect("no panic").push(path);
        answer(200, "", r#"{"data":{"data":{"a":"1","b":"2","value":"3"},"metadata":{"version":4}}}"#)
    });
    let keys = ["/x:a", "/x:b", "x", "/x/:a", "/y:a"].map(Key::new);
    let results = vault(url).fetch_many(&keys, Deadline::NONE);
    let texts: Vec<_> =
        results.iter().map(|result| result.as_ref().map(|read| read.text.expose()).unwrap_or_default()).collect();
    assert_eq!(texts, ["1", "2", "3", "1", "1"]);
    assert_eq!(*asked.lock().expect("no panic"), ["/v1/secret/data/x", "/v1/secret/data/y"]);
}

#[test]
fn an_outage_is_found_out_by_one_request() {
    let asked = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&asked);
    let url = serve(move |_| {
        *seen.lock().expect("no panic") += 1;
        answer(500, "", r#"{"errors":["internal error"]}"#)
    });
    let keys: Vec<Key> = (0..50).map(|number| Key::new(format!("/{number}"))).collect();
    let results = vault(url).fetch_many(&keys, Deadline::NONE);
    assert!(results.iter().all(|result| result.as_ref().is_err_and(Error::is_transient)));
    assert_eq!(*asked.lock().expect("no panic"), 1);
}

#[test]
fn no_answer_is_too_strange() {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let served = Arc::clone(&bodies);
    let url = serve(move |_| {
        let bodies: std::sync::MutexGuard<'_, Vec<String>> = served.lock().expect("no panic");
        answer(if bodies.len().is_multiple_of(3) { 404 } else { 200 }, "", bodies.last().map_or("", String::as_str))
    });
    let vault = vault(url);
    for body in strange_bodies(300) {
        bodies.lock().expect("no panic").push(body.clone());
        let key = Key::new("/a");
        if let Err(error) = vault.fetch(&key, Deadline::NONE) {
            assert!(!format!("{error:?}").contains("token-of-the-test"), "{body}");
            let is_server_error = body.contains("errors") || body.contains("keys");
            assert!(
                is_server_error || !error.to_string().contains("hunter2") || error.to_string().contains("its fields are"),
                "{body}: {error}"
            );
        }
        assert_eq!(vault.prove(&[key], Deadline::NONE).len(), 1);
    }
}

#[test]
fn an_address_must_be_one() {
    let login = || VaultLogin::Token(SecretText::new("x"));
    for url in ["", "vault.example", "ftp://vault.example", "https://ada:hunter2@vault.example", "unix:/run/vault.sock"] {
        let error = Vault::new(VaultSettings::new(url, login())).err().expect(url);
        assert!(error.kind() == ErrorKind::Config && !error.to_string().contains("hunter2"), "{error}");
    }
    assert!(
        Vault::new(VaultSettings::new("https://vault.example:8200/v1/", login()))
            .is_ok_and(|vault| { vault.name() == "Vault at https://vault.example:8200 (as the given token)" })
    );
    let directory = tempfile::tempdir().expect("a directory");
    let none =
        VaultSettings { ca_file: Some(directory.path().join("none.pem")), ..VaultSettings::new("https://x.example", login()) };
    assert!(Vault::new(none).is_err_and(|error| error.to_string().contains("none.pem")));
}

#[test]
fn a_pod_logs_in_with_the_token_of_its_service_account() {
    let url = serve(|request| {
        let (head, body) = request.split_once("\r\n\r\n").expect("a whole request");
        let head = head.to_lowercase();
        let login = r#"{"auth":{"client_token":"s.of-the-pod","lease_duration":3600,"renewable":true}}"#;
        let entry = r#"{"data":{"data":{"value":"x"},"metadata":{"version":1}}}"#;
        if head.starts_with("post /v1/auth/k8s/login ") && body == r#"{"role":"web","jwt":"of-the-account"}"# {
            answer(200, "", login)
        } else if head.contains("x-vault-token: s.of-the-pod") {
            answer(200, "", entry)
        } else {
            answer(400, "", r#"{"errors":["wrong of-the-account"]}"#)
        }
    });
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("token");
    std::fs::write(&file, "of-the-account").expect("writable");
    let login = |role: &str| VaultLogin::Kubernetes {
        mount: "k8s".to_owned(),
        role: role.to_owned(),
        jwt: Credential::File(file.clone()),
    };
    let read = |role| {
        Vault::new(VaultSettings::new(url.clone(), login(role))).and_then(|vault| vault.fetch(&Key::new("/a"), Deadline::NONE))
    };
    assert_eq!(read("web").expect("it logs in").text.expose(), "x");
    let error = read("other").expect_err("another role");
    assert!(error.kind() == ErrorKind::Auth && error.to_string().contains("Kubernetes role other: wrong ***"), "{error}");
}
