//! Cached values: used only if a command allows it, with a note.

use super::Desk;
use crate::clock::{borrowed, skewed};
use crate::process::program;
use crate::server::Server;

const SAY: [&str; 4] = ["--", "sh", "-c", "printf %s \"$TOKEN\""];

fn run(options: &[&str]) -> Vec<&'static str> {
    // A leaked text lives as long as the test.
    let options = options.iter().map(|option| &*(*option).to_owned().leak());
    ["run"].into_iter().chain(options).chain(SAY).collect()
}

#[test]
fn they_are_used_where_that_is_said_and_never_silently() {
    let mut server = Server::start();
    let desk = Desk::on(&server);
    desk.fill();
    assert!(desk.refused(&run(&["--offline"])).contains("no values of `dev` are cached"));
    let ran = desk.takk(&run(&[]));
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("the value", ""));
    let ran = desk.takk(&run(&["--offline"]));
    assert_eq!(ran.out, "the value", "{}", ran.err);
    assert!(ran.err.contains("the server was not asked"), "{}", ran.err);
    server.stop();
    let refused = desk.refused(&run(&[]));
    assert!(
        refused.contains("the connection is refused") && refused.contains("pass `--offline` to use the values"),
        "{refused}"
    );
    let ran = desk.takk(&run(&["--max-age", "12h"]));
    assert_eq!(ran.out, "the value", "{}", ran.err);
    assert!(ran.err.contains("the server is unreachable"), "{}", ran.err);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert!(desk.refused(&run(&["--max-age", "1s"])).contains("the connection is refused"));
    assert!(desk.refused(&run(&["--max-age", "1s", "--offline"])).contains("seconds old"));
    desk.done(&["logout"]);
    assert!(desk.refused(&run(&["--offline"])).contains("no values of `dev` are cached"));
}

#[test]
fn they_are_gone_when_the_server_refuses_them() {
    let server = Server::start();
    let desk = Desk::on(&server);
    desk.fill();
    desk.done(&run(&[]));
    let tokens = desk.home().join("tokens.json");
    let text = std::fs::read_to_string(&tokens).expect("read");
    std::fs::write(&tokens, text.replace(&server.owner, "takk_p_revoked")).expect("written");
    assert!(desk.refused(&run(&["--max-age", "1w"])).contains("rejected the token"));
    assert!(desk.refused(&run(&["--offline"])).contains("no values of `dev` are cached"));
}

#[test]
fn what_is_damaged_is_not_there() {
    let server = Server::start();
    let desk = Desk::on(&server);
    desk.fill();
    desk.done(&run(&[]));
    let file = std::fs::read_dir(desk.home().join("cache")).expect("read").next().expect("one").expect("read").path();
    let mut bytes = std::fs::read(&file).expect("read");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    assert!(desk.refused(&run(&["--offline"])).contains("no values of `dev` are cached"));
}

#[test]
fn a_watched_command_sees_a_change_on_the_server() {
    let server = Server::start();
    let desk = Desk::on(&server);
    desk.fill();
    let mut command = program(&desk.home());
    command.current_dir(desk.root()).args([
        "run",
        "--watch",
        "--",
        "sh",
        "-c",
        "echo $TOKEN >> said; [ $TOKEN = new ] || sleep 60",
    ]);
    let mut watching = command.envs(desk.variables()).spawn().expect("started");
    let said = desk.root().join("said");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !said.exists() {
        assert!(std::time::Instant::now() < deadline, "it does not start");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    desk.set("TOKEN", "new");
    assert!(watching.wait().expect("ended").success());
    assert_eq!(std::fs::read_to_string(&said).expect("read"), "the value\nnew\n");
}

#[test]
fn a_clock_that_was_set_back_makes_nothing_young() {
    let (Some(back), Some(ahead)) = (skewed("-2d"), skewed("+3d")) else { return };
    let mut server = Server::start();
    let desk = Desk::on(&server);
    desk.fill();
    desk.done(&run(&[]));
    server.stop();
    let back = desk.with(&run(&["--offline", "--max-age", "1h"]), &borrowed(&back));
    assert!(
        back.code == 2
            && back.err.contains("according to the clock of this machine, the cached values of `dev` were read in the future"),
        "{}",
        back.err
    );
    let ahead = desk.with(&run(&["--offline", "--max-age", "1h"]), &borrowed(&ahead));
    assert!(ahead.code == 2 && ahead.err.contains("are 3 days old"), "{}", ahead.err);
}
