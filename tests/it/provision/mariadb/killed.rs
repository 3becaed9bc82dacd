//! takk is killed after every step, or the server is restarted in between. The same command cures it.

use super::server::{Server, checkout, set_admin};
use crate::up::project::Checkout;

const KEY: &str = "mariadb/default";
const STEPS: [&str; 4] = ["database", "users", "rights", "login"];
const REMOVE: [&str; 7] = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];

/// One database, one login with what was stored first.
#[track_caller]
fn is_whole(checkout: &Checkout, server: &Server, point: &str) {
    checkout.is_ready();
    let servers = checkout.servers();
    assert_eq!((servers.len(), &servers[0]["generation"], &servers[0]["state"]), (1, &1.into(), &"live".into()), "{point}");
    assert_eq!(server.root("SELECT COUNT(*) FROM mysql.global_priv WHERE User LIKE 'shop%'"), "1", "{point}");
    let ours = "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_COMMENT LIKE 'takk {%'";
    assert_eq!(server.root(ours), "1", "{point}");
    let url = checkout.value("DATABASE_URL");
    server.by_url(&url, &[], "CREATE TABLE IF NOT EXISTS a (b int)").unwrap_or_else(|said| panic!("{point}: {said}"));
}

#[test]
fn it_is_cured_after_every_step() {
    let Some(mut server) = Server::new() else { return };
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
        is_whole(&checkout, &server, &point);
        assert_eq!(Some(&checkout.servers()[0]["credential"]), first.as_ref(), "{point}: other credentials");
        // And on the way out.
        let out = [format!("{KEY}:retiring"), format!("{KEY}:removed")];
        checkout.killed_after(&out[number % 2], &REMOVE);
        checkout.takk(&REMOVE).done();
        assert!(checkout.servers().is_empty(), "{point}");
        server.has_no_trace_of("shop");
    }
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let Some(server) = Server::new() else { return };
    let gone = [
        &["DROP DATABASE shop_dev"][..],
        &["DROP USER shop_dev_1"],
        &["DROP DATABASE shop_dev", "ALTER USER shop_dev_1 ACCOUNT LOCK"],
    ];
    for statements in gone {
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        checkout.takk(&["provision", "--env", "dev"]).done();
        for statement in statements {
            server.root(statement);
        }
        checkout.takk(&REMOVE).done();
        server.has_no_trace_of("shop");
    }
}

#[test]
fn who_may_no_longer_end_sessions_is_told_so() {
    let Some(server) = Server::new() else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    server.root("REVOKE CONNECTION ADMIN ON *.* FROM 'adm'@'%'");
    let refused = checkout.takk(&REMOVE).refused();
    assert!(refused.contains("GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO 'adm'@'%'"), "{refused}");
    checkout.is_ready();
    server.root("GRANT CONNECTION ADMIN ON *.* TO 'adm'@'%'");
    checkout.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
}
