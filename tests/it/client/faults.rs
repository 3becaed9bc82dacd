//! Misbehaving servers, and how takk handles them.

use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::Desk;
use super::fake::{Fake, VALUES, answer, whoami};
use crate::ports::free_port;

/// Runs takk as in CI, with the server in a variable.
fn run_against(desk: &Desk, url: &str, arguments: &[&str]) -> crate::process::Answer {
    desk.with(arguments, &[("TAKK_SERVER", url), ("TAKK_TOKEN", "takk_s_1"), ("TAKK_PROJECT", "app")])
}

const RUN: [&str; 6] = ["run", "--", "sh", "-c", "printf %s \"$TOKEN\"; env | grep -c TAKK_TOKEN >&2", "--"];

#[test]
fn a_run_asks_once_and_keeps_its_token_from_the_command() {
    let fake = Fake::new(|_, _, stream| answer(stream, "200 OK", "", VALUES));
    let desk = Desk::new();
    let ran = run_against(&desk, &fake.url, &RUN);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("the value", "0\n"), "{}", ran.err);
    assert_eq!(fake.lines(), ["GET /api/v1/projects/app/environments/dev/values"]);
    let requests = fake.requests.lock().expect("no panic");
    assert_eq!(requests[0].header("authorization"), Some("Bearer takk_s_1"));
    assert!(!desk.home().exists(), "a build leaves no values behind");
}

#[test]
fn what_is_busy_is_asked_again_after_the_time_it_says() {
    let fake = Fake::new(|number, _, stream| match number {
        0 => answer(stream, "503 Service Unavailable", "Retry-After: 1\r\n", "{}"),
        1 => drop(stream.shutdown(std::net::Shutdown::Both)),
        _ => answer(stream, "200 OK", "", VALUES),
    });
    let begin = Instant::now();
    let ran = run_against(&Desk::new(), &fake.url, &RUN);
    assert_eq!(ran.out, "the value", "{}", ran.err);
    assert_eq!(fake.lines().len(), 3);
    assert!(begin.elapsed() >= Duration::from_secs(1), "it was told to wait");
    let forever = Fake::new(|_, _, stream| answer(stream, "503 Service Unavailable", "Retry-After: 3600\r\n", "{}"));
    let begin = Instant::now();
    assert_eq!(run_against(&Desk::new(), &forever.url, &RUN).code, 2);
    assert!(begin.elapsed() < Duration::from_secs(10), "nobody waits an hour");
}

