//! Text from a server is untrusted, too.

use super::harness::{Site, To};
use super::names::{EVIL, assert_tame, quoted};
use crate::client::fake::{Fake, answer};

const SETTINGS: &str = "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    token: str\n    port: int\n";

/// A response to any route in which every text is hostile.
fn body(line: &str) -> String {
    let evil = quoted(EVIL);
    if line.contains("whoami") {
        return format!(
            r#"{{"user":{{"id":1,"name":{evil},"email":{evil}}},"token":{{"id":1,"label":{evil},"kind":"personal","projects":[{evil}],
            "environments":[{evil}],"role":"owner","created_at":0}},"version":{evil}}}"#
        );
    }
    if line.contains("/values") {
        return format!(
            r#"{{"revision":3,"values":[{{"name":"TOKEN","version":1,"is_set":true,"set_at":0,"fingerprint":"00","origin":{evil},
            "author":{evil},"value":{evil}}},{{"name":{evil},"version":1,"is_set":true,"set_at":0,"fingerprint":{evil},"origin":{evil},
            "author":{evil},"value":{evil}}}]}}"#
        );
    }
    format!(
        r#"{{"items":[{{"name":{evil},"project":{evil},"revision":1,"values":1,"role":"owner","level":{evil},"created_at":0}}],
        "name":{evil},"code":{evil},"device_code":{evil},"verify_url":{evil},"interval":1,"expires_in":3,"token":{evil}}}"#
    )
}

#[test]
fn no_answer_of_a_server_steers_a_terminal() {
    let problem = format!(
        r#"{{"type":"/problems/forbidden","title":{evil},"status":403,"detail":{evil},"hints":[{evil},{evil}],"name":{evil}}}"#,
        evil = quoted(EVIL)
    );
    let kind = Fake::new(|_, request, stream| answer(stream, "200 OK", "", &body(&request.line)));
    let unkind = Fake::new(move |_, _, stream| answer(stream, "403 Forbidden", "Retry-After: 0\r\n", &problem));
    let broken = Fake::new(|_, _, stream| answer(stream, &format!("500 {}", EVIL.replace(['\r', '\n'], " ")), "", EVIL));
    for server in [kind, unkind, broken] {
        let site = Site::new();
        site.write("s.py", SETTINGS);
        site.write("pyproject.toml", "[project]\nname = \"app\"\n");
        let variables = [("TAKK_SERVER", server.url.as_str()), ("TAKK_TOKEN", "takk_s_1"), ("TAKK_TIMEOUT", "3s")];
        for arguments in [
            &["whoami"][..],
            &["whoami", "--json"],
            &["link"],
            &["push"],
            &["plan", "--env", "dev"],
            &["env", "list"],
            &["env", "list", "--json"],
            &["env", "create", "preview/x"],
            &["secrets", "list", "--env", "dev"],
            &["secrets", "list", "--env", "dev", "--json"],
            &["secrets", "history", "TOKEN", "--env", "dev"],
            &["secrets", "set", "PORT", "--env", "dev", "--file", "s.py"],
            &["run", "--env", "dev", "--", "true"],
            &["why", "TOKEN"],
            &["diff", "dev", "prod"],
            &["doctor"],
            &["logout"],
            &["login", server.url.as_str()],
        ] {
            for to in [To::Pipes, To::Terminals] {
                let said = site.takk_with(arguments, &variables, to);
                assert_tame(&said.out, to == To::Terminals, &format!("{arguments:?} to {to:?}"));
                assert_tame(&said.err, to == To::Terminals, &format!("{arguments:?} to {to:?}"));
            }
        }
    }
}
