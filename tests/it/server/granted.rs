//! Access that a person has granted, and how it ends: with the token that granted it, or with that person's role.

use std::sync::Arc;

use serde_json::{Value, json};

use super::invitations::{accept, let_in};
use super::pages::Browser;
use super::{Server, in_shop};

#[expect(clippy::needless_pass_by_value, reason = "a body is written where it is sent")]
fn make(server: &Server, token: &str, more: Value) -> (String, i64) {
    let mut body = json!({"label": "made", "kind": "personal", "role": "owner"});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    made(server.ask(token, "POST", "/api/v1/tokens", Some(body)).expect(201))
}

/// The text of a new token, and its ID.
#[expect(clippy::needless_pass_by_value, reason = "an answer is used up")]
fn made(answer: Value) -> (String, i64) {
    let info = if answer["info"]["info"].is_object() { &answer["info"]["info"] } else { &answer["info"] };
    (answer["token"].as_str().expect("text").to_owned(), info["id"].as_i64().expect("a number"))
}

fn service(server: &Server, token: &str, label: &str, role: &str) -> (String, i64) {
    let body = json!({"account": "ci", "label": label, "role": role});
    made(server.ask(token, "POST", "/api/v1/projects/shop/service-tokens", Some(body)).expect(201))
}

fn invite(server: &Server, token: &str) -> String {
    let body = json!({"name": "Grace", "role": "owner"});
    let made = server.ask(token, "POST", "/api/v1/projects/shop/invitations", Some(body)).expect(201);
    made["link"].as_str().expect("text").strip_prefix(&server.url).expect("of this server").to_owned()
}

fn trust(server: &Server, token: &str, name: &str, role: &str) {
    let body = json!({"name": name, "issuer": "https://gitlab.com", "claims": {"project_id": "1"}, "role": role});
    server.ask(token, "POST", "/api/v1/projects/shop/trusts", Some(body)).expect(201);
}

/// The IDs of the tokens that a token can list.
fn seen(server: &Server, token: &str) -> Vec<i64> {
    let listed = server.ask(token, "GET", "/api/v1/tokens", None).expect(200);
    listed["items"].as_array().expect("a list").iter().map(|token| token["id"].as_i64().expect("a number")).collect()
}

fn is_good(server: &Server, token: &str) -> bool {
    server.ask(token, "GET", "/api/v1/whoami", None).status == 200
}

#[test]
fn nobody_makes_a_token_in_the_name_of_somebody_else() {
    let server = Server::start();
    server.shop();
    let bob = server.member("bob", "viewer");
    let body = json!({"label": "x", "kind": "personal", "role": "owner", "user": "bob", "projects": ["shop"]});
    for token in [&server.owner, &bob] {
        assert_eq!(server.ask(token, "POST", "/api/v1/tokens", Some(body.clone())).status, 400);
    }
    // Nor of a service account of another project, nor of one whose name merely looks like it.
    server.own("PUT", "/api/v1/projects/other", None).expect(201);
    let (program, _) = service(&server, &server.owner, "x", "operator");
    let foreign = "/api/v1/projects/other/members/shop%2Fci";
    server.own("PUT", foreign, Some(json!({"role": "viewer"}))).expect(409);
    server.own("PUT", "/api/v1/projects/other/members/shop%2Fnew", Some(json!({"role": "viewer"}))).expect(400);
    assert_eq!(server.ask(&program, "GET", "/api/v1/projects/other/environments", None).status, 404);
    // A service account cannot manage members.
    for role in ["owner", "nobody"] {
        let body = json!({"account": "ci", "label": "x", "role": role});
        server.own("POST", "/api/v1/projects/shop/service-tokens", Some(body)).expect(400);
    }
    server.own("PUT", "/api/v1/projects/shop/members/shop%2Fci", Some(json!({"role": "owner"}))).expect(400);
}

