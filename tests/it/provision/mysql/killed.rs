//! takk is killed after every step, or the server is restarted in between. The same command cures it.

use super::super::cure::Cure;
use super::super::mariadb::server::Server;
use super::{checkout, server, set_admin};
use crate::up::project::Checkout;

const KEY: &str = "mysql/default";

const CURE: Cure<'_, Server> = Cure {
    key: KEY,
    steps: &["users", "database", "rights", "login"],
    checkout,
    set_admin: |checkout, server| {
        set_admin(checkout, server, "dev");
    },
    restart: Some((|server| server.stop(), |server| server.start(&[]))),
    is_whole,
    is_gone: |server| server.has_no_trace_of("shop"),
};

/// One database, whose user has the mark and can use it.
#[track_caller]
fn is_whole(checkout: &Checkout, server: &Server, point: &str) {
    let ours = "SELECT COUNT(*) FROM information_schema.USER_ATTRIBUTES WHERE USER LIKE 'shop%' AND ATTRIBUTE LIKE '%takk {%'";
    assert_eq!(server.root(ours), "1", "{point}");
    assert_eq!(server.root("SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'shop%'"), "1", "{point}");
    let url = checkout.value("DATABASE_URL");
    server.by_url(&url, &[], "CREATE TABLE IF NOT EXISTS a (b int)").unwrap_or_else(|said| panic!("{point}: {said}"));
}

#[test]
fn it_is_cured_after_every_step() {
    let Some(mut server) = server() else { return };
    CURE.after_every_step(&mut server);
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let Some(mut server) = server() else { return };
    let parts = [&["DROP DATABASE shop_dev"][..], &["DROP DATABASE shop_dev", "ALTER USER shop_dev_1 ACCOUNT LOCK"]];
    CURE.with_half_of_it_gone(&mut server, &parts, |server, _, part| {
        for statement in *part {
            server.root(statement);
        }
    });
    // Without its user, nothing says whose the database is.
    let checkout = checkout();
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    let remove = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];
    server.root("DROP USER shop_dev_1");
    let refused = checkout.takk(&remove).refused();
    assert!(refused.contains("its database") && refused.contains("--adopt"), "{refused}");
    checkout.takk(&["provision", KEY, "--adopt", "--env", "dev"]).done();
    checkout.is_ready();
    checkout.takk(&remove).done();
    server.has_no_trace_of("shop");
}
