//! The level `full`: TLS for the API and for programs, and protection.

use super::broker::{Broker, checkout, program, set};

#[test]
fn a_broker_with_tls_serves_production() {
    let Some(broker) = Broker::with_tls() else { return };
    let checkout = checkout("shop");
    let without_ca = broker.admin_url().split('?').next().expect("text").to_owned();
    let refused = set(&checkout, "prod", &without_ca).refused();
    assert!(refused.contains("TLS does not fit") && refused.contains("cacertfile"), "{refused}");
    let elsewhere = format!("{}&amqp=amqp://localhost:{}", broker.admin_url(), broker.port);
    set(&checkout, "prod", &elsewhere).done();
    let answer = checkout.takk(&["provision", "--env", "prod"]);
    assert!(answer.code == 1 && answer.err.contains("no listener with TLS for programs"), "{answer:?}");
    broker.has_no_trace_of("shop");
    let said = set(&checkout, "prod", &broker.admin_url()).done();
    assert!(said.contains("over TLS"), "{said}");
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();
    let url = checkout.takk(&["secrets", "get", "BROKER", "--env", "prod"]).done().trim().to_owned();
    let port = broker.tls_port.expect("it has one");
    assert!(url.starts_with("amqps://shop_prod_1:") && url.ends_with(&format!("@localhost:{port}/shop_prod")), "{url}");
    let declared = "channel.queue_declare('orders'); print('declared')";
    assert!(program(&url, Some(&broker.certificate()), declared).contains("declared"));
    let limits = broker.api("GET", "vhost-limits/shop_prod", "").to_string();
    assert!(!limits.contains("max-connections"), "{limits}");

    // Where programs reach the broker elsewhere, the variables follow.
    let given = format!("{}&amqp=amqps://localhost:{port}", broker.admin_url().replace("localhost", "127.0.0.1"));
    assert!(set(&checkout, "prod", &given).refused().contains("TLS does not fit"), "the certificate is for localhost");
    let remove = ["provision", "remove", "amqp", "--env", "prod", "--confirm", "prod"];
    assert!(checkout.takk(&remove).refused().contains("takk provision unprotect"));
    checkout.takk(&["provision", "unprotect", "amqp", "--env", "prod"]).done();
    checkout.takk(&remove).done();
    broker.has_no_trace_of("shop");
}

#[test]
fn the_variables_follow_where_programs_reach_the_broker() {
    let Some(broker) = Broker::new() else { return };
    let checkout = checkout("shop");
    set(&checkout, "dev", &broker.admin_url()).done();
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert!(checkout.value("BROKER").contains("@127.0.0.1:"));
    set(&checkout, "dev", &format!("{}?amqp=amqp://localhost:{}", broker.admin_url(), broker.port)).done();
    checkout.takk(&["provision", "--env", "dev"]).done();
    let url = checkout.value("BROKER");
    assert!(url.contains(&format!("@localhost:{}/", broker.port)), "{url}");
    // A place where no broker is: nothing is published, and the next run continues.
    set(&checkout, "dev", &format!("{}?amqp=amqp://localhost:1", broker.admin_url())).done();
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("?amqp=amqps://host:port"), "{answer:?}");
    assert_eq!(checkout.value("BROKER"), url);
    set(&checkout, "dev", &broker.admin_url()).done();
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.takk(&["provision", "remove", "amqp", "--env", "dev", "--confirm", "dev"]).done();
    broker.has_no_trace_of("shop");
}
