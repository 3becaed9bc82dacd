//! Servers that speak HTTP.

use super::super::create_bucket;
use super::fake::{page, pages};
use super::{NotReady, TIMEOUT, accepted, attempt, with_login};

const NAMED: &[(&str, &str)] = &[("username", "shop"), ("password", "s3cret"), ("database", "shop_dev")];
const KEYS: &[(&str, &str)] = &[("access_key", "AKIA"), ("secret_key", "s3cret"), ("bucket", "shop-dev")];

/// Pages by the first lines of requests: status and body.
type Answers = &'static [(&'static str, u16, &'static str)];

/// A server with only these pages.
fn with_pages(answers: Answers) -> u16 {
    pages(move |line, _| {
        let found = answers.iter().find(|(path, _, _)| *path == line);
        found.map_or_else(|| page(404, "", "no such page"), |(_, status, body)| page(*status, "", body))
    })
}

#[test]
fn pages_of_health_say_the_version_where_there_is_one() {
    let cases: [(&str, Answers, &str); 6] = [
        ("mlflow", &[("GET /health", 200, "OK"), ("GET /version", 200, "3.4.0")], "3.4.0"),
        ("mlflow", &[("GET /health", 200, "OK")], ""),
        (
            "loki",
            &[("GET /ready", 200, "ready\n"), ("GET /loki/api/v1/status/buildinfo", 200, r#"{"version":"3.5.1"}"#)],
            "3.5.1",
        ),
        (
            "mimir",
            &[
                ("GET /ready", 200, "ready\n"),
                ("GET /api/v1/status/buildinfo", 200, r#"{"status":"success","data":{"version":"2.17.0"}}"#),
            ],
            "2.17.0",
        ),
        (
            "prometheus",
            &[
                ("GET /-/ready", 200, "Prometheus Server is Ready.\n"),
                ("GET /api/v1/status/buildinfo", 200, r#"{"status":"success","data":{"version":"3.7.3"}}"#),
            ],
            "3.7.3",
        ),
        ("otel", &[("POST /v1/traces", 200, r#"{"partialSuccess":{}}"#)], ""),
    ];
    for (kind, answers, version) in cases {
        assert_eq!(attempt(kind, with_pages(answers), &[], TIMEOUT), accepted(version), "{kind}");
    }
}

#[test]
fn a_page_says_that_the_server_is_starting_or_another_one() {
    let words = "Ingester not ready: waiting for 15s after being ready";
    let starting: Answers = &[("GET /ready", 503, "Ingester not ready: waiting for 15s after being ready\n")];
    let answer = attempt("loki", with_pages(starting), &[], TIMEOUT);
    assert_eq!(answer, Err(NotReady::Starting(format!("HTTP status 503: `{words}`"))));
    // A program that responds with its page to every path.
    let port = pages(|_, _| page(200, "", "<!doctype html><title>Shop</title>"));
    for kind in ["mlflow", "loki", "mimir", "prometheus", "clickhouse", "opensearch", "otel", "s3", "sqs"] {
        let answer = attempt(kind, port, NAMED, TIMEOUT);
        assert!(matches!(&answer, Err(NotReady::OtherServer(why)) if why.contains("Shop")), "{kind}: {answer:?}");
    }
    for kind in ["otel", "prometheus"] {
        let answer = attempt(kind, with_pages(&[]), &[], TIMEOUT);
        assert!(matches!(answer, Err(NotReady::OtherServer(_))), "{kind}: {answer:?}");
    }
}

#[test]
fn clickhouse_is_asked_with_user_and_key() {
    let port = pages(|line, rest| {
        assert_eq!(line, "GET /?query=SELECT%20version()&database=shop_dev");
        let rest = rest.to_ascii_lowercase();
        if rest.contains("x-clickhouse-user: shop\r\n") && rest.contains("x-clickhouse-key: s3cret\r\n") {
            page(200, "", "25.3.1.2703\n")
        } else {
            page(403, "", "Code: 516. DB::Exception: shop: Authentication failed: password is incorrect")
        }
    });
    assert_eq!(attempt("clickhouse", port, NAMED, TIMEOUT), accepted("25.3.1.2703"));
    let wrong = [("username", "shop"), ("password", "wrong"), ("database", "shop_dev")];
    let answer = attempt("clickhouse", port, &wrong, TIMEOUT);
    assert!(matches!(&answer, Err(NotReady::Refused(why)) if why.contains("Authentication failed")), "{answer:?}");
    let port = pages(|_, _| page(404, "", "Code: 81. DB::Exception: Database shop_dev does not exist."));
    assert!(matches!(attempt("clickhouse", port, NAMED, TIMEOUT), Err(NotReady::Refused(_))));
    // A line break would start another header.
    let broken = [("username", "shop"), ("password", "a\r\nX: b")];
    let answer = attempt("clickhouse", port, &broken, TIMEOUT);
    assert!(matches!(&answer, Err(NotReady::Refused(why)) if !why.contains("X: b")), "{answer:?}");
}

#[test]
fn opensearch_is_asked_with_basic_authentication_where_there_is_a_password() {
    let port = pages(|_, rest| {
        if rest.contains("authorization: Basic c2hvcDpzM2NyZXQ=\r\n") {
            page(200, "", r#"{"name":"a","version":{"distribution":"opensearch","number":"3.6.0"}}"#)
        } else {
            page(401, "", "Unauthorized")
        }
    });
    assert_eq!(attempt("opensearch", port, NAMED, TIMEOUT), accepted("3.6.0"));
    assert!(matches!(attempt("opensearch", port, &[], TIMEOUT), Err(NotReady::Refused(_))));
    let port = pages(|_, _| page(503, "", "OpenSearch Security not initialized."));
    assert!(matches!(attempt("opensearch", port, NAMED, TIMEOUT), Err(NotReady::Starting(_))));
}

#[test]
fn a_request_is_signed_with_the_time_of_the_server() {
    let port = pages(|line, rest| {
        let signed = rest.contains("x-amz-date: 20261129T132511Z")
            && rest.contains(
                "Credential=AKIA/20261129/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date",
            );
        match (line, signed) {
            ("GET /", true) => page(200, "Server: SeaweedFS 30GB 3.97\r\n", "<ListAllMyBucketsResult/>"),
            ("GET /shop-dev?list-type=2&max-keys=1", true) => page(404, "", "<Error><Code>NoSuchBucket</Code></Error>"),
            ("PUT /shop-dev", true) => page(409, "", "<Error><Code>BucketAlreadyOwnedByYou</Code></Error>"),
            _ => page(403, "", "<Error><Code>AccessDenied</Code><Message>No</Message></Error>"),
        }
    });
    assert_eq!(attempt("s3", port, KEYS, TIMEOUT), accepted("3.97"));
    assert_eq!(with_login("s3", port, KEYS, TIMEOUT, create_bucket), Ok(()));
    let no_bucket = &KEYS[..2];
    assert!(matches!(with_login("s3", port, no_bucket, TIMEOUT, create_bucket), Err(NotReady::Refused(_))));
    // Without a time, nothing can be signed.
    let port = pages(|_, _| b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec());
    assert!(matches!(attempt("s3", port, KEYS, TIMEOUT), Err(NotReady::OtherServer(_))));
}

#[test]
fn a_bucket_of_somebody_else_is_not_taken_for_ours() {
    let port = pages(|line, _| match line {
        "PUT /shop-dev" => page(409, "", "<Error><Code>BucketAlreadyExists</Code></Error>"),
        "GET /shop-dev?list-type=2&max-keys=1" => {
            page(403, "", "<Error><Code>AccessDenied</Code><Message>No</Message></Error>")
        }
        _ => page(200, "", "<ListAllMyBucketsResult/>"),
    });
    let answer = with_login("s3", port, KEYS, TIMEOUT, create_bucket);
    assert_eq!(answer, Err(NotReady::Refused("AccessDenied: No".to_owned())));
    assert_eq!(attempt("s3", port, KEYS, TIMEOUT), Err(NotReady::Refused("AccessDenied: No".to_owned())));
}

#[test]
fn a_redirect_is_not_followed() {
    // Following the redirect would send the password to another server.
    let port = pages(|_, _| page(302, "Location: http://127.0.0.1:1/\r\n", ""));
    for kind in ["opensearch", "clickhouse", "prometheus", "otel"] {
        let answer = attempt(kind, port, NAMED, TIMEOUT);
        assert!(matches!(&answer, Err(NotReady::OtherServer(why)) if why.contains("302")), "{kind}: {answer:?}");
    }
}
