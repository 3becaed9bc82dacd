//! The level `full`: TLS, a login that cannot change the schema, and one that can.

use serde_json::json;

use super::super::server::login;
use super::server::{Server, checkout, set};

#[test]
fn the_program_of_production_cannot_change_the_schema() {
    let server = Server::with_tls();
    let checkout = checkout("shop");
    let without_ca = server.admin_url().split('?').next().expect("text").to_owned();
    let refused = set(&checkout, "prod", &without_ca).refused();
    assert!(refused.contains("TLS does not fit") && refused.contains("cacertfile"), "{refused}");
    set(&checkout, "prod", &format!("{}&native=19440", server.admin_url())).done();
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();
    let url = checkout.takk(&["secrets", "get", "CLICKHOUSE_URL", "--env", "prod"]).done().trim().to_owned();
    assert!(url.ends_with("@localhost:19440/shop_prod?secure=true"), "{url}");
    let (user, password) = login(&url);
    let migrations = checkout.takk(&["run", "--migrations", "--env", "prod", "--", "printenv", "CLICKHOUSE_URL"]).done();
    let (migrator, of_migrator) = login(migrations.trim());
    assert_eq!((user.as_str(), migrator.as_str()), ("shop_prod_1", "shop_prod_migrate_1"));
    let create = "CREATE TABLE shop_prod.orders (id Int8) ENGINE = MergeTree ORDER BY id";
    assert!(server.ask(&user, &password, create).contains("ACCESS_DENIED"));
    assert_eq!(server.ask(&migrator, &of_migrator, create), "");
    let ask = |query: &str| server.ask(&user, &password, query);
    for allowed in ["INSERT INTO shop_prod.orders VALUES (1)", "ALTER TABLE shop_prod.orders DELETE WHERE id = 2"] {
        assert_eq!(ask(allowed), "", "{allowed}");
    }
    assert_eq!(ask("SELECT id FROM shop_prod.orders").trim(), "1");
    for forbidden in [
        "ALTER TABLE shop_prod.orders ADD COLUMN name String",
        "DROP TABLE shop_prod.orders",
        "TRUNCATE TABLE shop_prod.orders",
        "CREATE VIEW shop_prod.all AS SELECT 1",
    ] {
        assert!(ask(forbidden).contains("ACCESS_DENIED"), "{forbidden}");
    }

    // Somebody grants it more: that is found, and taken back.
    let mut wider = server.user("shop_prod_1");
    wider["grants"].as_array_mut().expect("grants").push("GRANT CREATE TABLE ON shop_prod.*".into());
    server.users(&json!({ "shop_prod_1": wider }));
    assert_ne!(checkout.takk(&["status", "--env", "prod"]).code, 0);
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();
    assert!(ask("CREATE TABLE shop_prod.a (id Int8) ENGINE = Memory").contains("ACCESS_DENIED"));

    let remove = ["provision", "remove", "clickhouse", "--env", "prod", "--confirm", "prod"];
    assert!(checkout.takk(&remove).refused().contains("takk provision unprotect"));
    checkout.takk(&["provision", "unprotect", "clickhouse", "--env", "prod"]).done();
    checkout.takk(&remove).done();
    server.has_no_trace_of("shop");
}
