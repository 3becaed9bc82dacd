//! Who may do what: every route for every role, in one's own project and in a foreign one, and with every kind of bad token.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::Server;

/// What a route needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Token,
    Viewer,
    Values,
    Operator,
    Owner,
}

/// Every route: method, path, what it needs, what it is sent, and what those who may get.
const ROUTES: [(&str, &str, Need, &str, &[u16]); 34] = [
    ("GET", "/whoami", Need::Token, "", &[200]),
    ("GET", "/projects", Need::Token, "", &[200]),
    ("GET", "/projects/{project}/environments", Need::Viewer, "", &[200]),
    ("GET", "/projects/{project}/environments/{environment}", Need::Viewer, "", &[200]),
    ("PUT", "/projects/{project}/environments/{environment}", Need::Values, "{}", &[409]),
    ("GET", "/projects/{project}/environments/{environment}/secrets", Need::Viewer, "", &[200]),
    ("GET", "/projects/{project}/environments/{environment}/secrets/{name}", Need::Values, "", &[200]),
    ("GET", "/projects/{project}/environments/{environment}/secrets/{name}/versions", Need::Viewer, "", &[200]),
    ("GET", "/projects/{project}/environments/{environment}/secrets/{name}/versions/{version}", Need::Values, "", &[200]),
    ("GET", "/projects/{project}/environments/{environment}/values", Need::Values, "", &[200]),
    ("POST", "/projects/{project}/environments/{environment}/changes", Need::Values, "{\"changes\": []}", &[200]),
    ("GET", "/projects/{project}/production", Need::Viewer, "", &[200]),
    ("PUT", "/projects/{project}/production", Need::Owner, "{\"environments\": []}", &[200]),
    ("PUT", "/projects/{project}/environments/{environment}/manifest", Need::Values, MANIFEST, &[200]),
    ("GET", "/projects/{project}/environments/{environment}/manifest", Need::Viewer, "", &[200]),
    ("GET", "/projects/{project}/environments/{environment}/plan", Need::Viewer, "", &[200]),
    ("GET", "/projects/{project}/environments/{environment}/diff", Need::Viewer, "", &[200]),
    // There is nothing in `qa` to take over.
    ("POST", "/projects/{project}/environments/{environment}/promote", Need::Values, PROMOTION, &[404]),
    ("GET", "/projects/{project}/audit", Need::Operator, "", &[200]),
    ("GET", "/projects/{project}/members", Need::Viewer, "", &[200]),
    ("PUT", "/projects/{project}/members/{user}", Need::Owner, "{\"role\": \"viewer\"}", &[200]),
    ("DELETE", "/projects/{project}/members/{user}", Need::Owner, "", &[204]),
    ("GET", "/tokens", Need::Token, "", &[200]),
    (
        "POST",
        "/tokens",
        Need::Token,
        "{\"label\": \"x\", \"kind\": \"personal\", \"role\": \"viewer\", \"projects\": [\"shop\"]}",
        &[201],
    ),
    ("DELETE", "/tokens/{id}", Need::Token, "", &[404]),
    ("POST", "/login/device/approve", Need::Token, "{\"code\": \"BCDF-GHJK\"}", &[404]),
    ("GET", "/projects/{project}/invitations", Need::Owner, "", &[200]),
    ("POST", "/projects/{project}/invitations", Need::Owner, "{\"name\": \"x\", \"role\": \"viewer\"}", &[201]),
    ("DELETE", "/projects/{project}/invitations/{id}", Need::Owner, "", &[404]),
    ("GET", "/projects/{project}/trusts", Need::Owner, "", &[200]),
    (
        "POST",
        "/projects/{project}/trusts",
        Need::Owner,
        "{\"name\": \"x\", \"issuer\": \"https://gitlab.com\", \"claims\": {\"project_id\": \"1\"}, \"role\": \"viewer\"}",
        &[201, 409],
    ),
    ("DELETE", "/projects/{project}/trusts/{id}", Need::Owner, "", &[404]),
    // Who has a role is given the project as it is.
    ("PUT", "/projects/{project}", Need::Viewer, "", &[200]),
    ("DELETE", "/projects/{project}/environments/{environment}", Need::Owner, "", &[204]),
];

/// A manifest of a project that needs nothing.
const MANIFEST: &str = r#"{"schema_version": 1, "project": {"name": "shop", "place": null, "requires_python": null,
    "pydantic": null, "pydantic_settings": null}, "settings": [], "services": [], "shared_settings": [], "resources": [],
    "reads": [], "suggestions": [], "packages": {}, "files": 0}"#;

