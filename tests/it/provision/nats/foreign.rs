//! What already has the name, and belongs to somebody else.

use super::server::{Server, USUAL, checkout, creds, set_admin};

const REMOVE: [&str; 7] = ["provision", "remove", "nats", "--env", "dev", "--confirm", "dev"];
const ADOPT: [&str; 5] = ["provision", "nats", "--adopt", "--env", "dev"];

#[test]
fn what_belongs_to_somebody_else_is_left_alone_until_it_is_adopted() {
    let server = Server::new(USUAL);
    let theirs = server.root("create", &["shop_dev"]);
    let id = theirs["account"].as_str().expect("text");
    let before = server.accounts("shop_dev");
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    for words in ["takk did not create the account shop_dev", id, "--adopt"] {
        assert!(answer.err.contains(words), "{words}: {}", answer.err);
    }
    assert!(checkout.servers().is_empty(), "nothing is stored");
    assert_eq!(server.accounts("shop_dev"), before);
    // A name is not unique.
    server.root("create", &["shop_dev"]);
    let answer = checkout.takk(&ADOPT);
    assert!(answer.code == 1 && answer.err.contains("several accounts have its name"), "{answer:?}");
    server.root("delete", &["shop_dev"]);

    let theirs = server.root("create", &["shop_dev"]);
    let there = theirs["creds"].as_str().expect("text");
    let made = "await client.jetstream().add_stream(name='old', subjects=['old'])\nprint('made')";
    assert_eq!(server.program(there, made).as_deref(), Ok("made"));
    checkout.takk(&ADOPT).done();
    checkout.is_ready();
    // It is the same account, with its streams and its users.
    let names = "print([stream.config.name for stream in await client.jetstream().streams_info()])";
    for login in [there, &creds(&checkout, "dev")] {
        assert_eq!(server.program(login, names).as_deref(), Ok("['old']"));
    }
    checkout.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
    assert!(server.program(there, "").is_err(), "it is gone for everybody");
}

#[test]
fn another_store_with_the_same_project_is_somebody_else() {
    let server = Server::new(USUAL);
    let (anna, ben) = (checkout("shop"), checkout("shop"));
    set_admin(&anna, &server, "dev");
    set_admin(&ben, &server, "dev");
    anna.takk(&["provision", "--env", "dev"]).done();
    let answer = ben.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("from another store"), "{answer:?}");
    anna.is_ready();
    let login = creds(&anna, "dev");
    let mut session = server.session(&login);
    ben.takk(&ADOPT).done();
    // It is no longer Anna's to use or to remove.
    assert!(session.wait().expect("it ends").success());
    assert!(server.program(&login, "").expect_err("no login").contains("Authorization Violation"));
    let refused = anna.takk(&REMOVE).refused();
    assert!(refused.contains("takk removes nothing"), "{refused}");
    ben.is_ready();
    ben.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
    // What is gone needs no removal.
    anna.takk(&REMOVE).done();
}
