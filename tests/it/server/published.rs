//! The published client, takk 0.1.40 from PyPI, against this server.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::pages::Browser;
use super::{Server, in_shop};
use crate::python::venv;

const PROJECT: &str = r#"from typing import Annotated

from pydantic import Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings
from takk import FastAPIApp, Project
from takk.models import ResourceRef, ResourceTags
from takk.secrets import ServiceUrl


class Shared(BaseSettings):
    key: SecretStr
    database_url: PostgresDsn
    audit: Annotated[PostgresDsn, ResourceRef(ResourceTags.psql_dsn, "audit")]
    fallback: SecretStr = SecretStr("hunter2")


class Api(BaseSettings):
    port: int = Field(description="Where it listens")
    level: str = "info"
    note: str | None = None
    own_address: Annotated[str, ServiceUrl("api", "internal")]


project = Project(name="shop", shared_settings=[Shared], api=FastAPIApp("app", settings=[Api]))
"#;

/// The minimal project that it deploys.
pub(super) const COMPILED: &str = r#"{"name": "shop"}"#;

const APP: &str = "async def app(scope, receive, send):\n    raise NotImplementedError\n";

/// A project with that client installed.
struct PublishedClient {
    directory: TempDir,
    client: PathBuf,
}

impl PublishedClient {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path();
        for (name, text) in [
            ("project.py", PROJECT),
            ("app.py", APP),
            ("pyproject.toml", "[project]\nname = \"shop\"\nversion = \"1\"\n"),
            ("uv.lock", "version = 1\n\n[[package]]\nname = \"shop\"\nversion = \"1\"\nsource = { virtual = \".\" }\n"),
        ] {
            fs::write(root.join(name), text).expect("written");
        }
        let client = venv(&["takk==0.1.40", "pydantic-settings==2.16.3"]).join("bin/takk");
        Self { directory, client }
    }

    fn root(&self) -> &Path {
        self.directory.path()
    }

    fn command(&self, arguments: &[&str], token: Option<&str>) -> Command {
        let mut command = Command::new(&self.client);
        command.args(arguments).current_dir(self.root()).env("HOME", self.root()).env("COLUMNS", "300");
        command.env_remove("TAKK_API").env_remove("TAKK_TOKEN").env_remove("TAKK_HOME");
        if let Some(token) = token {
            command.env("TAKK_TOKEN", token);
        }
        command
    }

    fn run(&self, arguments: &[&str], token: Option<&str>) -> (bool, String) {
        let Output { status, stdout, stderr } = self.command(arguments, token).output().expect("it runs");
        (status.success(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
    }

    #[track_caller]
    fn done(&self, arguments: &[&str], token: Option<&str>) -> String {
        let (is_done, said) = self.run(arguments, token);
        assert!(is_done, "{arguments:?}: {said}");
        said
    }
}

/// Deploys and returns the client's output.
#[track_caller]
fn deployed(desk: &PublishedClient, api: &str, token: &str, more: &[&str]) -> String {
    let mut arguments = vec!["deploy", "--no-push", "--env", "dev", "--server", api];
    arguments.extend_from_slice(more);
    desk.done(&arguments, Some(token))
}

/// The UUID that the client prints.
fn environment_id(said: &str) -> String {
    let (_, rest) = said.split_once("/projects/env/").unwrap_or_else(|| panic!("no address: {said}"));
    rest.chars().take_while(|c| c.is_ascii_hexdigit() || *c == '-').collect()
}

#[test]
fn it_deploys_and_the_form_asks_for_what_is_missing() {
    let server = Server::start();
    let desk = PublishedClient::new();
    let api = format!("{}/api/v1", server.url);
    let said = deployed(&desk, &api, &server.owner, &[]);
    assert!(said.contains("Found 4 missing secrets!"), "{said}");
    let plan = server.own("GET", &in_shop("dev", "plan"), None).expect(200);
    let missing = |plan: &Value| -> Vec<String> {
        let variables = plan["variables"].as_array().expect("a list").iter();
        let missing = variables.filter(|variable| variable["state"] == "missing");
        missing.map(|variable| variable["name"].as_str().expect("text").to_owned()).collect()
    };
    assert_eq!(missing(&plan), ["KEY", "DATABASE_URL", "AUDIT", "PORT"], "{plan}");
    // takk itself reads the same from the source.
    let mut own = super::command(&desk.root().join(".takk-home"));
    let own = own.args(["plan", "--env", "dev", "--json"]).current_dir(desk.root()).output().expect("it runs");
    let own: Value = serde_json::from_slice(&own.stdout).expect("JSON");
    assert_eq!(missing(&own["environments"][0]), missing(&plan), "{own}");
    assert!(!server.own("GET", &in_shop("dev", "manifest"), None).text.contains("hunter2"));
    // The URLs that it prints lead to the pages.
    let id = environment_id(&said);
    let mut browser = Browser::signed_in(&server, &server.owner);
    let set = browser.show(&format!("/projects/env/{id}/secrets"));
    assert_eq!(set.header("location"), "/projects/shop/environments/dev/set", "{}", set.text);
    assert!(browser.show(&format!("/projects/env/{id}")).header("location").starts_with("/projects/shop/environments/dev/"));
    let form = browser.show("/projects/shop/environments/dev/set").text;
    for name in missing(&plan) {
        assert!(form.contains(&format!("name=\"value:{name}\"")), "{name}: {form}");
    }
    // Values that are set are no longer missing; deployed again, with the URL without /api/v1.
    let body = json!({"changes": [
        {"name": "KEY", "value": "k"}, {"name": "PORT", "value": "80"},
        {"name": "DATABASE_URL", "value": "postgresql://a@b/c"},
    ]});
    server.own("POST", &in_shop("dev", "changes"), Some(body)).expect(200);
    assert!(deployed(&desk, &server.url, &server.owner, &[]).contains("Found 1 missing secrets!"));
    let said = deployed(&desk, &api, &server.owner, &["--create-resources"]);
    assert!(said.contains("has no admin address of a postgres server"), "{said}");
    assert!(said.contains("1 value is missing in `dev`: AUDIT"), "{said}");
    server
        .own("POST", &in_shop("dev", "changes"), Some(json!({"changes": [{"name": "AUDIT", "value": "postgresql://a@b/c"}]})))
        .expect(200);
    let said = deployed(&desk, &api, &server.owner, &["--create-resources"]);
    assert!(!said.contains("missing secrets") && said.contains("`takk run --env dev` starts a program with them"), "{said}");
}

#[test]
fn it_creates_what_the_server_has_an_admin_address_for() {
    let Some(postgres) = crate::provision::server::Server::new(17) else { return };
    let server = Server::start();
    let desk = PublishedClient::new();
    let api = format!("{}/api/v1", server.url);
    deployed(&desk, &api, &server.owner, &[]);
    let address = json!({"address": postgres.admin_url()});
    server.own("PUT", &in_shop("dev", "admin-addresses/postgres"), Some(address)).expect(200);
    let said = deployed(&desk, &api, &server.owner, &["--create-resources"]);
    for key in ["postgres/default", "postgres/audit"] {
        assert!(said.contains(&format!("{key}: creating")) && said.contains(&format!("{key}: ready, sets")), "{said}");
    }
    assert!(said.contains("2 values are missing in `dev`: KEY, PORT"), "{said}");
    let body = json!({"changes": [{"name": "KEY", "value": "k"}, {"name": "PORT", "value": "80"}]});
    server.own("POST", &in_shop("dev", "changes"), Some(body)).expect(200);
    let developer = server.member("developer", "developer");
    let said = deployed(&desk, &api, &developer, &["--create-resources"]);
    assert!(said.contains("`takk run --env dev` starts a program with them"), "{said}");
    for name in ["DATABASE_URL", "AUDIT"] {
        let value = server.own("GET", &in_shop("dev", &format!("secrets/{name}")), None).expect(200);
        crate::provision::server::connect(value["value"].as_str().expect("text"))
            .batch_execute("CREATE TABLE a ()")
            .expect(name);
    }
    for key in ["postgres%2Fdefault", "postgres%2Faudit"] {
        server.own("DELETE", &in_shop("dev", &format!("resources/{key}")), None).expect_text(200);
    }
    postgres.has_no_trace_of("shop");
}

#[test]
fn who_may_not_deploy_is_told_why() {
    let server = Server::start();
    server.shop();
    let desk = PublishedClient::new();
    let api = format!("{}/api/v1", server.url);
    let refused = |token: &str, arguments: &[&str]| {
        let mut all = vec!["deploy", "--server", &api];
        all.extend_from_slice(arguments);
        let (is_done, said) = desk.run(&all, Some(token));
        assert!(!is_done, "{said}");
        said
    };
    let said = refused("takk_p_wrong", &["--no-push"]);
    assert!(said.contains("401 the token is missing, invalid or expired"), "{said}");
    let viewer = server.member("viewer", "viewer");
    let said = refused(&viewer, &["--no-push", "--env", "dev"]);
    assert!(said.contains("403 this requires the role developer, but yours is viewer"), "{said}");
    let developer = server.member("developer", "developer");
    let bounds = serde_json::json!({"label": "laptop", "kind": "personal", "role": "developer", "projects": ["shop"]});
    let made = server.ask(&developer, "POST", "/api/v1/tokens", Some(bounds)).expect(201);
    let developer = made["token"].as_str().expect("text").to_owned();
    deployed(&desk, &api, &developer, &[]);
    assert!(refused(&developer, &["--no-push", "--env", "prod"]).contains("403 this requires the role operator"));
    // A project of someone else, and one that the token is not for.
    server.own("PUT", "/api/v1/projects/other", None).expect(201);
    let other =
        |name: &str| fs::write(desk.root().join("project.py"), PROJECT.replace("name=\"shop\"", &format!("name={name:?}")));
    other("other").expect("written");
    assert!(refused(&developer, &["--no-push", "--env", "dev"]).contains("403 this token is not valid for that project"));
    other("new").expect("written");
    assert!(refused(&developer, &["--no-push", "--env", "dev"]).contains("403 this token is not valid for that project"));
    assert_eq!(server.own("GET", "/api/v1/projects/new/environments", None).status, 404);
    // Deploying creates the project if the token may create projects.
    deployed(&desk, &api, &server.owner, &[]);
    server.own("GET", "/api/v1/projects/new/environments", None).expect(200);
}

#[test]
fn what_it_does_and_this_server_does_not_is_refused_with_what_to_do() {
    let server = Server::start();
    server.shop();
    let registry = server.own("GET", "/api/v1/users/registry?project_name=shop", None);
    assert_eq!(registry.status, 404);
    assert!(registry.text.contains("--no-push"), "{}", registry.text);
    for (method, path, body) in [
        ("GET", "/users/whoami", None),
        ("GET", "/users/registry", None),
        ("PUT", "/projects/shop/dev", Some(json!({"name": "shop"}))),
        ("POST", "/projects/env/00000000-0000-0000-0000-000000000000/deploy", None),
    ] {
        for base in ["", "/api/v1"] {
            let path = format!("{base}{path}");
            assert_eq!(server.ask("takk_p_wrong", method, &path, body.clone()).status, 401, "{path}");
            assert_eq!(server.ask("", method, &path, body.clone()).status, 401, "{path}");
        }
    }
    let unknown = |id: &str| server.own("POST", &format!("/api/v1/projects/env/{id}/deploy"), None).status;
    assert_eq!((unknown("00000000-0000-0000-0000-000000000000"), unknown("x")), (404, 404));
    for body in [json!([]), json!({}), json!({"name": "shop", "shared_settings": [{"name": 1}]})] {
        let answer = server.own("PUT", "/api/v1/projects/shop/dev", Some(body));
        assert_eq!((answer.status, answer.body["type"].as_str()), (400, Some("/problems/invalid")), "{}", answer.text);
    }
    for environment in ["Dev", "a%0Ab", "..%2F"] {
        let answer = server.own("PUT", &format!("/api/v1/projects/shop/{environment}"), Some(json!({"name": "shop"})));
        assert_eq!(answer.status, 400, "{environment}: {}", answer.text);
    }
    // An environment of another project is reported as missing.
    server.own("PUT", "/api/v1/projects/other", None).expect(201);
    let put = server.own("PUT", "/api/v1/projects/other/dev", Some(json!({"name": "other"}))).expect(200);
    assert_eq!(put["missing_secrets_count"], 0);
    let id = put["project_env_id"].as_str().expect("text");
    assert_eq!(unknown(id), 200);
    let viewer = server.member("viewer", "viewer");
    let deploy = |path: &str| server.ask(&viewer, "POST", path, None).status;
    assert_eq!(deploy(&format!("/api/v1/projects/env/{id}/deploy")), 404);
    let mut browser = Browser::signed_in(&server, &viewer);
    assert_eq!(browser.show(&format!("/projects/env/{id}/secrets")).status, 404);
}

/// The client while it logs in, and the URL that it opened in the browser.
fn logging_in(desk: &PublishedClient, api: &str) -> (Child, String) {
    let opened = desk.root().join("opened");
    let _ = fs::remove_file(&opened);
    let browser = desk.root().join("browser.sh");
    fs::write(&browser, format!("#!/bin/sh\nprintf %s \"$1\" > {0}.new && mv {0}.new {0}\n", opened.display()))
        .expect("written");
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).expect("set");
    let mut command = desk.command(&["login", "--api", api], None);
    let child = command.env("BROWSER", &browser).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let begin = Instant::now();
    while !opened.exists() {
        assert!(begin.elapsed() < Duration::from_secs(30), "it opens no browser");
        std::thread::sleep(Duration::from_millis(50));
    }
    (child, fs::read_to_string(&opened).expect("text"))
}

