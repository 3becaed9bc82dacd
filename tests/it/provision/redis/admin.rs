//! Admin addresses: what is refused before it is stored.

use super::super::server::given;
use super::server::{ADMIN, Keeps, RULES, Server, checkout};
use crate::ports::free_port;
use crate::up::project::Checkout;

/// That an address is refused in these words, without its password, and that it is not stored.
#[track_caller]
fn is_refused(checkout: &Checkout, environment: &str, address: &str, words: &[&str]) {
    let answer = given(checkout, &["provision", "admin", "set", "redis", "--env", environment, "--stdin"], address);
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
    let Some(mut server) = Server::new(Keeps::AclFile) else { return };
    let checkout = checkout("shop");
    let good = server.admin_url();
    server.root(&["ACL", "SETUSER", "weak", "on", ">s3cret", "~*", "+@read", "+info"]);
    let half: Vec<&str> = RULES.split(' ').filter(|rule| !matches!(*rule, "+unlink" | "+client")).collect();
    server.root(&[&["ACL", "SETUSER", "half", "on", ">s3cret"][..], &half].concat());
    server.root(&["ACL", "SAVE"]);
    let at = |user: &str| format!("redis://{user}:s3cret@127.0.0.1:{}", server.port);
    is_refused(&checkout, "dev", &at("weak"), &["lacks +acl", &format!("ACL SETUSER weak {RULES}")]);
    is_refused(&checkout, "dev", &at("half"), &["lacks +client +unlink", &format!("ACL SETUSER half {RULES}")]);
    is_refused(&checkout, "dev", &at("adm"), &["WRONGPASS", "check user and password"]);
    is_refused(&checkout, "dev", &format!("redis://127.0.0.1:{}", server.port), &["NOAUTH", "check user and password"]);
    is_refused(&checkout, "prod", &good, &["level `full`", "does not require TLS", "rediss://"]);
    is_refused(&checkout, "dev", "redis://adm:s3cret@127.0.0.1:1", &["no answer", "check host and port"]);
    is_refused(&checkout, "dev", "rediss://adm:s3cret@b/?ssl_ca_certs=/nowhere.pem", &["/nowhere.pem"]);
    is_refused(&checkout, "dev", "mysql://adm:s3cret@127.0.0.1", &["`mysql` is neither `redis` nor `rediss`"]);
    is_refused(&checkout, "dev", "s3cret", &["it is not a URL"]);
    // The rules that are named are enough.
    let fixed: Vec<&str> = RULES.split(' ').collect();
    server.root(&[&["ACL", "SETUSER", "half"][..], &fixed].concat());
    given(&checkout, &["provision", "admin", "set", "redis", "--env", "test", "--stdin"], &at("half")).done();

    server.stop();
    server.start(&["--replicaof", "127.0.0.1", "1"]);
    is_refused(&checkout, "dev", &good, &["it is a replica", "use the primary"]);
    server.stop();
    let bus = free_port().to_string();
    server.start(&["--cluster-enabled", "yes", "--cluster-port", &bus]);
    is_refused(&checkout, "dev", &good, &["it runs as cluster"]);
}

#[test]
fn a_user_of_everything_is_accepted_with_a_warning() {
    let Some(server) = Server::new(Keeps::AclFile) else { return };
    let checkout = checkout("shop");
    server.root(&["ACL", "SETUSER", "adm", "+@all"]);
    let set = ["provision", "admin", "set", "redis", "--env", "dev", "--stdin"];
    let said = given(&checkout, &set, &server.admin_url()).done();
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("adm may do everything") && words.contains(RULES), "{said}");
    server.root(&["ACL", "SETUSER", "default", "nopass"]);
    let said = given(&checkout, &set, &server.admin_url()).done();
    assert!(said.contains("the user default has no password"), "{said}");
}
