//! The dashboard as a browser sees it: signing in, what it refuses, and that every name is escaped.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use ureq::Agent;
use ureq::http::Request;

use super::{Answer, Server};
use crate::python::{run, venv};

/// A person with a browser.
pub(crate) struct Browser<'s> {
    server: &'s Server,
    agent: Agent,
    pub cookie: String,
}

impl<'s> Browser<'s> {
    pub(crate) fn new(server: &'s Server) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        Self { server, agent: config.build().into(), cookie: String::new() }
    }

    /// Signed in with a token.
    pub(crate) fn signed_in(server: &'s Server, token: &str) -> Self {
        let mut browser = Self::new(server);
        let answer = browser.sign_in(&[("way", "token"), ("token", token), ("next", "/")]);
        assert_eq!((answer.status, answer.header("location")), (303, "/"), "{}", answer.text);
        browser
    }

    pub(crate) fn sign_in(&mut self, fields: &[(&str, &str)]) -> Answer {
        let page = self.show("/login");
        self.send("/login", &form_token(&page.text), fields)
    }

    /// Requests a page with the headers of a browser's navigation.
    pub(crate) fn show(&mut self, path: &str) -> Answer {
        let request = Request::builder().uri(format!("{}{path}", self.server.url)).header("cookie", &self.cookie);
        let request = request.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        let response = self.agent.run(request.body(()).expect("a request")).expect("an answer");
        self.kept(response)
    }

