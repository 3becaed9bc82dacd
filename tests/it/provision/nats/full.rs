//! The level `full`: TLS and protection.

use super::super::server::given;
use super::server::{Server, Setup, USUAL, checkout, creds, set_admin};

const REMOVE: [&str; 7] = ["provision", "remove", "nats", "--env", "prod", "--confirm", "prod"];

#[test]
fn it_is_reached_over_tls_and_protected() {
    let server = Server::new(Setup { has_tls: true, ..USUAL });
    let checkout = checkout("shop");
    let set = ["provision", "admin", "set", "nats", "--env", "prod", "--stdin"];
    let good = server.admin_address();
    for (address, words) in [
        (good.replace("tls://", "nats://"), "does not require TLS"),
        (good.replace("localhost", "127.0.0.1"), "does not trust the server"),
        (good.replace("?cacertfile=", "?cacertfile=/nowhere"), "/nowhere"),
    ] {
        let refused = given(&checkout, &set, &address).refused();
        assert!(refused.contains(words) && !refused.contains(&server.key("signing")), "{refused}");
    }
    let said = set_admin(&checkout, &server, "prod");
    assert!(said.contains("over TLS"), "{said}");
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();
    let url = checkout.takk(&["secrets", "get", "NATS_URL", "--env", "prod"]).done();
    assert_eq!(url.trim(), server.url());
    assert_eq!(server.program(&creds(&checkout, "prod"), "print('in')").as_deref(), Ok("in"));

    assert!(checkout.takk(&REMOVE).refused().contains("takk provision unprotect"));
    checkout.takk(&["provision", "unprotect", "nats", "--env", "prod"]).done();
    checkout.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
}
