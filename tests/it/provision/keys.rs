//! Keys of outside services, made with an admin key by local servers that have the APIs as these document them:
//! <https://platform.openai.com/docs/api-reference/project-service-accounts>,
//! <https://openrouter.ai/docs/guides/overview/auth/management-api-keys>, <https://docs.litellm.ai/docs/proxy/virtual_keys>.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::server::given;
use crate::client::fake::{Fake, Request, answer};
use crate::up::project::Checkout;
use crate::up::servers::path_with;

const ADMIN: &str = "canary-admin-7d1f";
const KEY: &str = "llm/default";
const CREATE: [&str; 3] = ["provision", "--env", "dev"];
const REMOVE: [&str; 7] = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];

/// A key at a service.
#[derive(Clone, Debug)]
struct Made {
    id: String,
    name: String,
    key: String,
}

/// What a service has.
#[derive(Default)]
struct State {
    keys: Vec<Made>,
    /// Names of OpenAI's projects that are not archived; the ID of each is `proj-NAME`.
    projects: Vec<String>,
    count: usize,
}

impl State {
    fn make(&mut self, request: &Request) -> Made {
        let body: Value = serde_json::from_str(&request.body).expect("JSON");
        let name = body.get("name").or(body.get("key_alias")).and_then(Value::as_str).expect("a name").to_owned();
        self.count += 1;
        let made = Made { id: format!("id-{}", self.count), name, key: format!("sk-made-{}", self.count) };
        self.keys.push(made.clone());
        made
    }
}

/// One service.
struct Service {
    name: &'static str,
    fake: Fake,
    state: Arc<Mutex<State>>,
}

impl Service {
    fn new(name: &'static str) -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = Arc::clone(&state);
        let fake = Fake::new(move |_, request, stream| {
            let mut state = shared.lock().expect("no panic");
            let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
            let (status, body) = match name {
                _ if is_proof(request) => proof(&state, bearer),
                _ if bearer != ADMIN => {
                    ("401 Unauthorized", json!({"error": {"message": format!("not {bearer}"), "code": 401}}))
                }
                "openai" => openai(&mut state, request),
                "openrouter" => openrouter(&mut state, request),
                _ => litellm(&mut state, request),
            };
            answer(stream, status, "", &body.to_string());
        });
        Self { name, fake, state }
    }

    fn all() -> impl Iterator<Item = Self> {
        ["openai", "openrouter", "litellm"].into_iter().map(Self::new)
    }

    /// The admin key, with the URL of this server.
    fn admin(&self, key: &str) -> String {
        let path = match self.name {
            "openai" => "/v1",
            "openrouter" => "/api/v1",
            _ => "",
        };
        format!("http://:{key}@{}{path}", self.fake.url.trim_start_matches("http://"))
    }

    #[track_caller]
    fn set_admin(&self, checkout: &Checkout) {
        let said =
            given(checkout, &["provision", "admin", "set", self.name, "--env", "dev", "--stdin"], &self.admin(ADMIN)).done();
        assert!(!said.contains(ADMIN) && said.contains("API"), "{said}");
    }

    fn keys(&self) -> Vec<Made> {
        self.state.lock().expect("no panic").keys.clone()
    }

    fn revoke(&self, key: &str) {
        self.state.lock().expect("no panic").keys.retain(|made| made.key != key);
    }
}

fn is_proof(request: &Request) -> bool {
    request.line.ends_with("/v1/models") || request.line.ends_with("/api/v1/key")
}

fn proof(state: &State, bearer: &str) -> (&'static str, Value) {
    if state.keys.iter().any(|made| made.key == bearer) {
        ("200 OK", json!({"data": {"0": {}, "limit_remaining": null}}))
    } else {
        ("401 Unauthorized", json!({"error": {"message": bearer, "code": "invalid_api_key"}}))
    }
}

fn openai(state: &mut State, request: &Request) -> (&'static str, Value) {
    let (method, path) = request.line.split_once(' ').expect("a method");
    let path = path.strip_prefix("/v1/organization/projects").expect("the path of projects");
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let project = |name: &String| json!({"id": format!("proj-{name}"), "object": "organization.project", "name": name, "status": "active"});
    let account = |made: &Made| json!({"object": "organization.project.service_account", "id": made.id, "name": made.name, "role": "member"});
    let ok = |value: Value| ("200 OK", value);
    match (method, &parts[..]) {
        ("GET", []) => {
            // One on each page, to be read page by page.
            let after = query.split("after=proj-").nth(1);
            let at = after.map_or(0, |after| state.projects.iter().position(|name| name == after).map_or(0, |at| at + 1));
            let page: Vec<Value> = state.projects.iter().skip(at).take(1).map(project).collect();
            ok(json!({"object": "list", "data": page, "has_more": at + 1 < state.projects.len()}))
        }
        ("POST", []) => {
            let name = serde_json::from_str::<Value>(&request.body).expect("JSON")["name"].as_str().expect("a name").to_owned();
            state.projects.push(name.clone());
            ok(project(&name))
        }
        ("POST", [id, "archive"]) => {
            state.projects.retain(|name| format!("proj-{name}") != *id);
            ok(json!({"id": id, "status": "archived"}))
        }
        (_, [id, ..]) if !state.projects.iter().any(|name| format!("proj-{name}") == *id) => ("404 Not Found", json!({})),
        ("GET", [_, "service_accounts"]) => {
            ok(json!({"object": "list", "data": state.keys.iter().map(account).collect::<Vec<_>>(), "has_more": false}))
        }
        ("POST", [_, "service_accounts"]) => {
            let made = state.make(request);
            let mut value = account(&made);
            value["api_key"] =
                json!({"object": "organization.project.service_account.api_key", "value": made.key, "id": "key_1"});
            ok(value)
        }
        ("DELETE", [_, "service_accounts", id]) => {
            state.keys.retain(|made| made.id != *id);
            ok(json!({"object": "organization.project.service_account.deleted", "id": id, "deleted": true}))
        }
        _ => ("400 Bad Request", json!({})),
    }
}

