//! Clock skew: only the server's clock decides when a token expires, and the order of the audit log does not depend on clocks.

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::{Server, in_shop};
use crate::clock::{borrowed, skewed};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("small")
}

/// Requests a token that expires at that time.
fn token(server: &Server, expires_at: i64) -> super::Answer {
    let body = json!({"label": "x", "kind": "personal", "role": "owner", "expires_at": expires_at});
    server.own("POST", "/api/v1/tokens", Some(body))
}

fn may_ask(server: &Server, made: &Value) -> bool {
    server.ask(made["token"].as_str().expect("text"), "GET", "/api/v1/whoami", None).status == 200
}

#[test]
fn the_clock_of_the_server_decides() {
    let (Some(ahead), Some(behind)) = (skewed("+2d"), skewed("-2d")) else { return };
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let start = |clock: &[(&str, &str)]| Server::with_variables(Arc::clone(&home), &[], clock);
    // Two days ahead: what expires tomorrow by the client's clock has expired, and is refused rather than issued useless.
    let server = start(&borrowed(&ahead));
    server.shop();
    let refused = token(&server, now() + DAY);
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(refused.text.contains("`expires_at` is in the past"), "{}", refused.text);
    let made = token(&server, now() + 3 * DAY).expect(201);
    assert!(may_ask(&server, &made));
    let first = server.own("GET", &in_shop("dev", "secrets"), None).expect(200);
    let home_again = server.kill();
    drop(home_again);
    // Two days behind, as after a correction of the clock: all data is still there, and newer changes are ordered after older ones.
    let server = start(&borrowed(&behind));
    assert!(may_ask(&server, &made));
    assert_eq!(server.own("GET", &in_shop("dev", "secrets"), None).expect(200)["secrets"], first["secrets"]);
    let body = json!({"changes": [{"name": "KEY", "value": "later", "expected_version": 1}]});
    server.own("POST", &in_shop("dev", "changes"), Some(body)).expect(200);
    let versions = server.own("GET", &in_shop("dev", "secrets/KEY/versions"), None).expect(200);
    let numbers: Vec<_> =
        versions["versions"].as_array().expect("items").iter().filter_map(|item| item["version"].as_i64()).collect();
    assert_eq!(numbers, [2, 1], "the newest version is the current one, whatever the clock said");
    let audit = server.own("GET", "/api/v1/projects/shop/audit", None).expect(200);
    let rows = audit["items"].as_array().expect("items");
    assert_eq!(rows[0]["names"], json!(["KEY@2"]), "the newest first");
    let moments: Vec<i64> = rows.iter().filter_map(|row| row["at"].as_i64()).collect();
    assert!(moments[0] < moments[1], "by the clock it came before: {moments:?}");
    for verify in ["store", "audit"] {
        let (code, said) = server.takk(&[verify, "verify"]);
        assert_eq!(code, 0, "{said}");
    }
    // With the correct time again, what expires in three days is valid, and what has expired is not.
    drop(server);
    let server = start(&[]);
    assert!(may_ask(&server, &made));
    drop(server);
    let Some(later) = skewed("+4d") else { return };
    assert!(!may_ask(&start(&borrowed(&later)), &made));
}
