//! A database from the dashboard: created for `test`, seen live, used by `takk run`, and removed.

use super::server::{ADMIN, Server, connect, given};
use super::team::{audited, linked};
use crate::ports::free_port;
use crate::server::Server as Team;
use crate::server::pages::Browser;

const PAGE: &str = "/projects/shop/environments/test/resources/postgres%2Fdefault";
const ADMINS: &str = "/projects/shop/environments/test/admin-addresses";
const NEEDS: &str = "/projects/shop/environments/test/resources";

#[test]
fn a_database_comes_and_goes_by_the_dashboard() {
    let Some(server) = Server::new(17) else { return };
    let team = Team::start();
    team.shop();
    let owner = linked(&team, &team.owner);
    owner.takk(&["push", "--env", "test"]).done();
    let mut ada = Browser::signed_in(&team, &team.owner);
    let viewer = team.member("vic", "viewer");
    let mut vic = Browser::signed_in(&team, &viewer);

    let offered = ada.show(PAGE);
    assert!(offered.status == 200 && offered.text.contains("Create it"), "{}", offered.text);
    assert!(!vic.show(PAGE).text.contains("Create it"));
    let without = ada.fill(PAGE, &format!("{PAGE}/create"), &[]);
    assert!(without.text.contains("takk provision admin set postgres --env test"), "{}", without.text);

    assert!(offered.text.contains("No admin address yet") && offered.text.contains("low-privilege"), "{}", offered.text);
    assert!(state_in(&ada.show(NEEDS).text, "missing"));
    admin_address(&server, &team, &mut ada);
    assert!(ada.show(PAGE).text.contains(&format!("<code>127.0.0.1:{}</code> (postgres)", server.port)));

    let create = format!("{PAGE}/create");
    assert_ne!(vic.fill(PAGE, &create, &[]).status, 303);
    let created = ada.fill(PAGE, &create, &[]);
    assert_eq!((created.status, created.header("location")), (303, PAGE), "{}", created.text);
    let live = ada.show(&format!("{PAGE}?check")).text;
    for part in ["live, running", "database shop_test", "generation 1", "low-privilege", "Remove it with its data"] {
        assert!(live.contains(part), "no {part}: {live}");
    }
    assert!(!live.contains(ADMIN));
    assert!(state_in(&ada.show(NEEDS).text, "ready"));
    let seen = vic.show(PAGE).text;
    assert!(seen.contains("generation 1") && !seen.contains("Remove it with its data"), "{seen}");

    let url = owner.takk(&["run", "--env", "test", "--", "printenv", "DATABASE_URL"]).done();
    let url = url.trim();
    let mut client = connect(url);
    client.batch_execute("CREATE TABLE orders ()").expect("it is its own");
    assert!(!ada.show(PAGE).text.contains(url.split(['/', ':', '@']).nth(4).expect("a password")));

    // Who is connected, for those who may know.
    let sessions = ada.show_until(&format!("{PAGE}?sessions"), "1 open with its logins").text;
    assert!(sessions.contains("<code>shop_test_1</code>"), "{sessions}");
    assert!(!sessions.contains("CREATE TABLE") && !sessions.contains(ADMIN), "{sessions}");
    assert_eq!(vic.show(&format!("{PAGE}?sessions")).status, 403);

    // What became of its credentials.
    for part in ["Created by takk", "<code>DATABASE_URL</code> v1", "Created on the server", "Credentials generated"] {
        assert!(sessions.contains(part), "no {part}: {sessions}");
    }
    let seen = vic.show(PAGE).text;
    assert!(seen.contains("Created by takk</th>") && !seen.contains("Created on the server"), "{seen}");

    // One that does not accept its login is failing, in words.
    server.run("ALTER ROLE shop_test_1 NOLOGIN");
    assert!(state_in(&ada.show(&format!("{NEEDS}?check")).text, "failing"));
    server.run("ALTER ROLE shop_test_1 LOGIN");

    let remove = format!("{PAGE}/remove");
    let unconfirmed = ada.fill(PAGE, &remove, &[("name", "prod")]);
    assert!(unconfirmed.text.contains("Nothing was removed."), "{}", unconfirmed.text);
    client.batch_execute("SELECT 1").expect("it is there");
    assert_eq!(ada.fill(PAGE, &remove, &[("name", "test")]).status, 303);
    assert!(client.batch_execute("SELECT 1").is_err(), "its session is ended");
    assert!(ada.show(PAGE).text.contains("Create it"));
    server.has_no_trace_of("shop_test");

    // What somebody has set is not replaced.
    given(&owner, &["secrets", "set", "DATABASE_URL", "--env", "test", "--stdin"], "postgresql://db.example.org/shop").done();
    let by_hand = ada.fill(PAGE, &create, &[]);
    assert_eq!(by_hand.status, 303, "{}", by_hand.text);
    server.has_no_trace_of("shop_test");
    assert!(state_in(&ada.show(NEEDS).text, "set by hand"));
    let history = ada.show(PAGE).text;
    for part in ["Set by hand</th>", "Removed by takk</th>", "Removed with its data</th>", "Somebody has set its variables"] {
        assert!(history.contains(part), "no {part}: {history}");
    }
}

