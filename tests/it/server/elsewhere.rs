//! People who sign in with an OpenID Connect provider: a real one, and one that sends invalid responses.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::pages::Browser;
use super::provider::Provider;
use super::{Answer, Server};

const PASSWORD: &str = "correct horse battery";

/// A server with a provider; `None` without Node.
fn with_provider() -> Option<(Server, Provider)> {
    let provider = Provider::start()?;
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let secret = home.path().join("secret");
    fs::write(&secret, "a secret: of/takk\n").expect("written");
    let secret = secret.to_str().expect("text").to_owned();
    let options =
        ["--oidc-issuer", &provider.url, "--oidc-client-id", "takk", "--oidc-client-secret-file", &secret, "--oidc-name", "Id"];
    let server = Server::with(home, &options);
    server.shop();
    provider.control(&json!({"redirect_uri": format!("{}/login/oidc/callback", server.url)}));
    Some((server, provider))
}

/// Goes to the provider and back, up to the URL with the code.
fn go(browser: &mut Browser, provider: &Provider, page: &str) -> String {
    let left = browser.show(page);
    assert_eq!(left.status, 303, "{}", left.text);
    assert!(left.header("location").starts_with(&provider.url), "{}", left.header("location"));
    provider.visit(left.header("location"))
}

fn come_back(server: &Server, browser: &mut Browser, address: &str) -> Answer {
    browser.show(address.strip_prefix(&server.url).expect("it leads back"))
}

fn sign_in(server: &Server, browser: &mut Browser, provider: &Provider, page: &str) -> Answer {
    let address = go(browser, provider, page);
    come_back(server, browser, &address)
}

fn invitation(server: &Server, role: &str) -> String {
    let body = json!({"name": "Grace", "role": role});
    let made = server.own("POST", "/api/v1/projects/shop/invitations", Some(body)).expect(201);
    made["link"].as_str().and_then(|link| link.rsplit('/').next()).expect("a link").to_owned()
}

fn grace() -> Value {
    json!({"sub": "grace-1", "preferred_username": "grace", "email": "grace@example.org", "email_verified": true})
}

#[test]
fn whoever_is_invited_comes_in_and_is_known_from_then_on() {
    let Some((server, provider)) = with_provider() else { return };
    provider.control(&json!({"person": grace()}));
    let mut browser = Browser::new(&server);
    let stranger = sign_in(&server, &mut browser, &provider, "/login/oidc");
    assert!(stranger.status == 403 && stranger.text.contains("ou have no account here yet"), "{}", stranger.text);

    let secret = invitation(&server, "developer");
    let page = browser.show(&format!("/invitations/{secret}"));
    assert!(page.text.contains("Continue with Id"), "{}", page.text);
    let before = browser.cookie.clone();
    let came = sign_in(&server, &mut browser, &provider, &format!("/login/oidc?invitation={secret}"));
    assert_eq!((came.status, came.header("location")), (303, "/"), "{}", came.text);
    assert_ne!(browser.cookie, before, "nobody can be given a session that somebody else knows");
    assert!(browser.show("/projects/shop").text.contains("you are developer"));

    let mut again = Browser::new(&server);
    let came = sign_in(&server, &mut again, &provider, "/login/oidc?next=%2Faccount");
    assert_eq!((came.status, came.header("location")), (303, "/account"), "{}", came.text);
    let account = again.show("/account").text;
    assert!(account.contains("<h1>grace</h1>") && account.contains("You can sign in with Id"), "{account}");
    // The first password of an account needs no old one.
    let set = again.fill("/account", "/account", &[("password", PASSWORD), ("again", PASSWORD)]);
    assert!(set.text.contains("Password changed."), "{}", set.text);
    // Another person of the same name gets another user name.
    provider.control(&json!({"person": {"sub": "grace-2", "preferred_username": "grace"}}));
    let secret = invitation(&server, "viewer");
    let mut other = Browser::new(&server);
    assert_eq!(sign_in(&server, &mut other, &provider, &format!("/login/oidc?invitation={secret}")).status, 303);
    assert!(other.show("/account").text.contains("<h1>grace-2</h1>"));
    let used = sign_in(&server, &mut Browser::new(&server), &provider, &format!("/login/oidc?invitation={secret}"));
    assert_eq!(used.status, 404, "the invitation was for one: {}", used.text);
    let log = server.own("GET", "/api/v1/projects/shop/audit", None).expect(200).to_string();
    assert!(log.contains("invitation.accepted") && log.contains("grace-1"), "{log}");
}

