//! How people join: the setup link, invitations, and what people who joined that way may do.

use std::sync::Arc;

use serde_json::{Value, json};

use super::pages::{Browser, form_token};
use super::{Answer, Server, in_shop};
use crate::store::cluster::Cluster;

/// Long enough.
const PASSWORD: &str = "correct horse battery";

/// On SQLite, and on PostgreSQL where there is one.
pub(super) fn servers() -> Vec<Server> {
    let home = || Arc::new(tempfile::tempdir().expect("a directory"));
    let database = Cluster::shared().map(|cluster| cluster.database());
    let replica = database.map(|url| Server::with(home(), &["--database", &url]));
    std::iter::once(Server::start()).chain(replica).collect()
}

/// Invites someone to the shop and returns the path of the link.
pub(super) fn invite(server: &Server, role: &str) -> String {
    let made = server.own("POST", "/api/v1/projects/shop/invitations", Some(json!({"name": "Grace", "role": role})));
    path(server, made.expect(201)["link"].as_str().expect("text"))
}

fn path(server: &Server, link: &str) -> String {
    let path = link.strip_prefix(&server.url).expect("it is an address of this server");
    assert!(path.starts_with("/invitations/takk_i_") && path.len() == 20 + 64, "{path}");
    path.to_owned()
}

/// Accepts an invitation with a new account.
pub(super) fn accept(browser: &mut Browser, path: &str, name: &str) -> Answer {
    browser.fill(path, path, &[("way", "password"), ("name", name), ("password", PASSWORD), ("again", PASSWORD)])
}

fn sign_in(browser: &mut Browser, name: &str, password: &str) -> u16 {
    browser.sign_in(&[("way", "password"), ("name", name), ("password", password)]).status
}

/// Approves a device login and returns its token.
pub(super) fn let_in(server: &Server, browser: &mut Browser) -> String {
    let device = server.ask("", "POST", "/api/v1/login/device", Some(json!({"name": "takk of grace"}))).expect(200);
    let code = device["code"].as_str().expect("text");
    let done = browser.fill(&format!("/login/device?code={code}"), "/login/device", &[("code", code)]);
    assert!(done.text.contains("Authorized. Return to the terminal"), "{}", done.text);
    let polled = json!({"poll_secret": device["poll_secret"]});
    let given = server.ask("", "POST", "/api/v1/login/device/poll", Some(polled)).expect(200);
    given["token"].as_str().expect("text").to_owned()
}

#[test]
fn whoever_is_invited_has_an_account_of_their_own() {
    for server in servers() {
        server.shop();
        let link = invite(&server, "developer");
        let mut grace = Browser::new(&server);
        let page = grace.show(&link);
        assert!(page.text.contains("<strong>ada</strong> invites you to the project <strong>shop</strong>, as developer"));
        let before = grace.cookie.clone();
        let accepted = accept(&mut grace, &link, "grace");
        assert_eq!((accepted.status, accepted.header("location")), (303, "/projects/shop"), "{}", accepted.text);
        assert_ne!(grace.cookie, before, "nobody can be given a session that somebody else knows");
        assert!(grace.show("/projects/shop").text.contains("you are developer"));

        // The next sign-in is with a password, for a program of theirs, and for tokens within their role.
        let mut again = Browser::new(&server);
        assert_eq!(sign_in(&mut again, "grace", "wrong horse battery"), 200);
        assert_eq!(sign_in(&mut again, "grace", PASSWORD), 303);
        let token = let_in(&server, &mut again);
        server.ask(&token, "GET", &in_shop("dev", "values"), None).expect(200);
        assert_eq!(server.ask(&token, "GET", &in_shop("prod", "values"), None).status, 403);
        let made =
            again.fill("/tokens", "/tokens", &[("label", "mine"), ("kind", "personal"), ("role", "owner"), ("days", "1")]);
        let (_, text) = made.text.split_once("<code>takk_p_").expect("it is shown");
        let own = format!("takk_p_{}", text.split('<').next().expect("text"));
        server.ask(&own, "GET", &in_shop("dev", "values"), None).expect(200);
        assert_eq!(server.ask(&own, "GET", &in_shop("prod", "values"), None).status, 403);
        assert_eq!(server.ask(&own, "GET", "/api/v1/projects/shop/invitations", None).status, 403);
    }
}

