//! CI jobs that sign in with an ID token of a trusted issuer: by the API, and as `takk` does on its own.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::pages::Browser;
use super::provider::Provider;
use super::{Answer, Server, in_shop};
use crate::process::takk_with;
use crate::store::cluster::Cluster;

/// A server that may trust a provider; `None` without Node.
fn with_provider(options: &[&str]) -> Option<(Server, Provider)> {
    let provider = Provider::start()?;
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let server = Server::with(home, &[&["--ci-issuer", &provider.url], options].concat());
    server.shop();
    Some((server, provider))
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs()
}

/// The claims of a job of the shop on the main branch.
fn claims(server: &Server, provider: &Provider) -> Value {
    json!({"iss": provider.url, "aud": server.url, "sub": "repo:acme/shop:ref:refs/heads/main", "repository": "acme/shop",
        "ref": "refs/heads/main", "run_id": 42, "iat": now(), "nbf": now() - 5, "exp": now() + 300})
}

/// The same claims, with some replaced.
fn but(claims: &Value, other: &Value) -> Value {
    let mut claims = claims.clone();
    let other = other.as_object().expect("an object").clone();
    claims.as_object_mut().expect("an object").extend(other);
    claims
}

fn trust(server: &Server, provider: &Provider, body: &Value) -> Answer {
    let whole = but(
        &json!({"name": "deploy", "issuer": provider.url, "claims": {"repository": "acme/shop"}, "role": "operator"}),
        body,
    );
    server.own("POST", "/api/v1/projects/shop/trusts", Some(whole))
}

fn exchange(server: &Server, token: &str) -> Answer {
    server.ask("", "POST", "/api/v1/login/oidc", Some(json!({"token": token, "project": "shop"})))
}

#[test]
fn a_job_that_is_trusted_gets_a_token_for_a_while() {
    let database = Cluster::shared().map(|cluster| cluster.database());
    let databases = std::iter::once(None).chain(database.map(Some));
    for database in databases {
        let options: Vec<&str> = database.as_deref().map(|url| vec!["--database", url]).unwrap_or_default();
        let Some((server, provider)) = with_provider(&options) else { return };
        let made = trust(
            &server,
            &provider,
            &json!({"claims": {"repository": "acme/shop", "ref": "refs/heads/*"}, "environments": ["prod"]}),
        );
        assert_eq!(made.expect(201)["user"], "shop/deploy");
        for how in ["RS256", "ES256"] {
            let given = exchange(&server, &provider.mint(how, &claims(&server, &provider))).expect(200);
            let token = given["token"].as_str().expect("text");
            assert!(token.starts_with("takk_s_"), "{token}");
            let left = given["expires_at"].as_u64().expect("a moment") / 1000 - now();
            assert!((890..=900).contains(&left), "{left} seconds");
            server.ask(token, "GET", &in_shop("prod", "values"), None).expect(200);
            assert_eq!(server.ask(token, "GET", &in_shop("dev", "values"), None).status, 403);
            assert_eq!(server.ask(token, "GET", "/api/v1/projects/shop/invitations", None).status, 403);
            let more = json!({"label": "x", "kind": "service", "role": "viewer"});
            assert_eq!(server.ask(token, "POST", "/api/v1/tokens", Some(more)).status, 403);
        }
        // If several rules match, the one with the greatest role applies; others are ignored.
        trust(&server, &provider, &json!({"name": "look", "role": "viewer"})).expect(201);
        trust(&server, &provider, &json!({"name": "other", "claims": {"ref": "refs/heads/release"}})).expect(201);
        let token = provider.mint("RS256", &claims(&server, &provider));
        assert_eq!(exchange(&server, &token).expect(200)["user"]["name"], "shop/deploy");
        let tag = but(&claims(&server, &provider), &json!({"ref": "refs/tags/1"}));
        assert_eq!(exchange(&server, &provider.mint("RS256", &tag)).expect(200)["user"]["name"], "shop/look");

        let given = exchange(&server, &token).expect(200)["token"].as_str().expect("text").to_owned();
        let all = server.own("GET", "/api/v1/projects/shop/trusts", None).expect(200)["items"].clone();
        assert_eq!(all.as_array().map(Vec::len), Some(3), "{all}");
        server.own("DELETE", &format!("/api/v1/projects/shop/trusts/{}", all[0]["id"]), None).expect(204);
        assert_eq!(server.ask(&given, "GET", "/api/v1/whoami", None).status, 401, "its tokens end with it");
        assert_eq!(exchange(&server, &token).expect(200)["user"]["name"], "shop/look");
        let log = server.own("GET", "/api/v1/projects/shop/audit", None).expect(200).to_string();
        let rows = ["trust.made", "trust.removed", "login.oidc", "repo:acme/shop:ref:refs/heads/main", "\"shop/deploy\""];
        assert!(rows.iter().all(|row| log.contains(row)), "{log}");
        assert!(!server.log().contains("eyJ") && !server.log().contains("takk_s_"), "no token is in the log");
    }
}

