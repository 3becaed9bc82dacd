//! Admin addresses: what is refused before it is stored.

use super::super::server::given;
use super::server::{ADMIN, RIGHTS, Server, checkout, set_admin};
use crate::up::project::Checkout;

/// That an address is refused in these words, without its password, and that it is not stored.
#[track_caller]
fn is_refused(checkout: &Checkout, environment: &str, address: &str, words: &[&str]) {
    let answer = given(checkout, &["provision", "admin", "set", "mariadb", "--env", environment, "--stdin"], address);
    let said = format!("{}{}", answer.out, answer.err);
    assert_eq!(answer.code, 2, "{said}");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains(ADMIN) && !said.contains("s3cret"), "{said}");
    let listed = checkout.takk(&["provision", "admin", "list", "--env", environment]).done();
    assert!(listed.contains("has no admin address"), "{listed}");
}

#[test]
fn what_cannot_create_anything_is_refused() {
    let Some(mut server) = Server::new() else { return };
    let checkout = checkout("shop");
    let good = server.admin_url();
    server.root("CREATE USER weak IDENTIFIED BY 's3cret'");
    server.root("CREATE USER half IDENTIFIED BY 's3cret'");
    server.root(&RIGHTS[1].replace("'adm'", "'half'"));
    let at = |user: &str| format!("mysql://{user}:s3cret@127.0.0.1:{}", server.port);
    is_refused(
        &checkout,
        "dev",
        &at("weak"),
        &[
            "lacks CREATE USER and PROCESS and CONNECTION ADMIN and the right to grant SELECT, INSERT",
            "TO 'weak'@'%' WITH GRANT OPTION",
        ],
    );
    let granted = RIGHTS[0].replace("'adm'", "'half'");
    is_refused(&checkout, "dev", &at("half"), &["lacks CREATE USER and PROCESS and CONNECTION ADMIN", &granted]);
    is_refused(&checkout, "dev", &at("adm"), &["Access denied", "anonymous user"]);
    is_refused(&checkout, "dev", &format!("{good}/?ssl-mode=REQUIRED"), &["does not offer TLS", "ssl_cert"]);
    is_refused(&checkout, "dev", &format!("{good}/?ssl-mode=VERIFY_CA&ssl-ca=/nowhere.pem"), &["/nowhere.pem"]);
    is_refused(&checkout, "prod", &good, &["level `full`", "does not require TLS", "?ssl-mode=VERIFY_IDENTITY"]);
    is_refused(&checkout, "dev", "mysql://adm:s3cret@127.0.0.1:1", &["no answer", "check host and port"]);
    is_refused(&checkout, "dev", "postgresql://adm:s3cret@127.0.0.1/x", &["`postgresql` is neither `mysql` nor `mariadb`"]);
    is_refused(&checkout, "dev", "s3cret", &["it is not a URL"]);
    is_refused(&checkout, "dev", "mysql://127.0.0.1", &["names no user"]);
    is_refused(&checkout, "dev", "mysql://adm:s3cret@127.0.0.1/?charset=s3cret", &["takk knows `ssl-mode` and `ssl-ca`"]);
    // The statement that is named is enough.
    server.root(&granted);
    given(&checkout, &["provision", "admin", "set", "mariadb", "--env", "test", "--stdin"], &at("half")).done();

    server.stop();
    server.start(&["--read-only"]);
    is_refused(&checkout, "dev", &good, &["it is read-only", "use the primary"]);
    server.stop();
    server.start(&["--server-id=2"]);
    server.root("CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'x'");
    server.root("START SLAVE");
    is_refused(&checkout, "dev", &good, &["it replicates another server", "use the primary"]);
}

#[test]
fn a_superuser_is_accepted_with_a_warning() {
    let Some(server) = Server::new() else { return };
    let checkout = checkout("shop");
    server.root("GRANT ALL PRIVILEGES ON *.* TO 'adm'@'%' WITH GRANT OPTION");
    let said = set_admin(&checkout, &server, "dev");
    assert!(said.contains("adm@% has the rights SUPER, FILE"), "{said}");
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    checkout.takk(&["provision", "remove", "mariadb", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}

#[test]
fn an_anonymous_user_is_named_as_the_reason() {
    let Some(server) = Server::new() else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    server.root("CREATE USER ''@'localhost' IDENTIFIED BY 'nobody-knows'");
    server.root("RENAME USER 'adm'@'%' TO 'adm'@'localhost'");
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("DROP USER ''@'localhost'"), "{answer:?}");
    server.root("DROP USER ''@'localhost'");
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    checkout.takk(&["provision", "remove", "mariadb", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}
