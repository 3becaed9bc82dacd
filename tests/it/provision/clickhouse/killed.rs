//! takk is killed after every step. The same command cures it.

use serde_json::json;

use super::super::cure::Cure;
use super::super::server::login;
use super::server::{Server, checkout, set_admin};
use crate::up::project::Checkout;

const CURE: Cure<'_, Server> = Cure {
    key: "clickhouse/default",
    steps: &["database", "users", "rights", "login"],
    checkout: || checkout("shop"),
    set_admin: |checkout, server| {
        set_admin(checkout, server, "dev");
    },
    restart: None,
    is_whole,
    is_gone: |server| server.has_no_trace_of("shop"),
};

/// One database, in which its user can create a table.
#[track_caller]
fn is_whole(checkout: &Checkout, server: &Server, point: &str) {
    let (user, password) = login(&checkout.value("CLICKHOUSE_URL"));
    assert_eq!(server.ask(&user, &password, "CREATE TABLE shop_dev.a (id Int8) ENGINE = Memory"), "", "{point}");
    assert!(server.files().contains(&"shop_dev".to_owned()), "{point}: {:?}", server.files());
}

#[test]
fn a_database_is_cured_after_every_step() {
    CURE.after_every_step(&mut Server::new());
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    CURE.with_half_of_it_gone(&mut Server::new(), &["database", "user"], |server, _, part| match *part {
        "database" => drop(server.root("DROP DATABASE shop_dev")),
        _ => drop(server.users(&json!({ "shop_dev_1": null }))),
    });
}