#[test]
fn what_is_forged_or_for_others_opens_nothing() {
    let Some((server, provider)) = with_provider(&[]) else { return };
    trust(&server, &provider, &json!({"claims": {"repository": "acme/shop", "run_id": "42"}})).expect(201);
    let right = claims(&server, &provider);
    for other in [
        json!({"aud": "https://other.example"}),
        json!({"aud": [server.url, "https://other.example"]}),
        json!({"aud": null}),
        json!({"iss": "https://gitlab.com"}),
        json!({"iss": format!("{}/", provider.url)}),
        json!({"iss": [provider.url]}),
        json!({"exp": now() - 120}),
        json!({"exp": null}),
        json!({"nbf": now() + 600}),
        json!({"sub": null}),
        json!({"repository": "acme/shop2"}),
        json!({"repository": "ACME/shop"}),
        json!({"repository": ["acme/shop"]}),
        json!({"repository": null}),
        json!({"run_id": 4}),
    ] {
        let refused = exchange(&server, &provider.mint("RS256", &but(&right, &other)));
        assert_eq!(refused.status, 401, "{other}: {}", refused.text);
        assert!(!refused.text.contains("acme"), "it does not say why: {}", refused.text);
    }
    for how in ["none", "HS256", "another key"] {
        assert_eq!(exchange(&server, &provider.mint(how, &right)).status, 401, "{how}");
    }
    let token = provider.mint("RS256", &right);
    let (head, rest) = token.split_once('.').expect("three parts");
    let (body, signature) = rest.split_once('.').expect("three parts");
    for broken in
        ["", ".", "a.b.c", &format!("{head}.{body}."), &format!("{head}.{body}"), &format!("{head}.{body}x.{signature}")]
    {
        assert_eq!(exchange(&server, broken).status, 401, "{broken}");
    }
    assert_eq!(exchange(&server, &"x".repeat(10_000)).status, 401);
    assert_eq!(exchange(&server, &"x".repeat(100_000)).status, 413, "no token is so long");
    server.own("PUT", "/api/v1/projects/other", None).expect(201);
    let elsewhere = json!({"token": token, "project": "other"});
    assert_eq!(server.ask("", "POST", "/api/v1/login/oidc", Some(elsewhere)).status, 401);
    exchange(&server, &token).expect(200);
    server.ask("", "POST", "/api/v1/login/oidc", Some(json!({"token": token}))).expect(200);
}

#[test]
fn only_whoever_may_vouch_is_asked() {
    let Some((server, provider)) = with_provider(&[]) else { return };
    for issuer in ["https://evil.example", "http://169.254.169.254", "file:///etc/passwd", ""] {
        let refused = trust(&server, &provider, &json!({"issuer": issuer}));
        assert_eq!(refused.status, 400, "{issuer}: {}", refused.text);
    }
    // An issuer that nobody trusts is not contacted: otherwise this would be a 503.
    provider.control(&json!({"down": true}));
    let token = provider.mint("RS256", &claims(&server, &provider));
    assert_eq!(exchange(&server, &token).status, 401);
    trust(&server, &provider, &json!({})).expect(201);
    let down = exchange(&server, &token);
    assert_eq!((down.status, down.header("retry-after")), (503, "5"), "{}", down.text);
    provider.control(&json!({"down": false}));
    std::thread::sleep(Duration::from_millis(5100));
    exchange(&server, &token).expect(200);
    // New keys are fetched, and tokens signed with the old ones are no longer valid.
    std::thread::sleep(Duration::from_millis(5100));
    provider.control(&json!({"keys": "new"}));
    exchange(&server, &provider.mint("RS256", &claims(&server, &provider))).expect(200);
    assert_eq!(exchange(&server, &token).status, 401);
}

#[test]
fn who_shows_many_bad_tokens_has_to_wait() {
    let Some((server, provider)) = with_provider(&["--failures-per-minute", "2"]) else { return };
    trust(&server, &provider, &json!({})).expect(201);
    let good = provider.mint("RS256", &claims(&server, &provider));
    (0..5).for_each(|_| drop(exchange(&server, &good).expect(200)));
    let statuses: Vec<u16> = (0..4).map(|_| exchange(&server, "a.b.c").status).collect();
    assert_eq!(statuses, [401, 401, 429, 429]);
}