    /// Requests a page until it says something that a server of a resource reports a moment later.
    #[track_caller]
    pub(crate) fn show_until(&mut self, path: &str, text: &str) -> Answer {
        let begun = std::time::Instant::now();
        loop {
            let answer = self.show(path);
            if answer.text.contains(text) {
                return answer;
            }
            assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{path} does not say {text}: {}", answer.text);
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }

    pub(crate) fn send(&mut self, path: &str, csrf: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", csrf).extend_pairs(fields);
        let request =
            Request::builder().method("POST").uri(format!("{}{path}", self.server.url)).header("cookie", &self.cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.finish());
        let response = self.agent.run(request.expect("a request")).expect("an answer");
        self.kept(response)
    }

    /// Submits a form that was not on a page.
    pub(crate) fn send_without_form_token(&mut self, path: &str) -> Answer {
        self.send(path, "", &[])
    }

    /// Submits the form on a page.
    pub(crate) fn fill(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.show(page);
        assert_eq!(shown.status, 200, "{page}: {}", shown.text);
        self.send(path, &form_token(&shown.text), fields)
    }

    fn kept(&mut self, mut response: ureq::http::Response<ureq::Body>) -> Answer {
        let text = response.body_mut().read_to_string().expect("text");
        let answer =
            Answer { status: response.status().as_u16(), headers: response.headers().clone(), body: json!(null), text };
        if let Some(pair) = answer.header("set-cookie").split(';').next().filter(|pair| !pair.is_empty()) {
            self.cookie = pair.to_owned();
        }
        answer
    }
}

/// The fields that the forms of a page submit.
pub(super) fn form_token(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form: {page}"));
    rest.split('"').next().expect("text").to_owned()
}

/// Every page that shows something in the shop.
const PAGES: [&str; 17] = [
    "/",
    "/tokens",
    "/account",
    "/login/device?code=none",
    "/projects/shop",
    "/projects/shop/secrets",
    "/projects/shop/secrets/KEY",
    "/projects/shop/environments/dev/set",
    "/projects/shop/environments",
    "/projects/shop/environments/dev/delete",
    "/projects/shop/environments/dev/resources",
    "/projects/shop/environments/dev/admin-addresses",
    "/projects/shop/compare?from=dev&to=prod",
    "/projects/shop/members",
    "/projects/shop/trusts",
    "/projects/shop/service-tokens",
    "/projects/shop/audit?verify=yes",
];

/// Every page that shows nothing there: it leads to another one, or the shop needs no resource, and takk 0.1.40 never pushed it.
const OTHERS: [&str; 4] = [
    "/projects/shop/set?environment=qa",
    "/projects/env/00000000-0000-0000-0000-000000000000",
    "/projects/env/00000000-0000-0000-0000-000000000000/secrets",
    "/projects/shop/environments/dev/resources/postgres%2Fdefault",
];

/// Every form, with a URL that exists.
const FORMS: [&str; 34] = [
    "/login",
    "/logout",
    "/login/device",
    "/account",
    "/account/bind",
    "/account/sign-out-everywhere",
    "/invitations/takk_i_x",
    "/tokens",
    "/tokens/revoke",
    "/projects",
    "/projects/shop/members",
    "/projects/shop/members/remove",
    "/projects/shop/invitations",
    "/projects/shop/trusts",
    "/projects/shop/trusts/remove",
    "/projects/shop/service-tokens",
    "/projects/shop/service-tokens/revoke",
    "/projects/shop/invitations/revoke",
    "/projects/shop/promote",
    "/projects/shop/environments/dev/set",
    "/projects/shop/production",
    "/projects/shop/environments/dev/delete",
    "/projects/shop/environments/dev/check",
    "/projects/shop/environments/dev/generate",
    "/projects/shop/environments/dev/admin-addresses",
    "/projects/shop/environments/dev/admin-addresses/unset",
    "/projects/shop/environments/dev/resources/postgres%2Fdefault/create",
    "/projects/shop/environments/dev/resources/postgres%2Fdefault/remove",
    "/projects/shop/environments/dev/resources/postgres%2Fdefault/test",
    "/projects/shop/environments/dev/resources/postgres%2Fdefault/unprotect",
    "/projects/shop/environments/dev/resources/postgres%2Fdefault/use",
    "/projects/shop/environments/dev/secrets/KEY/reveal",
    "/projects/shop/environments/dev/secrets/KEY/rollback",
    "/projects/shop/environments/dev/secrets/KEY/unset",
];

/// Every template, with a page that is rendered from it; partial templates have none.
const TEMPLATES: [(&str, &str); 31] = [
    ("account.html", "/account"),
    ("admin_addresses.html", "{project}/environments/dev/admin-addresses"),
    ("audit.html", "{project}/audit?verify=1&actor={name}&action={name}&environment={name}&name={name}&since={name}"),
    ("compare.html", "{project}/compare"),
    ("csrf.html", ""),
    ("delete.html", "{project}/environments/dev/delete"),
    ("device.html", "/login/device?code={name}"),
    // It is tested with external sign-in: it only appears where a provider is configured.
    ("elsewhere.html", ""),
    ("environments.html", "{project}/environments"),
    // It is tested with the overview of an empty project.
    ("first_environment.html", ""),
    ("form.html", ""),
    ("invitation.html", "{invitation}"),
    ("matrix.html", "{project}/secrets"),
    ("members.html", "{project}/members"),
    ("new_environment.html", "{project}/set?environment={name}"),
    ("outside.html", ""),
    ("overview.html", "{project}"),
    ("projects.html", "/"),
    ("refused.html", "/{name}"),
    // It is tested with `takk provision`: it exists only where code needs a resource.
    ("resource.html", ""),
    ("resources.html", "{project}/environments/dev/resources"),
    ("secret.html", "{project}/secrets/{name}"),
    ("service_tokens.html", "{project}/service-tokens"),
    ("set.html", "{project}/environments/dev/set?name={name}"),
    ("shell.html", ""),
    ("sign_in.html", "/login?next={name}"),
    ("tokens.html", "/tokens"),
    ("trusts.html", "{project}/trusts"),
    ("value_field.html", ""),
    ("variables.html", ""),
    ("", "{project}nowhere"),
];

/// The paths that the dashboard adds by that method of `Routes`.
fn routes(method: &str) -> Vec<&'static str> {
    let lines = include_str!("../../../crates/dashboard/src/routes.rs").lines();
    lines.filter_map(|line| line.trim().strip_prefix(&format!(".{method}(\""))?.split('"').next()).collect()
}

/// Whether a URL is one of a route.
fn is_of(route: &str, url: &str) -> bool {
    let path = url.split('?').next().unwrap_or_default();
    let (parts, names): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), route.split('/').collect());
    parts.len() == names.len() && parts.iter().zip(&names).all(|(part, name)| name.starts_with('{') || part == name)
}

#[test]
fn every_route_is_in_the_tables() {
    let count: usize = ["page", "form", "open_page", "open_form"].iter().map(|method| routes(method).len()).sum();
    let calls =
        include_str!("../../../crates/dashboard/src/routes.rs").lines().filter(|line| line.trim().starts_with('.')).count();
    assert_eq!(count, calls - 1, "this test reads each line but `.finish()`");
    let pages = PAGES.iter().chain(&OTHERS);
    for route in routes("page") {
        assert!(pages.clone().any(|page| is_of(route, page)), "add the page {route} to PAGES");
    }
    for route in routes("form").iter().chain(&routes("open_form")) {
        assert!(FORMS.iter().any(|form| is_of(route, form)), "add the form {route} to FORMS");
    }
}

