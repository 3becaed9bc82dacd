//! Two environments on one server: created, used as a program uses them, repaired, and removed without a trace.

use serde_json::{Value, json};

use super::server::{ADMIN, Server, checkout, set, set_admin};

#[test]
fn two_environments_share_a_server() {
    let server = Server::new();
    let checkout = checkout("shop");
    let said = set_admin(&checkout, &server, "dev");
    assert!(said.contains("MongoDB 8.3.1") && said.contains("without TLS, as adm") && said.contains("0 databases"), "{said}");
    set_admin(&checkout, &server, "test");

    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    let begin = "db.getSiblingDB(\"admin\").runCommand({\"createUser\":\"shop_dev_1\",\"pwd\":\"...\",\"customData\":{\"takk\":\"takk {";
    assert!(planned.contains(begin), "{planned}");
    server.has_no_trace_of("shop_dev");
    assert!(checkout.servers().is_empty(), "a dry run stores nothing");

    let answer = checkout.takk(&["provision", "--env", "dev"]);
    let said = format!("{}{}", answer.out, answer.err);
    assert!(answer.code == 0 && said.contains("experimental: not yet tested with a real server"), "{said}");
    checkout.takk(&["provision", "mongo", "--env", "test"]).done();
    checkout.is_ready();
    let servers = checkout.servers();
    assert_eq!((&servers[0]["provisioner"], &servers[0]["status"]), (&"mongo-server".into(), &"running".into()));

    // As the program uses it, which makes its own collections.
    let url = checkout.value("MONGO_URL");
    let password = url.split([':', '@']).nth(2).expect("a password").to_owned();
    assert!(url.starts_with("mongodb://shop_dev_1:") && url.ends_with("/shop_dev?authSource=admin"), "{url}");
    let insert = |database: &str| server.pymongo(&url, &format!("bool(client.{database}.orders.insert_one({{'a': 7}}))"));
    let found = || server.pymongo(&url, "[order['a'] for order in client.get_default_database().orders.find()]");
    assert_eq!(server.pymongo(&url, "client.admin.command('ping')"), Ok(json!({ "ok": 1.0 })));
    assert_eq!(insert("shop_dev"), Ok(json!(true)));
    assert_eq!(found(), Ok(json!([7])));

    // What it may not do.
    for forbidden in [
        "bool(client.shop_test.orders.insert_one({}))",
        "list(client.shop_test.orders.find())",
        "client.admin.command('createUser', 'other', pwd='x', roles=[], mechanisms=['SCRAM-SHA-256'], customData={})",
        "client.admin.command('usersInfo', [{'user': 'adm', 'db': 'admin'}])",
    ] {
        let said = server.pymongo(&url, forbidden).expect_err(forbidden);
        assert!(said.contains("not authorized"), "{forbidden}: {said}");
    }
    let user = server.url_of("shop_dev_1", &password);
    let said = set(&checkout, "dev", &user).refused();
    let lacks = "lacks changeCustomData, changePassword, createUser, dropUser";
    assert!(
        said.contains(lacks) || said.contains("lacks changeCustomData, changePassword, createUser, dropDatabase"),
        "{said}"
    );
    assert!(said.contains("createRole({\"role\":\"takk_admin\"") && !said.contains(&password), "{said}");

    // The same again changes nothing; what somebody changed is repaired.
    let before = (server.changes(), server.user("shop_dev_1"));
    assert_eq!(before.1["roles"], json!([{ "role": "dbAdmin", "db": "shop_dev" }, { "role": "readWrite", "db": "shop_dev" }]));
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!((server.changes(), server.user("shop_dev_1")), before);
    let wide = json!([{ "role": "readWrite", "db": "shop_dev" }, { "role": "readWrite", "db": "shop_test" }]);
    for damage in [
        json!({ "updateUser": "shop_dev_1", "roles": wide }),
        json!({ "updateUser": "shop_dev_1", "roles": [] }),
        json!({ "updateUser": "shop_dev_1", "pwd": "other" }),
        json!({ "updateUser": "shop_dev_1", "pwd": "other", "mechanisms": ["SCRAM-SHA-1"] }),
    ] {
        server.root("admin", &damage);
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        assert_eq!(checkout.value("MONGO_URL"), url);
        assert_eq!((found(), server.user("shop_dev_1")), (Ok(json!([7])), before.1.clone()), "{damage}");
    }
    // Without the user, nothing says whose the data is.
    server.root("admin", &json!({ "dropUser": "shop_dev_1" }));
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("database shop_dev; it has 1 collection"), "{answer:?}");
    assert!(!answer.err.contains("1 collections"), "{answer:?}");
    checkout.takk(&["provision", "mongo", "--adopt", "--env", "dev"]).done();
    assert_eq!(found(), Ok(json!([7])));

    // The log has no password, and no output.
    let log = server.log();
    assert!(log.contains("'createUser': 'shop_dev_1', 'pwd': 'xxx'") && !log.contains(&password) && !log.contains(ADMIN));
    assert!(!format!("{answer:?}{said}").contains(&password));

    assert_eq!(insert("shop_dev"), Ok(json!(true)));
    server.root("shop_test", &json!({ "insert": "orders", "documents": [{}] }));
    checkout.takk(&["provision", "remove", "mongo", "--env", "dev", "--confirm", "dev"]).done();
    assert!(found().is_err_and(|said| said.contains("Authentication failed")));
    server.has_no_trace_of("shop_dev");
    let log = server.log();
    let order: Vec<&str> = log.lines().filter_map(|line| line.strip_prefix("adm: {'")?.split('\'').next()).collect();
    let out = ["updateUser", "killAllSessions", "dropDatabase", "dropUser"];
    assert!(order.windows(4).any(|commands| commands == out), "the user, who has the mark, goes last: {order:?}");
    assert!(server.databases().contains("shop_test") && server.user("shop_test_1") != Value::Null, "the other is untouched");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
    server.has_no_trace_of("shop_test");
}