#[test]
fn an_owner_says_on_a_page_which_jobs_come_in() {
    let Some((server, provider)) = with_provider(&[]) else { return };
    let page = "/projects/shop/trusts";
    let mut ada = Browser::signed_in(&server, &server.owner);
    assert!(ada.show(page).text.contains("No CI jobs are trusted"));
    let fields = [
        ("name", "deploy"),
        ("issuer", provider.url.as_str()),
        ("claims", "repository = acme/shop\r\nref=refs/heads/main\r\n"),
        ("role", "operator"),
        ("environments", "prod, dev"),
    ];
    // Errors are shown next to their fields, and nothing that was typed is lost.
    let wrong = [
        ("name", " ", "name", "The name of a program must not be empty."),
        ("claims", "repository", "claims", "<code>repository</code> is not a claim. Write one per line"),
        ("claims", "ref = **", "claims", "The claim <code>ref</code> must be a string"),
        ("environments", "prod, Dev", "environments", "<code>Dev</code> is not a valid environment name."),
    ];
    for (field, text, about, said) in wrong {
        let typed = fields.map(|(name, typed)| (name, if name == field { text } else { typed }));
        let answer = ada.fill(page, page, &typed);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(answer.text.contains(&format!(r#"id="{about}-wrong">{said}"#)), "{said}: {}", answer.text);
        assert!(answer.text.contains("<option selected>operator</option>"), "{}", answer.text);
        assert!(field == "claims" || answer.text.contains("repository = acme/shop"), "{}", answer.text);
    }
    let added = ada.fill(page, page, &fields);
    assert_eq!((added.status, added.header("location")), (303, page), "{}", added.text);
    let shown = ada.show(page).text;
    for text in ["shop/deploy", "repository = acme/shop", "ref = refs/heads/main", "<code>prod</code>", "<code>dev</code>"] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    exchange(&server, &provider.mint("RS256", &claims(&server, &provider))).expect(200);
    assert!(ada.show("/projects/shop/members").text.contains("shop/deploy"));
    let id = server.own("GET", "/api/v1/projects/shop/trusts", None).expect(200)["items"][0]["id"].to_string();
    assert_eq!(ada.fill(page, &format!("{page}/remove"), &[("id", &id)]).status, 303);
    assert!(ada.show(page).text.contains("No CI jobs are trusted"));
    let viewer = server.member("bob", "viewer");
    assert_eq!(Browser::signed_in(&server, &viewer).show(page).status, 403);
}

/// Runs takk as a job does: with nothing of ours in its environment but the URL.
fn job(server: &Server, place: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> crate::process::Answer {
    let home = place.join("home");
    let own = [("TAKK_HOME", home.to_str().expect("text")), ("TAKK_KEYRING", "off"), ("TAKK_SERVER", &server.url)];
    takk_with(&place.join("shop"), arguments, &[&own, variables].concat())
}

#[test]
fn takk_lets_the_job_in_by_itself_and_keeps_nothing() {
    let Some((server, provider)) = with_provider(&[]) else { return };
    trust(&server, &provider, &json!({})).expect(201);
    let place = tempfile::tempdir().expect("a directory");
    fs::create_dir(place.path().join("shop")).expect("made");
    let settings = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    KEY: str\n";
    fs::write(place.path().join("shop/settings.py"), settings).expect("written");
    fs::write(place.path().join("shop/pyproject.toml"), "[project]\nname = \"shop\"\n").expect("written");
    let run = ["run", "--env", "prod", "--", "env"];
    let nobody = job(&server, place.path(), &run, &[]);
    assert!(nobody.code == 2 && nobody.err.contains("you are not logged in"), "{}", nobody.err);

    // GitLab CI passes a token in a variable; GitHub Actions issues one in exchange for the job's own.
    let token = provider.mint("RS256", &claims(&server, &provider));
    let github = format!("{}/github?api-version=2", provider.url);
    provider.control(&json!({"job": but(&claims(&server, &provider), &json!({"aud": null}))}));
    let wrong_audience = job(
        &server,
        place.path(),
        &run,
        &[("ACTIONS_ID_TOKEN_REQUEST_URL", &github), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of the job")],
    );
    assert!(
        wrong_audience.code == 2 && wrong_audience.err.contains("did not exchange the identity token of this job"),
        "{}",
        wrong_audience.err
    );
    let mut of_job = claims(&server, &provider);
    of_job.as_object_mut().expect("an object").remove("aud");
    provider.control(&json!({"job": of_job}));
    let gitlab = [("TAKK_OIDC_TOKEN", token.as_str())];
    let github = [("ACTIONS_ID_TOKEN_REQUEST_URL", github.as_str()), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of the job")];
    for variables in [&gitlab[..], &github[..]] {
        let answer = job(&server, place.path(), &run, variables);
        assert_eq!(answer.code, 0, "{}", answer.err);
        assert!(answer.out.contains("KEY=the value of prod"), "{}", answer.out);
        assert!(!answer.out.contains("TAKK_OIDC_TOKEN") && !answer.out.contains("takk_s_"), "{}", answer.out);
        let me = job(&server, place.path(), &["whoami"], variables);
        assert!(me.out.contains("shop/deploy") && me.out.contains("the identity of this job"), "{}{}", me.out, me.err);
        let wrong = job(&server, place.path(), &["secrets", "list", "--env", "prod"], variables);
        assert_eq!(wrong.code, 0, "{}", wrong.err);
    }
    let refused = job(&server, place.path(), &run, &[github[0], ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of another")]);
    assert!(refused.code == 2 && refused.err.contains("id-token: write"), "{}", refused.err);
    let home = place.path().join("home");
    let left: Vec<_> = fs::read_dir(&home).map(|all| all.map(|one| one.expect("read").path()).collect()).unwrap_or_default();
    assert!(left.is_empty(), "nothing is kept: {left:?}");
}
