//! The level `full`: TLS, a login that runs the program and cannot change the schema, one for migrations, and protection.

use std::fs;
use std::process::Command;

use super::super::server::given;
use super::server::{ADMIN, Server, checkout};
use crate::python::{run, venv};
use crate::up::project::Checkout;

const REMOVE: [&str; 7] = ["provision", "remove", "mariadb", "--env", "prod", "--confirm", "prod"];

fn url(checkout: &Checkout, arguments: &[&str]) -> String {
    let all = [&["run", "--env", "prod"][..], arguments, &["--", "printenv", "DATABASE_URL"]].concat();
    checkout.takk(&all).done().trim().to_owned()
}

#[test]
fn the_program_cannot_change_the_schema() {
    let Some(server) = Server::with_tls() else { return };
    let checkout = checkout("shop");
    let set = ["provision", "admin", "set", "mariadb", "--env", "prod", "--stdin"];
    let wrong_host = server.admin_url_with_tls().replace("@localhost", "@127.0.0.1");
    let refused = given(&checkout, &set, &wrong_host).refused();
    assert!(refused.contains("does not trust the certificate") && !refused.contains(ADMIN), "{refused}");
    let said = given(&checkout, &set, &server.admin_url_with_tls()).done();
    assert!(said.contains("over TLS"), "{said}");
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();

    let (program, migrations) = (url(&checkout, &[]), url(&checkout, &["--migrations"]));
    assert!(program.contains("shop_prod_1:") && program.contains("?ssl_mode=VERIFY_IDENTITY&ssl_ca="), "{program}");
    assert!(migrations.contains("shop_prod_migrate_1:"), "{migrations}");
    let run_it = |url: &str, statement: &str| server.by_url(url, &["--ssl"], statement);
    run_it(&migrations, "CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, name text)").expect("it may");
    run_it(
        &program,
        "INSERT INTO orders (name) VALUES ('one'); UPDATE orders SET name = 'two'; CREATE TEMPORARY TABLE t (a int)",
    )
    .expect("what migrations create is the program's to use");
    for statement in [
        "CREATE TABLE other (a int)",
        "CREATE VIEW other AS SELECT 1",
        "CREATE DATABASE other",
        "DROP TABLE orders",
        "ALTER TABLE orders ADD more int",
        "CREATE INDEX i ON orders (id)",
        "TRUNCATE orders",
        "CREATE PROCEDURE p() SELECT 1",
        "DROP DATABASE shop_prod",
        "CREATE USER other",
        "SET PASSWORD FOR 'shop_prod_migrate_1'@'%' = PASSWORD('x')",
    ] {
        let said = run_it(&program, statement).expect_err(statement);
        assert!(said.contains("denied"), "{statement}: {said}");
    }
    // The server refuses them without TLS, whatever a client does.
    let said = server.by_url(&program, &["--skip-ssl"], "SELECT 1").expect_err("it requires TLS");
    assert!(said.contains("Access denied"), "{said}");

    // Where the rights have become too wide, it is not ready, and the same command repairs it.
    server.root("GRANT CREATE ON `shop\\_prod`.* TO 'shop_prod_1'@'%'");
    assert_eq!(checkout.takk(&["status", "--env", "prod"]).code, 1);
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();

    let refused = checkout.takk(&REMOVE).refused();
    assert!(refused.contains("takk provision unprotect"), "{refused}");
    checkout.takk(&["provision", "unprotect", "mariadb", "--env", "prod"]).done();
    checkout.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
}

#[test]
fn sqlalchemy_connects_with_the_url_and_verifies_the_certificate() {
    let Some(server) = Server::with_tls() else { return };
    let checkout = checkout("shop");
    checkout.settings("database_url: SqlalchemyMySQLDsn");
    let locked = "version = 1\n\n[[package]]\nname = \"sqlalchemy\"\nversion = \"2.1.9\"\n\n[[package]]\nname = \"pymysql\"\n\
                  version = \"1.2.4\"\n";
    fs::write(checkout.root().join("uv.lock"), locked).expect("written");
    let set = ["provision", "admin", "set", "mysql", "--env", "dev", "--stdin"];
    given(&checkout, &set, &server.admin_url_with_tls()).done();
    checkout.takk(&["provision", "--env", "dev"]).done();
    let python = venv(&["sqlalchemy==2.1.9", "pymysql==1.2.4"]).join("bin/python");
    let script = "import sys, sqlalchemy as s\n\
                  with s.create_engine(sys.argv[1]).connect() as c:\n\
                  \x20   print(c.execute(s.text(\"SHOW STATUS LIKE 'Ssl_version'\")).one()[1])";
    let connect = |url: &str| run(Command::new(&python).args(["-c", script, url]));
    let url = checkout.value("DATABASE_URL");
    assert!(url.starts_with("mysql+pymysql://") && url.contains("?ssl_check_hostname=true&ssl_ca="), "{url}");
    assert!(connect(&url).starts_with("TLS"));
    let other = url.replace("@localhost:", "@127.0.0.1:");
    let output = Command::new(&python).args(["-c", script, &other]).output().expect("it runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("certificate verify failed"), "{output:?}");
}
