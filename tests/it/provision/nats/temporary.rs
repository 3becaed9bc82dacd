//! Environments that end: the server refuses their users after that, and ends their sessions, even if takk does not run.

use std::fs;

use super::server::{Server, USUAL, checkout, creds, set_admin};

#[test]
fn a_preview_ends_by_itself() {
    let server = Server::new(USUAL);
    let checkout = checkout("shop");
    let settings = "[project]\nname = \"shop\"\nversion = \"1\"\n\n[tool.takk.environments.preview]\nbase = \"dev\"\n\
                    level = \"temporary\"\n\n[tool.takk.environments.dev]\n";
    fs::write(checkout.root().join("pyproject.toml"), settings).expect("written");
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["env", "create", "preview/cart", "--ttl", "15s"]).done();
    checkout.takk(&["provision", "--env", "preview/cart"]).done();
    let login = creds(&checkout, "preview/cart");
    let mut session = server.session(&login);
    assert!(session.wait().expect("it ends").success(), "the server ends the session");
    assert!(server.program(&login, "").expect_err("no login").contains("Authorization Violation"));
    assert_eq!(server.accounts("shop_preview_cart").len(), 1);
    let said = checkout.takk(&["env", "sweep"]).done();
    assert!(said.contains("preview/cart"), "{said}");
    server.has_no_trace_of("shop");
}
