//! What already has the names, and belongs to somebody else.

use super::server::{Keeps, Server, checkout, set_admin};

const REMOVE: [&str; 7] = ["provision", "remove", "redis", "--env", "dev", "--confirm", "dev"];

#[test]
fn what_belongs_to_somebody_else_is_left_alone_until_it_is_adopted() {
    let Some(server) = Server::new(Keeps::AclFile) else { return };
    server.root(&["ACL", "SETUSER", "shop_dev", "on", ">x"]);
    server.root(&["MSET", "shop_dev:a", "7", "shop_dev:b", "8"]);
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    for words in ["did not create the user shop_dev", "the prefix shop_dev: is used by 2 keys", "--adopt"] {
        assert!(answer.err.contains(words), "{words}: {}", answer.err);
    }
    assert!(checkout.servers().is_empty(), "nothing is stored");
    checkout.takk(&["provision", "redis", "--adopt", "--env", "dev"]).done();
    assert_eq!(server.by_url(&checkout.value("REDIS_URL"), &["GET", "shop_dev:a"]).as_deref(), Ok("7"));
    checkout.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
}

#[test]
fn another_store_with_the_same_project_is_somebody_else() {
    let Some(server) = Server::new(Keeps::Configuration) else { return };
    let (anna, ben) = (checkout("shop"), checkout("shop"));
    set_admin(&anna, &server, "dev");
    set_admin(&ben, &server, "dev");
    anna.takk(&["provision", "--env", "dev"]).done();
    let answer = ben.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("from another store"), "{answer:?}");
    anna.is_ready();
    ben.takk(&["provision", "redis", "--adopt", "--env", "dev"]).done();
    // It is no longer Anna's to remove.
    let refused = anna.takk(&REMOVE).refused();
    assert!(refused.contains("takk removes nothing"), "{refused}");
    ben.is_ready();
    ben.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
    // What is gone needs no removal.
    anna.takk(&REMOVE).done();
}
