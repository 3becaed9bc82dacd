//! Two environments on one server: created, used as a program uses them, kept apart, and removed without a trace.

use std::process::Command;

use super::super::mariadb::server::{ADMIN, Product, Server};
use super::super::server::given;
use super::{checkout, server, set_admin};
use crate::python::{run, venv};
use crate::up::project::Checkout;

fn value(checkout: &Checkout, environment: &str) -> String {
    checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", environment]).done().trim().to_owned()
}

#[test]
fn two_environments_are_kept_apart_and_leave_no_trace() {
    let Some(server) = server() else { return };
    let checkout = checkout();
    server.root("CREATE DATABASE elsewhere");
    server.root("CREATE TABLE elsewhere.a (b int)");
    // `_` in a grant stands for any character.
    server.root("CREATE DATABASE shopxdev");
    let said = set_admin(&checkout, &server, "dev");
    assert!(said.contains("MySQL ") && said.contains("There: 2 databases"), "{said}");
    set_admin(&checkout, &server, "test");

    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    let created = "CREATE USER 'shop_dev_1'@'%' IDENTIFIED WITH caching_sha2_password AS '*...' REQUIRE NONE";
    assert!(planned.contains(created) && planned.contains("COMMENT 'takk {"), "{planned}");
    assert!(planned.contains("CREATE DATABASE `shop_dev` CHARACTER SET utf8mb4;"), "{planned}");
    server.has_no_trace_of("shop\\_");

    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.takk(&["provision", "mysql", "--env", "test"]).done();
    checkout.is_ready();
    let url = value(&checkout, "dev");
    let password = url.split(':').nth(2).and_then(|rest| rest.split('@').next()).expect("it has one").to_owned();
    let run_it = |statement: &str| server.by_url(&url, &[], statement);
    run_it("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1); CREATE VIEW v AS SELECT * FROM orders")
        .expect("it may");
    for statement in [
        "CREATE DATABASE other",
        "CREATE USER other",
        "SELECT * FROM elsewhere.a",
        "USE shopxdev",
        "USE shop_test",
        "SELECT * FROM mysql.user",
        "GRANT SELECT ON shop_dev.* TO 'shop_test_1'@'%'",
        "ALTER USER 'shop_test_1'@'%' IDENTIFIED BY 'x'",
        "ALTER USER 'shop_dev_1'@'%' COMMENT 'mine'",
    ] {
        let said = run_it(statement).expect_err(statement);
        assert!(said.contains("denied"), "{statement}: {said}");
    }

    // The same again changes nothing; what somebody changed is repaired.
    let stored = "SELECT authentication_string FROM mysql.user WHERE User = 'shop_dev_1'";
    let before = server.root(stored);
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(server.root(stored), before);
    for statement in [
        "ALTER USER 'shop_dev_1'@'%' IDENTIFIED BY 'other' ACCOUNT LOCK",
        "GRANT SELECT ON elsewhere.* TO 'shop_dev_1'@'%'",
        "REVOKE SELECT ON `shop\\_dev`.* FROM 'shop_dev_1'@'%'",
    ] {
        server.root(statement);
    }
    assert_eq!(checkout.takk(&["status", "--env", "dev"]).code, 1);
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    assert_eq!((value(&checkout, "dev"), run_it("SELECT id FROM orders").as_deref()), (url.clone(), Ok("1")));
    assert!(run_it("SELECT * FROM elsewhere.a").is_err(), "what it was given besides is gone");

    // No statement has a password, nor has the log.
    let log = server.log();
    assert!(
        log.contains("IDENTIFIED WITH caching_sha2_password AS '$A$005$") && !log.contains(&password) && !log.contains(ADMIN)
    );

    // Removed while somebody holds a table.
    let mut session = server.session(&url, "orders");
    checkout.takk(&["provision", "remove", "mysql", "--env", "dev", "--confirm", "dev"]).done();
    assert!(!session.wait().expect("it ends").success(), "the session is ended");
    assert!(run_it("SELECT 1").is_err());
    server.has_no_trace_of("shop\\_dev");
    server.by_url(&value(&checkout, "test"), &[], "CREATE TABLE a (b int)").expect("the other one is untouched");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
    server.has_no_trace_of("shop\\_");
}

#[test]
fn names_in_grants_are_literal_where_the_server_says_so() {
    let Some(mut server) = server() else { return };
    server.stop();
    server.start(&["--partial-revokes=ON"]);
    let checkout = checkout();
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    server.root("CREATE DATABASE shopxdev");
    let url = checkout.value("DATABASE_URL");
    server.by_url(&url, &[], "CREATE TABLE a (b int)").expect("it may");
    assert!(server.by_url(&url, &[], "USE shopxdev").is_err());
    // Somebody changes their mind: the same command repairs it.
    server.root("SET GLOBAL partial_revokes = OFF");
    checkout.takk(&["provision", "--env", "dev"]).done();
    server.by_url(&url, &[], "CREATE TABLE b (b int)").expect("it may");
    assert!(server.by_url(&url, &[], "USE shopxdev").is_err());
    checkout.takk(&["provision", "remove", "mysql", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop\\_");
}

#[test]
fn pymysql_connects_with_the_url_over_tls() {
    let Some(server) = Server::with(Product::MySql, true) else { return };
    let checkout = checkout();
    let set = ["provision", "admin", "set", "mysql", "--env", "dev", "--stdin"];
    given(&checkout, &set, &server.admin_url_with_tls()).done();
    checkout.takk(&["provision", "--env", "dev"]).done();
    let python = venv(&["sqlalchemy==2.1.9", "pymysql==1.2.4"]).join("bin/python");
    let script = "import sys, sqlalchemy as s\n\
                  url = s.make_url(sys.argv[1].replace('mysql://', 'mysql+pymysql://').replace('ssl_mode=VERIFY_IDENTITY', 'ssl_check_hostname=true'))\n\
                  with s.create_engine(url).connect() as c:\n\
                  \x20   print(c.execute(s.text(\"SHOW STATUS LIKE 'Ssl_version'\")).one()[1])";
    let url = checkout.value("DATABASE_URL");
    assert!(run(Command::new(python).args(["-c", script, &url])).starts_with("TLS"));
}
