//! Temporary environments: their logins expire with them, and the sweep removes the rest, including sessions.

use std::fs;
use std::time::Duration;

use postgres::{Client, NoTls};

use super::server::{Server, checkout, connect, set_admin};
use crate::up::project::Checkout;

fn temporary(name: &str) -> Checkout {
    let checkout = checkout(name);
    let settings = "[project]\nname = \"shop\"\nversion = \"1\"\n\n[tool.takk.environments.preview]\nbase = \"dev\"\n\
                    level = \"temporary\"\n\n[tool.takk.environments.dev]\n\n[tool.takk.environments.test]\n";
    fs::write(checkout.root().join("pyproject.toml"), settings).expect("written");
    checkout
}

#[test]
fn a_preview_ends_with_its_database_and_its_sessions() {
    let Some(server) = Server::new(17) else { return };
    let checkout = temporary("shop");
    // A preview uses the admin of the environment on which it is based.
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["env", "create", "preview/cart", "--ttl", "8s"]).done();
    checkout.takk(&["env", "create", "preview/other", "--ttl", "7d"]).done();
    checkout.takk(&["env", "create", "test", "--ttl", "1s"]).done();
    for environment in ["preview/cart", "preview/other"] {
        checkout.takk(&["provision", "--env", environment]).done();
    }
    let until = "SELECT (rolvaliduntil BETWEEN now() AND now() + interval '8 seconds')::text FROM pg_roles WHERE rolname LIKE";
    assert_eq!(server.text(&format!("{until} 'shop_preview_cart%_1'")), "true");
    let url = checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", "preview/cart"]).done();
    let mut client = connect(url.trim());
    std::thread::sleep(Duration::from_secs(9));
    assert!(Client::connect(url.trim(), NoTls).is_err(), "a login after the end");
    client.batch_execute("SELECT 1").expect("the open session goes on until it is swept");
    let said = checkout.takk(&["env", "sweep"]).done();
    assert!(said.contains("preview/cart") && !said.contains("test") && !said.contains("preview/other"), "{said}");
    assert!(client.batch_execute("SELECT 1").is_err(), "the session is ended");
    assert_eq!(server.count("pg_database WHERE datname LIKE 'shop_preview_cart%'"), 0);
    assert_eq!(server.count("pg_roles WHERE rolname LIKE 'shop_preview_cart%'"), 0);
    assert_eq!(server.count("pg_database WHERE datname LIKE 'shop_preview_other%'"), 1);
    let said = checkout.takk(&["env", "sweep"]).done();
    assert!(said.contains("No temporary environment has expired."), "{said}");
    // takk tries again to remove what it could not remove.
    checkout.takk(&["env", "create", "preview/late", "--ttl", "2s"]).done();
    checkout.takk(&["provision", "--env", "preview/late"]).done();
    std::thread::sleep(Duration::from_secs(2));
    server.stop();
    let answer = checkout.takk(&["env", "sweep"]);
    assert!(answer.code == 1 && answer.err.contains("preview/late: "), "{answer:?}");
    server.start();
    checkout.takk(&["env", "sweep"]).done();
    checkout.takk(&["env", "delete", "preview/other", "--yes"]).done();
    server.has_no_trace_of("shop");
}
