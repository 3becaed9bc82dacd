//! Tests every check with servers that the tests implement: according to the protocols' documentation, and in violation of it.
//!
//! MongoDB, ClickHouse, Kafka, OpenSearch, Spark Connect, the OpenTelemetry collector, MLflow, Loki, Mimir and Prometheus are not installed
//! where the tests run. What their fakes say was written after the documentation of the protocols, and not recorded from a server. The
//! others are also tested against real servers, in `tests/it/up`.

mod conversations;
mod fake;
mod hostile;
mod mongo;
mod mysql;
mod pages;
mod refusals;

use std::collections::BTreeMap;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{Accepted, Answer, CHECKS, Login, NotReady, log_in};

/// Long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Logs in on a port of this machine.
fn attempt(kind: &str, port: u16, credentials: &[(&str, &str)], timeout: Duration) -> Answer {
    with_login(kind, port, credentials, timeout, log_in)
}

fn with_login<T>(
    kind: &str,
    port: u16,
    credentials: &[(&str, &str)],
    timeout: Duration,
    then: impl FnOnce(&Login<'_>) -> T,
) -> T {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), Zeroizing::new((*value).to_owned()));
    let credentials = credentials.iter().map(owned).collect();
    let ports = BTreeMap::from([("http".to_owned(), port)]);
    then(&Login { kind, host: "127.0.0.1", port, ports: &ports, credentials: &credentials, tls: None, timeout })
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with an answer")]
fn accepted(version: &str) -> Answer {
    Ok(Accepted { version: (!version.is_empty()).then(|| version.to_owned()) })
}

#[test]
fn takk_can_log_in_to_every_kind_that_it_runs_a_server_of() {
    for kind in takk_catalog::catalog().kinds() {
        assert!(kind.server.is_none() || CHECKS.iter().any(|(known, _)| *known == kind.name), "{}", kind.name);
    }
    for (name, _) in CHECKS {
        assert!(takk_catalog::catalog().kind(name).is_some(), "{name}");
    }
}

#[test]
fn a_kind_that_nobody_logs_in_to_is_said() {
    let answer = attempt("slack", 1, &[], TIMEOUT);
    assert_eq!(answer, Err(NotReady::OtherServer("takk cannot log in to the kind `slack`".to_owned())));
}

#[test]
fn nobody_listens() {
    let port = fake::free_port();
    for (kind, _) in CHECKS {
        let answer = attempt(kind, port, &[("password", "s3cret-of-the-test")], TIMEOUT);
        assert!(matches!(&answer, Err(NotReady::NoAnswer(why)) if why.contains("refused")), "{kind}: {answer:?}");
    }
}

#[test]
fn a_name_without_an_address_is_no_answer() {
    for kind in ["postgres", "opensearch"] {
        let answer = with_login(kind, 1, &[], TIMEOUT, |login| log_in(&Login { host: "no.such.host.invalid", ..*login }));
        assert!(matches!(answer, Err(NotReady::NoAnswer(_))), "{kind}: {answer:?}");
    }
}
