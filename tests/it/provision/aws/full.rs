//! The level `full`: TLS, and protection.

use super::server::{Server, checkout, program, set};

#[test]
fn a_server_with_tls_serves_production() {
    let server = Server::seaweedfs_with_tls();
    let checkout = checkout("shop");
    let without_ca = server.admin_url().split('?').next().expect("text").to_owned();
    assert!(set(&checkout, "s3", "prod", &without_ca).refused().contains("TLS does not fit"));
    let said = set(&checkout, "s3", "prod", &server.admin_url()).done();
    assert!(said.contains("over TLS"), "{said}");
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();
    let put = "tries(lambda: s3.put_object(Bucket='shop-prod', Key='a', Body=b'one'))";
    assert_eq!(program(&checkout, &server, "prod", put), "done\n");
    let remove = ["provision", "remove", "s3", "--env", "prod", "--confirm", "prod"];
    assert!(checkout.takk(&remove).refused().contains("takk provision unprotect"));
    checkout.takk(&["provision", "unprotect", "s3", "--env", "prod"]).done();
    checkout.takk(&remove).done();
    server.has_no_trace_of("shop");
}
