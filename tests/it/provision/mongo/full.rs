//! The level `full`: TLS, a login for the program, and one for migrations.

use serde_json::json;

use super::server::{ADMIN, Server, checkout, set};

#[test]
fn production_has_a_login_for_migrations() {
    let server = Server::with_tls();
    let checkout = checkout("shop");
    let without_ca = server.admin_url().split("&tlsCAFile").next().expect("text").to_owned();
    let refused = set(&checkout, "prod", &without_ca).refused();
    assert!(refused.contains("TLS: ") && refused.contains("tlsCAFile=/path/to/ca.pem"), "{refused}");
    // A server with TLS does not answer without it.
    let plain = server.admin_url().split('?').next().expect("text").to_owned();
    assert!(!set(&checkout, "prod", &plain).refused().contains(ADMIN));
    set(&checkout, "prod", &server.admin_url()).done();
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();
    let url = checkout.takk(&["secrets", "get", "MONGO_URL", "--env", "prod"]).done().trim().to_owned();
    assert!(
        url.starts_with("mongodb://shop_prod_1:") && url.contains("/shop_prod?authSource=admin&tls=true&tlsCAFile="),
        "{url}"
    );
    let migrations = checkout.takk(&["run", "--migrations", "--env", "prod", "--", "printenv", "MONGO_URL"]).done();
    let migrations = migrations.trim();
    assert!(migrations.starts_with("mongodb://shop_prod_migrate_1:"));
    let change = "client.shop_prod.command('collMod', 'orders', validator={})";
    assert_eq!(server.pymongo(&url, "bool(client.shop_prod.orders.insert_one({}))"), Ok(json!(true)));
    assert!(server.pymongo(&url, change).is_err_and(|said| said.contains("not authorized")));
    assert_eq!(server.pymongo(migrations, change), Ok(json!({ "ok": 1.0 })));

    // Somebody grants the program more: that is found, and taken back.
    let wide = json!([{ "role": "readWrite", "db": "shop_prod" }, { "role": "dbAdmin", "db": "shop_prod" }]);
    server.root("admin", &json!({ "updateUser": "shop_prod_1", "roles": wide }));
    assert_ne!(checkout.takk(&["status", "--env", "prod"]).code, 0);
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();
    assert!(server.pymongo(&url, change).is_err());

    let remove = ["provision", "remove", "mongo", "--env", "prod", "--confirm", "prod"];
    assert!(checkout.takk(&remove).refused().contains("takk provision unprotect"));
    checkout.takk(&["provision", "unprotect", "mongo", "--env", "prod"]).done();
    checkout.takk(&remove).done();
    server.has_no_trace_of("shop_prod");
}
