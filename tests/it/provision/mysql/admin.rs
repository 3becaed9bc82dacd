//! Admin addresses: what is refused before it is stored.

use super::super::mariadb::server::ADMIN;
use super::super::server::given;
use super::{checkout, server, set_admin};
use crate::up::project::Checkout;

#[track_caller]
fn is_refused(checkout: &Checkout, address: &str, words: &[&str]) {
    let answer = given(checkout, &["provision", "admin", "set", "mysql", "--env", "dev", "--stdin"], address);
    let said = format!("{}{}", answer.out, answer.err);
    assert!(answer.code == 2 && !said.contains(ADMIN) && !said.contains("s3cret"), "{said}");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[test]
fn what_cannot_create_anything_is_refused() {
    let Some(mut server) = server() else { return };
    let checkout = checkout();
    let good = server.admin_url();
    server.root("CREATE USER weak IDENTIFIED BY 's3cret'");
    let weak = format!("mysql://weak:s3cret@127.0.0.1:{}", server.port);
    let lacks = "lacks CREATE USER and PROCESS and CONNECTION_ADMIN and the right to grant SELECT, INSERT";
    let grant = "GRANT CREATE USER, PROCESS, CONNECTION_ADMIN ON *.* TO 'weak'@'%'";
    is_refused(&checkout, &weak, &[lacks, grant, "TO 'weak'@'%' WITH GRANT OPTION"]);
    is_refused(&checkout, &weak.replace("s3cret", "wrong"), &["Access denied"]);
    is_refused(&checkout, &format!("{good}/?ssl-mode=VERIFY_CA"), &["does not trust the certificate"]);
    server.stop();
    server.start(&["--read-only"]);
    is_refused(&checkout, &good, &["it is read-only", "use the primary"]);
    server.stop();
    server.start(&["--server-id=2"]);
    server.root("CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1, SOURCE_USER = 'x'");
    server.root("START REPLICA");
    is_refused(&checkout, &good, &["it replicates another server", "use the primary"]);
}

#[test]
fn a_superuser_is_accepted_with_a_warning_and_another_product_with_a_note() {
    let Some(server) = server() else { return };
    let checkout = checkout();
    server.root("GRANT ALL PRIVILEGES ON *.* TO 'adm'@'%' WITH GRANT OPTION");
    let said = set_admin(&checkout, &server, "dev");
    assert!(said.contains("adm@% has the rights SUPER, FILE"), "{said}");
    checkout.settings("database_url: MariaDBDsn");
    given(&checkout, &["provision", "admin", "set", "mariadb", "--env", "dev", "--stdin"], &server.admin_url()).done();
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert!(
        answer.code == 0 && answer.err.contains("the server is MySQL") && answer.err.contains("asks for MariaDB"),
        "{answer:?}"
    );
    checkout.is_ready();
    checkout.takk(&["provision", "remove", "mariadb", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}