#[test]
fn nobody_sees_a_page_without_signing_in() {
    let server = Server::start();
    server.shop();
    let mut browser = Browser::new(&server);
    for page in PAGES.iter().chain(&OTHERS) {
        let answer = browser.show(page);
        assert_eq!(answer.status, 303, "{page}");
        assert!(answer.header("location").starts_with("/login?next=%2F"), "{page}: {}", answer.header("location"));
    }
    let wrong = browser.sign_in(&[("way", "token"), ("token", "takk_p_wrong")]);
    assert!(wrong.status == 200 && wrong.text.contains("This token is invalid"), "{}", wrong.text);
    assert!(!wrong.text.contains("takk_p_wrong"));
}

#[test]
fn signing_in_gives_a_new_cookie_and_signing_out_ends_it() {
    let server = Server::start();
    server.shop();
    let mut browser = Browser::new(&server);
    browser.show("/login");
    let before = browser.cookie.clone();
    let answer = browser.sign_in(&[("way", "token"), ("token", &server.owner), ("next", "https://evil.example/")]);
    assert_eq!(answer.header("location"), "/", "nobody is sent to another server");
    let cookie = answer.header("set-cookie");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax") && !cookie.contains(&server.owner), "{cookie}");
    assert_ne!(browser.cookie, before);
    let kept = browser.cookie.clone();
    assert_eq!(browser.fill("/", "/logout", &[]).header("location"), "/login");
    browser.cookie = kept;
    assert_eq!(browser.show("/").status, 303);
}

#[test]
fn behind_https_the_cookie_is_of_this_host_alone() {
    let home = std::sync::Arc::new(tempfile::tempdir().expect("a directory"));
    let server = Server::with(home, &["--public-url", "https://takk.example"]);
    let answer = Browser::new(&server).show("/login");
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-takk=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
}

#[test]
fn a_form_from_elsewhere_is_refused() {
    let server = Server::start();
    server.shop();
    let mut browser = Browser::signed_in(&server, &server.owner);
    for form in FORMS {
        for csrf in ["", "0000", &"0".repeat(64)] {
            let answer =
                browser.send(form, csrf, &[("version", "1"), ("name", "eve"), ("way", "token"), ("token", &server.owner)]);
            assert_eq!(answer.status, 403, "{form}: {}", answer.text);
            assert!(!answer.text.contains("the value of"), "{form}");
        }
    }
    assert_eq!(browser.show("/").status, 200, "nothing of it was done");
}

#[test]
fn every_page_has_its_headers_and_no_value() {
    let server = Server::start();
    server.shop();
    let mut browser = Browser::signed_in(&server, &server.owner);
    for page in PAGES {
        let answer = browser.show(page);
        assert_eq!(answer.status, 200, "{page}: {}", answer.text);
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{page}: {policy}");
        assert!(!policy.contains("unsafe"), "{page}: {policy}");
        for (name, expected) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), expected, "{page} {name}");
        }
        assert!(!answer.text.contains("the value of") && !answer.text.contains(&server.owner), "{page}");
        assert!(!answer.text.contains(" style=") && !answer.text.contains("<style"), "{page}");
    }
}

#[test]
fn a_value_is_shown_to_those_who_may_and_that_is_written_down() {
    let server = Server::start();
    server.shop();
    let reveal = "/projects/shop/environments/prod/secrets/KEY/reveal";
    for (role, status) in [("viewer", 403), ("developer", 403), ("operator", 200)] {
        let token = server.member(role, role);
        let mut browser = Browser::signed_in(&server, &token);
        let page = browser.show("/projects/shop/secrets/KEY").text;
        let offered = page.contains("prod/secrets/KEY/reveal");
        assert_eq!(offered, status == 200, "{role}");
        assert_eq!(page.contains("dev/secrets/KEY/reveal"), role != "viewer", "{role}");
        let answer = browser.fill("/", reveal, &[("version", "1")]);
        assert_eq!((answer.status, answer.text.contains("the value of prod")), (status, status == 200), "{role}");
    }
    let log = server.own("GET", "/api/v1/projects/shop/audit", None).expect(200).to_string();
    assert!(log.contains("\"operator\"") && log.contains("KEY@1"), "{log}");
}

