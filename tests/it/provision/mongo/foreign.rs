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
    refused("dev", &server.url_of("weak", "s3cret"), &["lacks killAnySession, listDatabases", "createRole"]);
    refused("dev", &server.url_of("adm", "s3cret"), &["Authentication failed", "check user, password"]);
    refused("dev", &server.url_of("old", "s3cret"), &["Authentication failed", "SCRAM-SHA-256"]);
    refused("dev", "mongodb://adm:s3cret@127.0.0.1:1", &["no answer", "check host and port"]);
    refused("dev", "mongodb+srv://adm:s3cret@db.example.org", &["no SRV records"]);
    refused("prod", &server.admin_url(), &["level `full`", "add tls=true"]);
    server.becomes("other-mechanism", true);
    refused("dev", &server.admin_url(), &["which is not enabled", "enable SCRAM-SHA-256"]);
    server.becomes("other-mechanism", false);
    server.becomes("no-authorization", true);
    refused("dev", &server.admin_url(), &["it has no access control", "security.authorization: enabled"]);
    server.becomes("no-authorization", false);
    server.becomes("secondary", true);
    refused("dev", &server.admin_url(), &["it is not a primary", "of the primary"]);
    server.becomes("secondary", false);

    // A login with more rights than necessary is accepted, with a warning.
    let said = set(&checkout, "dev", &server.url_of("root", "root-of-mongodb"));
    let said = format!("{}{}", said.out, said.err);
    assert!(said.contains("root has the role root. takk needs less:"), "{said}");
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
        assert!(
            words.iter().all(|word| said.contains(word)) && !said.contains("1 collections") && anna.servers().is_empty(),
            "{said}"
        );
    };
    server.root("shop_dev", &json!({ "insert": "orders", "documents": [{ "a": 7 }] }));
    refused(&["takk did not create the database shop_dev; it has 1 collection", "--adopt"]);
    let roles = json!([{ "role": "readWrite", "db": "other" }]);
    let theirs = json!({
        "createUser": "shop_dev_1", "pwd": "x", "roles": roles, "customData": { "of": "team" }, "mechanisms": ["SCRAM-SHA-256"],
    });
    server.root("admin", &theirs);
    refused(&["the user shop_dev_1 exists, and has roles in other databases"]);
    let adopt = ["provision", "mongo", "--adopt", "--env", "dev"];
    assert!(anna.takk(&adopt).err.contains("takk does not take it over"));
    server.root("admin", &json!({ "updateUser": "shop_dev_1", "roles": [] }));
    refused(&["takk did not create the user shop_dev_1", "takk did not create the database shop_dev"]);
    assert_eq!(server.changes(), 0, "nothing is changed");
    anna.takk(&adopt).done();
    anna.is_ready();
    let orders = server.pymongo(&anna.value("MONGO_URL"), "[order['a'] for order in client.shop_dev.orders.find()]");
    assert_eq!(orders, Ok(json!([7])), "the data is there");

    // The same project of another store is somebody else, until it takes it over.
    let answer = ben.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("from another store"), "{answer:?}");
    ben.takk(&adopt).done();
    let remove = ["provision", "remove", "mongo", "--env", "dev", "--confirm", "dev"];
    assert!(anna.takk(&remove).refused().contains("takk removes nothing"));
    ben.is_ready();
    ben.takk(&remove).done();
    server.has_no_trace_of("shop_dev");
}
