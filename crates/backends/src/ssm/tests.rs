//! Batches, denied names and strange answers. What moto gives is in the integration tests.

use std::sync::Mutex;
use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::testing::{answer, serve, strange_bodies};
use crate::text::SecretText;

fn ssm(url: &str) -> Ssm {
    let credentials = Credentials {
        access_key_id: "AKIA1234".to_owned(),
        secret: SecretText::new("secret-of-the-test"),
        session_token: None,
        expires: None,
        source: "a test".to_owned(),
    };
    let settings = SsmSettings {
        region: Some("eu-north-1".to_owned()),
        endpoint: Some(url.to_owned()),
        credentials: Some(Arc::new(credentials)),
        ..SsmSettings::new(Process::new(|_| None, || UNIX_EPOCH + Duration::from_hours(438_000)))
    };
    Ssm::new(settings).expect("the settings are good")
}

/// The names in a request.
fn names(request: &str) -> Vec<String> {
    let body = request.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    body["Names"].as_array().expect("a list").iter().map(|name| name.as_str().expect("text").to_owned()).collect()
}

/// SSM with a value for every name except those that contain `denied`, for which it denies the whole request.
fn server(asked: Arc<Mutex<Vec<Vec<String>>>>) -> String {
    serve(move |request| {
        let names = names(request);
        asked.lock().expect("no panic").push(names.clone());
        if names.iter().any(|name| name.contains("denied")) {
            return answer(400, "", r#"{"__type":"AccessDeniedException","Message":"User: arn:x is not authorized"}"#);
        }
        let parameter = |name: &String| {
            let (path, version) = name.split_once(':').unwrap_or((name, "3"));
            let selector = name.contains(':').then(|| format!(":{version}"));
            json!({ "Name": path, "Selector": selector, "Value": format!("of {name}"), "Version": version.parse::<u64>().ok() })
        };
        let parameters: Vec<_> = names.iter().filter(|name| !name.contains("missing")).map(parameter).collect();
        let invalid: Vec<_> = names.iter().filter(|name| name.contains("missing")).collect();
        answer(200, "", &json!({ "Parameters": parameters, "InvalidParameters": invalid }).to_string())
    })
}

#[test]
fn ten_names_are_asked_for_at_once_and_none_in_two_versions() {
    let asked = Arc::default();
    let ssm = ssm(&server(Arc::clone(&asked)));
    let mut keys: Vec<Key> = (0..23).map(|number| Key::new(format!("/{number}"))).collect();
    keys.push(Key::pinned("/1", Some("2")));
    keys.push(Key::new("/1"));
    keys.push(Key::new("/missing"));
    let results = ssm.fetch_many(&keys, Deadline::NONE);
    let texts: Vec<_> =
        results.iter().map(|result| result.as_ref().map(|read| read.text.expose().to_owned()).unwrap_or_default()).collect();
    assert_eq!(texts[..23], (0..23).map(|number| format!("of /{number}")).collect::<Vec<_>>());
    assert_eq!(texts[23..], ["of /1:2", "of /1", ""]);
    let asked = asked.lock().expect("no panic");
    assert_eq!(asked.len(), 3, "{asked:?}");
    for batch in &*asked {
        let bases: std::collections::HashSet<_> = batch.iter().map(|name| base(name)).collect();
        assert!(batch.len() <= 10 && bases.len() == batch.len(), "{batch:?}");
    }
}

#[test]
fn a_denied_name_loses_no_other() {
    let asked = Arc::default();
    let ssm = ssm(&server(Arc::clone(&asked)));
    let keys = ["/a", "/b", "/denied", "/c", "/missing"].map(Key::new);
    let kinds: Vec<_> =
        ssm.fetch_many(&keys, Deadline::NONE).iter().map(|result| result.as_ref().err().map(Error::kind)).collect();
    assert_eq!(kinds, [None, None, Some(ErrorKind::Auth), None, Some(ErrorKind::SecretNotFound)]);
    let words: Vec<_> = ssm.prove(&keys, Deadline::NONE).iter().map(Proof::word).collect();
    assert_eq!(words, ["exists", "exists", "not readable", "exists", "missing"]);
    let error = ssm.fetch(&keys[2], Deadline::NONE).expect_err("denied");
    let text = error.to_string();
    assert!(text.contains("`/denied` from AWS SSM at http://127.0.0.1") && text.contains("...1234 of a test"), "{text}");
}

#[test]
fn no_answer_is_too_strange() {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let served = Arc::clone(&bodies);
    let ssm = ssm(&serve(move |_| {
        let bodies: std::sync::MutexGuard<'_, Vec<String>> = served.lock().expect("no panic");
        answer(if bodies.len().is_multiple_of(3) { 400 } else { 200 }, "", bodies.last().map_or("", String::as_str))
    }));
    for body in strange_bodies(300) {
        bodies.lock().expect("no panic").push(body.clone());
        let keys = [Key::new("/a"), Key::pinned("/a", Some("2"))];
        for result in ssm.fetch_many(&keys, Deadline::NONE) {
            let error = result.err().map(|error| format!("{error:?}")).unwrap_or_default();
            assert!(!error.contains("secret-of-the-test") && !error.contains("hunter2"), "{body}: {error}");
        }
        assert_eq!(ssm.prove(&keys, Deadline::NONE).len(), 2);
    }
}