#[test]
fn values_are_set_taken_back_and_taken_over() {
    let server = Server::start();
    server.shop();
    let mut browser = Browser::signed_in(&server, &server.owner);
    let set = "/projects/shop/environments/dev/set";
    let answer = browser.fill(set, set, &[("value:KEY", "second"), ("version:KEY", "1"), ("name", "NEW"), ("value", "a\r\nb")]);
    assert_eq!((answer.status, answer.header("location")), (303, "/projects/shop/secrets"), "{}", answer.text);
    let late = browser.fill(set, set, &[("value:KEY", "hunter2-late"), ("version:KEY", "1")]);
    assert!(late.text.contains("Nothing was stored") && !late.text.contains("hunter2-late"), "{}", late.text);
    let secret = "/projects/shop/environments/dev/secrets/KEY";
    browser.fill("/", &format!("{secret}/rollback"), &[("version", "1"), ("current", "2")]);
    let promoted =
        browser.fill("/", "/projects/shop/promote", &[("from", "dev"), ("to", "prod"), ("name", "NEW"), ("version:NEW", "0")]);
    assert_eq!(promoted.status, 303, "{}", promoted.text);
    browser.fill("/", "/projects/shop/environments/dev/secrets/NEW/unset", &[("version", "1")]);
    let values = |environment: &str| {
        let list = server.own("GET", &super::in_shop(environment, "values"), None).expect(200);
        let values = list["values"].as_array().expect("a list").iter();
        values
            .map(|held| format!("{}={}@{} {}", held["name"], held["value"], held["version"], held["origin"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(values("dev"), [r#""KEY"="the value of dev"@3 "rolled-back""#]);
    assert_eq!(values("prod")[1], r#""NEW"="a\nb"@1 "promoted""#);
}

#[test]
fn a_password_signs_in_and_wrong_ones_have_to_wait() {
    let home = std::sync::Arc::new(tempfile::tempdir().expect("a directory"));
    let server = Server::with(home, &["--failures-per-minute", "3"]);
    let mut browser = Browser::signed_in(&server, &server.owner);
    let password = "correct horse battery";
    let short = browser.fill("/account", "/account", &[("password", "short"), ("again", "short")]);
    assert!(short.text.contains("at least 15 characters"), "{}", short.text);
    let set = browser.fill("/account", "/account", &[("password", password), ("again", password)]);
    assert!(set.text.contains("Password changed."), "{}", set.text);
    let attempt = |password: &str| {
        let mut browser = Browser::new(&server);
        browser.sign_in(&[("way", "password"), ("name", "ada"), ("password", password)]).status
    };
    assert_eq!(attempt(password), 303);
    let wrong: Vec<u16> = (0..4).map(|_| attempt("wrong horse battery")).collect();
    assert_eq!(wrong, [200, 200, 200, 429]);
    assert_eq!(attempt(password), 429, "whoever guesses learns nothing any more");
}

#[test]
fn a_program_is_let_in_by_whoever_is_signed_in() {
    let server = Server::start();
    let device = server.ask("", "POST", "/api/v1/login/device", Some(json!({"name": "takk on <b>"}))).expect(200);
    let code = device["code"].as_str().expect("text");
    let mut browser = Browser::signed_in(&server, &server.owner);
    let page = format!("/login/device?code={code}");
    assert!(browser.show(&page).text.contains("takk on &#60;b&#62;"));
    let done = browser.fill(&page, "/login/device", &[("code", code)]);
    assert!(done.text.contains("Authorized. Return to the terminal"), "{}", done.text);
    let polled = json!({"poll_secret": device["poll_secret"]});
    let token = server.ask("", "POST", "/api/v1/login/device/poll", Some(polled)).expect(200);
    assert_eq!(token["user"]["name"], "ada");
}

#[test]
fn a_program_that_is_denied_gets_no_token() {
    let server = Server::start();
    let device = server.ask("", "POST", "/api/v1/login/device", Some(json!({"name": "takk"}))).expect(200);
    let code = device["code"].as_str().expect("text");
    let mut browser = Browser::signed_in(&server, &server.owner);
    let page = format!("/login/device?code={code}");
    let done = browser.fill(&page, "/login/device", &[("code", code), ("decision", "deny")]);
    assert!(done.text.contains("Denied."), "{}", done.text);
    let polled = json!({"poll_secret": device["poll_secret"]});
    assert_eq!(server.ask("", "POST", "/api/v1/login/device/poll", Some(polled)).status, 404);
    assert_eq!(
        browser.fill("/login/device", "/login/device", &[("code", code)]).status,
        404,
        "nobody can agree to it any more"
    );
}

#[test]
fn hostile_names_are_text_on_every_page() {
    let server = Server::start();
    let hostile = "\"><script>alert(1)</script>";
    let project = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    server.own("PUT", &format!("/api/v1/projects/{project}"), None).expect(201);
    for environment in ["dev", "prod"] {
        let body = json!({"changes": [{"name": hostile, "value": environment}, {"name": "\" onfocus x \"", "value": "x"}]});
        server.own("POST", &format!("/api/v1/projects/{project}/environments/{environment}/changes"), Some(body)).expect(200);
    }
    let mut manifest = super::manifests::inspected(
        "from pydantic import PostgresDsn\nfrom pydantic_settings import BaseSettings\n\n\nclass S(BaseSettings):\n    a: int\n    b: PostgresDsn\n",
    );
    let text = json!(hostile);
    for field in 0..2 {
        for key in ["name", "type", "description", "file"] {
            manifest["settings"][0]["fields"][field][key] = text.clone();
        }
    }
    manifest["settings"][0]["fields"][0]["env"] = json!([hostile]);
    manifest["settings"][0]["fields"][0]["choices"] = json!([hostile]);
    manifest["settings"][0]["fields"][0]["accepts"] = json!({"literal": [hostile]});
    manifest["settings"][0]["fields"][1]["accepts"] = json!({"url": {"name": hostile, "schemes": [hostile]}});
    manifest["settings"][0]["qualname"] = text.clone();
    for key in ["kind", "name"] {
        manifest["resources"][0][key] = text.clone();
    }
    manifest["resources"][0]["version"]["reason"] = text.clone();
    server.own("PUT", &format!("/api/v1/projects/{project}/environments/dev/manifest"), Some(manifest)).expect(200);
    server.own("PUT", &format!("/api/v1/projects/{project}/members/{project}"), Some(json!({"role": "viewer"}))).expect(200);
    server.own("POST", "/api/v1/tokens", Some(json!({"label": hostile, "kind": "service", "role": "viewer"}))).expect(201);
    let mut browser = Browser::signed_in(&server, &server.owner);
    let new = json!({"name": hostile, "role": "viewer"});
    let made = server.own("POST", &format!("/api/v1/projects/{project}/invitations"), Some(new)).expect(201);
    let invitation = made["link"].as_str().and_then(|link| link.strip_prefix(&server.url)).expect("a link");
    for (template, page) in TEMPLATES.iter().filter(|(_, page)| !page.is_empty()) {
        let page = page.replace("{project}", &format!("/projects/{project}")).replace("{name}", project);
        let page = page.replace("{invitation}", invitation);
        let answer = browser.show(&page);
        let status = if matches!(*template, "refused.html" | "") { 404 } else { 200 };
        assert_eq!(answer.status, status, "{page}: {}", answer.text);
        assert_inert(&answer.text, &page);
    }
}

#[test]
fn every_template_is_in_the_table() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/dashboard/src/templates");
    let mut found: Vec<String> = fs::read_dir(directory)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter(|name| name != "base.html" && Path::new(name).extension().is_some_and(|extension| extension == "html"))
        .collect();
    found.sort();
    let mut listed: Vec<&str> = TEMPLATES.iter().map(|(template, _)| *template).filter(|name| !name.is_empty()).collect();
    listed.sort_unstable();
    assert_eq!(found, listed);
}

/// The page is valid HTML, with no script but its own and no inline event handlers.
fn assert_inert(page: &str, address: &str) {
    assert!(page.starts_with("<!doctype"), "{address}: {page}");
    assert_eq!(page.matches("<script").count(), 1, "{address}");
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("page.html");
    fs::write(&file, page).expect("written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages.py");
    let python = venv(&["html5lib==1.1", "cmarkgfm==2025.10.22"]).join("bin/python");
    let found: serde_json::Value = serde_json::from_str(&run(Command::new(python).arg(script).arg(file))).expect("JSON");
    for attribute in found["attributes"].as_array().expect("a list") {
        let name = attribute.as_str().and_then(|pair| pair.split(' ').next_back()).expect("a name");
        assert!(!name.starts_with("on") && name != "style", "{address}: {attribute}");
    }
}
