//! takk is killed after every step. The same command cures it.

use serde_json::{Value, json};

use super::super::cure::Cure;
use super::super::server::login;
use super::server::{Server, checkout, set_admin};
use crate::up::project::Checkout;

const CURE: Cure<'_, Server> = Cure {
    key: "kafka/default",
    steps: &["user", "rules", "login"],
    checkout: || checkout("shop"),
    set_admin: |checkout, server| {
        set_admin(checkout, server, "dev");
    },
    restart: None,
    is_whole,
    is_gone: |server| server.has_no_trace_of("shop"),
};

/// One user with its three rules, who can create a topic.
#[track_caller]
fn is_whole(checkout: &Checkout, server: &Server, point: &str) {
    let (user, password) = login(&checkout.value("KAFKA_URL"));
    let created = server.client(&user, &password, "bool(client.create_topics([NewTopic('shop_dev-orders', 1, 1)]))");
    assert_eq!(created, Ok(json!(true)), "{point}");
    assert_eq!(server.acls("shop_dev_1").len(), 3, "{point}");
}

#[test]
fn a_user_is_cured_after_every_step() {
    CURE.after_every_step(&mut Server::new());
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    CURE.with_half_of_it_gone(&mut Server::new(), &["user", "rules"], |server, _, part| {
        if *part == "user" {
            server.state(&json!({ "users": { "shop_dev_1": Value::Null } }));
        } else {
            server.state(&json!({ "topics": ["shop_dev-orders"] }));
            server.state(&json!({ "without_acls": server.acls("shop_dev_1") }));
        }
    });
}
