//! Roles and databases that already have the names, but belong to somebody else.

use super::server::{Server, checkout, connect, given, set_admin};

#[test]
fn a_database_of_somebody_else_is_shown_and_left_alone_until_it_is_adopted() {
    let Some(server) = Server::new(17) else { return };
    server.run("CREATE ROLE alembic LOGIN PASSWORD 'x'");
    server.run("CREATE DATABASE shop_dev OWNER alembic");
    let tables = "SET ROLE alembic; CREATE TABLE one (a int); CREATE TABLE two (a int); INSERT INTO one VALUES (7)";
    server.superuser("shop_dev").batch_execute(&format!("GRANT ALL ON SCHEMA public TO alembic; {tables}")).expect("made");
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");

    let answer = checkout.takk(&["provision", "--env", "dev"]);
    let said = format!("{}{}", answer.out, answer.err);
    assert_eq!(answer.code, 1, "{said}");
    assert!(said.contains("belongs to \"alembic\"") && said.contains("2 tables in") && said.contains("--adopt"), "{said}");
    assert!(checkout.servers().is_empty(), "nothing is stored");
    assert_eq!(server.count("pg_roles WHERE rolname LIKE 'shop%'"), 0, "nothing is created");

    // The admin has no rights to alembic's objects: the error lists the statements that need them.
    let answer = checkout.takk(&["provision", "postgres", "--adopt", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.err.contains("GRANT \"alembic\" TO"), "{}", answer.err);
    server.run("GRANT alembic TO adm WITH ADMIN OPTION");
    checkout.takk(&["provision", "postgres", "--adopt", "--env", "dev"]).done();
    let mut client = connect(&checkout.value("DATABASE_URL"));
    let seven: i32 = client.query_one("SELECT a FROM one", &[]).expect("it may read what is there").get(0);
    assert_eq!(seven, 7);
    client.batch_execute("CREATE TABLE three ()").expect("and add to it");
    connect(&format!("postgresql://alembic:x@127.0.0.1:{}/postgres", server.port))
        .batch_execute("SELECT 1")
        .expect("it is there");

    checkout.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
    assert_eq!(server.count("pg_roles WHERE rolname = 'alembic'"), 1, "the role of somebody else stays");
}

#[test]
fn another_store_with_the_same_project_is_somebody_else() {
    let Some(server) = Server::new(18) else { return };
    let (anna, ben) = (checkout("shop"), checkout("shop"));
    set_admin(&anna, &server, "dev");
    set_admin(&ben, &server, "dev");
    anna.takk(&["provision", "--env", "dev"]).done();
    let answer = ben.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("from another store"), "{answer:?}");
    anna.is_ready();
    ben.takk(&["provision", "postgres", "--adopt", "--env", "dev"]).done();
    ben.is_ready();
    // Anna may no longer remove it.
    let refused = anna.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"]).refused();
    assert!(refused.contains("takk removes nothing"), "{refused}");
    ben.is_ready();
    ben.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
    // What no longer exists needs no removal.
    anna.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"]).done();
}

#[test]
fn a_superuser_of_that_name_is_never_taken_over() {
    let Some(server) = Server::new(17) else { return };
    server.run("CREATE ROLE shop_dev_1 SUPERUSER LOGIN");
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    for arguments in [&["provision", "--env", "dev"][..], &["provision", "postgres", "--adopt", "--env", "dev"]] {
        let answer = checkout.takk(arguments);
        assert!(answer.code == 1 && answer.err.contains("is a superuser: takk does not take it over"), "{answer:?}");
    }
    assert_eq!(server.count("pg_roles WHERE rolname = 'shop_dev'"), 0);
}

#[test]
fn nothing_is_removed_by_the_admin_of_another_server() {
    let (Some(one), Some(other)) = (Server::new(17), Server::new(17)) else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &one, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    set_admin(&checkout, &other, "dev");
    let remove = ["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"];
    let refused = checkout.takk(&remove).refused();
    assert!(refused.contains(&format!("127.0.0.1:{}", one.port)) && refused.contains(&other.port.to_string()), "{refused}");
    assert_eq!(checkout.servers().len(), 1, "the ledger still knows it");
    checkout.takk(&["provision", "admin", "unset", "postgres", "--env", "dev"]).done();
    assert!(checkout.takk(&remove).refused().contains("takk provision admin set postgres"));
    set_admin(&checkout, &one, "dev");
    checkout.takk(&remove).done();
    one.has_no_trace_of("shop");
}

#[test]
fn what_a_person_set_is_left_alone() {
    let Some(server) = Server::new(17) else { return };
    let checkout = checkout("shop");
    given(&checkout, &["secrets", "set", "DATABASE_URL", "--env", "dev", "--stdin"], "postgresql://db.example.org/shop").done();
    set_admin(&checkout, &server, "dev");
    let said = checkout.takk(&["provision", "--env", "dev"]).done();
    assert!(said.contains("DATABASE_URL is set by hand (v1, anna): left alone"), "{said}");
    assert_eq!(checkout.value("DATABASE_URL"), "postgresql://db.example.org/shop");
    server.has_no_trace_of("shop");
}