#[test]
fn a_member_is_known_by_an_address_that_is_verified() {
    let Some((server, provider)) = with_provider() else { return };
    let add = |user: &str, email: &str| {
        let body = json!({"role": "operator", "email": email});
        server.own("PUT", &format!("/api/v1/projects/shop/members/{user}"), Some(body)).status
    };
    assert_eq!(add("hopper", "Grace@Example.org"), 200);
    assert_eq!(add("eve", "grace@example.org"), 409, "an address is of one user");
    assert_eq!(add("ada", "eve@example.org"), 409, "nobody gives somebody else an address");
    assert_eq!(add("eve", "eve"), 400);
    for verified in [json!(false), json!(null)] {
        let person = json!({"sub": "eve", "email": "grace@example.org", "email_verified": verified});
        provider.control(&json!({"person": person}));
        let refused = sign_in(&server, &mut Browser::new(&server), &provider, "/login/oidc");
        assert_eq!(refused.status, 403, "{}", refused.text);
    }
    provider.control(&json!({"person": grace()}));
    let mut browser = Browser::new(&server);
    assert_eq!(sign_in(&server, &mut browser, &provider, "/login/oidc").status, 303);
    assert!(browser.show("/account").text.contains("<h1>hopper</h1>"));
    // The account is hers now; the same e-mail address from someone else does not sign them in.
    provider.control(&json!({"person": {"sub": "eve", "email": "grace@example.org", "email_verified": true}}));
    assert_eq!(sign_in(&server, &mut Browser::new(&server), &provider, "/login/oidc").status, 403);
}

#[test]
fn somebody_with_an_account_binds_it() {
    let Some((server, provider)) = with_provider() else { return };
    provider.control(&json!({"person": grace()}));
    let away = |browser: &mut Browser| {
        let page = browser.fill("/account", "/account/bind", &[]);
        let (_, rest) = page.text.split_once("class=\"button\" href=\"").expect("a link");
        provider.visit(&rest.split('"').next().expect("text").replace("&#38;", "&"))
    };
    // Nobody can link an identity after having been signed out in the meantime.
    let mut gone = Browser::signed_in(&server, &server.owner);
    let back = away(&mut gone);
    let cookie = gone.cookie.clone();
    assert_eq!(gone.fill("/account", "/account/sign-out-everywhere", &[]).status, 303);
    gone.cookie = cookie;
    assert_eq!(come_back(&server, &mut gone, &back).status, 401);
    let mut ada = Browser::signed_in(&server, &server.owner);
    let back = away(&mut ada);
    assert_eq!(come_back(&server, &mut ada, &back).header("location"), "/account");
    let mut again = Browser::new(&server);
    assert_eq!(sign_in(&server, &mut again, &provider, "/login/oidc").status, 303);
    assert!(again.show("/account").text.contains("<h1>ada</h1>"));
    // A limited token cannot link an identity.
    let bounded = json!({"label": "x", "kind": "personal", "role": "viewer"});
    let made = server.ask(&server.member("bob", "viewer"), "POST", "/api/v1/tokens", Some(bounded)).expect(201);
    let token = made["token"].as_str().expect("text").to_owned();
    assert_eq!(Browser::signed_in(&server, &token).fill("/account", "/logout", &[]).status, 303);
    assert_eq!(Browser::signed_in(&server, &token).fill("/account", "/account/bind", &[]).status, 403);
}

#[test]
fn only_the_browser_that_left_comes_back_once() {
    let Some((server, provider)) = with_provider() else { return };
    provider.control(&json!({"person": grace()}));
    let secret = invitation(&server, "viewer");
    let mut browser = Browser::new(&server);
    let address = go(&mut browser, &provider, &format!("/login/oidc?invitation={secret}"));
    let other = come_back(&server, &mut Browser::new(&server), &address);
    assert_eq!(other.status, 400, "a browser without a cookie: {}", other.text);
    let mut victim = Browser::signed_in(&server, &server.owner);
    let address = go(&mut browser, &provider, &format!("/login/oidc?invitation={secret}"));
    assert_eq!(come_back(&server, &mut victim, &address).status, 400, "another browser");
    assert!(victim.show("/account").text.contains("<h1>ada</h1>"));
    assert_eq!(come_back(&server, &mut browser, &address).status, 400, "the state was used up");
    let address = go(&mut browser, &provider, &format!("/login/oidc?invitation={secret}"));
    let forged = address.replace("state=takk_o_", "state=takk_o_0");
    assert_eq!(come_back(&server, &mut browser, &forged).status, 400, "another state");
    let right = browser.cookie.clone();
    assert_eq!(come_back(&server, &mut browser, &address).status, 303);
    browser.cookie = right;
    assert_eq!(come_back(&server, &mut browser, &address).status, 400, "the same code again");
    // A used code with a fresh state.
    let (_, code) = address.split_once("code=").expect("a code");
    let code = code.split('&').next().expect("text");
    let fresh = go(&mut browser, &provider, "/login/oidc");
    let (before, rest) = fresh.split_once("code=").expect("a code");
    let (_, after) = rest.split_once('&').expect("more");
    let replayed = come_back(&server, &mut browser, &format!("{before}code={code}&{after}"));
    assert!(replayed.status == 403 && replayed.text.contains("is not valid"), "{}", replayed.text);
    let fresh = go(&mut browser, &provider, "/login/oidc");
    let foreign = fresh.replace(&format!("iss={}", "http"), "iss=https%3A%2F%2Fevil.example&x=http");
    assert_eq!(come_back(&server, &mut browser, &foreign).status, 400, "another issuer sends them");
    provider.control(&json!({"person": {"sub": "grace-1", "refuses": true}}));
    let refused = sign_in(&server, &mut browser, &provider, "/login/oidc");
    assert!(refused.status == 403 && refused.text.contains("did not sign you in"), "{}", refused.text);
}