#[test]
fn a_link_lets_one_person_in_once() {
    for server in servers() {
        server.shop();
        let link = invite(&server, "viewer");
        let forms: Vec<(Browser, String)> = (0..4)
            .map(|_| {
                let mut browser = Browser::new(&server);
                let csrf = form_token(&browser.show(&link).text);
                (browser, csrf)
            })
            .collect();
        let came = std::thread::scope(|scope| {
            let link = &link;
            let all: Vec<_> = forms
                .into_iter()
                .enumerate()
                .map(|(number, (mut browser, csrf))| {
                    let name = format!("guest-{number}");
                    scope.spawn(move || {
                        let fields = [("way", "password"), ("name", &name), ("password", PASSWORD), ("again", PASSWORD)];
                        browser.send(link, &csrf, &fields).status
                    })
                })
                .collect();
            all.into_iter().map(|one| one.join().expect("ended")).collect::<Vec<_>>()
        });
        assert_eq!(came.iter().filter(|status| **status == 303).count(), 1, "{came:?}");
        assert!(came.iter().all(|status| matches!(status, 303 | 404)), "{came:?}");
        assert_eq!(Browser::new(&server).show(&link).status, 404);
        let members = server.own("GET", "/api/v1/projects/shop/members", None).expect(200);
        assert_eq!(members["items"].as_array().map(Vec::len), Some(2), "{members}");
        let log = server.own("GET", "/api/v1/projects/shop/audit", None).expect(200).to_string();
        assert!(
            log.contains("invitation.made") && log.contains("Grace@viewer") && log.contains("invitation.accepted"),
            "{log}"
        );
    }
}

#[test]
fn somebody_with_an_account_joins_with_it() {
    for server in servers() {
        server.shop();
        let mut grace = Browser::new(&server);
        accept(&mut grace, &invite(&server, "developer"), "grace");
        server.own("PUT", "/api/v1/projects/other", None).expect(201);
        let made = server.own("POST", "/api/v1/projects/other/invitations", Some(json!({"name": "G", "role": "viewer"})));
        let link = path(&server, made.expect(201)["link"].as_str().expect("text"));
        assert!(grace.show(&link).text.contains("Join as grace"));
        let joined = grace.fill(&link, &link, &[("way", "join")]);
        assert_eq!((joined.status, joined.header("location")), (303, "/projects/other"), "{}", joined.text);
        assert!(grace.show("/projects/other").text.contains("you are viewer"));
        // An invitation with a lesser role does not demote a member.
        let lesser = invite(&server, "viewer");
        assert_eq!(grace.fill(&lesser, &lesser, &[("way", "join")]).status, 303);
        assert!(grace.show("/projects/shop").text.contains("you are developer"));
        // The name of another user cannot be taken, and the link is still valid afterwards.
        let link = invite(&server, "owner");
        let mut eve = Browser::new(&server);
        let taken = accept(&mut eve, &link, "grace");
        assert!(
            taken.status == 200 && taken.text.contains("A user <code>grace</code> already exists. Choose another name."),
            "{}",
            taken.text
        );
        assert_eq!(sign_in(&mut Browser::new(&server), "grace", PASSWORD), 303);
        assert_eq!(accept(&mut eve, &link, "eve").status, 303);
        // A limited token cannot accept an invitation.
        let bounded = json!({"label": "x", "kind": "personal", "role": "owner", "projects": ["shop"]});
        let made = server.ask(&server.member("bob", "viewer"), "POST", "/api/v1/tokens", Some(bounded)).expect(201);
        let mut bob = Browser::signed_in(&server, made["token"].as_str().expect("text"));
        let link = invite(&server, "owner");
        assert_eq!(bob.fill(&link, &link, &[("way", "join")]).status, 403);
    }
}

