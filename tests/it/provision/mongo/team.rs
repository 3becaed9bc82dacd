//! Databases from a team server.

use super::server::{Server, checkout, set_admin};
use crate::provision::team::comes_and_goes;

#[test]
fn a_database_comes_and_goes() {
    let server = Server::new();
    comes_and_goes(
        "mongo",
        checkout,
        |owner| drop(set_admin(owner, &server, "dev")),
        |checkout| {
            let insert = "bool(client.get_default_database().orders.insert_one({'a': 7}))";
            assert_eq!(server.pymongo(&checkout.value("MONGO_URL"), insert), Ok(true.into()));
        },
        || server.has_no_trace_of("shop_dev"),
    );
}
