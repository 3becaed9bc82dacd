//! TLS to PostgreSQL: every `sslmode` against a server with a matching certificate, with another one, and with none. It needs `openssl`,
//! which Debian's package of the server depends on.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postgres::{Client, NoTls};
use takk_vault::store::{Postgres, Store};

use super::cluster::Cluster;

/// A self-signed certificate for a name.
fn certificate(directory: &Path, label: &str, name: &str) -> PathBuf {
    let file = |end: &str| directory.join(format!("{label}.{end}"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=test", "-addext", &format!("subjectAltName={name}")])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(file("key"))
        .arg("-out")
        .arg(file("pem"))
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl runs").success());
    // The server only accepts a key that no other user can read.
    fs::set_permissions(file("key"), PermissionsExt::from_mode(0o600)).expect("permitted");
    let _ = Command::new("chown").arg("postgres").arg(file("key")).stderr(Stdio::null()).status();
    file("pem")
}

/// Whether the connection to the database uses TLS; otherwise why it failed.
fn is_over_tls(cluster: &Cluster, host: &str, parameters: &str) -> Result<bool, String> {
    let url = format!("postgresql://takk@{host}:{}/postgres?application_name=seen&{parameters}", cluster.port);
    let store = Postgres::open(&url).map_err(|error| {
        let explained = takk_project::platform::explained_of_database(error.into(), "the database");
        let causes = std::iter::successors(std::error::Error::source(&explained), |error| error.source());
        let causes: Vec<String> = causes.map(ToString::to_string).collect();
        format!("{explained}; {}; {}", causes.join(": "), explained.hints.join("; "))
    })?;
    let mut client = Client::connect(&cluster.url("postgres"), NoTls).expect("it answers");
    let query = "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'seen'";
    let is_over_tls = client.query_one(query, &[]).expect("one connection").get(0);
    assert!(store.schema().expect("it works") > 0);
    Ok(is_over_tls)
}

#[track_caller]
fn assert_refused(outcome: Result<bool, String>, words: &[&str]) {
    let said = outcome.expect_err("it is refused");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[test]
fn a_certificate_must_fit_where_it_is_asked_for() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o755)).expect("permitted");
    if super::cluster::binaries().is_none() {
        eprintln!("skipped: PostgreSQL is not installed (apt-get install postgresql)");
        return;
    }
    let fitting = certificate(directory.path(), "fitting", "DNS:localhost");
    let other = certificate(directory.path(), "other", "DNS:db.example.org");
    let settings = |certificate: &Path| {
        let key = certificate.with_extension("key");
        format!("-c ssl=on -c ssl_cert_file={} -c ssl_key_file={}", certificate.display(), key.display())
    };
    let with_tls = Cluster::with(&directory.path().join("one"), &settings(&fitting)).expect("it starts");
    let roots = |file: &Path| format!("sslrootcert={}", file.display());
    for (host, parameters, expected) in [
        ("localhost", "sslmode=disable".to_owned(), false),
        ("localhost", String::new(), true),
        ("localhost", "sslmode=prefer".to_owned(), true),
        ("localhost", "sslmode=require".to_owned(), true),
        ("127.0.0.1", "sslmode=require".to_owned(), true),
        ("localhost", format!("sslmode=require&{}", roots(&fitting)), true),
        ("localhost", format!("sslmode=verify-ca&{}", roots(&fitting)), true),
        ("localhost", format!("sslmode=verify-full&{}", roots(&fitting)), true),
    ] {
        assert_eq!(is_over_tls(&with_tls, host, &parameters), Ok(expected), "{host} {parameters}");
    }
    let why = ["takk does not trust the certificate of the database", "sslrootcert"];
    // An unknown issuer; another issuer; a certificate for another name.
    assert_refused(is_over_tls(&with_tls, "localhost", "sslmode=verify-full"), &why);
    assert_refused(is_over_tls(&with_tls, "localhost", &format!("sslmode=verify-full&{}", roots(&other))), &why);
    assert_refused(is_over_tls(&with_tls, "127.0.0.1", &format!("sslmode=verify-full&{}", roots(&fitting))), &why);
    assert_refused(is_over_tls(&with_tls, "127.0.0.1", &format!("sslmode=require&{}", roots(&fitting))), &why);
    drop(with_tls);

    let other_name = Cluster::with(&directory.path().join("two"), &settings(&other)).expect("it starts");
    assert_refused(is_over_tls(&other_name, "localhost", &format!("sslmode=verify-full&{}", roots(&other))), &why);
    assert_eq!(is_over_tls(&other_name, "localhost", "sslmode=require"), Ok(true));
    drop(other_name);

    let without = Cluster::new(&directory.path().join("three")).expect("it starts");
    assert_eq!(is_over_tls(&without, "localhost", "sslmode=prefer"), Ok(false));
    for mode in ["require", "verify-ca", "verify-full"] {
        let refused = is_over_tls(&without, "localhost", &format!("sslmode={mode}"));
        assert_refused(refused, &["the database does not offer TLS", "sslmode=disable"]);
    }
}
