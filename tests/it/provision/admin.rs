//! Admin addresses: which ones are rejected before they are stored, and that one appears nowhere except where it belongs.

use std::fs;

use super::server::{ADMIN, Server, checkout, given, set_admin};
use crate::process::Answer;
use crate::up::project::Checkout;

fn set(checkout: &Checkout, environment: &str, address: &str) -> Answer {
    given(checkout, &["provision", "admin", "set", "postgres", "--env", environment, "--stdin"], address)
}

/// Asserts that an address is rejected with these words, without its password, and that it is not stored.
#[track_caller]
fn is_refused(checkout: &Checkout, environment: &str, address: &str, words: &[&str]) {
    let answer = set(checkout, environment, address);
    let said = format!("{}{}", answer.out, answer.err);
    assert_eq!(answer.code, 2, "{said}");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains(ADMIN) && !said.contains("s3cret"), "{said}");
    let listed = checkout.takk(&["provision", "admin", "list", "--env", environment]).done();
    assert!(listed.contains("has no admin address"), "{listed}");
}

#[test]
fn what_cannot_create_anything_is_refused() {
    let Some(server) = Server::new(17) else { return };
    let checkout = checkout("shop");
    let (good, port) = (server.admin_url(), server.port);
    server.run(
        "CREATE ROLE weak LOGIN PASSWORD 's3cret'; CREATE ROLE half LOGIN CREATEDB PASSWORD 's3cret'; \
         CREATE ROLE reader LOGIN CREATEROLE CREATEDB PASSWORD 's3cret'; ALTER ROLE reader SET default_transaction_read_only = on",
    );
    let at = |user: &str| format!("postgresql://{user}:s3cret@127.0.0.1:{port}/postgres");
    is_refused(&checkout, "dev", &at("weak"), &["lacks CREATEROLE and CREATEDB", "ALTER ROLE \"weak\" CREATEDB"]);
    is_refused(&checkout, "dev", &at("half"), &["lacks CREATEROLE", "ALTER ROLE \"half\" CREATEROLE"]);
    is_refused(&checkout, "dev", &at("reader"), &["it is read-only", "default_transaction_read_only"]);
    is_refused(&checkout, "dev", &at("adm"), &["password authentication failed"]);
    is_refused(&checkout, "dev", &format!("{good}?sslmode=require"), &["does not offer TLS", "ssl = on"]);
    is_refused(&checkout, "dev", &format!("{good}?sslmode=verify-full&sslrootcert=/nowhere.pem"), &["/nowhere.pem"]);
    is_refused(&checkout, "prod", &good, &["level `full`", "does not require TLS"]);
    is_refused(&checkout, "dev", "postgresql://adm:s3cret@127.0.0.1:1/postgres", &["no answer", "check host and port"]);
    is_refused(&checkout, "dev", "mysql://adm:s3cret@127.0.0.1/postgres", &["`mysql` is not `postgresql`"]);
    is_refused(&checkout, "dev", "s3cret", &["it is not a URL"]);
    is_refused(&checkout, "dev", "", &["it is not a URL"]);
    is_refused(&checkout, "dev", "postgresql://adm:s3cret@127.0.0.1/postgres?host=/var/run/postgresql", &["one host"]);
    is_refused(&checkout, "dev", "postgresql://127.0.0.1/postgres", &["names no user"]);
    let argument = checkout.takk(&["provision", "admin", "set", "postgres", &good, "--env", "dev"]).refused();
    assert!(argument.contains("from the command line") && !argument.contains(ADMIN), "{argument}");
    let terminal = given(&checkout, &["provision", "admin", "set", "postgres", "--env", "dev"], "").refused();
    assert!(terminal.contains("--stdin"), "{terminal}");
    let kind = given(&checkout, &["provision", "admin", "set", "gcs", "--env", "dev", "--stdin"], &good).refused();
    assert!(kind.contains("existing servers of `gcs`"), "{kind}");
    let none = checkout.takk(&["provision", "--env", "dev"]).refused();
    assert!(none.contains("takk provision admin set postgres --env dev"), "{none}");
    server.becomes_a_replica();
    is_refused(&checkout, "dev", &good, &["it is in recovery", "use the primary"]);
}

