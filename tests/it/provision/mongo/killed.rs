//! takk is killed after every step. The same command cures it.

use serde_json::json;

use super::super::cure::Cure;
use super::server::{Server, checkout, set_admin};
use crate::up::project::Checkout;

const CURE: Cure<'_, Server> = Cure {
    key: "mongo/default",
    steps: &["user", "login"],
    checkout: || checkout("shop"),
    set_admin: |checkout, server| {
        set_admin(checkout, server, "dev");
    },
    restart: None,
    is_whole,
    is_gone: |server| server.has_no_trace_of("shop_dev"),
};

/// One database, which its user can write to.
#[track_caller]
fn is_whole(checkout: &Checkout, server: &Server, point: &str) {
    let inserted = server.pymongo(&checkout.value("MONGO_URL"), "bool(client.shop_dev.orders.insert_one({}))");
    assert_eq!(inserted, Ok(json!(true)), "{point}");
}

#[test]
fn a_user_is_cured_after_every_step() {
    CURE.after_every_step(&mut Server::new());
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let parts = [
        ("admin", json!({ "updateUser": "shop_dev_1", "roles": [] })),
        ("shop_dev", json!({ "dropDatabase": 1 })),
        ("admin", json!({ "dropUser": "shop_dev_1" })),
    ];
    CURE.with_half_of_it_gone(&mut Server::new(), &parts, |server, _, (database, part)| {
        server.root(database, part);
    });
}
