//! A cluster that answers the requests of the security plugin as these pages and the source of the plugin say, and no others:
//! <https://docs.opensearch.org/latest/security/access-control/api/>, `InternalUsersApiAction.java`, `RolesApiAction.java`,
//! `RolesMappingApiAction.java`, `Responses.java`; and <https://docs.opensearch.org/latest/api-reference/cat/cat-indices/>.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::server::given;
use crate::client::fake::{Fake, Request, answer};
use crate::process::Answer;
use crate::up::project::Checkout;
use crate::up::servers::path_with;

/// The password of the administrator. Nothing but its own compartment may have it.
pub(super) const ADMIN: &str = "canary-40ab-of-opensearch";

/// What the cluster has.
#[derive(Default)]
pub(super) struct State {
    /// Users, roles and mappings, each by the name of its path.
    pub named: BTreeMap<(String, String), Value>,
    pub passwords: BTreeMap<String, String>,
    pub indices: BTreeSet<String>,
    /// Whether the administrator may use the security API.
    pub is_weak: bool,
    /// Requests that the plugin does not document.
    unexpected: Vec<String>,
}

pub(super) struct Cluster {
    pub fake: Fake,
    state: Arc<Mutex<State>>,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.state().unexpected, [""; 0], "each request is one that OpenSearch documents");
        }
    }
}

impl Cluster {
    pub(super) fn new() -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        state.lock().expect("no panic").indices.insert(".opendistro_security".to_owned());
        let shared = Arc::clone(&state);
        let fake = Fake::new(move |_, request, stream| {
            let mut state = shared.lock().expect("no panic");
            let (status, body) = respond(&mut state, request);
            answer(stream, status, "", &body);
        });
        Self { fake, state }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }

    /// A user, a role or a mapping.
    pub(super) fn get(&self, kind: &str, name: &str) -> Value {
        self.state().named.get(&(kind.to_owned(), name.to_owned())).cloned().unwrap_or_default()
    }

    pub(super) fn set(&self, kind: &str, name: &str, value: Value) {
        self.state().named.insert((kind.to_owned(), name.to_owned()), value);
    }

    pub(super) fn delete(&self, kind: &str, name: &str) {
        self.state().named.remove(&(kind.to_owned(), name.to_owned()));
    }

    /// The requests that change something, since a number of requests.
    pub(super) fn changes(&self, since: usize) -> Vec<String> {
        self.fake.lines().into_iter().skip(since).filter(|line| !line.starts_with("GET ")).collect()
    }

    #[track_caller]
    pub(super) fn has_no_trace_of(&self, name: &str) {
        let state = self.state();
        let named: Vec<_> = state.named.keys().filter(|(_, one)| one.contains(name)).collect();
        let indices: Vec<_> = state.indices.iter().filter(|one| one.starts_with(&format!("{name}-"))).collect();
        assert!(named.is_empty() && indices.is_empty(), "{named:?} {indices:?}");
    }

    pub(super) fn url_of(&self, user: &str, password: &str) -> String {
        self.fake.url.replacen("://", &format!("://{user}:{password}@"), 1)
    }
}

