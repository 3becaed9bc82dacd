//! What already has the names and belongs to somebody else, and logins that may not do what is needed.

use serde_json::json;

use super::super::server::{is_refused_address, login};
use super::server::{ADMIN, Server, checkout, set, set_admin};

#[test]
fn what_cannot_create_anything_is_refused() {
    let server = Server::new();
    let checkout = checkout("shop");
    let refused = |environment: &str, address: &str, words: &[&str]| {
        is_refused_address(&set(&checkout, environment, address), words, ADMIN);
    };
    let weak = ["lacks Alter on the cluster, Delete on all topics", "kafka-acls.sh"];
    refused("dev", &server.url_of("weak", "s3cret"), &weak);
    refused("dev", &server.url_of("none", "s3cret"), &["lacks Alter on the cluster, Describe on the cluster"]);
    refused("dev", &server.url_of("adm", "s3cret"), &["invalid credentials", "check user and password"]);
    refused("dev", "kafka://adm:s3cret@127.0.0.1:1", &["no answer", "check host and port"]);
    refused("dev", "kafka://adm:s3cret@one:1,two:2", &["several brokers"]);
    refused("prod", &server.admin_url(), &["level `full`", "security_protocol=SASL_SSL"]);
    server.becomes("no-logins", true);
    refused("dev", &server.admin_url(), &["no logins by SCRAM-SHA-256", "a listener with SASL"]);
    server.becomes("no-logins", false);
    server.becomes("no-authorizer", true);
    refused("dev", &server.admin_url(), &["everybody may do everything", "authorizer.class.name"]);
    server.becomes("no-authorizer", false);

    // A login with more rights than necessary is accepted, with a warning.
    let said = set(&checkout, "dev", &server.url_of("root", "s3cret"));
    let said = format!("{}{}", said.out, said.err);
    assert!(said.contains("root may do everything. takk needs less:"), "{said}");
}

#[test]
fn a_user_of_somebody_else_is_left_alone_until_it_is_adopted() {
    let server = Server::new();
    let (anna, ben) = (checkout("shop"), checkout("shop"));
    set_admin(&anna, &server, "dev");
    set_admin(&ben, &server, "dev");
    let refused = |words: &[&str]| {
        let answer = anna.takk(&["provision", "--env", "dev"]);
        let said = format!("{}{}", answer.out, answer.err);
        assert_eq!(answer.code, 1, "{said}");
        assert!(words.iter().all(|word| said.contains(word)) && anna.servers().is_empty(), "{said}");
    };
    server.state(&json!({ "topics": ["shop_dev-orders"] }));
    refused(&["takk did not create the topics shop_dev-orders", "--adopt"]);
    let elsewhere = json!([[2, "other", 3, "User:shop_dev_1", "*", 2, 3]]);
    server.state(&json!({ "users": { "shop_dev_1": "x" }, "acls": elsewhere }));
    refused(&["has rules for more than shop_dev-*"]);
    let adopt = ["provision", "kafka", "--adopt", "--env", "dev"];
    assert!(anna.takk(&adopt).err.contains("takk does not take it over"));
    server.state(&json!({ "without_acls": elsewhere }));
    refused(&["the user shop_dev_1 has a password that takk did not set", "takk did not create the topics"]);
    assert_eq!(server.changes(), 0, "nothing is changed");
    anna.takk(&adopt).done();
    anna.is_ready();
    let (user, password) = login(&anna.value("KAFKA_URL"));
    let topics = server.client(&user, &password, "client.list_topics()").expect("listed").to_string();
    assert!(topics.contains("shop_dev-orders"), "{topics}");

    // The same project of another store is somebody else, until it takes it over.
    let answer = ben.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("has a password that takk did not set"), "{answer:?}");
    ben.takk(&adopt).done();
    let remove = ["provision", "remove", "kafka", "--env", "dev", "--confirm", "dev"];
    assert!(anna.takk(&remove).refused().contains("takk removes nothing"));
    ben.is_ready();
    ben.takk(&remove).done();
    server.has_no_trace_of("shop");
}