#[test]
fn it_logs_in_once_somebody_agrees() {
    let server = Server::start();
    server.shop();
    for base in ["/api/v1", ""] {
        let desk = PublishedClient::new();
        let (child, address) = logging_in(&desk, &format!("{}{base}", server.url));
        let path = address.strip_prefix(&server.url).expect("it is this server's").to_owned();
        let mut browser = Browser::signed_in(&server, &server.owner);
        let page = browser.show(&path).header("location").to_owned();
        let code = page.strip_prefix("/login/device?code=").expect("the page of agreement").to_owned();
        let shown = browser.show(&page);
        assert!(shown.text.contains("takk login of takk 0.1.40") && shown.text.contains("just now"), "{}", shown.text);
        // Someone else who saw the URL gains no access.
        let thief = server.ask("auth", "GET", &format!("/api/v1{path}"), None);
        assert_eq!(thief.status, 409, "{}", thief.text);
        assert!(browser.fill(&page, "/login/device", &[("code", &code)]).text.contains("Authorized. Return to the terminal"));
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let config = fs::read_to_string(desk.root().join(".takk/config.json")).expect("it keeps its token");
        assert!(config.contains("takk_p_"), "{config}");
        let said = desk.done(&["whoami"], None);
        assert!(said.contains("'name': 'ada'"), "{said}");
        assert!(desk.done(&["deploy", "--no-push", "--env", "dev"], None).contains("missing secrets"));
        // The request can be used only once.
        assert_eq!(browser.fill("/login/device", "/login/device", &[("code", &code)]).status, 404);
    }
    let listed = server.own("GET", "/api/v1/tokens", None).expect(200).to_string();
    assert_eq!(listed.matches("takk login of takk 0.1.40").count(), 2, "{listed}");
}

#[test]
fn a_login_is_bound_to_who_asked() {
    let server = Server::start();
    let id = "7f3a1c5e-0000-4000-8000-000000000001";
    let path = format!("/api/v1/users/cli-login/{id}");
    for wrong in ["x", "7f3a1c5e", "%00"] {
        let answer = server.ask("auth", "GET", &format!("/api/v1/users/cli-login/{wrong}"), None);
        assert_eq!(answer.status, 404, "{wrong}: {}", answer.text);
    }
    // Nobody waits for it: there is nothing to approve.
    let mut browser = Browser::signed_in(&server, &server.owner);
    assert!(browser.show(&format!("/login/device?code={id}")).text.contains("This code is unknown"));
    let forged = server.ask_with("auth", "GET", &path, None, &[("Cookie", "takk-login=takk_s_0")]);
    assert_eq!(forged.status, 404, "{}", forged.text);
}
