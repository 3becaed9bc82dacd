//! `takk check --live` on servers that require TLS, and of what `takk provision` created.

use std::fs;

use super::mariadb::server::{Product, Server as Mysql};
use super::server::{Server, checkout, set_admin};
use crate::process::{Answer, piped};
use crate::up::project::Checkout;

fn store(checkout: &Checkout, value: &str) {
    piped(checkout.command(&["secrets", "set", "DATABASE_URL", "--env", "dev", "--stdin"]), value.as_bytes()).done();
}

#[track_caller]
fn says(checkout: &Checkout, code: i32, words: &str) -> Answer {
    let answer = checkout.takk(&["check", "--env", "dev", "--live", "--select", "TK11"]);
    let said = format!("{}{}", answer.out, answer.err);
    assert!(answer.code == code && said.contains(words) && !said.contains("s3cret"), "{words}: {said}");
    answer
}

const WORKS: &str = "`DATABASE_URL` in `dev` works";

#[test]
fn what_was_created_is_proved_and_repaired() {
    let Some(server) = Server::new(17) else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    says(&checkout, 0, WORKS);
    server.run("ALTER ROLE shop_dev_1 NOLOGIN");
    let answer = says(&checkout, 1, "TK112: `DATABASE_URL` in `dev`: PostgreSQL refuses the login");
    assert!(answer.out.contains("takk created it, and repairs it: `takk provision --env dev`"), "{answer:?}");
    checkout.takk(&["provision", "--env", "dev"]).done();
    says(&checkout, 0, WORKS);
    // This server has no TLS.
    server.run("ALTER ROLE shop_dev_1 PASSWORD 's3cret'");
    let url = format!("postgresql://shop_dev_1:s3cret@127.0.0.1:{}/shop_dev", server.port);
    store(&checkout, &url);
    says(&checkout, 0, WORKS);
    store(&checkout, &format!("{url}?sslmode=require"));
    says(
        &checkout,
        1,
        "TK114: `DATABASE_URL` in `dev`: what answers is no PostgreSQL that the login could be sent to: the server does not offer TLS",
    );
}

#[test]
fn the_certificate_of_postgresql_is_verified_where_the_url_says_so() {
    let Some(server) = Server::with_tls(17) else { return };
    let checkout = checkout("shop");
    server.run("CREATE ROLE app LOGIN PASSWORD 's3cret'");
    let url = format!("postgresql://app:s3cret@localhost:{}/postgres", server.port);
    let certificate = server.certificate().display().to_string();
    for (url, code, words) in [
        (format!("{url}?sslmode=require"), 0, WORKS),
        (format!("{url}?sslmode=verify-full"), 1, "TK114"),
        (format!("{url}?sslmode=verify-full&sslrootcert={certificate}"), 0, WORKS),
        (format!("{url}?sslmode=verify-full&sslrootcert={certificate}").replace("@localhost", "@127.0.0.1"), 1, "TK114"),
    ] {
        store(&checkout, &url);
        let answer = says(&checkout, code, words);
        assert!(code == 0 || answer.out.contains("certificate"), "{url}: {answer:?}");
    }
}

#[test]
fn a_server_of_mysql_that_requires_tls_refuses_a_login_without() {
    for (product, field) in [(Product::MariaDb, "MariaDBDsn"), (Product::MySql, "MySQLDsn")] {
        let Some(server) = Mysql::with(product, true) else { continue };
        let checkout = checkout("shop");
        let settings = fs::read_to_string(checkout.root().join("settings.py")).expect("read");
        fs::write(
            checkout.root().join("settings.py"),
            settings.replace("database_url: PostgresDsn", &format!("database_url: {field}")),
        )
        .expect("written");
        server.root("CREATE USER app IDENTIFIED BY 's3cret' REQUIRE SSL");
        let url =
            format!("{}://app:s3cret@localhost:{}/", if product == Product::MySql { "mysql" } else { "mariadb" }, server.port);
        store(&checkout, &url);
        says(&checkout, 0, WORKS);
        if product == Product::MariaDb {
            store(&checkout, &format!("{url}?ssl_mode=DISABLED"));
            says(&checkout, 1, "TK112");
        }
        store(&checkout, &format!("{url}?ssl_ca={}&ssl_verify_identity=true", server.certificate().display()));
        says(&checkout, 0, WORKS);
        store(&checkout, &url.replace("s3cret", "s3cret2"));
        says(&checkout, 1, "TK112");
    }
}
