//! Neither a value nor a token appears where it was not requested: in files, in messages, on a command line.

use std::fs;
use std::path::Path;

use super::Desk;
use crate::server::Server;

const CANARY: &str = "canary/9f2b+47d1=c0ffee";

fn files(directory: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(directory).expect("read") {
        let path = entry.expect("read").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), fs::read(&path).expect("read")));
        }
    }
}

fn holds(content: &[u8], text: &str) -> bool {
    content.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn the_cache_the_token_and_the_command_line_hold_no_value() {
    let server = Server::start();
    let desk = Desk::on(&server);
    desk.fill();
    desk.set("TOKEN", CANARY);
    let script = "tr '\\0' ' ' < /proc/$PPID/cmdline; tr '\\0' ' ' < /proc/$$/cmdline";
    let ran = desk.takk(&["run", "--redact", "--", "sh", "-c", script]);
    assert!(ran.code == 0 && ran.out.contains("cmdline"), "{}", ran.err);
    let mut said = ran.out + &ran.err;
    let offline = desk.takk(&["run", "--offline", "--", "true"]);
    said.push_str(&offline.err);
    for arguments in [
        &["plan", "--json"][..],
        &["secrets", "list", "--json"],
        &["secrets", "history", "TOKEN"],
        &["why", "TOKEN", "--json"],
        &["whoami", "--json"],
        &["doctor"],
        &["diff", "dev", "test"],
        &["check", "--env", "dev"],
    ] {
        let answer = desk.takk(arguments);
        said.push_str(&(answer.out + &answer.err));
    }
    assert!(!said.contains(CANARY) && !said.contains(&server.owner), "{said}");
    let mut found = Vec::new();
    files(desk.0.path(), &mut found);
    assert!(found.iter().any(|(path, _)| path.contains("/cache/")), "there is a cache to look into");
    for (path, content) in found {
        assert!(!holds(&content, CANARY), "{path} holds the value");
        assert!(path.ends_with("tokens.json") || !holds(&content, &server.owner), "{path} holds the token");
    }
}