/// Whether the diagram and the list say that the one resource is in a state.
fn state_in(page: &str, state: &str) -> bool {
    let node = page.split("aria-label=\"default postgres").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    node.ends_with(&format!(" {state}")) && page.contains(&format!("</svg>{state}</span>"))
}

/// Stores the admin address by its page: only for operators, after a check, and never shown.
fn admin_address(server: &Server, team: &Team, ada: &mut Browser<'_>) {
    let developer = team.member("dev", "developer");
    let mut dev = Browser::signed_in(team, &developer);
    assert_eq!(dev.show(ADMINS).status, 403);
    assert_eq!(dev.fill("/tokens", ADMINS, &[("kind", "postgres"), ("address", &server.admin_url())]).status, 403);
    let before = ada.show(ADMINS).text;
    assert!(before.contains("test has no admin address of its own"), "{before}");

    let set = |ada: &mut Browser<'_>, address: &str| {
        let answer = ada.fill(ADMINS, ADMINS, &[("kind", "postgres"), ("address", address)]);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(!answer.text.contains(ADMIN), "{}", answer.text);
        answer.text
    };
    server.run("ALTER ROLE adm NOCREATEDB");
    let lacking = set(ada, &server.admin_url());
    assert!(lacking.contains("lacks CREATEDB. Nothing was stored."), "{lacking}");
    assert!(lacking.contains("<pre><code>ALTER ROLE &#34;adm&#34; CREATEDB</code></pre>"), "{lacking}");
    server.run("ALTER ROLE adm CREATEDB");
    let wrong = set(ada, &server.admin_url().replace(ADMIN, "hunter2-wrong"));
    assert!(wrong.contains("password authentication failed") && !wrong.contains("hunter2-wrong"), "{wrong}");
    let file = set(ada, &format!("{}?sslrootcert=/etc/shadow", server.admin_url()));
    assert!(file.contains("names a file") && !file.contains("shadow"), "{file}");
    assert!(ada.show(ADMINS).text.contains("test has no admin address of its own"));

    let stored = set(ada, &server.admin_url());
    for part in ["Stored after a check", "PostgreSQL 17.", "without TLS", "1 database (1 of postgres)"] {
        assert!(stored.contains(part), "no {part}: {stored}");
    }
    let unset = ada.fill(ADMINS, &format!("{ADMINS}/unset"), &[("kind", "postgres")]);
    assert_eq!((unset.status, unset.header("location")), (303, ADMINS));
    assert!(ada.show(ADMINS).text.contains("test has no admin address of its own"));
    set(ada, &server.admin_url());
    let listed = ada.show(ADMINS).text;
    assert!(listed.contains(&format!("<code>postgresql://adm@127.0.0.1:{}/postgres</code>", server.port)), "{listed}");
    assert!(!listed.contains(ADMIN), "{listed}");
}

