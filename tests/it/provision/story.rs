//! Two environments on one server: created, used like a program uses them, isolated from each other, and removed without a
//! trace.

use postgres::{Client, NoTls};

use super::server::{ADMIN, Server, checkout, connect, given, refusal, set_admin};
use crate::up::project::Checkout;

fn value(checkout: &Checkout, environment: &str) -> String {
    checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", environment]).done().trim().to_owned()
}

fn tells(major: u32) {
    let Some(server) = Server::new(major) else { return };
    let checkout = checkout("shop");
    let said = set_admin(&checkout, &server, "dev");
    assert!(said.contains(&format!("PostgreSQL {major}.")) && said.contains("1 database (1 of postgres)"), "{said}");
    set_admin(&checkout, &server, "test");

    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    assert!(planned.contains("CREATE DATABASE \"shop_dev\" OWNER \"shop_dev\";"), "{planned}");
    assert!(planned.contains("PASSWORD 'SCRAM-SHA-256$...'"), "{planned}");
    server.has_no_trace_of("shop");
    assert!(checkout.servers().is_empty(), "a dry run stores nothing");

    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.takk(&["provision", "postgres", "--env", "test"]).done();
    checkout.is_ready();
    let servers = checkout.servers();
    assert_eq!((&servers[0]["provisioner"], &servers[0]["status"]), (&"postgres-server".into(), &"running".into()));
    assert_eq!(servers[0]["port"], server.port);

    // Like the program uses it, and like its next login will.
    let url = value(&checkout, "dev");
    let password = url.split(':').nth(2).and_then(|rest| rest.split('@').next()).expect("it has one").to_owned();
    let mut dev = connect(&url);
    dev.batch_execute(
        "CREATE TABLE orders (id int); INSERT INTO orders VALUES (1); CREATE SCHEMA more; CREATE TABLE more.a ()",
    )
    .expect("the login of a development environment changes the schema");
    let owner: String = dev.query_one("SELECT tableowner FROM pg_tables WHERE tablename = 'orders'", &[]).expect("it").get(0);
    assert_eq!(owner, "shop_dev");

    // What it may not do.
    for statement in ["CREATE ROLE other", "CREATE DATABASE other", "SET ROLE shop_test", "SET ROLE adm", "SET ROLE postgres"] {
        let said = refusal(&mut dev, statement);
        assert!(said.contains("permission denied"), "{statement}: {said}");
    }
    assert!(refusal(&mut dev, "ALTER ROLE shop_test_1 PASSWORD 'x'").contains("permission denied"));
    let of_dev_in_test = format!("{}/shop_test", url.strip_suffix("/shop_dev").expect("its database"));
    let refused = Client::connect(&of_dev_in_test, NoTls).err().expect("it is another environment's").to_string();
    let refused = if refused.contains("permission") { refused } else { format!("{refused} {}", server.log()) };
    assert!(refused.contains("permission denied for database"), "{refused}");
    let mut many: Vec<Client> = Vec::new();
    let limit = (0..40).find_map(|_| Client::connect(&url, NoTls).map(|client| many.push(client)).err());
    assert!(limit.is_some() && many.len() == 19, "20 connections are the limit: {}", many.len());
    drop(many);

    // A second run changes nothing; after somebody changed a password, a run repairs it.
    let before = server.text("SELECT rolpassword FROM pg_authid WHERE rolname = 'shop_dev_1'");
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(server.text("SELECT rolpassword FROM pg_authid WHERE rolname = 'shop_dev_1'"), before);
    server.run("ALTER ROLE shop_dev_1 PASSWORD 'other'; ALTER ROLE shop_dev_1 NOLOGIN");
    assert_eq!(checkout.takk(&["status", "--env", "dev"]).code, 1);
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    assert_eq!(value(&checkout, "dev"), url);

    // Only the server's own table can check the password. The log contains neither that password nor the admin's.
    assert!(before.starts_with("SCRAM-SHA-256$"), "{before}");
    let log = server.log();
    assert!(log.contains("CREATE ROLE \"shop_dev_1\"") && !log.contains(&password));
    assert!(!log.replace(&format!("PASSWORD '{ADMIN}'"), "").contains(ADMIN));

    // takk neither stops servers that it does not run, nor shows their logs.
    checkout.takk(&["down", "--env", "dev"]).done();
    checkout.is_ready();
    assert!(checkout.takk(&["logs", "postgres", "--env", "dev"]).refused().contains("takk does not run"));

    // Removes it while somebody is in the middle of a transaction.
    assert!(checkout.takk(&["provision", "remove", "postgres", "--env", "dev"]).refused().contains("--confirm dev"));
    assert_eq!(checkout.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "test"]).code, 2);
    dev.batch_execute("BEGIN; LOCK TABLE orders").expect("it is its own");
    checkout.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"]).done();
    assert!(dev.batch_execute("SELECT 1").is_err(), "the session is ended");
    assert!(Client::connect(&url, NoTls).is_err());
    server.has_no_trace_of("shop_dev");
    assert_eq!(checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", "dev"]).code, 2);
    connect(&value(&checkout, "test")).batch_execute("CREATE TABLE a ()").expect("the other one is untouched");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
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
fn several_databases_of_one_environment_have_names_of_their_own() {
    let Some(server) = Server::new(17) else { return };
    let checkout = checkout("shop");
    let tag = "Annotated[PostgresDsn, ResourceRef(ResourceTags.psql_dsn, \"warehouse\")]";
    checkout.settings(&format!("database_url: PostgresDsn; warehouse_url: {tag}"));
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    assert_eq!((checkout.servers().len(), server.count("pg_database WHERE datname LIKE 'shop_dev%'")), (2, 2));
    let refused = given(&checkout, &["provision", "redis", "--env", "dev"], "").refused();
    assert!(refused.contains("the code declares no resource `redis`"), "{refused}");
}
