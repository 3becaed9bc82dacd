//! Admin addresses: what is refused before it is stored.

use super::super::server::given;
use super::server::{RIGHTS, Server, Setup, USUAL, checkout, set_admin};
use crate::up::project::Checkout;

/// That an address is refused in these words, without its keys, and that it is not stored.
#[track_caller]
fn is_refused(checkout: &Checkout, environment: &str, address: &str, words: &[&str]) {
    let answer = given(checkout, &["provision", "admin", "set", "nats", "--env", environment, "--stdin"], address);
    let said = format!("{}{}", answer.out, answer.err);
    assert!([1, 2].contains(&answer.code), "{said}");
    let plain = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        assert_eq!(plain.matches(word).count(), 1, "{word}: {said}");
    }
    for secret in address.split_whitespace().filter(|word| word.starts_with("eyJ") || word.len() == 58) {
        assert!(!said.contains(secret), "{said}");
    }
    let listed = checkout.takk(&["provision", "admin", "list", "--env", environment]).done();
    assert!(listed.contains("has no admin address"), "{listed}");
}

#[test]
fn what_cannot_create_anything_is_refused() {
    let server = Server::new(USUAL);
    let checkout = checkout("shop");
    let good = server.admin_address();
    let by = |publish: &str, subscribe: &str| {
        format!("{} {} {}", server.url(), server.key("signing"), server.user("weak", publish, subscribe))
    };
    let [publish, subscribe] = RIGHTS;
    let rights = "nsc add user NAME --account SYS --allow-pub";
    is_refused(&checkout, "dev", &by(publish, "nothing"), &["lacks the permission to subscribe to _INBOX.takk.>", rights]);
    is_refused(&checkout, "dev", &by("$SYS.REQ.CLAIMS.*", subscribe), &["publish to $SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP", rights]);
    let few = "$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP,$SYS.REQ.CLAIMS.LIST";
    let words = ["publish to $SYS.REQ.CLAIMS.UPDATE and the permission to publish to $SYS.REQ.CLAIMS.DELETE", rights];
    is_refused(&checkout, "dev", &by(few, subscribe), &words);
    // A strict operator trusts its signing keys alone.
    let root = good.replace(&server.key("signing"), &server.key("operator"));
    is_refused(&checkout, "dev", &root, &["lacks the trust of the server in the operator's key", "nsc list keys"]);
    let theirs = server.root("create", &["other"]);
    let theirs = format!("{} {} {}", server.url(), server.key("signing"), theirs["creds"].as_str().expect("text"));
    is_refused(&checkout, "dev", &theirs, &["nothing answers to $SYS.REQ.CLAIMS.LIST", "system account"]);
    is_refused(&checkout, "dev", &good.replace(&server.port.to_string(), "1"), &["no answer", "check host and port"]);
    is_refused(&checkout, "prod", &good, &["level `full`", "does not require TLS", "tls://"]);
    is_refused(&checkout, "dev", &good.replace("nats://", "tls://"), &["it has no TLS"]);
    is_refused(&checkout, "dev", "nats://localhost:4222", &["no seed of the operator's key", "cat operator.nk system.creds"]);
    is_refused(&checkout, "dev", &good.replace("nats://", "redis://"), &["`redis` is neither `tls` nor `nats`"]);
    let other = Server::new(Setup { has_jetstream: false, ..USUAL });
    let stranger = good.replace(&server.url(), &other.url());
    is_refused(&checkout, "dev", &stranger, &["the server rejects the login", "Authorization Violation"]);

    // One of everything is accepted with a warning.
    let said = given(&checkout, &["provision", "admin", "set", "nats", "--env", "dev", "--stdin"], &by(">", ">")).done();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("weak may use all of the system account") && said.contains(publish), "{said}");
}

#[test]
fn a_server_that_keeps_no_accounts_is_refused() {
    let checkout = checkout("shop");
    for (resolver, words) in [
        ("MEMORY", "nothing answers to $SYS.REQ.CLAIMS.LIST"),
        ("{ type: cache, dir: \"DIR/jwt\", ttl: \"1h\" }", "nothing answers to $SYS.REQ.ACCOUNT."),
        ("{ type: full, dir: \"DIR/jwt\" }", "lacks a server that deletes accounts"),
    ] {
        let server = Server::new(Setup { resolver, ..USUAL });
        is_refused(&checkout, "dev", &server.admin_address(), &[words, "resolver: { type: full", "allow_delete: true"]);
    }
    // A server without an operator has no accounts that anybody could create.
    let mut server = Server::new(USUAL);
    let address = server.admin_address();
    server.stop();
    let text = format!("listen: 127.0.0.1:{}\nauthorization {{ user: a, password: b }}\n", server.port);
    std::fs::write(server.file("nats.conf"), text).expect("written");
    server.start();
    is_refused(&checkout, "dev", &address, &["it has no operator", "operator mode"]);
}

#[test]
fn a_server_that_does_not_store_an_account_is_reported() {
    let limited = "{ type: full, dir: \"DIR/jwt\", allow_delete: true, limit: 1 }";
    let mut server = Server::new(Setup { resolver: limited, ..USUAL });
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("cannot set its account on the server"), "{answer:?}");
    assert!(answer.err.contains("its resolver") && !answer.err.contains("SEED"), "{answer:?}");
    server.stop();
    let text = std::fs::read_to_string(server.file("nats.conf")).expect("it is there");
    std::fs::write(server.file("nats.conf"), text.replace(", limit: 1", "")).expect("written");
    server.start();
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    checkout.takk(&["provision", "remove", "nats", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}
