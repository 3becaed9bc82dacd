//! Two environments on one server: created, used as a program uses them, kept apart, and removed without a trace.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::super::server::given;
use super::super::sessions::until_connected;
use super::server::{ADMIN, Server, checkout, set_admin};
use crate::up::project::Checkout;

fn value(checkout: &Checkout, environment: &str) -> String {
    checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", environment]).done().trim().to_owned()
}

#[test]
fn two_environments_are_kept_apart_and_leave_no_trace() {
    let Some(server) = Server::new() else { return };
    let checkout = checkout("shop");
    server.root("CREATE DATABASE elsewhere");
    server.root("CREATE TABLE elsewhere.a (b int)");
    // `_` in a grant stands for any character.
    server.root("CREATE DATABASE shopxdev");
    let said = set_admin(&checkout, &server, "dev");
    assert!(said.contains("MariaDB 10.") && said.contains("There: 2 databases"), "{said}");
    set_admin(&checkout, &server, "test");

    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    assert!(planned.contains("CREATE DATABASE `shop_dev` CHARACTER SET utf8mb4 COMMENT 'takk {"), "{planned}");
    assert!(planned.contains("USING '*...'") && planned.contains("ON `shop\\_dev`.* TO 'shop_dev_1'@'%';"), "{planned}");
    server.has_no_trace_of("shop\\_");
    assert!(checkout.servers().is_empty(), "a dry run stores nothing");

    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.takk(&["provision", "mariadb", "--env", "test"]).done();
    checkout.is_ready();
    let servers = checkout.servers();
    assert_eq!((&servers[0]["provisioner"], &servers[0]["status"]), (&"mariadb-server".into(), &"running".into()));
    assert_eq!(servers[0]["port"], server.port);

    let url = value(&checkout, "dev");
    let password = url.split(':').nth(2).and_then(|rest| rest.split('@').next()).expect("it has one").to_owned();
    let run = |statement: &str| server.by_url(&url, &[], statement);
    run("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1); CREATE VIEW v AS SELECT * FROM orders; ALTER TABLE orders ADD b int")
        .expect("the login of a development environment changes the schema");
    let charset = "SELECT DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'shop_dev'";
    assert_eq!(run(charset).as_deref(), Ok("utf8mb4"));

    // Who is connected, without what they run.
    let nobody = checkout.takk(&["ps", "--sessions", "mariadb", "--env", "test"]).done();
    assert!(nobody.contains("Nobody is connected"), "{nobody}");
    let is_seen = AtomicBool::new(false);
    let open = std::thread::scope(|scope| {
        let sleeper = scope.spawn(|| {
            for _ in 0..30 {
                run("SELECT SLEEP(1), 'canary'").expect("it may sleep");
                if is_seen.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        let open = until_connected(&checkout, "mariadb/default", |session| {
            (&session["user"], &session["opened_at"]) == (&"shop_dev_1".into(), &Value::Null)
                && session["address"].as_str().is_some_and(|address| !address.is_empty())
                && session["state"].as_str().is_some_and(|state| state.starts_with("Query"))
        });
        is_seen.store(true, Ordering::Relaxed);
        sleeper.join().expect("it ends");
        open
    });
    assert!(!open.to_string().contains("canary") && !open.to_string().contains("SELECT"), "{open}");

    // What it may not do.
    for statement in [
        "CREATE DATABASE other",
        "CREATE USER other",
        "SELECT * FROM elsewhere.a",
        "USE shopxdev",
        "USE shop_test",
        "SELECT * FROM mysql.user",
        "GRANT SELECT ON shop_dev.* TO 'shop_test_1'@'%'",
        "SET PASSWORD FOR 'shop_test_1'@'%' = PASSWORD('x')",
    ] {
        let said = run(statement).expect_err(statement);
        assert!(said.contains("denied"), "{statement}: {said}");
    }

    // The same again changes nothing; what somebody changed is repaired.
    let stored = "SELECT authentication_string FROM mysql.user WHERE User = 'shop_dev_1'";
    let before = server.root(stored);
    assert!(before.starts_with('*') && before.len() == 41, "{before}");
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(server.root(stored), before);
    server.root("SET PASSWORD FOR 'shop_dev_1'@'%' = PASSWORD('other')");
    server.root("GRANT SELECT ON elsewhere.* TO 'shop_dev_1'@'%'");
    server.root("REVOKE SELECT ON `shop\\_dev`.* FROM 'shop_dev_1'@'%'");
    server.root("ALTER USER 'shop_dev_1'@'%' ACCOUNT LOCK");
    assert_eq!(checkout.takk(&["status", "--env", "dev"]).code, 1);
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    assert_eq!((value(&checkout, "dev"), run("SELECT id FROM orders").as_deref()), (url.clone(), Ok("1")));
    assert!(run("SELECT * FROM elsewhere.a").is_err(), "what it was given besides is gone");

    // No statement has a password, nor has the log.
    let log = server.log();
    assert!(log.contains("CREATE USER 'shop_dev_1'@'%' IDENTIFIED VIA mysql_native_password") && !log.contains(&password));
    assert!(!log.replace(&format!("IDENTIFIED BY '{ADMIN}'"), "").contains(ADMIN));

    // What takk does not run is neither stopped nor logged by it.
    checkout.takk(&["down", "--env", "dev"]).done();
    checkout.is_ready();
    assert!(checkout.takk(&["logs", "mariadb", "--env", "dev"]).refused().contains("takk does not run"));

    // Removed while somebody holds a table.
    let mut session = server.session(&url, "orders");
    checkout.takk(&["provision", "remove", "mariadb", "--env", "dev", "--confirm", "dev"]).done();
    assert!(!session.wait().expect("it ends").success(), "the session is ended");
    assert!(run("SELECT 1").is_err());
    server.has_no_trace_of("shop\\_dev");
    assert_eq!(checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", "dev"]).code, 2);
    server.by_url(&value(&checkout, "test"), &[], "CREATE TABLE a (b int)").expect("the other one is untouched");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
    server.has_no_trace_of("shop\\_");
}

#[test]
fn a_program_that_asks_for_mysql_gets_it_too() {
    let Some(server) = Server::new() else { return };
    let checkout = checkout("shop");
    let tag = "Annotated[MySQLDsn, ResourceRef(ResourceTags.mysql_dsn, \"warehouse\")]";
    checkout.settings(&format!("database_url: MySQLDsn; warehouse_url: {tag}"));
    given(&checkout, &["provision", "admin", "set", "mysql", "--env", "dev", "--stdin"], &server.admin_url()).done();
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    let count = "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'shop\\_dev%'";
    assert_eq!((checkout.servers().len(), server.root(count)), (2, "2".to_owned()));
    for name in ["DATABASE_URL", "WAREHOUSE_URL"] {
        server.by_url(&checkout.value(name), &[], "CREATE TABLE a (b int)").expect("it may");
    }
    checkout.takk(&["provision", "remove", "mysql", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}