/// Values that are to be taken over.
const PROMOTION: &str = r#"{"from": "qa", "names": ["KEY"]}"#;

/// Routes that take no token.
const OPEN: [(&str, &str); 3] = [("POST", "/login/device"), ("POST", "/login/device/poll"), ("POST", "/login/oidc")];

const ROLES: [&str; 4] = ["viewer", "developer", "operator", "owner"];

#[test]
fn every_route_is_in_the_table() {
    let server = Server::start();
    let document = server.ask("", "GET", "/api/v1/openapi.json", None).expect(200);
    let mut found = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let path = path.strip_prefix("/api/v1").expect("it is under the version");
            found.insert((method.to_uppercase(), path.to_owned(), operation["security"].is_array()));
        }
    }
    let secured = ROUTES.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned(), true));
    let open = OPEN.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned(), false));
    assert_eq!(found, secured.chain(open).collect());
}

fn may(need: Need, role: &str, environment: &str) -> bool {
    let least = match need {
        Need::Token | Need::Viewer => "viewer",
        Need::Values if environment == "prod" => "operator",
        Need::Values => "developer",
        Need::Operator => "operator",
        Need::Owner => "owner",
    };
    let rank = |role| ROLES.iter().position(|known| *known == role).expect("a role");
    rank(role) >= rank(least)
}

fn address(path: &str, project: &str, environment: &str) -> String {
    let path = path.replace("{project}", project).replace("{environment}", environment).replace("{user}", "temp");
    let path = if path.ends_with("/diff") { format!("{path}?with={environment}") } else { path };
    format!("/api/v1{}", path.replace("{name}", "KEY").replace("{version}", "1").replace("{id}", "999999"))
}

fn body(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| serde_json::from_str(text).expect("JSON"))
}

#[test]
fn every_role_may_do_what_it_may_and_nothing_else() {
    let server = Server::start();
    server.shop();
    let tokens = ROLES.map(|role| (role, server.member(&format!("user-{role}"), role)));
    for (method, path, need, sent, good) in ROUTES {
        for environment in ["dev", "prod"] {
            for (role, token) in &tokens {
                // What a call before took away is there again.
                server.own("PUT", "/api/v1/projects/shop/members/temp", Some(json!({"role": "viewer"}))).expect(200);
                server.own("POST", &super::in_shop(environment, "changes"), Some(json!({"changes": []}))).expect(200);
                let answer = server.ask(token, method, &address(path, "shop", environment), body(sent));
                let expected = if may(need, role, environment) { good } else { &[403][..] };
                assert!(expected.contains(&answer.status), "{role} {method} {path} in {environment}: {}", answer.text);
            }
        }
    }
}

#[test]
fn a_foreign_project_is_not_there() {
    let server = Server::start();
    server.shop();
    // The role is in another project, or the token is for another one.
    server.own("PUT", "/api/v1/projects/other", None).expect(201);
    server.own("PUT", "/api/v1/projects/other/members/bob", Some(json!({"role": "owner"}))).expect(200);
    let new = |user| json!({"label": "x", "kind": "personal", "role": "owner", "user": user, "projects": ["other"]});
    let token = |user| server.own("POST", "/api/v1/tokens", Some(new(user))).expect(201)["token"].clone();
    for token in [token("bob"), token("ada")] {
        let token = token.as_str().expect("text");
        for (method, path, _, sent, _) in ROUTES.iter().filter(|(_, path, ..)| path.contains("{project}")) {
            let there = server.ask(token, method, &address(path, "shop", "dev"), body(sent));
            let nowhere = server.ask(token, method, &address(path, "nowhere", "dev"), body(sent));
            // That a name is taken cannot be hidden from who wants to take it.
            let status = if (*method, *path) == ("PUT", "/projects/{project}") { 403 } else { 404 };
            assert_eq!((there.status, nowhere.status), (status, status), "{method} {path}: {}", there.text);
            assert_eq!(there.body["detail"], json!(there.body["detail"].as_str().map(|text| text.replace("nowhere", "shop"))));
        }
        let listed = server.ask(token, "GET", "/api/v1/projects", None).expect(200);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
    }
}

