//! What already has the names and belongs to somebody else, and logins that may not do what is needed.

use serde_json::json;

use super::super::server::is_refused_address;
use super::cluster::{ADMIN, Cluster, checkout, set, set_admin};

#[test]
fn what_cannot_create_anything_is_refused() {
    let cluster = Cluster::new();
    let checkout = checkout("shop");
    let refused = |environment: &str, address: &str, words: &[&str]| {
        is_refused_address(&set(&checkout, environment, address), words, ADMIN);
    };
    refused("dev", &cluster.url_of("adm", "s3cret"), &["the cluster rejects the login", "check user and password"]);
    refused("dev", "http://adm:s3cret@127.0.0.1:1", &["no answer", "check host and port"]);
    refused("prod", &cluster.url_of("adm", ADMIN), &["level `full`", "https:// instead of http://"]);
    cluster.state().is_weak = true;
    let lack = ["lacks the right to manage internalusers, roles, rolesmapping", "security_rest_api_access"];
    refused("dev", &cluster.url_of("adm", ADMIN), &lack);
}

#[test]
fn what_belongs_to_somebody_else_is_left_alone_until_it_is_adopted() {
    let cluster = Cluster::new();
    let (anna, ben) = (checkout("shop"), checkout("shop"));
    set_admin(&anna, &cluster, "dev");
    set_admin(&ben, &cluster, "dev");
    let refused = |words: &[&str]| {
        let answer = anna.takk(&["provision", "--env", "dev"]);
        let said = format!("{}{}", answer.out, answer.err);
        assert_eq!(answer.code, 1, "{said}");
        assert!(words.iter().all(|word| said.contains(word)) && anna.servers().is_empty(), "{said}");
    };
    let before = cluster.fake.lines().len();
    cluster.state().indices.insert("shop_dev-orders".to_owned());
    refused(&["takk did not create the indices shop_dev-orders", "--adopt"]);
    cluster.state().indices.remove("shop_dev-orders");
    cluster.set("internalusers", "shop_dev_1", json!({ "attributes": {}, "backend_roles": [] }));
    cluster.set("roles", "shop_dev", json!({ "description": "of the team" }));
    refused(&["takk did not create the role shop_dev", "takk did not create the user shop_dev_1"]);
    cluster.set("internalusers", "shop_dev_1", json!({ "reserved": true }));
    refused(&["belongs to the cluster or has other roles"]);
    let adopt = ["provision", "opensearch", "--adopt", "--env", "dev"];
    assert!(anna.takk(&adopt).err.contains("takk does not take it over"));
    assert_eq!(cluster.changes(before), [""; 0], "nothing is changed");
    cluster.set("internalusers", "shop_dev_1", json!({ "attributes": {}, "backend_roles": [] }));
    anna.takk(&adopt).done();
    anna.is_ready();

    // The same project of another store is somebody else.
    let answer = ben.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("from another store"), "{answer:?}");
    ben.takk(&adopt).done();
    let remove = ["provision", "remove", "opensearch", "--env", "dev", "--confirm", "dev"];
    assert!(anna.takk(&remove).refused().contains("takk removes nothing"));
    ben.takk(&remove).done();
    cluster.has_no_trace_of("shop_dev");
}
