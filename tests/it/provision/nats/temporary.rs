//! Environments that end: the server refuses their users after that, and ends their sessions, even if takk does not run.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

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
    // The end is a whole second, which the session may have been ended a moment before.
    let is_refused = || server.program(&login, "").is_err_and(|said| said.contains("Authorization Violation"));
    let limit = Instant::now() + Duration::from_secs(5);
    while !is_refused() {
        assert!(Instant::now() < limit, "no login after the end");
        thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(server.accounts("shop_preview_cart").len(), 1);
    let said = checkout.takk(&["env", "sweep"]).done();
    assert!(said.contains("preview/cart"), "{said}");
    server.has_no_trace_of("shop");
}
