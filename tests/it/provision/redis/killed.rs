//! takk is killed after every step, or the server is restarted in between. The same command cures it.

use super::server::{Keeps, Server, checkout, set_admin};

const KEY: &str = "redis/default";
const STEPS: [&str; 4] = ["mark", "user", "saved", "login"];
const REMOVE: [&str; 7] = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];

fn is_cured(keeps: Keeps) {
    let Some(mut server) = Server::new(keeps) else { return };
    let written = STEPS.iter().flat_map(|step| [format!("{KEY}:{step}"), format!("{KEY}:{step}:stored")]);
    let points = [format!("{KEY}:reserved")].into_iter().chain(written).chain([format!("{KEY}:live")]);
    for (number, point) in points.enumerate() {
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        checkout.killed_after(&point, &["provision", "--env", "dev"]);
        let first = checkout.servers().first().map(|server| server["credential"].clone());
        if number % 4 == 1 {
            server.stop();
            assert_eq!(checkout.takk(&["provision", "--env", "dev"]).code, 1, "{point}");
            server.start(&[]);
        }
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        let servers = checkout.servers();
        assert_eq!((servers.len(), &servers[0]["generation"], &servers[0]["state"]), (1, &1.into(), &"live".into()), "{point}");
        assert_eq!(Some(&servers[0]["credential"]), first.as_ref(), "{point}: other credentials");
        assert_eq!(server.root(&["ACL", "LIST"]).matches("user shop").count(), 1, "{point}");
        let url = checkout.value("REDIS_URL");
        server.by_url(&url, &["SET", "shop_dev:a", "1"]).unwrap_or_else(|said| panic!("{point}: {said}"));
        // And on the way out.
        let out = [format!("{KEY}:retiring"), format!("{KEY}:removed")];
        checkout.killed_after(&out[number % 2], &REMOVE);
        checkout.takk(&REMOVE).done();
        assert!(checkout.servers().is_empty(), "{point}");
        server.has_no_trace_of("shop");
    }
}

#[test]
fn it_is_cured_after_every_step() {
    is_cured(Keeps::AclFile);
}

#[test]
fn so_it_is_where_a_restart_forgets_the_user() {
    is_cured(Keeps::Nowhere);
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let Some(server) = Server::new(Keeps::AclFile) else { return };
    for gone in [
        &[&["DEL", "takk:owner:shop_dev"][..]][..],
        &[&["ACL", "DELUSER", "shop_dev"]],
        &[&["DEL", "takk:owner:shop_dev"], &["ACL", "DELUSER", "shop_dev"]],
    ] {
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        checkout.takk(&["provision", "--env", "dev"]).done();
        server.by_url(&checkout.value("REDIS_URL"), &["SET", "shop_dev:a", "1"]).expect("it may");
        for command in gone {
            server.root(command);
        }
        checkout.takk(&REMOVE).done();
        server.has_no_trace_of("shop");
    }
}