#[test]
fn a_change_that_may_have_come_through_is_sent_again_with_the_same_key() {
    let fake = Fake::new(|number, request, stream| match request.line.as_str() {
        line if line.starts_with("GET") => answer(stream, "200 OK", "", r#"{"items":[]}"#),
        _ if number < 3 => drop(stream.shutdown(std::net::Shutdown::Both)),
        _ => answer(stream, "200 OK", "", r#"{"revision":1,"versions":[1]}"#),
    });
    let desk = Desk::new();
    desk.write(".value", "80");
    let set = run_against(&desk, &fake.url, &["secrets", "set", "PORT", "--file", ".value"]);
    assert_eq!(set.code, 0, "{}", set.err);
    let requests = fake.requests.lock().expect("no panic");
    let changes = requests.iter().filter(|request| request.line.ends_with("/changes"));
    let keys: Vec<_> = changes.filter_map(|request| request.header("idempotency-key")).collect();
    assert!(keys.len() >= 2 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    drop(requests);
    // Creating an environment has no idempotency key, so it is not retried.
    let fake = Fake::new(|_, request, stream| match request.line.as_str() {
        line if line.starts_with("GET") => answer(stream, "200 OK", "", r#"{"items":[]}"#),
        _ => drop(stream.shutdown(std::net::Shutdown::Both)),
    });
    assert_eq!(run_against(&desk, &fake.url, &["env", "create", "preview/x"]).code, 2);
    assert_eq!(fake.lines().iter().filter(|line| line.starts_with("PUT")).count(), 1);
}

#[test]
fn one_that_never_answers_is_given_up() {
    let half_open = Fake::new(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le");
        std::thread::sleep(Duration::from_mins(1));
    });
    let slow = Fake::new(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent_url = format!("http://{}", silent.local_addr().expect("an address"));
    for url in [&half_open.url, &slow.url, &silent_url] {
        let begin = Instant::now();
        let ran = run_against(&Desk::new(), url, &RUN);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(&format!("cannot reach {url}: the request timed out")), "{}", ran.err);
        assert!(begin.elapsed() < Duration::from_secs(10), "TAKK_TIMEOUT is 3s");
    }
}

#[test]
fn what_is_no_server_of_takk_is_said() {
    for (status, body) in
        [("200 OK", "<html>hello</html>"), ("404 Not Found", "nothing"), ("200 OK", r#"{"revision":"x"}"#), ("500 Oh", "")]
    {
        let fake = Fake::new(move |_, _, stream| answer(stream, status, "", body));
        let ran = run_against(&Desk::new(), &fake.url, &RUN);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("is not a compatible takk server"), "{}", ran.err);
        assert!(ran.err.contains("hint: check the URL"), "{}", ran.err);
    }
    let ran = run_against(&Desk::new(), &format!("http://127.0.0.1:{}", free_port()), &RUN);
    assert!(ran.err.contains("the connection is refused\n  hint: "), "{}", ran.err);
}

#[test]
fn another_version_says_which_side_to_upgrade() {
    for (version, advice) in [("0.0.1", "upgrade the server"), ("99.0.0", "upgrade this takk to 99.0.0")] {
        let fake = Fake::new(move |_, request, stream| match request.line.as_str() {
            "GET /api/v1/whoami" => answer(stream, "200 OK", "", &whoami(version)),
            _ => answer(stream, "200 OK", "", r#"{"values":{}}"#),
        });
        let ran = run_against(&Desk::new(), &fake.url, &RUN);
        assert!(ran.code == 2 && ran.err.contains(advice), "{}", ran.err);
    }
}

#[test]
fn a_token_goes_to_its_own_server_only() {
    let other = Fake::new(|_, _, stream| answer(stream, "200 OK", "", VALUES));
    let to = other.url.clone();
    let sends_on = Fake::new(move |_, _, stream| answer(stream, "307 On", &format!("Location: {to}/x\r\n"), ""));
    let ran = run_against(&Desk::new(), &sends_on.url, &RUN);
    assert!(ran.code == 2 && ran.err.contains("takk does not send the token there"), "{}", ran.err);
    // A server named by a repository does not get the token of the CI job.
    let desk = Desk::new();
    desk.write("takk.toml", &format!("server = \"{}\"\n", other.url));
    let ran = desk.with(&["link"], &[("TAKK_TOKEN", "takk_s_1")]);
    assert!(ran.code == 2 && ran.err.contains("TAKK_TOKEN is set, but not for"), "{}", ran.err);
    assert!(other.lines().is_empty(), "{:?}", other.lines());
}

#[test]
fn a_refusal_is_shown_with_its_hints_and_without_control_characters() {
    let problem = r#"{"type":"/problems/forbidden","title":"Forbidden","status":403,"detail":"a viewer\u001b[2J may not","hints":["ask"]}"#;
    let fake = Fake::new(move |_, _, stream| answer(stream, "403 Forbidden", "", problem));
    let ran = run_against(&Desk::new(), &fake.url, &RUN);
    assert!(ran.err.contains("refused the request: a viewer [2J may not\n  hint: ask\n"), "{:?}", ran.err);
    let fake = Fake::new(move |_, _, stream| answer(stream, "401 Unauthorized", "", "{}"));
    let ran = run_against(&Desk::new(), &fake.url, &RUN);
    assert!(ran.err.contains("hint: set TAKK_TOKEN to a token that is valid"), "{}", ran.err);
}

#[test]
fn a_server_that_does_not_know_this_version_any_more_says_what_to_do() {
    let problem = r#"{"type":"/problems/outdated-client","title":"takk is too old","status":400,"detail":"takk 0.1.0 is too old for this \
        server","hints":["upgrade your takk, preferably to 2.0.0"]}"#
        .replace("\\\n        ", "");
    let fake = Fake::new(move |_, _, stream| answer(stream, "400 Bad Request", "", &problem));
    let ran = run_against(&Desk::new(), &fake.url, &RUN);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(ran.err.contains("takk 0.1.0 is too old for this server"), "{}", ran.err);
    assert!(ran.err.contains("hint: upgrade your takk, preferably to 2.0.0"), "{}", ran.err);
    let agent = fake.requests.lock().expect("no panic")[0].header("user-agent").map(str::to_owned);
    assert_eq!(agent.as_deref(), Some(concat!("takk/", env!("CARGO_PKG_VERSION"))), "how a server knows the version");
}
