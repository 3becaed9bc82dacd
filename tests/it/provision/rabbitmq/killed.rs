//! takk is killed after every step. The same command cures it.

use super::broker::{Broker, checkout, program, set_admin};

const KEY: &str = "amqp/default";
const STEPS: [&str; 4] = ["vhost", "user", "permissions", "login"];

#[test]
fn a_virtual_host_is_cured_after_every_step() {
    let Some(broker) = Broker::new() else { return };
    let written = STEPS.iter().flat_map(|step| [format!("{KEY}:{step}"), format!("{KEY}:{step}:stored")]);
    let points = [format!("{KEY}:reserved")].into_iter().chain(written).chain([format!("{KEY}:live")]);
    for (number, point) in points.enumerate() {
        let checkout = checkout("shop");
        set_admin(&checkout, &broker, "dev");
        checkout.killed_after(&point, &["provision", "--env", "dev"]);
        let first = checkout.servers().first().map(|server| server["credential"].clone());
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        let servers = checkout.servers();
        assert_eq!((servers.len(), &servers[0]["generation"], &servers[0]["state"]), (1, &1.into(), &"live".into()), "{point}");
        assert_eq!(Some(&servers[0]["credential"]), first.as_ref(), "{point}: other credentials than were stored first");
        let of_shop = |what: &str| broker.names(what).iter().filter(|name| name.starts_with("shop")).count();
        assert_eq!((of_shop("vhosts"), of_shop("users")), (1, 1), "{point}");
        let said = program(&checkout.value("BROKER"), None, "channel.queue_declare('a'); print('declared')");
        assert!(said.contains("declared"), "{point}: {said}");
        // And on the way out.
        let out = [format!("{KEY}:retiring"), format!("{KEY}:removed")];
        let remove = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];
        checkout.killed_after(&out[number % 2], &remove);
        checkout.takk(&remove).done();
        assert!(checkout.servers().is_empty(), "{point}");
        broker.has_no_trace_of("shop");
    }
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let Some(broker) = Broker::new() else { return };
    for gone in [&["vhosts/shop_dev"][..], &["users/shop_dev_1"], &["vhosts/shop_dev", "users/shop_dev_1"]] {
        let checkout = checkout("shop");
        set_admin(&checkout, &broker, "dev");
        checkout.takk(&["provision", "--env", "dev"]).done();
        for path in gone {
            broker.api("DELETE", path, "");
        }
        checkout.takk(&["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"]).done();
        broker.has_no_trace_of("shop");
    }
}
