//! takk is killed after every step, or the server is restarted in between. The same command cures it.

use super::super::cure::Cure;
use super::server::{Server, checkout, set_admin};
use crate::up::project::Checkout;

const KEY: &str = "mariadb/default";
const REMOVE: [&str; 7] = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];

const CURE: Cure<'_, Server> = Cure {
    key: KEY,
    steps: &["database", "users", "rights", "login"],
    checkout: || checkout("shop"),
    set_admin: |checkout, server| {
        set_admin(checkout, server, "dev");
    },
    restart: Some((|server| server.stop(), |server| server.start(&[]))),
    is_whole,
    is_gone: |server| server.has_no_trace_of("shop"),
};

/// One database, which its login can use.
#[track_caller]
fn is_whole(checkout: &Checkout, server: &Server, point: &str) {
    assert_eq!(server.root("SELECT COUNT(*) FROM mysql.user WHERE User LIKE 'shop%'"), "1", "{point}");
    let ours = "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_COMMENT LIKE 'takk {%'";
    assert_eq!(server.root(ours), "1", "{point}");
    let url = checkout.value("DATABASE_URL");
    server.by_url(&url, &[], "CREATE TABLE IF NOT EXISTS a (b int)").unwrap_or_else(|said| panic!("{point}: {said}"));
}

#[test]
fn it_is_cured_after_every_step() {
    let Some(mut server) = Server::new() else { return };
    CURE.after_every_step(&mut server);
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let Some(mut server) = Server::new() else { return };
    let parts = [
        &["DROP DATABASE shop_dev"][..],
        &["DROP USER shop_dev_1"],
        &["DROP DATABASE shop_dev", "ALTER USER shop_dev_1 ACCOUNT LOCK"],
    ];
    CURE.with_half_of_it_gone(&mut server, &parts, |server, _, part| {
        for statement in *part {
            server.root(statement);
        }
    });
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
