//! The same story told to the database engine of `OpenBao` and to takk: a login owns a table and has an open session when its
//! environment ends. The table in docs/provision/postgres.md records what happens.

use serde_json::{Value, json};

use super::server::{ADMIN, SUPERUSER, Server, checkout, connect, set_admin};
use crate::backends::servers::openbao;
use takk_model::percent::encoded;

/// The login owns a table, and stays in a session.
fn begin(url: &str) -> postgres::Client {
    let mut client = connect(url);
    client.batch_execute("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)").expect("it may create tables");
    client
}

#[test]
fn a_login_that_owns_a_table_ends_with_takk_and_not_with_openbao() {
    let Some(server) = Server::new(17) else { return };
    server.run("CREATE DATABASE bao OWNER adm");
    let bao = openbao();
    let health = bao.asked("GET", "sys/health", &Value::Null).expect("it answers").1;
    assert_eq!(health["version"], "2.7.2", "the version in docs/provision/postgres.md");
    bao.bao("POST", "sys/mounts/database", &json!({ "type": "database" }));
    let url = format!("postgresql://{{{{username}}}}:{{{{password}}}}@127.0.0.1:{}/bao?sslmode=disable", server.port);
    let plugin = "postgresql-database-plugin";
    let creation = "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'; \
                    GRANT ALL ON SCHEMA public TO \"{{name}}\"";
    // An admin with the least rights, and one who may do everything.
    for (admin, secret, code) in [("adm", ADMIN, "42501"), ("postgres", SUPERUSER, "2BP01")] {
        let config = json!({ "plugin_name": plugin, "allowed_roles": "app", "connection_url": url, "username": admin, "password": secret });
        bao.bao("POST", "database/config/shop", &config);
        let role = json!({ "db_name": "shop", "creation_statements": [creation], "default_ttl": "1h" });
        bao.bao("POST", "database/roles/app", &role);
        let made = bao.bao("GET", "database/creds/app", &Value::Null);
        let part = |name: &str| made["data"][name].as_str().expect("a credential").to_owned();
        let (user, password) = (part("username"), part("password"));
        let mut session = begin(&format!("postgresql://{user}:{}@127.0.0.1:{}/bao", encoded(&password), server.port));

        let revoked = bao.asked("POST", "sys/leases/revoke", &json!({ "lease_id": made["lease_id"], "sync": true }));
        let (status, answer) = revoked.expect("it answers");
        assert!(status >= 400 && answer.to_string().contains(code), "{admin}: {status} {answer}");
        assert_eq!(server.count(&format!("pg_roles WHERE rolname = '{user}'")), 1, "{admin}: the role stays");
        // A superuser has taken the rights to its own table away, but not the ownership.
        let writes = session.batch_execute("INSERT INTO orders VALUES (2)");
        assert_eq!(writes.is_ok(), admin == "adm", "{admin}: {writes:?}");
        session.batch_execute("DROP TABLE orders").expect("the session goes on, and owns the table");
    }

    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    let mut session = begin(&checkout.value("DATABASE_URL"));
    checkout.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"]).done();
    assert!(session.batch_execute("INSERT INTO orders VALUES (2)").is_err(), "the session is ended");
    server.has_no_trace_of("shop");
}
