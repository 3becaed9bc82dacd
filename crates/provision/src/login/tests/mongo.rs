//! MongoDB's login, against the server's side of SCRAM-SHA-256 as RFC 5802 describes it. No MongoDB is installed where the tests run.

use std::io::{Read, Write};
use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac, pbkdf2};

use super::super::bson::{Document, Value, get};
use super::conversations::mongo as message;
use super::{Answer, NotReady, TIMEOUT, accepted, attempt, fake};

const SALT: &[u8] = b"0123456789abcdef0123456789ab";

/// How the server deviates from a regular one.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Good,
    /// It requires an empty final message, like servers before 4.4.
    LongEnd,
    /// It does not know the password.
    Impostor,
    /// It does not support `hello`.
    Old,
}

/// The document of a client's next message.
fn heard(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut rest = vec![0; usize::try_from(i32::from_le_bytes(length)).ok()? - 4];
    stream.read_exact(&mut rest).ok()?;
    // Skips the header, the flags and the kind of section.
    assert_eq!(rest[8..12], 2013_i32.to_le_bytes());
    Some(rest.split_off(17))
}

fn text(bytes: Option<Value<'_>>) -> String {
    match bytes {
        Some(Value::Bytes(bytes) | Value::Text(bytes)) => String::from_utf8(bytes.to_vec()).expect("text"),
        other => panic!("{other:?}"),
    }
}

fn failed(code: i32, words: &str) -> Document {
    Document::default().number("ok", 0).text("errmsg", words).number("code", code)
}

/// A server with one user.
fn serve(user: &'static str, password: &'static str, way: Way) -> u16 {
    fake::serve(move |mut stream| {
        let mut key = [0; 32];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, 15_000.try_into().expect("not 0"), SALT, password.as_bytes(), &mut key);
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let server_key = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, b"Server Key").as_ref());
        let stored = digest::digest(&digest::SHA256, hmac::sign(&key, b"Client Key").as_ref());
        let (mut said, mut is_in) = (String::new(), false);
        while let Some(document) = heard(&mut stream) {
            assert_eq!(text(get(&document, "$db")), "admin");
            let answer = if get(&document, "hello").is_some() {
                if way == Way::Old { failed(59, "no such command: 'hello'") } else { Document::default().number("ok", 1) }
            } else if get(&document, "buildInfo").is_some() {
                assert!(is_in, "it asks after the login");
                Document::default().text("version", "7.0.14").number("ok", 1)
            } else if get(&document, "saslStart").is_some() {
                let first = text(get(&document, "payload"));
                let (name, nonce) =
                    first.strip_prefix("n,,n=").and_then(|rest| rest.split_once(",r=")).expect("a first message");
                if name != user {
                    let _ = stream.write_all(&message(&failed(18, "Authentication failed.")));
                    continue;
                }
                let challenge = format!("r={nonce}server,s={},i=15000", STANDARD.encode(SALT));
                said = format!("n={name},r={nonce},{challenge}");
                let step = Document::default().number("conversationId", 3).flag("done", false);
                step.bytes("payload", challenge.as_bytes()).number("ok", 1)
            } else {
                assert_eq!(get(&document, "conversationId"), Some(Value::Number(3.0)));
                let last = text(get(&document, "payload"));
                if last.is_empty() {
                    let end = Document::default().number("conversationId", 3).flag("done", true);
                    let _ = stream.write_all(&message(&end.bytes("payload", b"").number("ok", 1)));
                    continue;
                }
                let (words, proof) = last.split_once(",p=").expect("a proof");
                let signed = format!("{said},{words}");
                let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, stored.as_ref()), signed.as_bytes());
                let proof = STANDARD.decode(proof).expect("base64");
                let client_key: Vec<u8> = proof.iter().zip(signature.as_ref()).map(|(one, other)| one ^ other).collect();
                is_in = digest::digest(&digest::SHA256, &client_key).as_ref() == stored.as_ref();
                let knows = STANDARD.encode(hmac::sign(&server_key, signed.as_bytes()));
                let knows = if way == Way::Impostor { "AAAA".to_owned() } else { knows };
                if is_in || way == Way::Impostor {
                    let end = Document::default().number("conversationId", 3).flag("done", way != Way::LongEnd);
                    end.bytes("payload", format!("v={knows}").as_bytes()).number("ok", 1)
                } else {
                    failed(18, "Authentication failed.")
                }
            };
            if stream.write_all(&message(&answer)).is_err() {
                break;
            }
        }
    })
}

fn log_in(port: u16, user: &str, password: &str) -> Answer {
    attempt("mongo", port, &[("username", user), ("password", password), ("database", "shop")], TIMEOUT)
}

#[test]
fn the_password_is_proven_to_the_server_and_by_it() {
    for way in [Way::Good, Way::LongEnd, Way::Old] {
        let port = serve("shop", "right", way);
        assert_eq!(log_in(port, "shop", "right"), accepted("7.0.14"));
        for (user, password) in [("shop", "wrong"), ("other", "right")] {
            assert_eq!(log_in(port, user, password), Err(NotReady::Refused("Authentication failed.".to_owned())));
        }
    }
    let answer = log_in(serve("shop", "right", Way::Impostor), "shop", "right");
    assert!(matches!(answer, Err(NotReady::OtherServer(_))), "{answer:?}");
}
