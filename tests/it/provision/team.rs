//! A team server that provisions: for the checkouts that are linked to it, by the roles of its members, with a login that only it knows.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::server::{ADMIN, Server, checkout, connect, given, refusal, set_admin};
use crate::process::piped;
use crate::server::pages::Browser;
use crate::server::{Server as Team, in_shop};
use crate::up::project::Checkout;

const KEY: &str = "postgres/default";

/// A checkout of the shop that is linked to a team server with a token.
pub(super) fn linked(team: &Team, token: &str) -> Checkout {
    let checkout = checkout("shop");
    link(&checkout, team, token);
    checkout
}

pub(super) fn link(checkout: &Checkout, team: &Team, token: &str) {
    piped(checkout.command(&["login", &team.url, "--token-stdin"]), format!("{token}\n").as_bytes()).done();
    checkout.takk(&["link", &team.url]).done();
}

/// What a kind of server has to do for a team: for a developer's command, and on the dashboard. `works` uses what was created as a program
/// does, `is_gone` says that nothing is left of it.
pub(super) fn comes_and_goes(
    kind: &str,
    checkout: impl Fn(&str) -> Checkout,
    set_admin: impl Fn(&Checkout),
    works: impl Fn(&Checkout),
    is_gone: impl Fn(),
) {
    let team = Team::start();
    team.shop();
    let token = team.member("dee", "developer");
    let (owner, developer) = (checkout("shop"), checkout("shop"));
    link(&owner, &team, &team.owner);
    link(&developer, &team, &token);
    set_admin(&owner);
    developer.takk(&["provision", "--env", "dev"]).done();
    developer.is_ready();
    works(&developer);
    developer.takk(&["provision", "remove", kind, "--env", "dev", "--confirm", "dev"]).done();
    is_gone();

    developer.takk(&["push", "--env", "dev"]).done();
    let page = format!("/projects/shop/environments/dev/resources/{kind}%2Fdefault");
    let mut dee = Browser::signed_in(&team, &token);
    let offered = dee.show(&page).text;
    assert!(offered.contains("Create it") && !offered.contains("No admin address yet"), "{offered}");
    let created = dee.fill(&page, &format!("{page}/create"), &[]);
    assert_eq!((created.status, created.header("location")), (303, &*page), "{}", created.text);
    let live = dee.show(&format!("{page}?check")).text;
    assert!(live.contains("live, running"), "{live}");
    works(&developer);
    let removed = dee.fill(&page, &format!("{page}/remove"), &[("name", "dev")]);
    assert_eq!(removed.status, 303, "{}", removed.text);
    is_gone();
}

/// The items of the audit log with an action.
pub(super) fn audited(team: &Team, action: &str) -> Vec<Value> {
    let log = team.own("GET", &format!("/api/v1/projects/shop/audit?action={action}&limit=500"), None).expect(200);
    log["items"].as_array().expect("a list").clone()
}

