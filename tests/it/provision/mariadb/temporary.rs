//! Environments that end: MariaDB has logins without an end, so the sweeper removes them, sessions included.

use std::fs;
use std::thread;
use std::time::Duration;

use super::server::{Server, checkout, set_admin};

#[test]
fn a_preview_is_swept_with_its_sessions() {
    let Some(server) = Server::new() else { return };
    let checkout = checkout("shop");
    let settings = "[project]\nname = \"shop\"\nversion = \"1\"\n\n[tool.takk.environments.preview]\nbase = \"dev\"\n\
                    level = \"temporary\"\n\n[tool.takk.environments.dev]\n";
    fs::write(checkout.root().join("pyproject.toml"), settings).expect("written");
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["env", "create", "preview/cart", "--ttl", "4s"]).done();
    checkout.takk(&["provision", "--env", "preview/cart"]).done();
    let url = checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", "preview/cart"]).done().trim().to_owned();
    server.by_url(&url, &[], "CREATE TABLE orders (id int)").expect("it may");
    let mut session = server.session(&url, "orders");
    thread::sleep(Duration::from_secs(4));
    let said = checkout.takk(&["env", "sweep"]).done();
    assert!(said.contains("preview/cart"), "{said}");
    assert!(!session.wait().expect("it ends").success(), "the session is ended");
    server.has_no_trace_of("shop");
}
