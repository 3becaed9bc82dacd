//! takk is killed after every step, or the server is restarted in between. The same command cures it.

use super::super::cure::Cure;
use super::server::{Server, USUAL, checkout, creds, set_admin};
use crate::up::project::Checkout;

const KEY: &str = "nats/default";
const REMOVE: [&str; 7] = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];
const STORE: &str = "await client.jetstream().add_stream(name='a', subjects=['a'])\nprint('stored')";

const CURE: Cure<'_, Server> = Cure {
    key: KEY,
    steps: &["account", "login"],
    checkout: || checkout("shop"),
    set_admin: |checkout, server| {
        set_admin(checkout, server, "dev");
    },
    restart: Some((|server| server.stop(), |server| server.start())),
    is_whole,
    is_gone: |server| server.has_no_trace_of("shop"),
};

/// One account, with which a program can store a message.
#[track_caller]
fn is_whole(checkout: &Checkout, server: &Server, point: &str) {
    assert_eq!(server.accounts("shop").len(), 1, "{point}");
    assert_eq!(server.program(&creds(checkout, "dev"), STORE).as_deref(), Ok("stored"), "{point}");
}

#[test]
fn it_is_cured_after_every_step() {
    CURE.after_every_step(&mut Server::new(USUAL));
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let server = Server::new(USUAL);
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    for gone in ["revoked", "deleted"] {
        checkout.takk(&["provision", "--env", "dev"]).done();
        server.program(&creds(&checkout, "dev"), STORE).expect("it may");
        match gone {
            "revoked" => server.root("change", &["shop_dev", r#"{"revocations": {"*": 4000000000}, "signing_keys": []}"#]),
            _ => server.root("delete", &["shop_dev"]),
        };
        checkout.takk(&REMOVE).done();
        assert!(checkout.servers().is_empty(), "{gone}");
        if gone == "revoked" {
            server.has_no_trace_of("shop");
        }
        assert!(server.accounts("shop").is_empty(), "{gone}");
    }
}

#[test]
fn a_takeover_is_cured_too() {
    let server = Server::new(USUAL);
    for point in ["adopted", "adopted:stored", "account", "account:stored"] {
        let theirs = server.root("create", &["shop_dev"]);
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        let adopt = ["provision", "nats", "--adopt", "--env", "dev"];
        checkout.killed_after(&format!("{KEY}:{point}"), &adopt);
        checkout.takk(&adopt).done();
        checkout.is_ready();
        let [account] = &server.accounts("shop")[..] else { panic!("{point}: one account") };
        assert_eq!(account["sub"], theirs["account"], "{point}");
        assert_eq!(server.program(&creds(&checkout, "dev"), STORE).as_deref(), Ok("stored"), "{point}");
        checkout.takk(&REMOVE).done();
        server.has_no_trace_of("shop");
    }
}