#[test]
fn a_link_ends() {
    let server = Server::start();
    server.shop();
    let listed = || server.own("GET", "/api/v1/projects/shop/invitations", None).expect(200)["items"].clone();
    let new = |body: Value| server.own("POST", "/api/v1/projects/shop/invitations", Some(body));
    // Revoked, by the API and on the page.
    let link = invite(&server, "viewer");
    let id = listed()[0]["id"].clone();
    assert_eq!((listed()[0]["name"].as_str(), listed()[0]["inviter"].as_str()), (Some("Grace"), Some("ada")));
    assert!(!listed().to_string().contains("takk_i_"), "the link is shown once");
    server.own("DELETE", &format!("/api/v1/projects/shop/invitations/{id}"), None).expect(204);
    assert_eq!(Browser::new(&server).show(&link).status, 404);
    let mut ada = Browser::signed_in(&server, &server.owner);
    let members = "/projects/shop/members";
    let made = ada.fill(members, "/projects/shop/invitations", &[("name", "Bob <b>"), ("role", "viewer")]);
    let (_, secret) = made.text.split_once("/invitations/takk_i_").expect("it is shown");
    let link = format!("/invitations/takk_i_{}", secret.split('<').next().expect("text"));
    assert_eq!(Browser::new(&server).show(&link).status, 200);
    let page = ada.show(members).text;
    assert!(page.contains("Bob &#60;b&#62;") && !page.contains("takk_i_"), "{page}");
    let id = listed()[0]["id"].to_string();
    assert_eq!(ada.fill(members, "/projects/shop/invitations/revoke", &[("id", &id)]).status, 303);
    assert_eq!(Browser::new(&server).show(&link).status, 404);
    // It has expired, or the person who created it is no longer an owner.
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_millis();
    let made = new(json!({"name": "x", "role": "viewer", "expires_at": now + 800})).expect(201);
    let link = path(&server, made["link"].as_str().expect("text"));
    let mut late = Browser::new(&server);
    let csrf = form_token(&late.show(&link).text);
    std::thread::sleep(std::time::Duration::from_millis(900));
    let fields = [("way", "password"), ("name", "late"), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(late.send(&link, &csrf, &fields).status, 404);
    for wrong in [json!(now - 1), json!(now + 31 * 86_400_000)] {
        assert_eq!(new(json!({"name": "x", "role": "viewer", "expires_at": wrong})).status, 400);
    }
    let bob = server.member("bob", "owner");
    let body = json!({"name": "x", "role": "owner"});
    let made = server.ask(&bob, "POST", "/api/v1/projects/shop/invitations", Some(body)).expect(201);
    let link = path(&server, made["link"].as_str().expect("text"));
    server.own("DELETE", "/api/v1/projects/shop/members/bob", None).expect(200);
    assert_eq!(Browser::new(&server).show(&link).status, 404);
    assert_eq!(listed(), json!([]));
}

#[test]
fn who_starts_a_server_sets_a_password_with_its_link() {
    for server in servers() {
        server.shop();
        let link = path(&server, &server.set_up);
        let mut ada = Browser::new(&server);
        assert!(ada.show(&link).text.contains("Set up your account"));
        let short = ada.fill(&link, &link, &[("way", "password"), ("name", "ada"), ("password", "short"), ("again", "short")]);
        assert!(short.text.contains("at least 15 characters") && !short.text.contains("value=\"short\""), "{}", short.text);
        assert_eq!(accept(&mut ada, &link, "ada lovelace").status, 303);
        assert!(ada.show("/projects/shop").text.contains("you are owner"));
        assert_eq!(Browser::new(&server).show(&link).status, 404);
        assert_eq!(sign_in(&mut Browser::new(&server), "ada lovelace", PASSWORD), 303);
        let token = let_in(&server, &mut ada);
        assert_eq!(server.ask(&token, "GET", "/api/v1/whoami", None).expect(200)["user"]["name"], "ada lovelace");
        server.own("GET", "/api/v1/whoami", None).expect(401);
    }
}

#[test]
fn a_link_that_was_not_needed_sets_no_other_password() {
    let server = Server::start();
    let link = path(&server, &server.set_up);
    let mut ada = Browser::signed_in(&server, &server.owner);
    assert!(
        ada.fill("/account", "/account", &[("password", PASSWORD), ("again", PASSWORD)]).text.contains("Password changed.")
    );
    assert_eq!(Browser::new(&server).show(&link).status, 404);
}

#[test]
fn a_password_is_changed_by_who_has_it_and_everywhere_is_everywhere() {
    let server = Server::start();
    server.shop();
    let mut grace = Browser::new(&server);
    accept(&mut grace, &invite(&server, "viewer"), "grace");
    let mut other = Browser::new(&server);
    assert_eq!(sign_in(&mut other, "grace", PASSWORD), 303);
    let next = "wrong horse battery";
    let change = |browser: &mut Browser, current: &str| {
        browser.fill("/account", "/account", &[("current", current), ("password", next), ("again", next)]).text
    };
    assert!(change(&mut grace, next).contains("not your current password"));
    assert_eq!(other.show("/").status, 200);
    assert!(change(&mut grace, PASSWORD).contains("Password changed."));
    assert_eq!((grace.show("/").status, other.show("/").status), (200, 303), "the others are signed out");
    assert_eq!(sign_in(&mut Browser::new(&server), "grace", PASSWORD), 200);
    assert_eq!(sign_in(&mut other, "grace", next), 303);
    assert_eq!(grace.fill("/account", "/account/sign-out-everywhere", &[]).header("location"), "/login");
    assert_eq!((grace.show("/").status, other.show("/").status), (303, 303));
}

#[test]
fn who_guesses_links_has_to_wait() {
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let server = Server::with(home, &["--failures-per-minute", "3"]);
    let guess = |number: u8| Browser::new(&server).show(&format!("/invitations/takk_i_{number}")).status;
    let statuses: Vec<u16> = (0..5).map(guess).collect();
    assert_eq!(statuses, [404, 404, 404, 429, 429]);
    let right = path(&server, &server.set_up);
    assert_eq!(Browser::new(&server).show(&right).status, 429, "whoever guesses learns nothing any more");
}

#[test]
fn a_program_may_do_no_more_than_the_token_that_lets_it_in() {
    let server = Server::start();
    server.shop();
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_millis();
    let end = json!(now + 3_600_000);
    let bounded = json!({"label": "x", "kind": "personal", "role": "developer", "projects": ["shop"],
        "environments": ["dev"], "expires_at": end});
    let made = server.own("POST", "/api/v1/tokens", Some(bounded)).expect(201);
    let mut browser = Browser::signed_in(&server, made["token"].as_str().expect("text"));
    let token = let_in(&server, &mut browser);
    let whoami = server.ask(&token, "GET", "/api/v1/whoami", None).expect(200)["token"].clone();
    let found = (&whoami["role"], &whoami["projects"], &whoami["environments"], &whoami["expires_at"]);
    assert_eq!(found, (&json!("developer"), &json!(["shop"]), &json!(["dev"]), &end));
    // A token that is limited to some environments cannot manage the project.
    let some = json!({"label": "x", "kind": "personal", "role": "owner", "environments": ["dev"]});
    let some = server.own("POST", "/api/v1/tokens", Some(some)).expect(201)["token"].as_str().expect("text").to_owned();
    let invited = server.ask(&some, "POST", "/api/v1/projects/shop/invitations", Some(json!({"name": "x", "role": "owner"})));
    assert_eq!(invited.status, 403);
    let member = server.ask(&some, "PUT", "/api/v1/projects/shop/members/eve", Some(json!({"role": "owner"})));
    assert_eq!(member.status, 403);
    // A token that expires cannot set a password, which would not expire.
    let ends = json!({"label": "x", "kind": "personal", "role": "owner", "expires_at": end});
    let ends = server.own("POST", "/api/v1/tokens", Some(ends)).expect(201)["token"].as_str().expect("text").to_owned();
    let mut browser = Browser::signed_in(&server, &ends);
    let set = browser.fill("/tokens", "/account", &[("password", PASSWORD), ("again", PASSWORD)]);
    assert_eq!(set.status, 403, "{}", set.text);
    let program = json!({"label": "x", "kind": "service", "role": "owner"});
    let program = server.own("POST", "/api/v1/tokens", Some(program)).expect(201)["token"].as_str().expect("text").to_owned();
    let agreed = server.ask(&program, "POST", "/api/v1/login/device/approve", Some(json!({"code": "BCDF-GHJK"})));
    assert_eq!(agreed.status, 403);
}
