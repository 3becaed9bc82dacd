//! Users from a team server.

use super::super::server::login;
use super::server::{Server, checkout, set_admin};
use crate::provision::team::comes_and_goes;

#[test]
fn a_user_comes_and_goes() {
    let server = Server::new();
    comes_and_goes(
        "kafka",
        checkout,
        |owner| drop(set_admin(owner, &server, "dev")),
        |checkout| {
            let (user, password) = login(&checkout.value("KAFKA_URL"));
            server.client(&user, &password, "client.create_topics([NewTopic('shop_dev-orders', 1, 1)])").expect("created");
        },
        || server.has_no_trace_of("shop"),
    );
}