/// The events of a response.
pub(super) fn events(text: &str) -> Vec<Value> {
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn tells(major: u32) {
    let Some(server) = Server::new(major) else { return };
    let team = Team::start();
    team.shop();
    let (owner, developer) = (linked(&team, &team.owner), linked(&team, &team.member("dee", "developer")));

    // Where the server connects to is not a developer's to choose.
    let set = ["provision", "admin", "set", "postgres", "--env", "dev", "--stdin"];
    let refused = given(&developer, &set, &server.admin_url()).refused();
    assert!(refused.contains("requires the role operator") && !refused.contains(ADMIN), "{refused}");
    assert_eq!(server.count("pg_stat_activity WHERE usename = 'adm'"), 0);
    let none = developer.takk(&["provision", "--env", "dev"]).refused();
    assert!(none.contains("takk provision admin set postgres --env dev"), "{none}");
    let said = set_admin(&owner, &server, "dev");
    assert!(said.contains(&format!("PostgreSQL {major}.")) && said.contains("1 of postgres"), "{said}");
    let listed = owner.takk(&["provision", "admin", "list", "--env", "dev"]).done();
    assert!(listed.contains(&format!("postgresql://adm@127.0.0.1:{}/postgres", server.port)), "{listed}");
    assert!(listed.contains("by ada"), "{listed}");
    assert!(developer.takk(&["provision", "admin", "list", "--env", "dev"]).refused().contains("operator"));
    assert!(developer.takk(&["provision", "admin", "unset", "postgres", "--env", "dev"]).refused().contains("operator"));

    // A developer provisions what is not production.
    let planned = developer.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    assert!(planned.contains("CREATE DATABASE \"shop_dev\"") && planned.contains("then sets DATABASE_URL"), "{planned}");
    server.has_no_trace_of("shop");
    let said = developer.takk(&["provision", "--env", "dev"]).done();
    assert!(said.contains("waiting for a login") && said.contains("ready"), "{said}");
    developer.is_ready();
    let servers = developer.servers();
    assert_eq!((&servers[0]["provisioner"], &servers[0]["status"]), (&"postgres-server".into(), &"running".into()));
    assert_eq!((&servers[0]["port"], &servers[0]["variables"]), (&server.port.into(), &json!(["DATABASE_URL"])));
    let url = owner.value("DATABASE_URL");
    let mut client = connect(&url);
    client.batch_execute("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)").expect("it changes the schema");
    assert!(refusal(&mut client, "CREATE DATABASE other").contains("permission denied"));
    let mark = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'shop_dev'";
    assert!(server.text(mark).contains("\"project\":\"shop\""), "{}", server.text(mark));
    let created = audited(&team, "resource.create");
    assert_eq!((created.len(), &created[0]["actor"], &created[0]["names"]), (1, &"dee".into(), &json!([KEY])));
    assert!(created[0]["token"].is_i64() && created[0]["request"].is_string(), "{created:?}");

    // Again, it changes nothing; a login that somebody broke is repaired.
    let revision = || team.own("GET", &in_shop("dev", "secrets"), None).expect(200)["revision"].clone();
    let before = revision();
    let events: Vec<Value> = events(&developer.takk(&["--json", "provision", "--env", "dev"]).done());
    assert_eq!((&events[0]["event"], revision()), (&"ready".into(), before), "{events:?}");
    server.run("ALTER ROLE shop_dev_1 NOLOGIN");
    assert_eq!(developer.takk(&["status", "--env", "dev"]).code, 1);
    developer.takk(&["provision", "--env", "dev"]).done();
    developer.is_ready();
    assert_eq!(owner.value("DATABASE_URL"), url);

    // What somebody set is theirs; what is not takk's is not there to be removed.
    assert!(developer.takk(&["provision", "postgres", "--adopt", "--env", "dev"]).refused().contains("role operator"));
    assert!(developer.takk(&["provision", "redis", "--env", "dev"]).refused().contains("declares no resource `redis`"));
    assert!(developer.takk(&["provision", "unprotect", "postgres", "--env", "dev"]).refused().contains("is not protected"));

    // It does not end with its environment unseen.
    let deleted = team.own("DELETE", "/api/v1/projects/shop/environments/dev", None);
    assert_eq!((deleted.status, &deleted.body["type"]), (409, &"/problems/has-resources".into()), "{}", deleted.text);
    client.batch_execute("BEGIN; LOCK TABLE orders").expect("it is its own");
    developer.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"]).done();
    assert!(client.batch_execute("SELECT 1").is_err(), "the session is ended");
    server.has_no_trace_of("shop");
    assert_eq!(owner.takk(&["secrets", "get", "DATABASE_URL", "--env", "dev"]).code, 2);
    assert!(developer.servers().is_empty());
    assert_eq!(audited(&team, "resource.remove").len(), 1);

    // With the environment go its resources.
    owner.takk(&["provision", "--env", "dev"]).done();
    owner.takk(&["env", "delete", "dev", "--yes"]).done();
    server.has_no_trace_of("shop");
    assert_eq!(team.own("GET", &in_shop("dev", "secrets"), None).status, 404);
}

#[test]
fn on_postgresql_14() {
    tells(14);
}

#[test]
fn on_postgresql_17() {
    tells(17);
}

#[test]
fn production_is_for_operators_and_its_end_for_owners() {
    let Some(server) = Server::with_tls(17) else { return };
    let team = Team::start();
    team.shop();
    let (owner, operator, developer) = (
        linked(&team, &team.owner),
        linked(&team, &team.member("opal", "operator")),
        linked(&team, &team.member("dee", "developer")),
    );
    let set = ["provision", "admin", "set", "postgres", "--env", "prod", "--stdin"];
    let unencrypted = given(&operator, &set, &server.admin_url()).refused();
    assert!(unencrypted.contains("does not require TLS") && !unencrypted.contains(ADMIN), "{unencrypted}");
    // A file of the server's machine is not the operator's to name.
    let file = given(&operator, &set, &server.admin_url_with_tls()).refused();
    assert!(file.contains("names a file") && !file.contains(ADMIN), "{file}");
    let address = format!("{}?sslmode=require", server.admin_url_with_tls().split('?').next().expect("an address"));
    given(&operator, &set, &address).done();

    for arguments in [&["provision", "--env", "prod"][..], &["provision", "--env", "prod", "--dry-run"]] {
        assert!(developer.takk(arguments).refused().contains("requires the role operator"), "{arguments:?}");
    }
    server.has_no_trace_of("shop");
    operator.takk(&["provision", "--env", "prod"]).done();
    let listed = team.own("GET", &in_shop("prod", "resources"), None).expect(200);
    assert_eq!((&listed["resources"][0]["level"], &listed["resources"][0]["protected"]), (&"full".into(), &true.into()));

    // The login that may change the schema is for operators, and the audit log says who had it.
    let migrate = ["run", "--env", "prod", "--migrations", "--", "printenv", "DATABASE_URL"];
    assert!(operator.takk(&migrate).done().contains("//shop_prod_migrate_1:"));
    assert!(operator.takk(&["run", "--env", "prod", "--", "printenv", "DATABASE_URL"]).done().contains("//shop_prod_1:"));
    assert_eq!(developer.takk(&migrate).code, 2);
    let read = audited(&team, "migrations.read");
    assert_eq!((read.len(), &read[0]["actor"], &read[0]["names"]), (1, &"opal".into(), &json!(["DATABASE_URL"])));

    let remove = ["provision", "remove", "postgres", "--env", "prod", "--confirm", "prod"];
    let unprotect = ["provision", "unprotect", "postgres", "--env", "prod"];
    assert!(owner.takk(&remove).refused().contains("takk provision unprotect"));
    assert!(operator.takk(&unprotect).refused().contains("requires the role owner"));
    let said = owner.takk(&unprotect).done();
    assert!(said.contains("protected again in"), "{said}");
    assert_eq!(audited(&team, "resource.unprotect").len(), 1);
    assert!(operator.takk(&remove).refused().contains("requires the role owner"));
    assert_eq!(server.count("pg_database WHERE datname = 'shop_prod'"), 1);
    owner.takk(&remove).done();
    server.has_no_trace_of("shop");
}

#[test]
fn an_environment_that_is_declared_as_full_is_for_operators_whatever_its_name() {
    let Some(server) = Server::with_tls(17) else { return };
    let team = Team::start();
    team.shop();
    let (owner, developer) = (linked(&team, &team.owner), linked(&team, &team.member("dee", "developer")));
    let settings = "[project]\nname = \"shop\"\nversion = \"1\"\n\n[tool.takk.environments.qa]\nlevel = \"full\"\n";
    for checkout in [&owner, &developer] {
        fs::write(checkout.root().join("pyproject.toml"), settings).expect("written");
    }
    let address = format!("{}?sslmode=require", server.admin_url_with_tls().split('?').next().expect("an address"));
    owner.takk(&["push", "--env", "qa"]).done();
    given(&owner, &["provision", "admin", "set", "postgres", "--env", "qa", "--stdin"], &address).done();
    assert!(developer.takk(&["provision", "--env", "qa"]).refused().contains("requires the role operator"));
    owner.takk(&["provision", "--env", "qa"]).done();
    assert_eq!(server.count("pg_roles WHERE rolname = 'shop_qa_migrate_1'"), 1);
    assert!(developer.takk(&["provision", "remove", "postgres", "--env", "qa", "--confirm", "qa"]).code == 2);
    owner.takk(&["provision", "unprotect", "postgres", "--env", "qa"]).done();
    owner.takk(&["provision", "remove", "postgres", "--env", "qa", "--confirm", "qa"]).done();
    server.has_no_trace_of("shop");
}

#[test]
fn a_name_that_other_programs_read_is_not_provisioned() {
    let Some(server) = Server::new(17) else { return };
    let team = Team::start();
    team.shop();
    let owner = linked(&team, &team.owner);
    set_admin(&owner, &server, "dev");
    owner.settings("ld_preload: PostgresDsn");
    assert!(owner.takk(&["provision", "--env", "dev"]).done().contains("Nothing to create"));
    assert_eq!(team.own("GET", &in_shop("dev", "secrets/LD_PRELOAD"), None).status, 404);
    assert!(owner.servers().is_empty());
    server.has_no_trace_of("shop");
}

/// That no file below a directory, and no response and log of the server, has the password of the admin.
#[track_caller]
fn is_nowhere(team: &Team, checkout: &Checkout) {
    let document = team.own("GET", "/api/v1/openapi.json", None).expect(200);
    let mut asked = 0;
    for (path, operations) in document["paths"].as_object().expect("paths") {
        if operations.get("get").is_none() {
            continue;
        }
        for name in ["DATABASE_URL", "admin:postgres", "resource:postgres%2Fdefault"] {
            let path = path.replace("{project}", "shop").replace("{environment}", "dev").replace("{name}", name);
            let path = path.replace("{version}", "1").replace("{user}", "ada").replace("{id}", "1");
            for query in ["", "?with=test", "?check=true"] {
                let answer = team.own("GET", &format!("{path}{query}"), None);
                assert!(!answer.text.contains(ADMIN), "{path}: {}", answer.text);
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "{asked}");
    assert!(!team.log().contains(ADMIN), "{}", team.log());
    for directory in [team.home().path(), checkout.home(), checkout.root()] {
        has_not(directory, ADMIN);
    }
}

fn has_not(directory: &Path, text: &str) {
    for entry in fs::read_dir(directory).expect("read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            has_not(&path, text);
        } else if let Ok(content) = fs::read(&path) {
            let found = content.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!found, "{} holds it", path.display());
        }
    }
}

#[test]
fn an_admin_address_is_found_nowhere_but_where_it_belongs() {
    let Some(server) = Server::new(17) else { return };
    let team = Team::start();
    team.shop();
    let owner = linked(&team, &team.owner);
    set_admin(&owner, &server, "dev");
    owner.takk(&["provision", "--env", "dev"]).done();
    let said = owner.takk(&["--json", "provision", "--env", "dev", "--dry-run"]).done();
    assert!(!said.contains(ADMIN), "{said}");
    is_nowhere(&team, &owner);
    for (method, path, body) in [
        ("POST", in_shop("test", "promote"), json!({"from": "dev", "names": ["admin:postgres"]})),
        ("POST", in_shop("dev", "provision"), json!({})),
        ("POST", in_shop("dev", "provision/preview"), json!({})),
        ("PUT", in_shop("dev", "admin-addresses/postgres"), json!({"address": server.admin_url()})),
        ("PUT", in_shop("dev", "admin-addresses/redis"), json!({"address": server.admin_url()})),
        (
            "PUT",
            in_shop("dev", "admin-addresses/postgres"),
            json!({"address": format!("{}?sslmode=require", server.admin_url())}),
        ),
    ] {
        let answer = team.own(method, &path, Some(body));
        assert!(!answer.text.contains(ADMIN), "{path}: {}", answer.text);
    }
    // Whether it is a value, asked in every way in which one is read or changed.
    for name in ["admin:postgres", "resource:postgres%2Fdefault"] {
        assert_eq!(team.own("GET", &in_shop("dev", &format!("secrets/{name}")), None).status, 404);
    }
    is_nowhere(&team, &owner);
    team.own("DELETE", &in_shop("dev", "resources/postgres%2Fdefault"), None).expect_text(200);
    team.own("DELETE", &in_shop("dev", "admin-addresses/postgres"), None).expect_text(204);
    assert_eq!(team.own("DELETE", &in_shop("dev", "admin-addresses/postgres"), None).status, 404);
    assert_eq!(audited(&team, "admin.set").len() + audited(&team, "admin.unset").len(), 3);
    server.has_no_trace_of("shop");
}

#[test]
fn a_server_that_is_killed_after_any_step_continues() {
    let Some(server) = Server::new(17) else { return };
    let steps = ["owner", "database", "rights", "logins", "schema", "login"];
    let written = steps.iter().flat_map(|step| [format!("{KEY}:{step}"), format!("{KEY}:{step}:stored")]);
    let points = [format!("{KEY}:reserved")].into_iter().chain(written).chain([format!("{KEY}:live")]);
    let home = {
        let team = Team::start();
        team.shop();
        let owner = linked(&team, &team.owner);
        owner.takk(&["push", "--env", "dev"]).done();
        set_admin(&owner, &server, "dev");
        team.kill()
    };
    for (number, point) in points.enumerate() {
        let team = Team::with_variables(Arc::clone(&home), &[], &[("TAKK_TEST_KILL_AFTER", &point)]);
        let killed = team.try_ask(&team.owner, "POST", &in_shop("dev", "provision"), Some(json!({})), &[]);
        assert!(killed.map_or(true, |answer| !answer.text.contains("\"end\"")), "{point} was not reached");
        drop(team);
        let team = Team::with(Arc::clone(&home), &[]);
        let credential = |team: &Team| {
            let list = team.own("GET", &in_shop("dev", "resources?check=true"), None).expect(200);
            let all = list["resources"].as_array().expect("a list").clone();
            (all.len(), all[0]["credential"].clone(), all[0]["status"].clone(), all[0]["generation"].clone())
        };
        let first = credential(&team).1;
        let told = events(&team.own("POST", &in_shop("dev", "provision"), Some(json!({}))).expect_text(200));
        assert_eq!(told.last().map(|event| &event["event"]), Some(&"end".into()), "{point}: {told:?}");
        assert_eq!(credential(&team), (1, first, "running".into(), 1.into()), "{point}");
        assert_eq!(server.count("pg_roles WHERE rolname LIKE 'shop%'"), 2, "{point}");
        drop(team);
        // And on the way out.
        let out = [format!("{KEY}:retiring"), format!("{KEY}:removed")];
        let path = in_shop("dev", "resources/postgres%2Fdefault");
        let team = Team::with_variables(Arc::clone(&home), &[], &[("TAKK_TEST_KILL_AFTER", &out[number % 2])]);
        let killed = team.try_ask(&team.owner, "DELETE", &path, None, &[]);
        assert!(killed.map_or(true, |answer| !answer.text.contains("\"end\"")), "{point}");
        drop(team);
        let team = Team::with(Arc::clone(&home), &[]);
        let told = events(&team.own("DELETE", &path, None).expect_text(200));
        assert_eq!(told.last().map(|event| &event["event"]), Some(&"end".into()), "{point}: {told:?}");
        server.has_no_trace_of("shop");
    }
}

#[test]
fn two_replicas_at_once_create_one() {
    let Some(server) = Server::new(17) else { return };
    let team = Team::start();
    team.shop();
    let owner = linked(&team, &team.owner);
    owner.takk(&["push", "--env", "dev"]).done();
    set_admin(&owner, &server, "dev");
    let other = Team::with(team.home(), &[]);
    for _ in 0..3 {
        std::thread::scope(|scope| {
            let asked: Vec<_> = [&team, &other, &team, &other]
                .into_iter()
                .map(|team| scope.spawn(|| team.own("POST", &in_shop("dev", "provision"), Some(json!({}))).expect_text(200)))
                .collect();
            for answer in asked {
                let told = events(&answer.join().expect("no panic"));
                let end = told.last().expect("an event");
                assert_eq!((&end["event"], &end["live"][0]["resource"]), (&"end".into(), &KEY.into()), "{told:?}");
            }
        });
        assert_eq!(server.count("pg_roles WHERE rolname LIKE 'shop%'"), 2);
        assert_eq!(server.count("pg_database WHERE datname LIKE 'shop%'"), 1);
        team.own("DELETE", &in_shop("dev", "resources/postgres%2Fdefault"), None).expect_text(200);
        server.has_no_trace_of("shop");
    }
}

#[test]
fn a_dry_run_shows_what_the_checkout_needs_and_stores_nothing() {
    let Some(server) = Server::new(17) else { return };
    let team = Team::start();
    team.shop();
    let owner = linked(&team, &team.owner);
    set_admin(&owner, &server, "dev");
    let pushed = || {
        let manifest = team.own("GET", &in_shop("dev", "manifest"), None);
        (manifest.text, team.own("GET", "/api/v1/projects/shop/environments", None).expect(200)["items"].clone())
    };
    let dry_run = |environment: &str| owner.takk(&["provision", "--env", environment, "--dry-run"]).done();

    // An environment that is not there yet is not there after it.
    let settings = "[project]\nname = \"shop\"\nversion = \"1\"\n\n[tool.takk.environments.dev]\n\n\
                    [tool.takk.environments.preview]\nbase = \"dev\"\n";
    fs::write(owner.root().join("pyproject.toml"), settings).expect("written");
    owner.takk(&["push", "--env", "dev"]).done();
    let kept = pushed();
    let planned = dry_run("preview/cart");
    assert!(planned.contains("CREATE DATABASE \"shop_preview_cart") && planned.contains("then sets DATABASE_URL"), "{planned}");
    assert_eq!(pushed(), kept);

    // The checkout needs more than was pushed.
    owner.settings(
        "database_url: PostgresDsn; other_url: Annotated[PostgresDsn, ResourceRef(ResourceTags.psql_dsn, \"other\")]",
    );
    let planned = dry_run("dev");
    assert!(planned.contains("then sets DATABASE_URL") && planned.contains("then sets OTHER_URL"), "{planned}");
    assert_eq!(pushed(), kept);
    assert_eq!(team.own("GET", &in_shop("dev", "resources"), None).expect(200)["resources"], json!([]));
    server.has_no_trace_of("shop");

    // Without a manifest, a request is about what was pushed; a wrong one is refused.
    let preview = |body: Value| team.own("POST", &in_shop("dev", "provision/preview"), Some(body));
    assert_eq!(preview(json!({})).expect(200)["resources"].as_array().map(Vec::len), Some(1));
    for manifest in [json!({}), json!({"schema_version": 1}), json!("x"), json!([[[]]])] {
        let answer = preview(json!({"manifest": manifest}));
        assert_eq!(answer.status, 400, "{}", answer.text);
    }

    // It gives nobody more rights than a push does.
    let developer = linked(&team, &team.member("dee", "developer"));
    let settings = "[project]\nname = \"shop\"\nversion = \"1\"\n\n[tool.takk.environments.dev]\nlevel = \"full\"\n";
    fs::write(developer.root().join("pyproject.toml"), settings).expect("written");
    let refused = developer.takk(&["provision", "--env", "dev", "--dry-run"]).refused();
    assert!(refused.contains("requires the role operator"), "{refused}");
}

/// What the server answers, while it is asked from another thread.
fn asked<'s>(
    scope: &'s std::thread::Scope<'s, '_>,
    team: &'s Team,
    token: &'s str,
) -> std::thread::ScopedJoinHandle<'s, Vec<Value>> {
    scope.spawn(move || events(&team.ask(token, "POST", &in_shop("dev", "provision"), Some(json!({}))).expect_text(200)))
}

