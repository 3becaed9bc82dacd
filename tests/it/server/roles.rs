//! Authorization: every route for every role, in one's own project and in another one, and with every kind of invalid token.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::Server;

/// What a route requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// A valid token.
    Token,
    /// A token that may issue others like the requested one.
    Mint,
    /// A person's token.
    Person,
    /// A role in the project.
    Viewer,
    /// The same, and a token that is not limited to some environments.
    Project,
    Values,
    Operator,
    /// May delete environments.
    Owner,
    /// May manage members: a person's token for the whole project.
    People,
}

/// Every route: method, path, what it requires, its body, and the status for those who are authorized.
const ROUTES: [(&str, &str, Need, &str, &[u16]); 47] = [
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
    ("GET", "/projects/{project}/production", Need::Project, "", &[200]),
    ("PUT", "/projects/{project}/production", Need::People, "{\"environments\": []}", &[200]),
    ("PUT", "/projects/{project}/environments/{environment}/manifest", Need::Values, MANIFEST, &[200]),
    ("GET", "/projects/{project}/environments/{environment}/manifest", Need::Viewer, "", &[200]),
    ("GET", "/projects/{project}/environments/{environment}/plan", Need::Viewer, "", &[200]),
    ("GET", "/projects/{project}/environments/{environment}/diff", Need::Viewer, "", &[200]),
    ("GET", "/projects/{project}/environments/{environment}/resources", Need::Viewer, "", &[200]),
    // There is nothing to remove, and nothing to create. Who may do what to resources at the level `full` is in `provision/team.rs`.
    ("DELETE", "/projects/{project}/environments/{environment}/resources/{resource}", Need::Values, "", &[404]),
    ("GET", "/projects/{project}/environments/{environment}/resources/{resource}/sessions", Need::Values, "", &[404]),
    ("POST", "/projects/{project}/environments/{environment}/resources/{resource}/unprotect", Need::Owner, "", &[404]),
    ("POST", "/projects/{project}/environments/{environment}/provision", Need::Values, "{}", &[200]),
    ("POST", "/projects/{project}/environments/{environment}/provision/preview", Need::Values, "{}", &[200]),
    ("GET", "/projects/{project}/environments/{environment}/migrations", Need::Operator, "", &[200]),
    ("GET", "/projects/{project}/environments/{environment}/admin-addresses", Need::Operator, "", &[200]),
    ("PUT", "/projects/{project}/environments/{environment}/admin-addresses/{kind}", Need::Operator, ADDRESS, &[400]),
    ("DELETE", "/projects/{project}/environments/{environment}/admin-addresses/{kind}", Need::Operator, "", &[404]),
    // There is nothing to copy from `qa`.
    ("POST", "/projects/{project}/environments/{environment}/promote", Need::Values, PROMOTION, &[404]),
    ("GET", "/projects/{project}/audit", Need::Operator, "", &[200]),
    ("GET", "/projects/{project}/members", Need::Project, "", &[200]),
    ("PUT", "/projects/{project}/members/{user}", Need::People, "{\"role\": \"viewer\"}", &[200]),
    ("DELETE", "/projects/{project}/members/{user}", Need::People, "", &[200]),
    ("GET", "/tokens", Need::Token, "", &[200]),
    (
        "POST",
        "/tokens",
        Need::Mint,
        "{\"label\": \"x\", \"kind\": \"personal\", \"role\": \"viewer\", \"projects\": [\"shop\"]}",
        &[201],
    ),
    ("DELETE", "/tokens/{id}", Need::Token, "", &[404]),
    ("POST", "/login/device/approve", Need::Person, "{\"code\": \"BCDF-GHJK\"}", &[404]),
    ("GET", "/projects/{project}/service-tokens", Need::People, "", &[200]),
    (
        "POST",
        "/projects/{project}/service-tokens",
        Need::People,
        "{\"account\": \"ci\", \"label\": \"x\", \"role\": \"viewer\", \"expires_at\": 1900000000000}",
        &[201],
    ),
    ("DELETE", "/projects/{project}/service-tokens/{id}", Need::People, "", &[404]),
    ("GET", "/projects/{project}/invitations", Need::People, "", &[200]),
    ("POST", "/projects/{project}/invitations", Need::People, "{\"name\": \"x\", \"role\": \"viewer\"}", &[201]),
    ("DELETE", "/projects/{project}/invitations/{id}", Need::People, "", &[404]),
    ("GET", "/projects/{project}/trusts", Need::People, "", &[200]),
    (
        "POST",
        "/projects/{project}/trusts",
        Need::People,
        "{\"name\": \"x\", \"issuer\": \"https://gitlab.com\", \"claims\": {\"project_id\": \"1\"}, \"role\": \"viewer\"}",
        &[201, 409],
    ),
    ("DELETE", "/projects/{project}/trusts/{id}", Need::People, "", &[404]),
    // Members get the project as it is.
    ("PUT", "/projects/{project}", Need::Viewer, "", &[200]),
    ("DELETE", "/projects/{project}/environments/{environment}", Need::Owner, "", &[204]),
];

