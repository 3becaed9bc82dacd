//! Requests of other versions of takk: the response says which side to upgrade. Other programs are not asked for a version.

use super::{Server, in_shop};

#[test]
fn a_takk_that_is_too_old_is_told_to_upgrade() {
    let server = Server::start();
    server.shop();
    let ask = |agent: &str, path: &str| server.ask_with(&server.owner, "GET", path, None, &[("User-Agent", agent)]);
    let values = in_shop("dev", "values");
    let refused = ask("takk/0.0.9", &values);
    assert_eq!((refused.status, refused.body["type"].as_str()), (400, Some("/problems/outdated-client")), "{}", refused.text);
    assert!(refused.text.contains("takk 0.0.9 is too old for this server"), "{}", refused.text);
    assert!(refused.body["hints"][0].as_str().is_some_and(|hint| hint.starts_with("upgrade your takk")), "{}", refused.text);
    for agent in [concat!("takk/", env!("CARGO_PKG_VERSION")), "takk/99.0", "python-httpx/0.28", "curl/8"] {
        ask(agent, &values).expect(200);
    }
    // A newer version requests a route that does not exist yet.
    let unknown = ask("takk/99.0", "/api/v1/not-yet");
    assert_eq!(unknown.status, 404);
    assert!(unknown.text.contains("the client is takk 99.0: ask the operator of the server to upgrade it"), "{}", unknown.text);
    let same = ask(concat!("takk/", env!("CARGO_PKG_VERSION")), "/api/v1/not-yet");
    assert!(!same.text.contains("upgrade"), "{}", same.text);
}