#[test]
fn a_token_that_is_not_right_lets_nobody_in() {
    let Some((server, provider)) = with_provider() else { return };
    provider.control(&json!({"person": grace()}));
    let secret = invitation(&server, "owner");
    let attempt = |bent: Value| {
        provider.control(&json!({"bent": bent}));
        sign_in(&server, &mut Browser::new(&server), &provider, &format!("/login/oidc?invitation={secret}")).status
    };
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    for bent in [
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"aud": "somebody else"}),
        json!({"aud": ["takk", "somebody else"]}),
        json!({"azp": "somebody else"}),
        json!({"iss": "https://evil.example"}),
        json!({"iss": [provider.url, "https://evil.example"]}),
        json!({"exp": now - 120}),
        json!({"exp": null}),
        json!({"nbf": now + 600}),
        json!({"sub": ""}),
        json!({"how": "none"}),
        json!({"how": "HS256"}),
        json!({"how": "another key"}),
    ] {
        assert_eq!(attempt(bent.clone()), 403, "{bent}");
    }
    assert_eq!(attempt(json!({"how": "ES256"})), 303, "what is right is accepted");
    assert!(!server.log().contains("eyJ"), "no token is in the log");
}

#[test]
fn keys_change_and_a_provider_that_is_down_leaves_the_password() {
    let Some((server, provider)) = with_provider() else { return };
    provider.control(&json!({"person": grace()}));
    let secret = invitation(&server, "viewer");
    assert_eq!(
        sign_in(&server, &mut Browser::new(&server), &provider, &format!("/login/oidc?invitation={secret}")).status,
        303
    );
    // Keys are fetched at once, but at most once every few seconds.
    std::thread::sleep(Duration::from_millis(5100));
    provider.control(&json!({"keys": "new"}));
    assert_eq!(sign_in(&server, &mut Browser::new(&server), &provider, "/login/oidc").status, 303);

    let address = go(&mut Browser::new(&server), &provider, "/login/oidc");
    assert!(address.contains("code="));
    provider.control(&json!({"down": true}));
    let mut browser = Browser::new(&server);
    let left = browser.show("/login/oidc");
    assert_eq!(left.status, 303, "its page is known still");
    let state = left.header("location").split("state=").nth(1).expect("a state").split('&').next().expect("text").to_owned();
    let back = browser.show(&format!("/login/oidc/callback?state={state}&code=x"));
    assert!(back.status == 503 && back.text.contains("annot reach Id"), "{}", back.text);
    let mut ada = Browser::signed_in(&server, &server.owner);
    assert!(
        ada.fill("/account", "/account", &[("password", PASSWORD), ("again", PASSWORD)]).text.contains("Password changed.")
    );
    let with_password = [("way", "password"), ("name", "ada"), ("password", PASSWORD)];
    assert_eq!(Browser::new(&server).sign_in(&with_password).status, 303);
    // A provider that never responded: the sign-in page says why.
    let url = provider.url.clone();
    drop(provider);
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let server = Server::with(home, &["--oidc-issuer", &url, "--oidc-client-id", "takk"]);
    let page = Browser::new(&server).show("/login").text;
    assert!(page.contains("Sign in with 127.0.0.1") && page.contains("With a password"), "{page}");
    let down = Browser::new(&server).show("/login/oidc");
    assert!(down.status == 503 && down.text.contains("sign in with a password"), "{}", down.text);
}