#[test]
fn a_token_with_bounds_sees_and_ends_itself_and_what_came_of_it() {
    let server = Server::start();
    server.shop();
    let owner = seen(&server, &server.owner)[0];
    let now = 1_950_000_000_000_i64;
    for bounds in [
        json!({"role": "viewer", "environments": ["dev"]}),
        json!({"role": "operator"}),
        json!({"projects": ["shop"]}),
        json!({"expires_at": now}),
        json!({"kind": "service"}),
    ] {
        let (token, id) = make(&server, &server.owner, bounds.clone());
        assert_eq!(seen(&server, &token), [id], "{bounds}");
        assert_eq!(server.ask(&token, "DELETE", &format!("/api/v1/tokens/{owner}"), None).status, 404, "{bounds}");
        let mut browser = Browser::signed_in(&server, &token);
        let refused = browser.fill("/tokens", "/tokens/revoke", &[("id", &owner.to_string())]);
        assert_eq!(refused.status, 404, "{bounds}");
        assert!(is_good(&server, &server.owner), "{bounds}");
        if bounds["kind"] != "service" {
            let (child, child_id) = make(&server, &token, bounds.clone());
            let (grandchild, grandchild_id) = make(&server, &child, bounds.clone());
            assert_eq!(seen(&server, &token), [id, child_id, grandchild_id], "{bounds}");
            assert_eq!(seen(&server, &child), [child_id, grandchild_id], "{bounds}");
            assert_eq!(server.ask(&child, "DELETE", &format!("/api/v1/tokens/{id}"), None).status, 404, "{bounds}");
            // Revoking a token revokes what was granted with it, and ends its sessions.
            server.ask(&token, "DELETE", &format!("/api/v1/tokens/{id}"), None).expect(204);
            assert!([&token, &child, &grandchild].iter().all(|token| !is_good(&server, token)), "{bounds}");
        }
        server.own("DELETE", &format!("/api/v1/tokens/{id}"), None);
        assert_eq!(browser.show("/tokens").status, 303, "{bounds}");
    }
    // A person sees all of their own tokens and nobody else's.
    let bob = server.member("bob", "owner");
    assert_eq!(seen(&server, &bob).len(), 1);
    assert!(!seen(&server, &server.owner).contains(&seen(&server, &bob)[0]));
}

#[test]
fn a_login_that_a_token_agreed_to_goes_no_further_and_ends_with_it() {
    let server = Server::start();
    server.shop();
    let (token, id) = make(&server, &server.owner, json!({"role": "developer", "projects": ["shop"], "environments": ["dev"]}));
    let mut browser = Browser::signed_in(&server, &token);
    let program = let_in(&server, &mut browser);
    let told = server.ask(&program, "GET", "/api/v1/whoami", None).expect(200);
    assert_eq!((&told["token"]["role"], &told["token"]["environments"]), (&json!("developer"), &json!(["dev"])), "{told}");
    // Approved, and not yet fetched.
    let device = server.ask("", "POST", "/api/v1/login/device", Some(json!({"name": "late"}))).expect(200);
    server.ask(&token, "POST", "/api/v1/login/device/approve", Some(json!({"code": device["code"]}))).expect(204);
    server.own("DELETE", &format!("/api/v1/tokens/{id}"), None).expect(204);
    assert!(!is_good(&server, &program));
    let polled = server.ask("", "POST", "/api/v1/login/device/poll", Some(json!({"poll_secret": device["poll_secret"]})));
    assert_eq!(polled.status, 404, "{}", polled.text);
}

#[test]
fn with_a_token_ends_whatever_was_made_with_it() {
    let server = Server::start();
    server.shop();
    let (token, id) = make(&server, &server.owner, json!({"projects": ["shop"]}));
    let (program, _) = service(&server, &token, "x", "operator");
    let link = invite(&server, &token);
    trust(&server, &token, "jobs", "operator");
    let mut grace = Browser::new(&server);
    assert_eq!(grace.show(&link).status, 200);
    server.own("DELETE", &format!("/api/v1/tokens/{id}"), None).expect(204);
    assert!(!is_good(&server, &program));
    assert_eq!(grace.show(&link).status, 404);
    let invitations = server.own("GET", "/api/v1/projects/shop/invitations", None).expect(200);
    assert_eq!(invitations["items"], json!([]));
    // A token that expires grants none that does not.
    let (ends, _) = make(&server, &server.owner, json!({"expires_at": 1_950_000_000_000_i64}));
    let body = json!({"account": "ci", "label": "x", "role": "viewer"});
    assert_eq!(server.ask(&ends, "POST", "/api/v1/projects/shop/service-tokens", Some(body)).status, 403);
}

