//! Databases from a team server.

use super::super::server::login;
use super::server::{Server, checkout, set_admin};
use crate::provision::team::comes_and_goes;

#[test]
fn a_database_comes_and_goes() {
    let server = Server::new();
    comes_and_goes(
        "clickhouse",
        checkout,
        |owner| drop(set_admin(owner, &server, "dev")),
        |checkout| {
            let (user, password) = login(&checkout.value("CLICKHOUSE_URL"));
            let create = "CREATE TABLE shop_dev.orders (id Int8) ENGINE = MergeTree ORDER BY id";
            assert_eq!(server.ask(&user, &password, create), "");
        },
        || server.has_no_trace_of("shop"),
    );
}