#[test]
fn an_existing_database_is_tried_by_a_login_and_split_into_its_variables() {
    let Some(server) = Server::new(17) else { return };
    server.run("CREATE ROLE app LOGIN PASSWORD 'hunter2-of-app'");
    let team = Team::start();
    team.shop();
    let owner = linked(&team, &team.owner);
    owner.settings(
        "db_host: Annotated[str, ResourceTags.psql_host]; db_port: Annotated[int, ResourceTags.psql_port]; \
         db_name: Annotated[str, ResourceTags.psql_name]; db_user: Annotated[str, ResourceTags.psql_username]; \
         db_password: Annotated[SecretStr, ResourceTags.psql_password]",
    );
    owner.takk(&["push", "--env", "test"]).done();
    let (developer, viewer) = (team.member("dee", "developer"), team.member("vic", "viewer"));
    let (mut dee, mut vic) = (Browser::signed_in(&team, &developer), Browser::signed_in(&team, &viewer));
    let shown = dee.show(PAGE).text;
    for part in ["Use an existing one", "Test connection", "Enter values", "<code>DB_PASSWORD</code>"] {
        assert!(shown.contains(part), "no {part}: {shown}");
    }
    let (test, store) = (format!("{PAGE}/test"), format!("{PAGE}/use"));
    let good = format!("postgresql://app:hunter2-of-app@127.0.0.1:{}/postgres", server.port);
    for form in [&test, &store] {
        assert_eq!(vic.fill("/tokens", form, &[("address", &good)]).status, 403);
    }

    // Each outcome in words, and never the address.
    let closed = free_port();
    let nobody = format!("postgresql://app:hunter2-of-app@127.0.0.1:{closed}/postgres");
    for (address, said) in [
        (good.clone(), "The login works: 127.0.0.1:"),
        (good.replace("of-app@", "of-nobody@"), "the server rejects the credentials"),
        (format!("{good}?sslmode=require"), "does not offer TLS"),
        (nobody, "connection refused"),
        (format!("{good}?sslrootcert=/etc/shadow"), "names a file"),
        ("postgresql://a:hunter2@169.254.169.254/x".to_owned(), "not one that programs connect to"),
        ("hunter2".to_owned(), "it is not valid, or names several hosts"),
        (String::new(), "Enter an address"),
    ] {
        let answer = dee.fill(PAGE, &test, &[("address", &address)]);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
        assert!(!answer.text.contains("hunter2") && !answer.text.contains("shadow"), "{}", answer.text);
    }
    assert!(owner.takk(&["secrets", "list", "--env", "test"]).done().matches("DB_").count() == 0, "nothing was stored");
    let tried = audited(&team, "connection.test");
    assert_eq!((tried.len(), &tried[0]["actor"]), (5, &"dee".into()), "{tried:?}");
    assert_eq!(tried[0]["names"], serde_json::json!(["postgres/default", "169.254.169.254:5432"]));
    for _ in 0..2 {
        assert_eq!(dee.fill(PAGE, &test, &[("address", "x")]).status, 200);
    }
    let many = dee.fill(PAGE, &test, &[("address", &good)]);
    assert_eq!(many.status, 429, "{}", many.text);
    assert!(!many.header("retry-after").is_empty() && many.text.contains("10 connections in a minute"), "{}", many.text);

    // It is used as its parts, or not at all.
    let lacking = dee.fill(PAGE, &store, &[("address", "postgresql://app@127.0.0.1/postgres")]);
    assert!(lacking.text.contains("has no password") && lacking.text.contains("DB_PASSWORD"), "{}", lacking.text);
    let other = dee.fill(PAGE, &store, &[("address", "mysql://app:hunter2@127.0.0.1/x")]);
    assert!(other.text.contains("begins with postgresql://") && !other.text.contains("hunter2"), "{}", other.text);
    let used = dee.fill(PAGE, &store, &[("address", &good)]);
    assert_eq!((used.status, used.header("location")), (303, PAGE), "{}", used.text);
    let value = |name: &str| owner.takk(&["secrets", "get", name, "--env", "test"]).done().trim().to_owned();
    let port = server.port.to_string();
    for (name, expected) in [
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", &port),
        ("DB_NAME", "postgres"),
        ("DB_USER", "app"),
        ("DB_PASSWORD", "hunter2-of-app"),
    ] {
        assert_eq!(value(name), expected);
    }
    let page = dee.show(PAGE).text;
    assert!(page.contains("Set by hand") && !page.contains("hunter2"), "{page}");

    // Values that are entered one by one lead back to the resource.
    let set = "/projects/shop/environments/test/set";
    let fields = [("resource", "postgres/default"), ("value:DB_HOST", "localhost"), ("version:DB_HOST", "1")];
    let entered = dee.fill(PAGE, set, &fields);
    assert_eq!((entered.status, entered.header("location")), (303, PAGE), "{}", entered.text);
    assert_eq!(value("DB_HOST"), "localhost");
}

