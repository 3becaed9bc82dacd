//! `--from`: a database that begins with the data of another environment, copied by MariaDB's own programs.

use super::server::{Server, checkout, set_admin};
use crate::up::project::Checkout;

const COPY: [&str; 5] = ["provision", "--env", "test", "--from", "dev"];

fn url(checkout: &Checkout, environment: &str) -> String {
    checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", environment]).done().trim().to_owned()
}

/// Asserts that it has all of the data, and works.
#[track_caller]
fn has_all(server: &Server, url: &str) {
    let all = server.by_url(url, &[], "SELECT COUNT(*), SUM(total), MAX(note) FROM large");
    assert_eq!(all.as_deref().map(str::trim), Ok("3000\t4501500\tDEFINER=`x`@`y` it's"), "{all:?}");
    server.by_url(url, &[], "INSERT INTO orders (total) VALUES (7); CALL emptied()").expect("trigger and routine work");
    assert_eq!(server.by_url(url, &[], "SELECT COUNT(*) FROM large").as_deref().map(str::trim), Ok("0"));
}

#[test]
fn a_database_begins_with_the_data_of_another_environment() {
    let Some(server) = Server::new() else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    set_admin(&checkout, &server, "test");
    checkout.takk(&["provision", "--env", "dev"]).done();
    let dev = url(&checkout, "dev");
    for statement in [
        "CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, total int, note text)",
        "INSERT INTO orders (total) SELECT seq FROM seq_1_to_3000",
        "UPDATE orders SET note = 'DEFINER=`x`@`y` it''s'",
        "CREATE VIEW large AS SELECT * FROM orders WHERE total > 0",
        "CREATE TRIGGER doubled BEFORE INSERT ON orders FOR EACH ROW SET NEW.total = NEW.total * 2",
        "CREATE PROCEDURE emptied() DELETE FROM orders",
    ] {
        server.by_url(&dev, &[], statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    let said = checkout.takk(&COPY).done();
    assert!(said.contains("copying the data of `dev`"), "{said}");
    has_all(&server, &url(&checkout, "test"));
    let said = checkout.takk(&COPY).done();
    assert!(said.contains("began with the data of `dev`: nothing is copied again"), "{said}");
    let remove = ["provision", "remove", "mariadb", "--env", "test", "--confirm", "test"];
    checkout.takk(&remove).done();

    // What an interrupted copy has left is not taken for the whole.
    for point in ["copying:stored", "copied"] {
        checkout.killed_after(&format!("mariadb/default:{point}"), &COPY);
        server.root("CREATE TABLE shop_test.half (id int)");
        let said = checkout.takk(&COPY).done();
        assert!(said.contains("was interrupted, and begins anew"), "{said}");
        let test = url(&checkout, "test");
        assert!(server.by_url(&test, &[], "SELECT * FROM half").is_err(), "{point}");
        has_all(&server, &test);
        checkout.takk(&remove).done();
    }
    checkout.takk(&["provision", "remove", "mariadb", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}
