//! The level `full`: TLS, and protection from removal.

use super::super::server::login;
use super::server::{Server, checkout, set};

#[test]
fn production_needs_tls_and_is_protected() {
    let server = Server::with_tls();
    let checkout = checkout("shop");
    let without_ca = server.admin_url().split("&ssl_cafile").next().expect("text").to_owned();
    let refused = set(&checkout, "prod", &without_ca).refused();
    assert!(refused.contains("TLS: ") && refused.contains("ssl_cafile=/path/to/ca.pem"), "{refused}");
    set(&checkout, "prod", &server.admin_url()).done();
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();
    let url = checkout.takk(&["secrets", "get", "KAFKA_URL", "--env", "prod"]).done().trim().to_owned();
    assert!(url.contains("?security_protocol=SASL_SSL&sasl_mechanism=SCRAM-SHA-256&ssl_cafile="), "{url}");
    let (user, password) = login(&url);
    server.client(&user, &password, "client.create_topics([NewTopic('shop_prod-orders', 1, 1)])").expect("created");

    let remove = ["provision", "remove", "kafka", "--env", "prod", "--confirm", "prod"];
    assert!(checkout.takk(&remove).refused().contains("takk provision unprotect"));
    checkout.takk(&["provision", "unprotect", "kafka", "--env", "prod"]).done();
    checkout.takk(&remove).done();
    server.has_no_trace_of("shop");
}
