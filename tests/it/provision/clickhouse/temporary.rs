//! Environments that end: their logins end by themselves, and the sweeper removes the rest.

use std::fs;
use std::thread;
use std::time::Duration;

use super::super::server::login;
use super::server::{Server, checkout, set_admin};

#[test]
fn a_preview_ends_by_itself_and_is_swept() {
    let server = Server::new();
    let checkout = checkout("shop");
    let settings = "[project]\nname = \"shop\"\nversion = \"1\"\n\n[tool.takk.environments.preview]\nbase = \"dev\"\n\
                    level = \"temporary\"\n\n[tool.takk.environments.dev]\n";
    fs::write(checkout.root().join("pyproject.toml"), settings).expect("written");
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["env", "create", "preview/cart", "--ttl", "15s"]).done();
    checkout.takk(&["provision", "--env", "preview/cart"]).done();
    let url = checkout.takk(&["secrets", "get", "CLICKHOUSE_URL", "--env", "preview/cart"]).done();
    let (user, password) = login(url.trim());
    assert_ne!(server.user(&user)["until"], "infinity");
    thread::sleep(Duration::from_secs(15));
    assert!(server.ask(&user, &password, "SELECT 1").contains("AUTHENTICATION_FAILED"));
    let said = checkout.takk(&["env", "sweep"]).done();
    assert!(said.contains("preview/cart"), "{said}");
    server.has_no_trace_of("shop");
}