type Response = (&'static str, String);

fn message(status: &'static str, message: &str) -> Response {
    let (_, name) = status.split_once(' ').expect("a number and a name");
    let name = name.to_uppercase().replace(' ', "_");
    (status, json!({ "status": name, "message": message }).to_string())
}

fn respond(state: &mut State, request: &Request) -> Response {
    let basic = request.header("authorization").and_then(|value| value.strip_prefix("Basic ")).unwrap_or_default();
    let pair = String::from_utf8(STANDARD.decode(basic).expect("base64")).expect("text");
    let (user, password) = pair.split_once(':').expect("a password");
    let is_admin = user == "adm" && password == ADMIN;
    if !is_admin && state.passwords.get(user).is_none_or(|known| known != password) {
        return ("401 Unauthorized", "Unauthorized".to_owned());
    }
    let (method, target) = request.line.split_once(' ').expect("a method");
    if request.line == "GET /" {
        let version = json!({ "distribution": "opensearch", "number": "3.6.0", "build_type": "tar" });
        return ("200 OK", json!({ "name": "node-1", "cluster_name": "search", "version": version }).to_string());
    }
    if let Some(path) = target.strip_prefix("/_plugins/_security/api/") {
        if !is_admin || state.is_weak {
            let why = "does not have any role privileged for admin access. No client TLS certificate found in request";
            return message(
                "403 Forbidden",
                &format!("No permission to access REST API: User {user} with Security roles [] {why}"),
            );
        }
        let (kind, name) = path.split_once('/').expect("a name");
        return named(state, method, kind, name, &request.body);
    }
    indices(state, method, target)
}

/// The fields of each kind, and which of them a request may leave out.
fn fields(kind: &str) -> Value {
    match kind {
        "internalusers" => {
            json!({ "backend_roles": [], "attributes": {}, "description": null, "opendistro_security_roles": [] })
        }
        "roles" => json!({ "description": null, "cluster_permissions": [], "index_permissions": [], "tenant_permissions": [] }),
        "rolesmapping" => {
            json!({ "backend_roles": [], "hosts": [], "users": [], "and_backend_roles": [], "description": null })
        }
        _ => Value::Null,
    }
}

fn named(state: &mut State, method: &str, kind: &str, name: &str, body: &str) -> Response {
    let key = (kind.to_owned(), name.to_owned());
    let is_there = state.named.contains_key(&key);
    let missing = || message("404 Not Found", &format!("Resource '{name}' not found."));
    let mut stored = fields(kind);
    match method {
        _ if stored.is_null() => unexpected(state, format!("{method} {kind}/{name}")),
        "GET" => state.named.get(&key).map_or_else(missing, |found| ("200 OK", json!({ name: found }).to_string())),
        "DELETE" if !is_there => missing(),
        "DELETE" => {
            state.named.remove(&key);
            if kind == "internalusers" {
                state.passwords.remove(name);
            }
            message("200 OK", &format!("'{name}' deleted."))
        }
        "PUT" => {
            let mut body: serde_json::Map<String, Value> = serde_json::from_str(body).expect("an object");
            if kind == "internalusers" {
                let password = body.remove("password").and_then(|text| text.as_str().map(str::to_owned));
                state.passwords.insert(name.to_owned(), password.expect("a new user has a password"));
            }
            if kind == "rolesmapping" && !state.named.contains_key(&("roles".to_owned(), name.to_owned())) {
                return message("404 Not Found", &format!("role '{name}' not found."));
            }
            for (field, value) in body {
                if stored.get(&field).is_none() {
                    return unexpected(state, format!("{kind} have no field {field}"));
                }
                stored[field.as_str()] = value;
            }
            for flag in ["reserved", "hidden", "static"] {
                stored[flag] = false.into();
            }
            state.named.insert(key, stored);
            if is_there {
                message("200 OK", &format!("'{name}' updated."))
            } else {
                message("201 Created", &format!("'{name}' created."))
            }
        }
        _ => unexpected(state, format!("{method} {kind}/{name}")),
    }
}

fn indices(state: &mut State, method: &str, target: &str) -> Response {
    let listed = target.strip_prefix("/_cat/indices/").and_then(|rest| rest.split_once("?format=json&h=index"));
    match (method, listed) {
        ("GET", Some((pattern, "" | "&expand_wildcards=all"))) => {
            let begin = pattern.strip_suffix('*').expect("a pattern");
            let rows = state.indices.iter().filter(|name| name.starts_with(begin)).map(|name| json!({ "index": name }));
            ("200 OK", Value::from(rows.collect::<Vec<_>>()).to_string())
        }
        ("DELETE", None) if !target.contains(['*', '_']) || target.starts_with("/shop_") => {
            for name in target.trim_start_matches('/').split(',') {
                if !state.indices.remove(name) {
                    let error = json!({ "type": "index_not_found_exception", "reason": format!("no such index [{name}]") });
                    return ("404 Not Found", json!({ "error": error, "status": 404 }).to_string());
                }
            }
            ("200 OK", json!({ "acknowledged": true }).to_string())
        }
        _ => unexpected(state, format!("{method} {target}")),
    }
}

fn unexpected(state: &mut State, what: String) -> Response {
    state.unexpected.push(what);
    message("400 Bad Request", "unexpected")
}

pub(super) fn checkout(name: &str) -> Checkout {
    let fields = "opensearch_url: Annotated[AnyUrl, ResourceTags.opensearch_url]; \
                  opensearch_user: Annotated[str, ResourceTags.opensearch_user]; \
                  opensearch_password: Annotated[SecretStr, ResourceTags.opensearch_password]";
    Checkout::new(name, fields, path_with(&[]), None)
}

/// Tries an admin address.
pub(super) fn set(checkout: &Checkout, environment: &str, address: &str) -> Answer {
    given(checkout, &["provision", "admin", "set", "opensearch", "--env", environment, "--stdin"], address)
}

/// Stores the admin address of the cluster for an environment.
#[track_caller]
pub(super) fn set_admin(checkout: &Checkout, cluster: &Cluster, environment: &str) -> String {
    set(checkout, environment, &cluster.url_of("adm", ADMIN)).done()
}