/// A manifest of a project that needs nothing.
pub(super) const MANIFEST: &str = r#"{"schema_version": 1, "project": {"name": "shop", "place": null, "requires_python": null,
    "pydantic": null, "pydantic_settings": null}, "settings": [], "services": [], "shared_settings": [], "resources": [],
    "reads": [], "suggestions": [], "packages": {}, "files": 0}"#;

/// An admin address where nothing listens.
const ADDRESS: &str = r#"{"address": "postgresql://adm:s3cret@127.0.0.1:1/postgres?sslmode=require"}"#;

/// Values to copy.
const PROMOTION: &str = r#"{"from": "qa", "names": ["KEY"]}"#;

/// Routes that need no token.
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

/// The caller: the role of the token's owner in the project, and the limits of the token.
struct Caller {
    name: String,
    token: String,
    role: &'static str,
    environments: &'static [&'static str],
    is_service: bool,
    ends: bool,
    is_foreign: bool,
}

impl Caller {
    fn new(name: &str, token: String, role: &'static str) -> Self {
        let name = name.to_owned();
        Self { name, token, role, environments: &[], is_service: false, ends: false, is_foreign: false }
    }

    /// The status of a refusal; `None` if the caller is authorized.
    fn refused(&self, need: Need, path: &str, environment: &str) -> Option<u16> {
        let is_inside = path.contains("{project}");
        if is_inside && self.is_foreign {
            // That a name is taken cannot be hidden from someone who wants to take it.
            return Some(if path == "/projects/{project}" { 403 } else { 404 });
        }
        let is_bound = !self.environments.is_empty();
        // The source of the copy is `qa`.
        let is_covered = self.environments.contains(&environment) && !path.ends_with("/promote");
        let is_outside = is_bound && path.contains("{environment}") && !is_covered;
        let is_allowed = match need {
            Need::Token => true,
            Need::Person => !self.is_service,
            Need::Mint => !self.is_service && !is_bound && !self.ends && !self.is_foreign,
            Need::Viewer => !is_outside,
            Need::Project => !is_bound,
            Need::People => self.role == "owner" && !is_bound && !self.is_service,
            Need::Values => {
                rank(self.role) >= rank(if environment == "prod" { "operator" } else { "developer" }) && !is_outside
            }
            Need::Operator => rank(self.role) >= rank("operator") && !is_outside,
            Need::Owner => self.role == "owner" && !is_outside,
        };
        (!is_allowed).then_some(403)
    }
}

fn rank(role: &str) -> usize {
    ROLES.iter().position(|known| *known == role).expect("a role")
}

/// Every kind of caller: a person in each role, and each limit that a token can have.
fn callers(server: &Server) -> Vec<Caller> {
    let mut all: Vec<Caller> =
        ROLES.iter().map(|role| Caller::new(role, server.member(&format!("user-{role}"), role), role)).collect();
    server.own("PUT", "/api/v1/projects/other", None).expect(201);
    let bounded = |more: Value| {
        let mut body = json!({"label": "bounded", "kind": "personal", "role": "owner"});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        text(&server.own("POST", "/api/v1/tokens", Some(body)).expect(201))
    };
    all.push(Caller::new("for the project", bounded(json!({"projects": ["shop"]})), "owner"));
    let foreign = Caller::new("for another project", bounded(json!({"projects": ["other"]})), "owner");
    all.push(Caller { is_foreign: true, ..foreign });
    for role in ["viewer", "developer", "operator"] {
        all.push(Caller::new(&format!("an owner's {role}"), bounded(json!({"role": role})), role));
    }
    let dev = Caller::new("for dev", bounded(json!({"environments": ["dev"]})), "owner");
    all.push(Caller { environments: &["dev"], ..dev });
    let ends = Caller::new("that ends", bounded(json!({"expires_at": 1_950_000_000_000_i64})), "owner");
    all.push(Caller { ends: true, ..ends });
    let program = Caller::new("a program's of a person", bounded(json!({"kind": "service"})), "owner");
    all.push(Caller { is_service: true, ..program });
    let service = |environments: &'static [&'static str]| {
        let body = json!({"account": "deploy", "label": "x", "role": "operator", "environments": environments});
        let made = server.own("POST", "/api/v1/projects/shop/service-tokens", Some(body)).expect(201);
        let name = format!("a service account's for {environments:?}");
        Caller { environments, is_service: true, ..Caller::new(&name, text(&made), "operator") }
    };
    all.extend([service(&[]), service(&["dev"])]);
    all
}

fn text(made: &Value) -> String {
    made["token"].as_str().expect("text").to_owned()
}

