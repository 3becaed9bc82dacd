//! What already has the names, and belongs to somebody else.

use super::super::mariadb::server::Server;
use super::{checkout, server, set_admin};

const REMOVE: [&str; 7] = ["provision", "remove", "mysql", "--env", "dev", "--confirm", "dev"];

/// One server, because it takes seconds to start.
#[test]
fn what_has_the_names_is_not_touched() {
    let Some(server) = server() else { return };
    what_belongs_to_somebody_else_is_left_alone_until_it_is_adopted(&server);
    a_database_that_somebody_creates_meanwhile_is_not_taken_for_ones_own(&server);
    another_store_with_the_same_project_is_somebody_else(&server);
    an_account_of_the_whole_server_is_never_taken_over(&server);
}

fn what_belongs_to_somebody_else_is_left_alone_until_it_is_adopted(server: &Server) {
    server.root("CREATE DATABASE shop_dev");
    server.root("CREATE TABLE shop_dev.one (a int)");
    server.root("INSERT INTO shop_dev.one VALUES (7)");
    server.root("CREATE USER shop_dev_1 IDENTIFIED BY 'x'");
    let checkout = checkout();
    set_admin(&checkout, server, "dev");
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    for words in ["did not create the database shop_dev, which has 1 table in ", "the user shop_dev_1", "--adopt"] {
        assert!(answer.err.contains(words), "{words}: {}", answer.err);
    }
    assert!(checkout.servers().is_empty(), "nothing is stored");
    checkout.takk(&["provision", "mysql", "--adopt", "--env", "dev"]).done();
    let url = checkout.value("DATABASE_URL");
    assert_eq!(server.by_url(&url, &[], "SELECT a FROM one").as_deref(), Ok("7"));
    checkout.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
}

fn a_database_that_somebody_creates_meanwhile_is_not_taken_for_ones_own(server: &Server) {
    let checkout = checkout();
    set_admin(&checkout, server, "dev");
    checkout.killed_after("mysql/default:users:stored", &["provision", "--env", "dev"]);
    server.root("CREATE DATABASE shop_dev");
    server.root("CREATE TABLE shop_dev.theirs (a int)");
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert!(
        answer.code == 1 && answer.err.contains("did not create the database shop_dev, which has 1 table in "),
        "{answer:?}"
    );
    assert!(checkout.takk(&REMOVE).refused().contains("takk removes nothing"));
    server.root("DROP DATABASE shop_dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    checkout.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
}

fn another_store_with_the_same_project_is_somebody_else(server: &Server) {
    let (anna, ben) = (checkout(), checkout());
    set_admin(&anna, server, "dev");
    set_admin(&ben, server, "dev");
    anna.takk(&["provision", "--env", "dev"]).done();
    let answer = ben.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("from another store"), "{answer:?}");
    anna.is_ready();
    ben.takk(&["provision", "mysql", "--adopt", "--env", "dev"]).done();
    // It is no longer Anna's to remove.
    let refused = anna.takk(&REMOVE).refused();
    assert!(refused.contains("takk removes nothing"), "{refused}");
    ben.is_ready();
    ben.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
    // What is gone needs no removal.
    anna.takk(&REMOVE).done();
}

fn an_account_of_the_whole_server_is_never_taken_over(server: &Server) {
    let checkout = checkout();
    set_admin(&checkout, server, "dev");
    let is_refused = |words: &str| {
        for arguments in [&["provision", "--env", "dev"][..], &["provision", "mysql", "--adopt", "--env", "dev"]] {
            let answer = checkout.takk(arguments);
            assert!(answer.code == 1 && answer.err.contains(words), "{answer:?}");
        }
        assert!(checkout.servers().is_empty());
    };
    server.root("CREATE USER shop_dev_1");
    server.root("GRANT BACKUP_ADMIN ON *.* TO shop_dev_1");
    is_refused("has rights on the whole server: takk does not take it over");
    server.root("DROP USER shop_dev_1");
    // Rights that come by a role.
    server.root("CREATE ROLE everything");
    server.root("CREATE USER shop_dev_1");
    server.root("GRANT everything TO shop_dev_1");
    is_refused("has rights on the whole server: takk does not take it over");
    server.root("DROP USER shop_dev_1");
    server.root("CREATE USER shop_dev_1@localhost");
    is_refused("the account 'shop_dev_1'@'localhost' exists");
    server.root("DROP USER shop_dev_1@localhost");
}