fn openrouter(state: &mut State, request: &Request) -> (&'static str, Value) {
    let shown = |made: &Made| json!({"hash": made.id, "name": made.name, "label": "sk-or-v1-...", "disabled": false});
    match request.line.split_once("/api/v1/keys").expect("the path of keys") {
        ("GET ", rest) => {
            let offset: usize = rest.strip_prefix("?offset=").and_then(|offset| offset.parse().ok()).unwrap_or(0);
            ("200 OK", json!({"data": state.keys.iter().skip(offset).take(1).map(shown).collect::<Vec<_>>()}))
        }
        ("POST ", "") => {
            let made = state.make(request);
            ("201 Created", json!({"data": shown(&made), "key": made.key}))
        }
        ("DELETE ", id) => {
            state.keys.retain(|made| format!("/{}", made.id) != id);
            ("200 OK", json!({"deleted": true}))
        }
        _ => ("400 Bad Request", json!({})),
    }
}

fn litellm(state: &mut State, request: &Request) -> (&'static str, Value) {
    let (path, query) = request.line.split_once('?').unwrap_or((&request.line, ""));
    match path {
        "GET /key/list" => {
            let alias = query.split('&').find_map(|pair| pair.strip_prefix("key_alias="));
            let keys = state.keys.iter().filter(|made| alias.is_none_or(|alias| made.name == alias));
            let keys: Vec<Value> = keys.map(|made| json!({"token": made.id, "key_alias": made.name})).collect();
            ("200 OK", json!({"keys": keys, "total_count": keys.len(), "current_page": 1, "total_pages": 1}))
        }
        "POST /key/generate" => {
            let made = state.make(request);
            // An alias is unique.
            if state.keys.iter().filter(|other| other.name == made.name).count() > 1 {
                state.keys.pop();
                return ("400 Bad Request", json!({"error": {"message": "Key with alias already exists"}}));
            }
            ("200 OK", json!({"key": made.key, "key_alias": made.name, "token": made.id}))
        }
        "POST /key/delete" => {
            let body: Value = serde_json::from_str(&request.body).expect("JSON");
            let deleted = body["keys"].as_array().expect("keys").clone();
            state.keys.retain(|made| !deleted.contains(&made.id.clone().into()));
            ("200 OK", json!({"deleted_keys": deleted}))
        }
        _ => ("404 Not Found", json!({})),
    }
}

fn checkout() -> Checkout {
    let fields = "llm_token: Annotated[SecretStr, ResourceTags.llm_token]; \
                  llm_base_api: Annotated[AnyUrl, ResourceTags.llm_base_api]";
    Checkout::new("shop", fields, path_with(&[]), None)
}

/// One key, which is the stored one.
#[track_caller]
fn is_whole(checkout: &Checkout, service: &Service, point: &str) {
    let keys = service.keys();
    let [made] = &keys[..] else { panic!("{}, {point}: {keys:?}", service.name) };
    assert_eq!(checkout.value("LLM_TOKEN"), made.key, "{}, {point}", service.name);
    let servers = checkout.servers();
    assert_eq!((servers.len(), &servers[0]["state"]), (1, &"live".into()), "{}, {point}", service.name);
}

