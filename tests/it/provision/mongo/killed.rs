//! takk is killed after every step. The same command cures it.

use serde_json::json;

use super::server::{Server, checkout, set_admin};

const KEY: &str = "mongo/default";
const STEPS: [&str; 2] = ["user", "login"];
const REMOVE: [&str; 7] = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];

#[test]
fn a_user_is_cured_after_every_step() {
    let server = Server::new();
    // What is written down after a step and before the next begins makes no other state on the server.
    let written = STEPS.iter().map(|step| format!("{KEY}:{step}"));
    let points = [format!("{KEY}:reserved")].into_iter().chain(written).chain([format!("{KEY}:live")]);
    for (number, point) in points.enumerate() {
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        checkout.killed_after(&point, &["provision", "--env", "dev"]);
        let first = checkout.servers().first().map(|server| server["credential"].clone());
        checkout.takk(&["provision", "--env", "dev"]).done();
        let servers = checkout.servers();
        assert_eq!((servers.len(), &servers[0]["generation"], &servers[0]["state"]), (1, &1.into(), &"live".into()), "{point}");
        assert_eq!(Some(&servers[0]["credential"]), first.as_ref(), "{point}: other credentials than were stored first");
        let inserted = server.pymongo(&checkout.value("MONGO_URL"), "bool(client.shop_dev.orders.insert_one({}))");
        assert_eq!(inserted, Ok(json!(true)), "{point}");
        // And on the way out.
        let out = [format!("{KEY}:retiring"), format!("{KEY}:removed")];
        checkout.killed_after(&out[number % 2], &REMOVE);
        checkout.takk(&REMOVE).done();
        assert!(checkout.servers().is_empty(), "{point}");
        server.has_no_trace_of("shop_dev");
    }

    // Or somebody else has done a part of it.
    for (database, part) in [
        ("admin", json!({ "updateUser": "shop_dev_1", "roles": [] })),
        ("shop_dev", json!({ "dropDatabase": 1 })),
        ("admin", json!({ "dropUser": "shop_dev_1" })),
    ] {
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        checkout.takk(&["provision", "--env", "dev"]).done();
        server.root(database, &part);
        checkout.takk(&REMOVE).done();
        server.has_no_trace_of("shop_dev");
    }
}
