//! Two environments on one cluster: created, used as a program uses them, repaired, and removed without a trace.

use serde_json::{Value, json};

use super::super::server::login;
use super::server::{ADMIN, Server, checkout, set, set_admin};
use crate::up::project::Checkout;
use crate::up::servers::path_with;

#[test]
fn two_environments_share_a_cluster() {
    let server = Server::new();
    let checkout = checkout("shop");
    let said = set_admin(&checkout, &server, "dev");
    assert!(
        said.contains("Kafka with 1 broker") && said.contains("without TLS, as adm") && said.contains("0 topics"),
        "{said}"
    );
    set_admin(&checkout, &server, "test");

    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    let rule = "kafka-acls.sh --add --allow-principal User:shop_dev_1 --operation All --topic shop_dev- --resource-pattern-type prefixed";
    assert!(
        planned.contains("--entity-name shop_dev_1 --add-config SCRAM-SHA-256=[...]") && planned.contains(rule),
        "{planned}"
    );
    server.has_no_trace_of("shop");
    assert!(checkout.servers().is_empty(), "a dry run stores nothing");

    let answer = checkout.takk(&["provision", "--env", "dev"]);
    let said = format!("{}{}", answer.out, answer.err);
    assert!(answer.code == 0 && said.contains("experimental: not yet tested with a real server"), "{said}");
    checkout.takk(&["provision", "kafka", "--env", "test"]).done();
    checkout.is_ready();
    let servers = checkout.servers();
    assert_eq!((&servers[0]["provisioner"], &servers[0]["status"]), (&"kafka-server".into(), &"running".into()));

    // As the program uses it, which makes its own topics.
    let url = checkout.value("KAFKA_URL");
    let (user, password) = login(&url);
    assert_eq!(user, "shop_dev_1");
    assert!(url.ends_with("?security_protocol=SASL_PLAINTEXT&sasl_mechanism=SCRAM-SHA-256"), "{url}");
    let ask = |expression: &str| server.client(&user, &password, expression);
    let create = |topic: &str| ask(&format!("client.create_topics([NewTopic('{topic}', 1, 1)])"));
    create("shop_dev-orders").expect("created");
    server.state(&json!({ "topics": ["shop_test-orders", "shop_development"] }));
    let topics = || ask("client.list_topics()").map(|topics| topics.to_string());
    let seen = topics().expect("listed");
    assert!(seen.contains("shop_dev-orders") && !seen.contains("shop_test") && !seen.contains("shop_development"), "{seen}");
    assert!(create("shop_test-more").is_err_and(|said| said.contains("TopicAuthorizationFailed")));
    let said = set(&checkout, "dev", &server.url_of(&user, &password)).refused();
    let lacks = "lacks Alter on the cluster, Describe on the cluster, Delete on all topics";
    assert!(said.contains(lacks) && !said.contains(&password), "{said}");

    // The same again changes nothing; what somebody changed is repaired.
    let (changes, acls) = (server.changes(), server.acls(&user));
    assert_eq!(acls.len(), 3);
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!((server.changes(), server.acls(&user)), (changes, acls.clone()));
    let wide = json!([2, "shop_test-", 4, "User:shop_dev_1", "*", 2, 3]);
    for damage in
        [json!({ "acls": [wide] }), json!({ "without_acls": acls[..2] }), json!({ "acls": [wide], "without_acls": acls })]
    {
        server.state(&damage);
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        assert_eq!((server.acls(&user), checkout.value("KAFKA_URL")), (acls.clone(), url.clone()), "{damage}");
    }
    // Only the password says whose the topics are.
    for password in [json!("other"), Value::Null] {
        server.state(&json!({ "users": { "shop_dev_1": password } }));
        let answer = checkout.takk(&["provision", "--env", "dev"]);
        assert!(answer.code == 1 && answer.err.contains("takk did not create the topics shop_dev-orders"), "{answer:?}");
        checkout.takk(&["provision", "kafka", "--adopt", "--env", "dev"]).done();
        assert!(topics().expect("the login is as before").contains("shop_dev-orders"));
    }

    // No request has the password, and no output.
    let log = server.log();
    assert!(log.contains("AlterUserScramCredentials") && !log.contains(&password) && !log.contains(ADMIN));

    checkout.takk(&["provision", "remove", "kafka", "--env", "dev", "--confirm", "dev"]).done();
    assert!(topics().is_err());
    let state = server.state(&json!({}));
    let left = json!(["__consumer_offsets", "shop_development", "shop_test-orders"]);
    assert!(state["topics"] == left && !state.to_string().contains("shop_dev_1"), "{state}");
    assert_eq!(server.acls("shop_test_1").len(), 3, "the other one is untouched");
    let log = server.log();
    let order: Vec<&str> = log.lines().filter_map(|line| line.strip_prefix("adm: ")?.split(' ').next()).collect();
    let out = ["DeleteAclsRequest", "DeleteTopicsRequest", "AlterUserScramCredentialsRequest"];
    assert!(order.windows(3).any(|requests| requests == out), "the user, who has the password, goes last: {order:?}");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
    server.has_no_trace_of("shop_test");
}

#[test]
fn a_program_without_a_place_for_the_login_is_told() {
    let server = Server::new();
    let servers = "kafka_servers: Annotated[str, ResourceTags.kafka_bootstrap_servers]";
    let checkout = Checkout::new("shop", servers, path_with(&[]), None);
    set_admin(&checkout, &server, "dev");
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    let said = format!("{}{}", answer.out, answer.err).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("a list of brokers does not hold") && said.contains("ResourceTags.kafka_dsn"), "{said}");
    server.has_no_trace_of("shop");
}
