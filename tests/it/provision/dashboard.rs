//! A database from the dashboard: created for `test`, seen live, used by `takk run`, and removed.

use super::server::{ADMIN, Server, connect, given, set_admin};
use super::team::linked;
use crate::server::Server as Team;
use crate::server::pages::Browser;

const PAGE: &str = "/projects/shop/environments/test/resources/postgres%2Fdefault";

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

    set_admin(&owner, &server, "test");
    let create = format!("{PAGE}/create");
    assert_ne!(vic.fill(PAGE, &create, &[]).status, 303);
    let created = ada.fill(PAGE, &create, &[]);
    assert_eq!((created.status, created.header("location")), (303, PAGE), "{}", created.text);
    let live = ada.show(&format!("{PAGE}?check")).text;
    for part in ["live, running", "database shop_test", "generation 1", "low-privilege", "Remove it with its data"] {
        assert!(live.contains(part), "no {part}: {live}");
    }
    assert!(!live.contains(ADMIN));
    assert!(ada.show("/projects/shop/environments/test/resources").text.contains("<span class=\"tag\">live</span>"));
    let seen = vic.show(PAGE).text;
    assert!(seen.contains("generation 1") && !seen.contains("Remove it with its data"), "{seen}");

    let url = owner.takk(&["run", "--env", "test", "--", "printenv", "DATABASE_URL"]).done();
    let url = url.trim();
    let mut client = connect(url);
    client.batch_execute("CREATE TABLE orders ()").expect("it is its own");
    assert!(!ada.show(PAGE).text.contains(url.split(['/', ':', '@']).nth(4).expect("a password")));

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
    ada.fill(PAGE, &create, &[]);
    server.has_no_trace_of("shop_test");
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
