//! The level `full`: TLS, a login that runs the program and cannot change the schema, one for migrations, and protection.

use super::super::mariadb::server::{ADMIN, Product, Server};
use super::super::server::given;
use super::checkout;
use crate::up::project::Checkout;

const REMOVE: [&str; 7] = ["provision", "remove", "mysql", "--env", "prod", "--confirm", "prod"];

fn url(checkout: &Checkout, arguments: &[&str]) -> String {
    let all = [&["run", "--env", "prod"][..], arguments, &["--", "printenv", "DATABASE_URL"]].concat();
    checkout.takk(&all).done().trim().to_owned()
}

#[test]
fn the_program_cannot_change_the_schema() {
    let Some(server) = Server::with(Product::MySql, true) else { return };
    let checkout = checkout();
    let set = ["provision", "admin", "set", "mysql", "--env", "prod", "--stdin"];
    let refused = given(&checkout, &set, &server.admin_url()).refused();
    assert!(refused.contains("does not require TLS") && !refused.contains(ADMIN), "{refused}");
    let said = given(&checkout, &set, &server.admin_url_with_tls()).done();
    assert!(said.contains("over TLS"), "{said}");
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();

    let (program, migrations) = (url(&checkout, &[]), url(&checkout, &["--migrations"]));
    let run_it = |url: &str, statement: &str| server.by_url(url, &["--ssl"], statement);
    run_it(&migrations, "CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, name text)").expect("it may");
    run_it(&migrations, "CREATE PROCEDURE p() SELECT 1").expect("it may, and is named in it");
    run_it(&program, "INSERT INTO orders (name) VALUES ('one'); CREATE TEMPORARY TABLE t (a int); CALL p()").expect("it may");
    for statement in [
        "CREATE TABLE other (a int)",
        "DROP TABLE orders",
        "ALTER TABLE orders ADD more int",
        "TRUNCATE orders",
        "DROP DATABASE shop_prod",
        "CREATE USER other",
        "ALTER USER 'shop_prod_migrate_1'@'%' IDENTIFIED BY 'x'",
    ] {
        let said = run_it(&program, statement).expect_err(statement);
        assert!(said.contains("denied"), "{statement}: {said}");
    }
    let said = server.by_url(&program, &["--skip-ssl"], "SELECT 1").expect_err("it requires TLS");
    assert!(said.contains("Access denied") || said.contains("secure connection"), "{said}");

    // Where the rights have become too wide, it is not ready, and the same command repairs it.
    server.root("GRANT CREATE ON `shop\\_prod`.* TO 'shop_prod_1'@'%'");
    assert_eq!(checkout.takk(&["status", "--env", "prod"]).code, 1);
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();

    assert!(checkout.takk(&REMOVE).refused().contains("takk provision unprotect"));
    checkout.takk(&["provision", "unprotect", "mysql", "--env", "prod"]).done();
    checkout.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
}