#[test]
fn a_connection_is_tested_with_the_tls_that_its_address_asks_for() {
    let Some(server) = Server::with_tls(17) else { return };
    server.run("CREATE ROLE app LOGIN PASSWORD 'hunter2-of-app'");
    let team = Team::start();
    team.shop();
    linked(&team, &team.owner).takk(&["push", "--env", "test"]).done();
    let mut ada = Browser::signed_in(&team, &team.owner);
    let address = format!("postgresql://app:hunter2-of-app@localhost:{}/postgres", server.port);
    // Its certificate is signed by nobody whom programs trust.
    for (mode, said) in [
        ("require", "The login works: localhost:"),
        ("verify-ca", "certificate"),
        ("verify-full", "certificate"),
        ("disable", "The login works: localhost:"),
    ] {
        let address = format!("{address}?sslmode={mode}");
        let answer = ada.fill(PAGE, &format!("{PAGE}/test"), &[("address", &address)]);
        assert!(answer.status == 200 && answer.text.contains(said), "{mode}: {}", answer.text);
        assert_eq!(answer.text.contains("The login works"), !mode.starts_with("verify"), "{mode}: {}", answer.text);
        assert!(!answer.text.contains("hunter2"), "{}", answer.text);
    }
}

#[test]
fn who_is_no_operator_creates_nothing_in_production() {
    let Some(server) = Server::with_tls(17) else { return };
    let team = Team::start();
    team.shop();
    let owner = linked(&team, &team.owner);
    owner.takk(&["push", "--env", "prod"]).done();
    let address = format!("{}?sslmode=require", server.admin_url_with_tls().split('?').next().expect("an address"));
    given(&owner, &["provision", "admin", "set", "postgres", "--env", "prod", "--stdin"], &address).done();
    let page = PAGE.replace("/test/", "/prod/");
    let developer = team.member("dee", "developer");
    let mut dee = Browser::signed_in(&team, &developer);
    assert!(!dee.show(&page).text.contains("Create it"));
    assert_eq!(dee.fill("/tokens", &format!("{page}/create"), &[]).status, 403);
    server.has_no_trace_of("shop");

    let operator = team.member("opal", "operator");
    let (mut opal, mut ada) = (Browser::signed_in(&team, &operator), Browser::signed_in(&team, &team.owner));
    assert_eq!(opal.fill(&page, &format!("{page}/create"), &[]).status, 303);
    let protected = opal.show(&page).text;
    assert!(protected.contains("yes: an owner can lift it") && !protected.contains("Remove it with its data"), "{protected}");
    assert_ne!(opal.fill(&page, &format!("{page}/remove"), &[("name", "prod")]).status, 303);
    assert_eq!(server.count("pg_database WHERE datname = 'shop_prod'"), 1);
    assert_eq!(ada.fill(&page, &format!("{page}/unprotect"), &[]).status, 303);
    assert_eq!(ada.fill(&page, &format!("{page}/remove"), &[("name", "prod")]).status, 303);
    server.has_no_trace_of("shop");
}