#[test]
fn a_server_that_turns_into_a_replica_gets_nothing() {
    let Some(server) = Server::new(18) else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    server.becomes_a_replica();
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("it is in recovery"), "{answer:?}");
    assert!(checkout.servers().is_empty());
}

#[test]
fn a_superuser_is_accepted_with_a_warning() {
    let Some(server) = Server::new(14) else { return };
    let checkout = checkout("shop");
    let said = set(&checkout, "dev", &server.superuser_url()).done();
    assert!(said.contains("is a superuser") && said.contains("CREATEROLE CREATEDB"), "{said}");
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    let created = "SELECT has_schema_privilege('public', 'public', 'CREATE')::text";
    let mut client = server.superuser("shop_dev");
    assert_eq!(
        client.query_one(created, &[]).expect("an answer").get::<_, String>(0),
        "false",
        "only its owner creates tables"
    );
    super::server::connect(&checkout.value("DATABASE_URL")).batch_execute("CREATE TABLE a ()").expect("the owner does");
    checkout.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}

#[test]
fn an_admin_address_is_found_nowhere_but_where_it_belongs() {
    let Some(server) = Server::new(17) else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    let listed = checkout.takk(&["provision", "admin", "list", "--env", "dev"]).done();
    assert!(listed.contains(&format!("postgresql://adm@127.0.0.1:{}/postgres", server.port)), "{listed}");
    checkout.takk(&["provision", "--env", "dev"]).done();
    let commands: &[&[&str]] = &[
        &["provision", "admin", "list", "--env", "dev"],
        &["--json", "provision", "admin", "list", "--env", "dev"],
        &["provision", "--env", "dev"],
        &["provision", "--env", "dev", "--dry-run"],
        &["--json", "provision", "--env", "dev", "--dry-run"],
        &["plan", "--all"],
        &["--json", "plan"],
        &["check", "--env", "dev"],
        &["secrets", "list", "--env", "dev"],
        &["--json", "secrets", "list", "--env", "dev"],
        &["secrets", "get", "admin:postgres", "--env", "dev"],
        &["secrets", "history", "admin:postgres", "--env", "dev"],
        &["secrets", "rollback", "admin:postgres", "--to", "1", "--env", "dev"],
        &["secrets", "unset", "admin:postgres", "--env", "dev"],
        &["secrets", "export", "--env", "dev"],
        &["secrets", "promote", "dev", "test", "--yes"],
        &["secrets", "export", "--env", "test"],
        &["--json", "env", "list"],
        &["diff", "dev", "test"],
        &["run", "--env", "dev", "--", "env"],
        &["--json", "ps", "--env", "dev"],
        &["--json", "status", "--env", "dev"],
        &["why", "DATABASE_URL"],
        &["env", "create", "preview/x", "--from", "dev"],
        &["secrets", "export", "--env", "preview/x"],
        &["store", "status"],
        &["--json", "store", "verify"],
    ];
    for arguments in commands {
        let answer = checkout.takk(arguments);
        let said = format!("{}{}", answer.out, answer.err);
        assert!(!said.contains(ADMIN), "{arguments:?}: {said}");
    }
    let values: serde_json::Value = serde_json::from_str(&checkout.takk(&["--json", "env", "list"]).out).expect("it is JSON");
    let dev = values.as_array().expect("a list").iter().find(|one| one["name"] == "dev").expect("it is stored");
    assert_eq!(dev["values"], 1, "DATABASE_URL alone is a value");
    let mut files = 0;
    for directory in [checkout.home(), checkout.root()] {
        for entry in fs::read_dir(directory).expect("read").flatten().filter(|entry| entry.path().is_file()) {
            let content = fs::read(entry.path()).expect("read");
            let found = content.windows(ADMIN.len()).any(|window| window == ADMIN.as_bytes());
            assert!(!found, "{} holds it", entry.path().display());
            files += 1;
        }
    }
    assert!(files >= 4, "the store, its key and the project");
    // It can still be read after the master key has changed.
    checkout.takk(&["store", "rekey"]).done();
    checkout.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"]).done();
    checkout.takk(&["provision", "admin", "unset", "postgres", "--env", "dev"]).done();
    let said = checkout.takk(&["provision", "admin", "unset", "postgres", "--env", "dev"]).done();
    assert!(said.contains("has no admin address"), "{said}");
}