fn address(path: &str, project: &str, environment: &str) -> String {
    let path = path.replace("{project}", project).replace("{environment}", environment).replace("{user}", "temp");
    let path = if path.ends_with("/diff") { format!("{path}?with={environment}") } else { path };
    let path = path.replace("{resource}", "postgres%2Fdefault").replace("{kind}", "postgres");
    format!("/api/v1{}", path.replace("{name}", "KEY").replace("{version}", "1").replace("{id}", "999999"))
}

fn body(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| serde_json::from_str(text).expect("JSON"))
}

#[test]
fn every_role_and_every_bound_may_do_what_it_may_and_nothing_else() {
    let server = Server::start();
    server.shop();
    let callers = callers(&server);
    for (method, path, need, sent, good) in ROUTES {
        for environment in ["dev", "prod"] {
            for caller in &callers {
                // Recreates what an earlier call removed.
                server.own("PUT", "/api/v1/projects/shop/members/temp", Some(json!({"role": "viewer"}))).expect(200);
                server.own("POST", &super::in_shop(environment, "changes"), Some(json!({"changes": []}))).expect(200);
                let answer = server.ask(&caller.token, method, &address(path, "shop", environment), body(sent));
                let refused = caller.refused(need, path, environment);
                let expected = refused.as_ref().map_or(good, std::slice::from_ref);
                assert!(expected.contains(&answer.status), "{} {method} {path} in {environment}: {}", caller.name, answer.text);
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
    let bob = server.member("bob", "viewer");
    server.own("PUT", "/api/v1/projects/other/members/bob", Some(json!({"role": "owner"}))).expect(200);
    server.own("DELETE", "/api/v1/projects/shop/members/bob", None).expect(200);
    let new = json!({"label": "x", "kind": "personal", "role": "owner", "projects": ["other"]});
    let bounded = |token: &str| text(&server.ask(token, "POST", "/api/v1/tokens", Some(new.clone())).expect(201));
    for (token, is_bounded) in [(&bounded(&server.owner), true), (&bounded(&bob), true), (&bob, false)] {
        // A token that may create projects creates it if it does not exist.
        let is_asked = |method: &str, path: &str| is_bounded || (method, path) != ("PUT", "/projects/{project}");
        let inside = ROUTES.iter().filter(|(_, path, ..)| path.contains("{project}"));
        for (method, path, _, sent, _) in inside.filter(|(method, path, ..)| is_asked(method, path)) {
            let there = server.ask(token, method, &address(path, "shop", "dev"), body(sent));
            let nowhere = server.ask(token, method, &address(path, "nowhere", "dev"), body(sent));
            // That a name is taken cannot be hidden from someone who wants to take it.
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
fn an_environment_is_production_unless_it_is_known_to_be_something_else() {
    let server = Server::start();
    server.shop();
    let developer = server.member("dee", "developer");
    let write = |environment: &str| {
        let body = json!({"changes": [{"name": "KEY", "value": "x"}]});
        server.ask(&developer, "POST", &super::in_shop(environment, "changes"), Some(body)).status
    };
    for open in ["dev", "test", "qa", "preview%2Flogin"] {
        assert_eq!(write(open), 200, "{open}");
    }
    for closed in ["prod", "production", "live", "prod-eu", "staging", "develop", "previews"] {
        assert_eq!(write(closed), 403, "{closed}");
    }
    let production = "/api/v1/projects/shop/production";
    let said = |body: Value| server.own("PUT", production, Some(body)).expect(200);
    // The same holds for environments that do not exist yet; `prod` is production whatever the request says.
    let named = said(json!({"environments": ["live", "dev", "prod", "dev"], "not_production": ["staging", "staging"]}));
    assert_eq!(named, json!({"environments": ["prod", "dev", "live"], "not_production": ["staging"]}));
    assert_eq!(server.own("GET", production, None).expect(200), named);
    assert_eq!([write("dev"), write("live"), write("staging"), write("production")], [403, 403, 200, 403]);
    let listed = server.own("GET", "/api/v1/projects/shop/environments", None).expect(200);
    let told: Vec<(&str, bool)> = listed["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (row["name"].as_str().expect("text"), row["is_production"].as_bool().expect("a word")))
        .filter(|(name, _)| ["dev", "prod", "qa", "staging"].contains(name))
        .collect();
    assert_eq!(told, [("dev", true), ("prod", true), ("qa", false), ("staging", false)]);
    for wrong in [
        json!({"environments": ["Not a name"]}),
        json!({"environments": [], "not_production": ["Not a name"]}),
        json!({"environments": [], "not_production": ["prod"]}),
        json!({"environments": ["staging"], "not_production": ["staging"]}),
    ] {
        assert_eq!(server.own("PUT", production, Some(wrong.clone())).status, 400, "{wrong}");
    }
    // As an earlier client writes it.
    said(json!({"environments": []}));
    assert_eq!([write("dev"), write("prod"), write("staging")], [200, 403, 403]);
    let log = server.own("GET", "/api/v1/projects/shop/audit?action=production&name=live", None).expect(200);
    assert_eq!(log["items"].as_array().map(Vec::len), Some(1), "{log}");
}