#[test]
fn a_bad_token_opens_nothing() {
    let server = Server::start();
    server.shop();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_millis();
    let new = |end: Value| json!({"label": "x", "kind": "personal", "role": "owner", "expires_at": end});
    let expired = server.own("POST", "/api/v1/tokens", Some(new(json!(now + 1500)))).expect(201);
    let revoked = server.own("POST", "/api/v1/tokens", Some(new(Value::Null))).expect(201);
    let text = |made: &Value| made["token"].as_str().expect("text").to_owned();
    server.ask(&text(&revoked), "GET", "/api/v1/whoami", None).expect(200);
    server.own("DELETE", &format!("/api/v1/tokens/{}", revoked["info"]["id"]), None).expect(204);
    std::thread::sleep(Duration::from_millis(1600));
    let mut cut = server.owner.clone();
    cut.pop();
    let forged = format!("takk_p_{}", "0".repeat(64));
    for token in ["", "x", &forged, &cut, &text(&revoked), &text(&expired)] {
        for (method, path, _, sent, _) in ROUTES {
            let answer = server.ask(token, method, &address(path, "shop", "dev"), body(sent));
            assert_eq!(answer.status, 401, "{token} {method} {path}: {}", answer.text);
            assert_eq!(answer.body["type"], "/problems/unauthenticated");
            assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"takk\"");
        }
    }
}

#[test]
fn a_token_makes_none_that_may_do_more() {
    let server = Server::start();
    server.shop();
    let make = |token: &str, body: Value| server.ask(token, "POST", "/api/v1/tokens", Some(body));
    let small = json!({"label": "ci", "kind": "personal", "role": "developer", "projects": ["shop"], "environments": ["dev"]});
    let small = make(&server.owner, small).expect(201)["token"].as_str().expect("text").to_owned();
    for more in [
        json!({"label": "x", "kind": "personal", "role": "operator", "projects": ["shop"], "environments": ["dev"]}),
        json!({"label": "x", "kind": "personal", "role": "developer", "environments": ["dev"]}),
        json!({"label": "x", "kind": "personal", "role": "developer", "projects": ["shop"]}),
        json!({"label": "x", "kind": "personal", "role": "developer", "projects": ["shop"], "environments": ["dev", "prod"]}),
    ] {
        assert_eq!(make(&small, more.clone()).status, 403, "{more}");
    }
    server.ask(&small, "GET", &super::in_shop("dev", "values"), None).expect(200);
    assert_eq!(server.ask(&small, "GET", &super::in_shop("qa", "secrets"), None).status, 403);
    let program = json!({"label": "ci", "kind": "service", "role": "owner"});
    let program = make(&server.owner, program).expect(201)["token"].as_str().expect("text").to_owned();
    assert!(program.starts_with("takk_s_"), "{program}");
    assert_eq!(make(&program, json!({"label": "x", "kind": "personal", "role": "viewer"})).status, 403);
}

#[test]
fn an_environment_that_is_named_production_is_the_operators() {
    let server = Server::start();
    server.shop();
    let developer = server.member("dee", "developer");
    server.ask(&developer, "GET", &super::in_shop("dev", "values"), None).expect(200);
    let production = "/api/v1/projects/shop/production";
    let named = server.own("PUT", production, Some(json!({"environments": ["live", "dev", "prod", "dev"]}))).expect(200);
    assert_eq!(named["environments"], json!(["prod", "dev", "live"]));
    server.ask(&developer, "GET", &super::in_shop("dev", "values"), None).expect(403);
    // An environment that is not there yet is production as soon as it is.
    server.ask(&developer, "POST", &super::in_shop("live", "changes"), Some(json!({"changes": []}))).expect(403);
    let listed = server.own("GET", "/api/v1/projects/shop/environments", None).expect(200);
    assert_eq!(listed["items"][0]["is_production"], true, "{listed}");
    server.own("PUT", production, Some(json!({"environments": ["Not a name"]}))).expect(400);
    server.own("PUT", production, Some(json!({"environments": []}))).expect(200);
    server.ask(&developer, "GET", &super::in_shop("dev", "values"), None).expect(200);
    server.ask(&developer, "GET", &super::in_shop("prod", "values"), None).expect(403);
    let log = server.own("GET", "/api/v1/projects/shop/audit?action=production&name=live", None).expect(200);
    assert_eq!(log["items"].as_array().map(Vec::len), Some(1), "{log}");
    let bounded = json!({"label": "x", "kind": "personal", "role": "owner", "projects": ["shop"], "environments": ["dev"]});
    let bounded = server.own("POST", "/api/v1/tokens", Some(bounded)).expect(201)["token"].as_str().expect("text").to_owned();
    server.ask(&bounded, "PUT", production, Some(json!({"environments": []}))).expect(403);
}