#[test]
fn an_environment_gets_a_key_of_its_own_and_loses_it() {
    for service in Service::all() {
        let (checkout, name) = (checkout(), service.name);
        service.set_admin(&checkout);
        let shown = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
        assert!(shown.contains("POST http") && shown.contains("LLM_TOKEN") && !shown.contains(ADMIN), "{shown}");
        assert!(service.keys().is_empty() && checkout.servers().is_empty(), "{name}");
        let said = checkout.takk(&CREATE).done();
        is_whole(&checkout, &service, "created");
        let key = checkout.value("LLM_TOKEN");
        assert!(!said.contains(&key) && !said.contains(ADMIN), "{said}");
        assert!(
            checkout.value("LLM_BASE_API").starts_with(&service.fake.url) && checkout.value("LLM_BASE_API").ends_with("/v1")
        );
        let said = checkout.takk(&["provision", "--env", "dev", "--json"]).done();
        assert!(!said.contains(&key), "{said}");
        is_whole(&checkout, &service, "a second time");
        assert_eq!(checkout.value("LLM_TOKEN"), key, "{name}: what works stays");
        // Somebody revokes it at the service.
        service.revoke(&key);
        checkout.takk(&CREATE).done();
        is_whole(&checkout, &service, "revoked by hand");
        assert_ne!(checkout.value("LLM_TOKEN"), key, "{name}");
        assert_eq!(checkout.servers()[0]["generation"], 2, "{name}");
        // Programs do not get the admin key.
        let all = checkout.takk(&["run", "--env", "dev", "--", "env"]).done()
            + &checkout.takk(&["secrets", "list", "--env", "dev"]).done();
        assert!(!all.contains(ADMIN), "{name}");
        checkout.takk(&REMOVE).done();
        assert!(service.keys().is_empty() && checkout.servers().is_empty(), "{name}");
        assert!(service.state.lock().expect("no panic").projects.is_empty(), "{name}");
        assert_ne!(checkout.takk(&["secrets", "get", "LLM_TOKEN", "--env", "dev"]).code, 0, "{name}");
    }
}

#[test]
fn takk_killed_after_every_step_leaves_one_key_that_is_stored() {
    for service in Service::all() {
        let steps =
            ["revoked", "key", "login"].iter().flat_map(|step| [format!("{KEY}:{step}"), format!("{KEY}:{step}:stored")]);
        let points = [format!("{KEY}:reserved")].into_iter().chain(steps).chain([format!("{KEY}:live")]);
        for (number, point) in points.enumerate() {
            let checkout = checkout();
            service.set_admin(&checkout);
            checkout.killed_after(&point, &CREATE);
            let before = service.keys();
            let said = checkout.takk(&CREATE).done();
            is_whole(&checkout, &service, &point);
            if point.ends_with(":key") {
                assert_eq!(before.len(), 1, "{point}: it was made and not stored");
                assert!(!service.keys().iter().any(|made| made.key == before[0].key), "{point}: nobody knows it");
                assert!(said.contains("revoked a key that an interrupted run had made"), "{said}");
            }
            let out = [format!("{KEY}:retiring"), format!("{KEY}:removed")];
            checkout.killed_after(&out[number % 2], &REMOVE);
            checkout.takk(&REMOVE).done();
            assert!(service.keys().is_empty() && checkout.servers().is_empty(), "{}, {point}", service.name);
        }
        // Or it is removed right after the key was made.
        let checkout = checkout();
        service.set_admin(&checkout);
        checkout.killed_after(&format!("{KEY}:key"), &CREATE);
        checkout.takk(&REMOVE).done();
        assert!(service.keys().is_empty() && checkout.servers().is_empty(), "{}", service.name);
    }
}

#[test]
fn keys_of_others_stay() {
    for service in Service::all() {
        let (ours, theirs) = (checkout(), checkout());
        service.set_admin(&ours);
        service.set_admin(&theirs);
        theirs.takk(&CREATE).done();
        let other = theirs.value("LLM_TOKEN");
        ours.takk(&CREATE).done();
        ours.takk(&REMOVE).done();
        let keys = service.keys();
        assert!(keys.len() == 1 && keys[0].key == other, "{}: the same project of another store: {keys:?}", service.name);
        theirs.takk(&REMOVE).done();
    }
}

#[test]
fn what_is_wrong_is_said_without_the_admin_key() {
    let checkout = checkout();
    let set = |service: &str, text: &str| {
        let error = given(&checkout, &["provision", "admin", "set", service, "--env", "dev", "--stdin"], text);
        assert!(!error.err.contains("canary") && error.code != 0, "{error:?}");
        error.err
    };
    let service = Service::new("openrouter");
    assert!(set("openrouter", &service.admin("canary-wrong")).contains("OpenRouter refuses the admin key"));
    assert!(set("litellm", "canary-admin").contains("its URL is missing"));
    assert!(set("openai", "http://:canary@example.org/v1").contains("is not encrypted"));
    assert!(set("openai", "https://canary@example.org/v1").contains("the URL has no key"));
    let named = ["provision", "llm", "--env", "dev"];
    assert!(checkout.takk(&named).refused().contains("takk provision admin set openai --env dev"));
    // Without an admin key, they are asked for like other values.
    assert_eq!(checkout.takk(&CREATE).code, 0);
    service.set_admin(&checkout);
    Service::new("litellm").set_admin(&checkout);
    assert!(checkout.takk(&named).refused().contains("admin keys of openrouter and litellm"));
    assert!(service.keys().is_empty());
}

#[test]
fn a_key_that_a_person_has_set_stays() {
    let (checkout, service) = (checkout(), Service::new("openai"));
    service.set_admin(&checkout);
    given(&checkout, &["secrets", "set", "LLM_TOKEN", "--env", "dev", "--stdin"], "sk-of-a-person").done();
    let said = checkout.takk(&CREATE).done();
    assert!(said.contains("LLM_TOKEN is set by hand"), "{said}");
    assert!(service.keys().is_empty());
    assert_eq!(checkout.value("LLM_TOKEN"), "sk-of-a-person");
}
