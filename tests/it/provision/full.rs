//! The level `full`: TLS, a login that runs the program and cannot change the schema, one for migrations, and protection.

use rusqlite::Connection;

use super::server::{ADMIN, Server, checkout, connect, given, refusal};
use crate::up::project::Checkout;

/// The value of `DATABASE_URL`, and the URL for a client without TLS.
fn run_url(checkout: &Checkout, server: &Server, arguments: &[&str]) -> (String, String) {
    let all = [&["run", "--env", "prod"][..], arguments, &["--", "printenv", "DATABASE_URL"]].concat();
    let url = checkout.takk(&all).done().trim().to_owned();
    let login = url.split("//").nth(1).and_then(|rest| rest.split('@').next()).expect("it has a login");
    (url.clone(), format!("postgresql://{login}@127.0.0.1:{}/shop_prod", server.port))
}

fn tells(major: u32) {
    let Some(server) = Server::with_tls(major) else { return };
    let checkout = checkout("shop");
    let set = ["provision", "admin", "set", "postgres", "--env", "prod", "--stdin"];
    let wrong_host = server.admin_url_with_tls().replace("@localhost", "@127.0.0.1");
    let refused = given(&checkout, &set, &wrong_host).refused();
    assert!(refused.contains("does not trust the certificate") && !refused.contains(ADMIN), "{refused}");
    let said = given(&checkout, &set, &server.admin_url_with_tls()).done();
    assert!(said.contains("over TLS"), "{said}");

    if major < 15 {
        let answer = checkout.takk(&["provision", "--env", "prod"]);
        assert!(answer.code == 1 && answer.err.contains("ALTER SCHEMA public OWNER TO pg_database_owner"), "{answer:?}");
        server.has_no_trace_of("shop");
        let fixed = "ALTER SCHEMA public OWNER TO pg_database_owner; REVOKE CREATE ON SCHEMA public FROM PUBLIC";
        server.superuser("template1").batch_execute(fixed).expect("as the hint says");
    }
    let planned = checkout.takk(&["provision", "--env", "prod", "--dry-run"]).done();
    assert!(planned.contains("ALTER DEFAULT PRIVILEGES FOR ROLE \"shop_prod\""), "{planned}");
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();

    // The variables follow the TLS settings of the admin address.
    let required = server.admin_url_with_tls().split('?').next().expect("text").to_owned() + "?sslmode=require";
    given(&checkout, &set, &required).done();
    checkout.takk(&["provision", "--env", "prod"]).done();
    assert!(run_url(&checkout, &server, &[]).0.ends_with("?sslmode=require"));
    given(&checkout, &set, &server.admin_url_with_tls()).done();
    checkout.takk(&["provision", "--env", "prod"]).done();

    let (url, run) = run_url(&checkout, &server, &[]);
    assert!(url.contains("shop_prod_1:") && url.contains("?sslmode=verify-full&sslrootcert="), "{url}");
    let (_, migrate) = run_url(&checkout, &server, &["--migrations"]);
    assert!(migrate.contains("shop_prod_migrate_1:"), "{migrate}");
    let (mut run, mut migrate) = (connect(&run), connect(&migrate));
    migrate
        .batch_execute("CREATE TABLE orders (id serial, name text); CREATE SCHEMA more; CREATE TABLE more.lines (a int)")
        .expect("it may");
    run.batch_execute(
        "INSERT INTO orders (name) VALUES ('one'); UPDATE orders SET name = 'two'; INSERT INTO more.lines VALUES (1)",
    )
    .expect("what migrations create is the program's to use");
    for statement in [
        "CREATE TABLE other ()",
        "CREATE SCHEMA other",
        "CREATE TABLE more.other ()",
        "DROP TABLE orders",
        "ALTER TABLE orders ADD more int",
        "TRUNCATE orders",
        "SET ROLE shop_prod",
        "SET ROLE shop_prod_migrate_1",
        "CREATE ROLE other",
        "CREATE DATABASE other",
        "ALTER ROLE shop_prod_migrate_1 PASSWORD 'x'",
    ] {
        let said = refusal(&mut run, statement);
        assert!(said.contains("permission denied") || said.contains("must be owner"), "{statement}: {said}");
    }
    // If its rights have become too wide, it is not ready.
    server.superuser("shop_prod").batch_execute("GRANT CREATE ON SCHEMA public TO shop_prod_run").expect("granted");
    assert_eq!(checkout.takk(&["status", "--env", "prod"]).code, 1);
    server.superuser("shop_prod").batch_execute("REVOKE CREATE ON SCHEMA public FROM shop_prod_run").expect("revoked");

    let remove = ["provision", "remove", "postgres", "--env", "prod", "--confirm", "prod"];
    for arguments in
        [&remove[..], &["down", "--data", "--env", "prod", "--confirm", "prod"], &["env", "delete", "prod", "--yes"]]
    {
        assert!(checkout.takk(arguments).refused().contains("takk provision unprotect"), "{arguments:?}");
    }
    run.batch_execute("SELECT 1").expect("nothing has happened");
    let said = checkout.takk(&["provision", "unprotect", "postgres", "--env", "prod"]).done();
    assert!(said.contains("protected again in"), "{said}");
    let store = Connection::open(checkout.home().join("store.db")).expect("it is there");
    let query = "SELECT count(*) FROM audit WHERE action = 'resource.unprotect'";
    assert_eq!(store.query_row(query, [], |row| row.get::<_, i64>(0)).expect("counted"), 1);
    checkout.takk(&remove).done();
    assert!(run.batch_execute("SELECT 1").is_err() && migrate.batch_execute("SELECT 1").is_err());
    server.has_no_trace_of("shop");
}

#[test]
fn on_postgresql_14() {
    tells(14);
}

#[test]
fn on_postgresql_17() {
    tells(17);
}

#[test]
fn on_postgresql_18() {
    tells(18);
}

#[test]
fn a_development_environment_has_no_login_for_migrations() {
    let checkout = checkout("shop");
    given(&checkout, &["secrets", "set", "DATABASE_URL", "--env", "dev", "--stdin"], "postgresql://db.example.org/shop").done();
    let refused = checkout.takk(&["run", "--migrations", "--env", "dev", "--", "true"]).refused();
    assert!(refused.contains("no database with a login of its own for migrations"), "{refused}");
    assert!(checkout.takk(&["provision", "unprotect", "postgres", "--env", "dev"]).code == 2);
}
