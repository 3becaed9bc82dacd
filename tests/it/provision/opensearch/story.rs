//! Two environments on one cluster: created, repaired, and removed without a trace.

use serde_json::json;

use super::cluster::{ADMIN, Cluster, checkout, set, set_admin};

#[test]
fn two_environments_share_a_cluster() {
    let cluster = Cluster::new();
    let checkout = checkout("shop");
    let said = set_admin(&checkout, &cluster, "dev");
    assert!(said.contains("OpenSearch 3.6.0") && said.contains("without TLS, as adm") && said.contains("1 index"), "{said}");
    set_admin(&checkout, &cluster, "test");

    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    let put = "PUT /_plugins/_security/api/internalusers/shop_dev_1 {";
    assert!(planned.contains(put) && planned.contains("\"password\":\"...\""), "{planned}");
    cluster.has_no_trace_of("shop");

    let answer = checkout.takk(&["provision", "--env", "dev"]);
    let said = format!("{}{}", answer.out, answer.err);
    assert!(answer.code == 0 && said.contains("experimental: not yet tested with a real server"), "{said}");
    checkout.takk(&["provision", "--env", "test"]).done();
    checkout.is_ready();
    assert_eq!(checkout.value("OPENSEARCH_URL"), cluster.fake.url);
    assert_eq!(checkout.value("OPENSEARCH_USER"), "shop_dev_1");
    let password = checkout.value("OPENSEARCH_PASSWORD");
    assert_eq!(cluster.state().passwords["shop_dev_1"], password);
    assert!(!said.contains(&password) && !cluster.fake.lines().concat().contains(&password));

    // The user has its own role alone, and the role its own indices.
    let role = cluster.get("roles", "shop_dev");
    let own = json!([{ "index_patterns": ["shop_dev-*"], "allowed_actions": ["indices_all"] }]);
    assert_eq!(role["index_permissions"], own);
    assert_eq!(cluster.get("rolesmapping", "shop_dev")["users"], json!(["shop_dev_1"]));
    let user = cluster.get("internalusers", "shop_dev_1");
    assert_eq!((&user["backend_roles"], &user["opendistro_security_roles"]), (&json!([]), &json!([])));
    let said = set(&checkout, "dev", &cluster.url_of("shop_dev_1", &password)).refused();
    assert!(said.contains("lacks the right to manage internalusers, roles, rolesmapping"), "{said}");

    // The same again changes nothing; what somebody changed is repaired.
    let before = cluster.fake.lines().len();
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(cluster.changes(before), [""; 0]);
    let mut wide = role.clone();
    wide["index_permissions"] = json!([{ "index_patterns": ["*"], "allowed_actions": ["indices_all"] }]);
    let mut mapped = cluster.get("rolesmapping", "shop_dev");
    mapped["users"] = json!(["shop_dev_1", "somebody"]);
    let mut admin = user.clone();
    admin["backend_roles"] = json!(["admin"]);
    let damages: [&dyn Fn(); 6] = [
        &|| cluster.set("roles", "shop_dev", wide.clone()),
        &|| cluster.set("rolesmapping", "shop_dev", mapped.clone()),
        &|| cluster.set("internalusers", "shop_dev_1", admin.clone()),
        &|| cluster.delete("internalusers", "shop_dev_1"),
        &|| cluster.delete("rolesmapping", "shop_dev"),
        &|| drop(cluster.state().passwords.insert("shop_dev_1".to_owned(), "other".to_owned())),
    ];
    for (number, damage) in damages.iter().enumerate() {
        damage();
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        assert_eq!(cluster.state().passwords["shop_dev_1"], password, "{number}");
        assert_eq!(cluster.get("roles", "shop_dev"), role, "{number}");
        assert_eq!(cluster.get("internalusers", "shop_dev_1"), user, "{number}");
        assert_eq!(cluster.get("rolesmapping", "shop_dev")["users"], json!(["shop_dev_1"]), "{number}");
    }

    // Removed with its indices, and no others.
    for number in 0..25 {
        cluster.state().indices.insert(format!("shop_dev-{number}"));
    }
    for other in ["shop_development-1", "shop_test-1"] {
        cluster.state().indices.insert(other.to_owned());
    }
    checkout.takk(&["provision", "remove", "opensearch", "--env", "dev", "--confirm", "dev"]).done();
    cluster.has_no_trace_of("shop_dev");
    assert_eq!(cluster.state().indices.len(), 3, "those of others stay");
    assert!(!cluster.get("roles", "shop_test").is_null(), "the other one is untouched");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
    cluster.has_no_trace_of("shop_test");
    assert!(!cluster.fake.lines().concat().contains(ADMIN));
}
