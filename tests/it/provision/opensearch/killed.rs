//! takk is killed after every step. The same command cures it.

use super::cluster::{Cluster, checkout, set_admin};

const KEY: &str = "opensearch/default";
const STEPS: [&str; 4] = ["role", "user", "mapping", "login"];
const REMOVE: [&str; 7] = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];

#[test]
fn a_user_is_cured_after_every_step() {
    let cluster = Cluster::new();
    let written = STEPS.iter().flat_map(|step| [format!("{KEY}:{step}"), format!("{KEY}:{step}:stored")]);
    let points = [format!("{KEY}:reserved")].into_iter().chain(written).chain([format!("{KEY}:live")]);
    for (number, point) in points.enumerate() {
        let checkout = checkout("shop");
        set_admin(&checkout, &cluster, "dev");
        checkout.killed_after(&point, &["provision", "--env", "dev"]);
        let first = checkout.servers().first().map(|server| server["credential"].clone());
        checkout.takk(&["provision", "--env", "dev"]).done();
        let servers = checkout.servers();
        assert_eq!((servers.len(), &servers[0]["generation"], &servers[0]["state"]), (1, &1.into(), &"live".into()), "{point}");
        assert_eq!(Some(&servers[0]["credential"]), first.as_ref(), "{point}: other credentials than were stored first");
        assert_eq!(cluster.state().passwords["shop_dev_1"], checkout.value("OPENSEARCH_PASSWORD"), "{point}");
        assert_eq!(cluster.state().named.len(), 3, "{point}: a user, a role and a mapping");
        // And on the way out.
        cluster.state().indices.insert("shop_dev-orders".to_owned());
        let out = [format!("{KEY}:retiring"), format!("{KEY}:removed")];
        checkout.killed_after(&out[number % 2], &REMOVE);
        checkout.takk(&REMOVE).done();
        assert!(checkout.servers().is_empty(), "{point}");
        cluster.has_no_trace_of("shop_dev");
    }

    // Or somebody else has removed a part of it.
    for (kind, name) in [("internalusers", "shop_dev_1"), ("rolesmapping", "shop_dev"), ("roles", "shop_dev")] {
        let checkout = checkout("shop");
        set_admin(&checkout, &cluster, "dev");
        checkout.takk(&["provision", "--env", "dev"]).done();
        cluster.delete(kind, name);
        checkout.takk(&REMOVE).done();
        cluster.has_no_trace_of("shop_dev");
    }
}