/// Waits until the server has created a role.
pub(super) fn until_begun(server: &Server) {
    while server.count("pg_roles WHERE rolname = 'shop_dev'") == 0 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// A team server that pauses after the first step that creates something.
fn pausing(server: &Server) -> Team {
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let team = Team::with_variables(home, &[], &[("TAKK_TEST_PAUSE_AFTER", "postgres/default:owner")]);
    team.shop();
    let owner = linked(&team, &team.owner);
    owner.takk(&["push", "--env", "dev"]).done();
    set_admin(&owner, server, "dev");
    team
}

#[test]
fn who_is_removed_in_the_middle_gets_nothing_more_done() {
    let Some(server) = Server::new(17) else { return };
    let team = pausing(&server);
    let dee = team.member("dee", "developer");
    let told = std::thread::scope(|scope| {
        let asked = asked(scope, &team, &dee);
        until_begun(&server);
        team.own("DELETE", "/api/v1/projects/shop/members/dee", None).expect(200);
        asked.join().expect("no panic")
    });
    assert!(told.iter().any(|event| event["event"] == "failed"), "{told:?}");
    assert_eq!(team.own("GET", &in_shop("dev", "secrets/DATABASE_URL"), None).status, 404);
    // Nothing is in the way of those who may.
    let told = events(&team.own("POST", &in_shop("dev", "provision"), Some(json!({}))).expect_text(200));
    assert!(told.iter().any(|event| event["event"] == "ready"), "{told:?}");
    team.own("DELETE", &in_shop("dev", "resources/postgres%2Fdefault"), None).expect_text(200);
    server.has_no_trace_of("shop");
}

#[test]
fn nothing_is_removed_while_it_is_created_and_an_interrupted_creation_continues() {
    let Some(server) = Server::new(17) else { return };
    let team = pausing(&server);
    let owner = linked(&team, &team.owner);
    let mut child = owner.command(&["provision", "--env", "dev"]).spawn().expect("it runs");
    until_begun(&server);
    let remove = ["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"];
    let refused = owner.takk(&remove).refused();
    assert!(refused.contains("is being created by takk of ada"), "{refused}");
    let interrupt = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupt.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    owner.takk(&["provision", "--env", "dev"]).done();
    owner.is_ready();
    owner.takk(&remove).done();
    server.has_no_trace_of("shop");
}

#[test]
fn a_value_that_leads_to_a_database_of_one_environment_is_not_promoted() {
    let Some(server) = Server::new(17) else { return };
    let team = Team::start();
    team.shop();
    let owner = linked(&team, &team.owner);
    set_admin(&owner, &server, "dev");
    owner.takk(&["provision", "--env", "dev"]).done();
    let body = json!({"from": "dev", "names": ["DATABASE_URL"]});
    let promoted = team.own("POST", &in_shop("test", "promote"), Some(body));
    assert!(promoted.status == 400 && promoted.text.contains("for `dev` alone"), "{}", promoted.text);
    owner.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}
