//! What already has the names and belongs to somebody else, and logins that may not do what is needed.

use serde_json::json;

use super::super::server::is_refused_address;
use super::server::{ADMIN, Server, checkout, set, set_admin};

#[test]
fn what_cannot_create_anything_is_refused() {
    let server = Server::new();
    let checkout = checkout("shop");
    let refused = |environment: &str, address: &str, words: &[&str]| {
        is_refused_address(&set(&checkout, environment, address), words, ADMIN);
    };
    let passed_on = ["the right to grant SHOW, SELECT", "WITH GRANT OPTION"];
    refused("dev", &server.url_of("weak", "s3cret"), &["lacks CREATE DATABASE", "as an administrator: GRANT CREATE DATABASE"]);
    refused("dev", &server.url_of("looks", "s3cret"), &passed_on);
    refused("dev", &server.url_of("adm", "s3cret"), &["AUTHENTICATION_FAILED", "check user and password"]);
    refused("dev", &format!("{}/path", server.url_of("adm", ADMIN)), &["has no path", "write it as https://"]);
    refused("dev", &format!("{}?native=x", server.url_of("adm", ADMIN)), &["`native` of the address is not a port"]);
    refused("dev", "http://adm:s3cret@127.0.0.1:1", &["no answer", "check host and port"]);
    refused("dev", "clickhouse://adm:s3cret@127.0.0.1", &["`clickhouse` is not `https` or `http`"]);
    refused("prod", &server.admin_url(), &["level `full`", "https:// instead of http://"]);
}

#[test]
fn a_database_of_somebody_else_is_shown_and_left_alone_until_it_is_adopted() {
    let server = Server::new();
    server.root("CREATE DATABASE shop_dev COMMENT 'of the team'");
    server.root("CREATE TABLE shop_dev.orders (id Int8) ENGINE = Memory");
    let theirs = json!({ "password": "x", "grants": ["GRANT SELECT ON other.*"] });
    server.users(&json!({ "shop_dev_1": theirs }));
    let anna = checkout("shop");
    set_admin(&anna, &server, "dev");
    let answer = anna.takk(&["provision", "--env", "dev"]);
    let said = format!("{}{}", answer.out, answer.err);
    assert_eq!(answer.code, 1, "{said}");
    for words in ["takk did not create the database shop_dev; it has 1 table in ", "takk did not create the user", "--adopt"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(anna.servers().is_empty(), "nothing is stored");
    assert_eq!(server.user("shop_dev_1"), theirs, "nothing is changed");

    // Somebody of the whole server is never taken over.
    server.users(&json!({ "shop_dev_1": { "password": "x", "grants": ["GRANT SELECT ON *.*"] } }));
    let adopt = ["provision", "clickhouse", "--adopt", "--env", "dev"];
    assert!(anna.takk(&adopt).err.contains("has rights on the whole server"));
    server.users(&json!({ "shop_dev_1": theirs }));
    // To change the comment of a database is a right that takk needs for nothing else.
    assert!(anna.takk(&adopt).err.contains("ALTER DATABASE `shop_dev` MODIFY COMMENT"));
    let mut admin = server.user("adm");
    admin["grants"].as_array_mut().expect("grants").push("GRANT ALTER DATABASE ON *.*".into());
    server.users(&json!({ "adm": admin }));
    anna.takk(&adopt).done();
    anna.is_ready();
    assert_eq!(server.root("SELECT count() FROM shop_dev.orders").trim(), "0", "the table is there");
    assert!(!server.user("shop_dev_1")["grants"].to_string().contains("other"), "only its own database");

    // The same project of another store is somebody else, until it takes it over.
    let ben = checkout("shop");
    set_admin(&ben, &server, "dev");
    let answer = ben.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("from another store"), "{answer:?}");
    ben.takk(&adopt).done();
    let remove = ["provision", "remove", "clickhouse", "--env", "dev", "--confirm", "dev"];
    assert!(anna.takk(&remove).refused().contains("takk removes nothing"));
    ben.is_ready();
    ben.takk(&remove).done();
    server.has_no_trace_of("shop");
}
