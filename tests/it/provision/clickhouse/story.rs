//! An environment on a server: created, used as a program uses it, repaired, and removed without a trace.

use serde_json::json;

use super::super::server::login;
use super::server::{ADMIN, Server, checkout, set, set_admin};

#[test]
fn two_environments_share_a_server() {
    let server = Server::new();
    let checkout = checkout("shop");
    let said = set_admin(&checkout, &server, "dev");
    assert!(said.contains("ClickHouse 26.5") && said.contains("without TLS") && said.contains("1 database"), "{said}");
    set_admin(&checkout, &server, "test");

    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    let begin = "CREATE USER `shop_dev_1` IDENTIFIED WITH sha256_hash BY '...' SALT '...' VALID UNTIL 'infinity'";
    assert!(planned.contains("CREATE DATABASE `shop_dev` COMMENT 'takk {") && planned.contains(begin), "{planned}");
    server.has_no_trace_of("shop");
    assert!(checkout.servers().is_empty(), "a dry run stores nothing");

    let answer = checkout.takk(&["provision", "--env", "dev"]);
    let said = format!("{}{}", answer.out, answer.err);
    assert!(answer.code == 0 && said.contains("experimental: not yet tested with a real server"), "{said}");
    checkout.takk(&["provision", "clickhouse", "--env", "test"]).done();
    checkout.is_ready();
    let servers = checkout.servers();
    assert_eq!((&servers[0]["provisioner"], &servers[0]["status"]), (&"clickhouse-server".into(), &"running".into()));
    assert_eq!(servers[0]["port"], 9000, "the port of the native protocol, as the URL has it");

    // As the program uses it, which makes its own tables.
    let url = checkout.value("CLICKHOUSE_URL");
    let (user, password) = login(&url);
    assert!(url.starts_with("clickhouse://shop_dev_1:") && url.ends_with("@127.0.0.1:9000/shop_dev"), "{url}");
    let ask = |query: &str| server.ask(&user, &password, query);
    for statement in [
        "CREATE TABLE shop_dev.orders (id Int8) ENGINE = MergeTree ORDER BY id",
        "INSERT INTO shop_dev.orders VALUES (7)",
        "ALTER TABLE shop_dev.orders ADD COLUMN name String",
        "CREATE VIEW shop_dev.all AS SELECT * FROM shop_dev.orders",
    ] {
        assert_eq!(ask(statement), "", "{statement}");
    }
    assert_eq!(ask("SELECT id FROM shop_dev.all").trim(), "7");

    // What it may not do.
    assert!(!ask("SHOW DATABASES").contains("shop_test"));
    for forbidden in [
        "CREATE TABLE shop_test.a (id Int8) ENGINE = Memory",
        "SELECT * FROM shop_test.a",
        "DROP DATABASE shop_dev",
        "CREATE DATABASE shop_more",
        "CREATE USER other",
        "SELECT name FROM system.users",
        "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'x String')",
    ] {
        let said = ask(forbidden);
        assert!(said.contains("ACCESS_DENIED") || said.contains("UNKNOWN_TABLE"), "{forbidden}: {said}");
    }
    let said = set(&checkout, "dev", &server.url_of(&user, &password)).refused();
    assert!(said.contains("lacks CREATE DATABASE and DROP DATABASE"), "{said}");

    // The same again changes nothing; what somebody changed is repaired.
    let before = server.user("shop_dev_1");
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(server.user("shop_dev_1"), before);
    let mut changed = before.clone();
    changed["grants"] = json!(["GRANT SELECT ON *.*"]);
    let mut other_password = before.clone();
    other_password["hash"] = "0".repeat(64).into();
    for user in [changed, other_password, json!(null)] {
        server.users(&json!({ "shop_dev_1": user }));
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        assert_eq!(checkout.value("CLICKHOUSE_URL"), url);
        assert_eq!(server.user("shop_dev_1")["grants"], before["grants"], "{user}");
        assert_eq!(ask("SELECT id FROM shop_dev.all").trim(), "7");
        assert!(ask("SELECT * FROM shop_test.a").contains("DB::Exception"));
    }

    // No statement has the password.
    let log = server.log();
    assert!(log.contains("CREATE USER") && !log.contains(&password) && !log.contains(ADMIN));

    assert!(checkout.takk(&["provision", "remove", "clickhouse", "--env", "dev"]).refused().contains("--confirm dev"));
    checkout.takk(&["provision", "remove", "clickhouse", "--env", "dev", "--confirm", "dev"]).done();
    assert!(ask("SELECT 1").contains("AUTHENTICATION_FAILED"));
    server.has_no_trace_of("shop_dev");
    assert_eq!(checkout.takk(&["secrets", "get", "CLICKHOUSE_URL", "--env", "dev"]).code, 2);
    assert!(server.databases().contains("shop_test"), "the other one is untouched");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
    server.has_no_trace_of("shop");
}
