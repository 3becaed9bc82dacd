//! Accounts from a team server.

use super::server::{Server, USUAL, checkout, creds, set_admin};
use crate::provision::team::comes_and_goes;

#[test]
fn an_account_comes_and_goes() {
    let server = Server::new(USUAL);
    comes_and_goes(
        "nats",
        checkout,
        |owner| drop(set_admin(owner, &server, "dev")),
        |checkout| {
            let said = server.program(&creds(checkout, "dev"), "await client.flush()\nprint(\"used\")");
            assert_eq!(said.as_deref(), Ok("used"));
        },
        || server.has_no_trace_of("shop"),
    );
}