#[test]
fn what_an_owner_made_for_others_ends_when_they_are_taken_out_or_may_do_less() {
    for (left, ends) in [(None, ["viewer", "operator"].as_slice()), (Some("developer"), &["operator"])] {
        let server = Server::start();
        server.shop();
        let eve = server.member("eve", "owner");
        let tokens = ["viewer", "operator"].map(|role| (role, service(&server, &eve, role, role).0));
        // What others granted stays.
        let (others, _) = service(&server, &server.owner, "ours", "operator");
        let link = invite(&server, &eve);
        trust(&server, &eve, "jobs", "operator");
        trust(&server, &eve, "readers", "viewer");
        let listed = server.own("GET", "/api/v1/projects/shop/service-tokens", None).expect(200);
        let makers: Vec<&Value> = listed["items"].as_array().expect("a list").iter().map(|token| &token["made_by"]).collect();
        assert_eq!(makers, ["eve", "eve", "ada"]);
        let (method, body) = left.map_or(("DELETE", None), |role| ("PUT", Some(json!({"role": role}))));
        let answer = server.own(method, "/api/v1/projects/shop/members/eve", body).expect(200);
        let ended = if left.is_none() { &answer } else { &answer["ended"] };
        let trusts = if left.is_none() { json!(["shop/jobs", "shop/readers"]) } else { json!(["shop/jobs"]) };
        assert_eq!(*ended, json!({"tokens": ends, "invitations": ["Grace"], "trusts": trusts}));
        for (role, token) in &tokens {
            assert_eq!(is_good(&server, token), !ends.contains(role), "{left:?} {role}");
        }
        assert!(is_good(&server, &others));
        assert_eq!(Browser::new(&server).show(&link).status, 404);
        // Revoked tokens are not restored with the role.
        server.own("PUT", "/api/v1/projects/shop/members/eve", Some(json!({"role": "owner"}))).expect(200);
        assert_eq!(Browser::new(&server).show(&link).status, 404);
        for (role, token) in &tokens {
            assert_eq!(is_good(&server, token), !ends.contains(role), "{left:?} {role}");
        }
    }
}

#[test]
fn a_service_account_goes_with_its_membership() {
    let server = Server::start();
    server.shop();
    let (program, _) = service(&server, &server.owner, "x", "operator");
    server.ask(&program, "GET", &in_shop("prod", "values"), None).expect(200);
    server.own("PUT", "/api/v1/projects/shop/members/shop%2Fci", Some(json!({"role": "viewer"}))).expect(200);
    assert_eq!(server.ask(&program, "GET", &in_shop("prod", "values"), None).status, 403);
    server.own("DELETE", "/api/v1/projects/shop/members/shop%2Fci", None).expect(200);
    assert!(!is_good(&server, &program));
    // Its name can be reused, and restores nothing.
    let (anew, id) = service(&server, &server.owner, "x", "viewer");
    assert!(is_good(&server, &anew) && !is_good(&server, &program));
    let path = format!("/api/v1/projects/shop/service-tokens/{id}");
    server.own("PUT", "/api/v1/projects/other", None).expect(201);
    server.own("DELETE", &path.replace("shop", "other"), None).expect(404);
    server.own("DELETE", &path, None).expect(204);
    assert!(!is_good(&server, &anew));
}

