//! The link of a checkout to a server, and the user there.

use std::fs;

use super::Desk;
use crate::server::Server;
use crate::terminal::{converse, takk};

#[test]
fn a_checkout_is_linked_and_unlinked() {
    let server = Server::start();
    let desk = Desk::new();
    assert!(desk.refused(&["link", &server.url]).contains(&format!("hint: takk login {}", server.url)));
    server.log_in(&desk.root(), &desk.variables());
    assert!(desk.done(&["link", &server.url]).contains("Created the project `app`"));
    assert!(desk.done(&["link"]).contains(&format!("uses the values of `app` on {}", server.url)));
    assert!(desk.done(&["whoami"]).contains(&format!(" on {} (takk ", server.url)));
    assert!(desk.done(&["doctor"]).contains("stores the values of"));
    desk.fill();
    assert!(desk.done(&["why", "TOKEN"]).contains(&format!("in the environments, on {}", server.url)));
    assert!(desk.done(&["store", "status"]).contains("this command uses the local store"));
    assert!(desk.done(&["logout"]).contains("the token is revoked"));
    assert!(desk.refused(&["secrets", "list"]).contains("you are not logged in"));
    desk.done(&["link", "--unlink"]);
    assert!(desk.done(&["secrets", "list"]).contains("Nothing is stored"));
}

#[test]
fn a_repository_proposes_a_server_and_no_more() {
    let server = Server::start();
    let desk = Desk::new();
    server.log_in(&desk.root(), &desk.variables());
    desk.write("takk.toml", &format!("server = \"{}\"\n", server.url));
    for arguments in [&["run", "--", "true"][..], &["secrets", "list"], &["secrets", "export"], &["check", "--env", "dev"]] {
        let said = desk.refused(arguments);
        assert!(said.contains("this checkout is not linked to it\n  hint: run `takk link` to link it"), "{said}");
    }
    assert!(desk.done(&["plan"]).contains("`takk link`"));
    desk.done(&["link", "--unlink"]);
    assert!(desk.done(&["secrets", "list"]).contains("Nothing is stored"));
    desk.done(&["link"]);
    desk.set("PORT", "80");
    assert!(desk.done(&["secrets", "list", "--env", "dev"]).contains(&server.url));
}

#[test]
fn a_token_in_a_file_is_its_owners_alone() {
    let server = Server::start();
    let desk = Desk::on(&server);
    let file = desk.home().join("tokens.json");
    assert!(fs::read_to_string(&file).expect("read").contains(&server.owner));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("set");
        assert!(desk.refused(&["secrets", "list"]).contains("hint: chmod 600"));
    }
}

#[test]
fn nobody_is_waited_for_without_a_terminal() {
    let server = Server::start();
    let desk = Desk::new();
    assert!(desk.refused(&["login", &server.url]).contains("--token-stdin"));
    assert!(desk.refused(&["login", "http://takk.example.org"]).contains("TAKK_ALLOW_HTTP=1"));
    assert!(desk.refused(&["login"]).contains("not linked to one"));
}

#[test]
fn somebody_agrees_on_a_page() {
    use super::fake::{Fake, answer, whoami};
    let fake = Fake::new(|number, request, stream| match (number, request.line.as_str()) {
        (0, "POST /api/v1/login/device") => answer(
            stream,
            "200 OK",
            "",
            r#"{"code":"BCDF-GHJK","verify_url":"https://takk.example.org/login/device?code=BCDF-GHJK","poll_secret":"s",
            "expires_at":99999999999999,"interval":0}"#,
        ),
        (1, "POST /api/v1/login/device/poll") => answer(stream, "202 Accepted", "", "{}"),
        (2, "POST /api/v1/login/device/poll") => {
            answer(stream, "200 OK", "", r#"{"token":"takk_p_7","user":{"id":1,"name":"ada"}}"#);
        }
        _ => answer(stream, "200 OK", "", &whoami("0.1.0")),
    });
    let desk = Desk::new();
    let said = converse(&desk.root(), &[&takk(), "login", &fake.url], &desk.variables(), &[], &[]);
    assert_eq!(said.code, Some(0), "{}", said.screen);
    assert!(said.screen.contains("if the page shows the code BCDF-GHJK"), "{}", said.screen);
    assert!(said.screen.contains("as ada."), "{}", said.screen);
    assert!(fs::read_to_string(desk.home().join("tokens.json")).expect("read").contains("takk_p_7"));
}
