//! "Secrets Across Environments", sentence by sentence, on one PostgreSQL.

use std::fs;

use postgres::{Client, NoTls};

use super::server::{Server, checkout, connect, given, refusal};
use crate::up::project::Checkout;

const ENVIRONMENTS: [&str; 3] = ["dev", "preview/cart", "prod"];

fn get(checkout: &Checkout, name: &str, environment: &str) -> String {
    checkout.takk(&["secrets", "get", name, "--env", environment]).done().trim().to_owned()
}

/// The user, the password and the database of an environment.
fn credentials(checkout: &Checkout, environment: &str) -> (String, String, String) {
    let url = get(checkout, "DATABASE_URL", environment);
    let url = url::Url::parse(&url).expect("a URL");
    let database = url.path().trim_start_matches('/').to_owned();
    (url.username().to_owned(), url.password().expect("a password").to_owned(), database)
}

#[test]
fn secrets_across_environments() {
    let Some(server) = Server::with_tls(17) else { return };
    let checkout = checkout("shop");
    checkout.settings("database_url: PostgresDsn; session_secret: SecretStr; log_level: str; stripe_key: SecretStr");
    let settings = "[project]\nname = \"shop\"\nversion = \"1\"\n\n[tool.takk.environments]\n\
                    dev = { level = \"low-privilege\" }\npreview = { base = \"dev\", level = \"temporary\" }\nprod = { level = \"full\" }\n";
    fs::write(checkout.root().join("pyproject.toml"), settings).expect("written");
    for environment in ["dev", "prod"] {
        let set = ["provision", "admin", "set", "postgres", "--env", environment, "--stdin"];
        given(&checkout, &set, &server.admin_url_with_tls()).done();
    }
    checkout.takk(&["env", "create", "preview/cart", "--ttl", "1h"]).done();

    // "Each deployment environment receives its own credentials."
    let of = ENVIRONMENTS.map(|environment| {
        checkout.takk(&["provision", "--env", environment]).done();
        credentials(&checkout, environment)
    });
    let url = |login: usize, database: usize| {
        let (user, password, _) = &of[login];
        format!("postgresql://{user}:{password}@127.0.0.1:{}/{}", server.port, of[database].2)
    };
    for login in 0..of.len() {
        for database in 0..of.len() {
            let is_own = login == database;
            let connected = Client::connect(&url(login, database), NoTls).is_ok();
            assert_eq!(connected, is_own, "{} in {}", ENVIRONMENTS[login], ENVIRONMENTS[database]);
            assert!(is_own || (of[login].0 != of[database].0 && of[login].1 != of[database].1));
        }
    }

    // "Development and preview environments can use temporary or low-privilege credentials, ..."
    let role = |login: usize, what: &str| {
        server.text(&format!("SELECT ({what})::text FROM pg_roles WHERE rolname = '{}'", of[login].0))
    };
    let (limited, expires) = ("rolconnlimit BETWEEN 1 AND 100", "rolvaliduntil < now() + interval '1 hour'");
    let plain = "NOT (rolsuper OR rolcreatedb OR rolcreaterole)";
    assert_eq!((role(0, limited), role(0, plain)), ("true".to_owned(), "true".to_owned()));
    assert_eq!((role(1, expires), role(1, plain)), ("true".to_owned(), "true".to_owned()));
    assert_ne!(role(0, expires), "true");
    // "... while production receives fully secured values."
    assert!(get(&checkout, "DATABASE_URL", "prod").contains("sslmode=verify-full"));
    let said = refusal(&mut connect(&url(2, 2)), "CREATE TABLE orders ()");
    assert!(said.contains("permission denied"), "{said}");
    connect(&url(0, 0)).batch_execute("CREATE TABLE orders ()").expect("a developer may");
    let removal = ["provision", "remove", "postgres", "--env", "prod", "--confirm", "prod"];
    assert!(checkout.takk(&removal).refused().contains("protected"), "production is not removed by mistake");

    // "When changes move through the release pipeline, you may keep, regenerate, or update the secret values depending on the required
    // security posture."
    for (name, value) in [("SESSION_SECRET", "of-dev-0123456789abcdef"), ("LOG_LEVEL", "info"), ("STRIPE_KEY", "sk_test_1")] {
        given(&checkout, &["secrets", "set", name, "--env", "dev", "--stdin"], value).done();
    }
    checkout.takk(&["secrets", "promote", "--from", "dev", "--to", "prod", "--yes"]);
    assert_eq!(get(&checkout, "LOG_LEVEL", "prod"), "info", "kept");
    let secret = get(&checkout, "SESSION_SECRET", "prod");
    assert!(secret.len() >= 32 && secret != get(&checkout, "SESSION_SECRET", "dev"), "regenerated");
    assert_eq!(checkout.takk(&["secrets", "get", "STRIPE_KEY", "--env", "prod"]).code, 2, "another issues it");
    given(&checkout, &["secrets", "set", "STRIPE_KEY", "--env", "prod", "--stdin"], "sk_live_1").done();
    assert_eq!(
        (get(&checkout, "STRIPE_KEY", "prod"), get(&checkout, "STRIPE_KEY", "dev")),
        ("sk_live_1".into(), "sk_test_1".into())
    );
    assert_eq!(credentials(&checkout, "prod"), of[2], "production keeps its database");
    let answer = checkout.takk(&["status", "--env", "prod"]);
    assert_eq!(answer.code, 0, "{answer:?}");
}