#[test]
fn the_log_says_who_it_was_by_which_token_and_what_it_was_done_to() {
    let server = Server::start();
    server.shop();
    let (token, id) = make(&server, &server.owner, json!({"role": "developer", "projects": ["shop"], "environments": ["dev"]}));
    server.ask(&token, "GET", &in_shop("dev", "values"), None).expect(200);
    let eve = server.member("eve", "owner");
    let (_, program) = service(&server, &eve, "deploy", "operator");
    server.own("DELETE", "/api/v1/projects/shop/members/eve", None).expect(200);
    let rows = server.own("GET", "/api/v1/projects/shop/audit?limit=200", None).expect(200);
    let find = |action: &str, actor: &str| {
        let rows = rows["items"].as_array().expect("a list");
        rows.iter().find(|row| row["action"] == action && row["actor"] == actor).unwrap_or_else(|| panic!("{rows:?}")).clone()
    };
    let read = find("values.read", "ada");
    let bounds = json!({"user": 1, "role": "developer", "projects": ["shop"], "environments": ["dev"]});
    assert_eq!((&read["token"], &read["bounds"]), (&json!(id), &bounds));
    assert_eq!(find("token.made", "ada")["names"], json!(["made", format!("{id}@developer")]));
    let made = find("token.made", "eve");
    assert_eq!(made["names"], json!(["shop/ci", "deploy", format!("{program}@operator")]), "{made}");
    assert_eq!(find("member.removed", "ada")["names"], json!(["eve", "token deploy"]));
    let (code, said) = server.takk(&["audit", "verify"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_token_for_an_environment_reads_what_is_said_of_that_one() {
    let server = Server::start();
    server.shop();
    let (token, _) = make(&server, &server.owner, json!({"environments": ["dev"]}));
    for environment in ["dev", "prod"] {
        server.own("GET", &in_shop(environment, "values"), None).expect(200);
    }
    let rows = server.ask(&token, "GET", "/api/v1/projects/shop/audit", None).expect(200);
    let rows = rows["items"].as_array().expect("a list");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["environment"] == "dev"), "{rows:?}");
    for query in ["environment=prod", "action=project", "action=member"] {
        let rows = server.ask(&token, "GET", &format!("/api/v1/projects/shop/audit?{query}"), None).expect(200);
        assert_eq!(rows["items"], json!([]), "{query}");
    }
    for whole in ["production", "members", "invitations", "trusts", "service-tokens"] {
        assert_eq!(server.ask(&token, "GET", &format!("/api/v1/projects/shop/{whole}"), None).status, 403, "{whole}");
    }
    assert_eq!(server.ask(&token, "PUT", "/api/v1/projects/new", None).status, 403);
    let listed = server.ask(&token, "GET", "/api/v1/projects/shop/environments", None).expect(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    // The pages show no more than the API.
    server.own("PUT", "/api/v1/projects/shop/production", Some(json!({"environments": ["live"]}))).expect(200);
    let mut browser = Browser::signed_in(&server, &token);
    for page in ["", "/secrets/KEY", "/environments", "/compare", "/audit"] {
        let shown = browser.show(&format!("/projects/shop{page}"));
        assert_eq!(shown.status, 200, "{page}: {}", shown.text);
        let text = shown.text.replace("production", "").replace("<code>prod</code>", "").replace("prod is always", "");
        assert!(!text.contains("prod") && !text.contains("live"), "{page}: {}", shown.text);
    }
    for page in ["/members", "/trusts", "/service-tokens", "/audit?verify=1", "/compare?from=dev&to=prod"] {
        let status = browser.show(&format!("/projects/shop{page}")).status;
        assert!([403, 404].contains(&status), "{page}: {status}");
    }
}

#[test]
fn the_first_start_shows_a_link_and_a_token_only_where_it_is_asked_for() {
    // With `--print-token`, as in all of these tests.
    let server = Server::start();
    server.shop();
    let (of_it, _) = make(&server, &server.owner, json!({}));
    let link = server.set_up.strip_prefix(&server.url).expect("of this server").to_owned();
    let mut ada = Browser::new(&server);
    assert_eq!(accept(&mut ada, &link, "ada").status, 303);
    assert!(!is_good(&server, &server.owner) && !is_good(&server, &of_it), "they stood in a log, or came of what did");
    assert!(ada.show("/projects/shop").text.contains("you are owner"));
    // Without it.
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let said = Server::first_words(&home);
    assert!(said.contains("/invitations/takk_i_") && !said.contains("takk_p_") && !said.contains("token"), "{said}");
    assert!(!said.contains("unknown owns") && said.contains(" owns all projects"), "{said}");
}
