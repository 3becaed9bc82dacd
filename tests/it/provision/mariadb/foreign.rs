//! What already has the names, and belongs to somebody else.

use super::server::{Server, checkout, set_admin};

const REMOVE: [&str; 6] = ["provision", "remove", "mariadb", "--env", "dev", "--confirm"];

#[test]
fn what_belongs_to_somebody_else_is_left_alone_until_it_is_adopted() {
    let Some(server) = Server::new() else { return };
    server.root("CREATE DATABASE shop_dev");
    server.root("CREATE TABLE shop_dev.one (a int)");
    server.root("INSERT INTO shop_dev.one VALUES (7)");
    server.root("CREATE USER shop_dev_1 IDENTIFIED BY 'x'");
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    for words in ["did not create the database shop_dev, which has 1 table in ", "the user shop_dev_1", "--adopt"] {
        assert!(answer.err.contains(words), "{words}: {}", answer.err);
    }
    assert!(checkout.servers().is_empty(), "nothing is stored");
    checkout.takk(&["provision", "mariadb", "--adopt", "--env", "dev"]).done();
    let url = checkout.value("DATABASE_URL");
    assert_eq!(server.by_url(&url, &[], "SELECT a FROM one").as_deref(), Ok("7"));
    checkout.takk(&[&REMOVE[..], &["dev"]].concat()).done();
    server.has_no_trace_of("shop");
}

#[test]
fn another_store_with_the_same_project_is_somebody_else() {
    let Some(server) = Server::new() else { return };
    let (anna, ben) = (checkout("shop"), checkout("shop"));
    set_admin(&anna, &server, "dev");
    set_admin(&ben, &server, "dev");
    anna.takk(&["provision", "--env", "dev"]).done();
    let answer = ben.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("from another store"), "{answer:?}");
    anna.is_ready();
    ben.takk(&["provision", "mariadb", "--adopt", "--env", "dev"]).done();
    // It is no longer Anna's to remove.
    let refused = anna.takk(&[&REMOVE[..], &["dev"]].concat()).refused();
    assert!(refused.contains("takk removes nothing"), "{refused}");
    ben.is_ready();
    ben.takk(&[&REMOVE[..], &["dev"]].concat()).done();
    server.has_no_trace_of("shop");
    // What is gone needs no removal.
    anna.takk(&[&REMOVE[..], &["dev"]].concat()).done();
}

#[test]
fn an_account_of_the_whole_server_is_never_taken_over() {
    let Some(server) = Server::new() else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    let is_refused = |words: &str| {
        for arguments in [&["provision", "--env", "dev"][..], &["provision", "mariadb", "--adopt", "--env", "dev"]] {
            let answer = checkout.takk(arguments);
            assert!(answer.code == 1 && answer.err.contains(words), "{answer:?}");
        }
        assert!(checkout.servers().is_empty());
    };
    server.root("CREATE USER shop_dev_1");
    server.root("GRANT RELOAD ON *.* TO shop_dev_1");
    is_refused("has rights on the whole server: takk does not take it over");
    server.root("DROP USER shop_dev_1");
    server.root("CREATE USER shop_dev_1@localhost");
    is_refused("the account 'shop_dev_1'@'localhost' exists");
}
