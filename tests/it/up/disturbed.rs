//! Disturbances while `takk up` runs: a full disk, a locked store, a killed engine, a machine that was suspended. It reports them, leaves
//! nothing half-created, and running it again completes the work.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::engine::Engine;
use super::project::{Checkout, processes_in};
use super::servers::{debian, is_root, path_with, postgres};
use super::stub::{Answer, Stub, usual};
use crate::clock::skewed;
use crate::process::piped;

/// Steps at which takk is disturbed.
const STEPS: [&str; 7] = ["reserved", "directory", "ports:stored", "data", "files:stored", "started", "login"];

/// `takk up` that has stopped itself after a step, as Ctrl-Z does.
struct Stopped(Child);

impl Stopped {
    fn after(checkout: &Checkout, step: &str) -> Self {
        let mut command = checkout.command(&["up", "--env", "dev"]);
        command.env("TAKK_TEST_STOP_AFTER", step).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut stopped = Self(command.spawn().expect("run"));
        let begun = Instant::now();
        while !fs::read_to_string(format!("/proc/{}/stat", stopped.0.id())).is_ok_and(|stat| stat.contains(") T ")) {
            assert!(stopped.0.try_wait().expect("ours").is_none(), "{step} was not reached");
            assert!(begun.elapsed() < Duration::from_mins(1), "{step} was not reached");
            std::thread::sleep(Duration::from_millis(5));
        }
        stopped
    }

    /// Continues it to its end: the exit status and output.
    fn go_on(self) -> (i32, String) {
        kill_process(Pid::from_child(&self.0), Signal::CONT).expect("it is ours");
        let output = self.0.wait_with_output().expect("run");
        (output.status.code().expect("it is not killed"), String::from_utf8(output.stderr).expect("text"))
    }
}

/// Running the command again completes the work, with the credentials that were stored first.
fn is_cured(checkout: &Checkout, step: &str) {
    let first = checkout.servers().first().map(|server| server["credential"].clone());
    let again = checkout.takk(&["up", "--env", "dev"]);
    assert_eq!(again.code, 0, "{step}: {again:?}");
    checkout.is_ready();
    let servers = checkout.servers();
    assert_eq!((servers.len(), &servers[0]["generation"]), (1, &json!(1)), "{step}");
    assert!(first.is_none_or(|first| first == servers[0]["credential"]), "{step}: other credentials than were stored first");
    if servers[0]["provisioner"] == "local" {
        assert_eq!(processes_in(servers[0]["place"].as_str().expect("a place")).len(), 1, "{step}");
    }
}

/// Another SQLite client that holds a write transaction open.
struct Writer(Child);

impl Writer {
    fn of(checkout: &Checkout) -> Self {
        let script = "import sqlite3, sys\n\
                      store = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
                      store.execute('begin immediate')\n\
                      print('locked', flush=True)\n\
                      sys.stdin.read()\n";
        let mut command = Command::new("python3");
        command.args(["-c", script]).arg(checkout.home().join("store.db")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut writer = Self(command.spawn().expect("Python starts"));
        let mut line = String::new();
        BufReader::new(writer.0.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("it says so");
        assert_eq!(line, "locked\n");
        writer
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

#[test]
fn a_store_that_is_locked_at_any_step() {
    let Some(redis) = debian("redis-server") else { return };
    // It waits as long as a lock may last, so there are few of these.
    for (number, step) in ["reserved", "data", "login"].into_iter().enumerate() {
        let name = format!("locked-{number}");
        let checkout = Checkout::new(&name, "redis_url: RedisDsn", path_with(&[&redis]), None);
        let stopped = Stopped::after(&checkout, &format!("redis/default:{step}"));
        let writer = Writer::of(&checkout);
        let (code, said) = stopped.go_on();
        assert_eq!(code, 1, "{step}: {said}");
        assert!(said.contains("the store is locked by another process"), "{step}: {said}");
        drop(writer);
        is_cured(&checkout, step);
    }
}

#[test]
fn a_store_that_is_locked_for_a_moment_is_waited_for() {
    let Some(redis) = debian("redis-server") else { return };
    let checkout = Checkout::new("locked-briefly", "redis_url: RedisDsn", path_with(&[&redis]), None);
    let stopped = Stopped::after(&checkout, "redis/default:files");
    let writer = Writer::of(&checkout);
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(700));
        drop(writer);
    });
    let (code, said) = stopped.go_on();
    release.join().expect("it ends");
    assert_eq!(code, 0, "{said}");
    checkout.is_ready();
}

/// A small disk for some directories, visible only in its mount namespace.
struct Disk(Child);

impl Disk {
    /// `None`, after printing that the test is skipped, if mounting is not possible.
    fn at(directories: &[&str], size: &str) -> Option<Self> {
        if !is_root() {
            eprintln!("skipped: only root can mount a disk");
            return None;
        }
        let mounts = directories.iter().map(|directory| {
            format!(
                "mkdir -p {directory} && chmod 755 {directory} && mount -t tmpfs -o mode=755,size={size} none {directory} && "
            )
        });
        let script = format!("{}echo mounted && exec cat", mounts.collect::<String>());
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut disk = Self(command.spawn().expect("util-linux is installed"));
        let mut line = String::new();
        BufReader::new(disk.0.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("it says so");
        if line != "mounted\n" {
            eprintln!("skipped: this process may not mount a disk");
            return None;
        }
        Some(disk)
    }

    /// Runs a command that sees the disk.
    fn run(&self, script: &str) -> bool {
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--target", &self.0.id().to_string(), "sh", "-c", script]);
        command.stderr(Stdio::null()).status().expect("util-linux is installed").success()
    }

    /// Writes to a file until the disk is full.
    fn fill(&self, directory: &str) {
        assert!(!self.run(&format!("exec cat /dev/zero >{directory}/filled")), "it has an end");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_disk_that_is_full_for_the_store_at_any_step() {
    let Some(redis) = debian("redis-server") else { return };
    let mut failed = Vec::new();
    for (number, step) in STEPS.into_iter().enumerate() {
        let name = format!("full-store-{number}");
        let mut checkout = Checkout::new(&name, "redis_url: RedisDsn", path_with(&[&redis]), None);
        let home = checkout.home().to_str().expect("text").to_owned();
        let Some(disk) = Disk::at(&[&home], "4m") else { return };
        checkout.sees_mounts_of(disk.0.id());
        let stopped = Stopped::after(&checkout, &format!("redis/default:{step}"));
        disk.fill(&home);
        let (code, said) = stopped.go_on();
        if code != 0 {
            assert!(code == 1 && said.contains("full"), "{step}: {said}");
            failed.push(step);
        }
        assert!(disk.run(&format!("rm {home}/filled")), "{step}");
        is_cured(&checkout, step);
        checkout.ends();
    }
    // Earlier writes have left some free space in the files of the store.
    assert!(failed.len() > 3, "{failed:?}");
}

#[test]
fn a_disk_that_is_full_for_the_data_of_a_server() {
    let Some(postgres) = postgres(18) else { return };
    let bin = postgres.join("bin");
    let mut checkout = Checkout::new("full-data", "database_url: PostgresDsn", path_with(&[&bin]), None);
    let Some(disk) = Disk::at(&["/var/lib/takk"], "24m") else { return };
    checkout.sees_mounts_of(disk.0.id());
    let answer = checkout.takk(&["up", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(
        answer.err.contains("No space left on device") && answer.err.contains("hint: the disk is full: free some space"),
        "{answer:?}"
    );
    assert!(disk.run("mount -o remount,size=400m /var/lib/takk"));
    is_cured(&checkout, "data");
    checkout.ends();
}

/// Where root runs takk, another user runs the servers, below directories of root.
#[test]
fn a_server_is_reached_in_directories_that_are_closed() {
    let Some(redis) = debian("redis-server") else { return };
    let mut checkout = Checkout::new("closed", "redis_url: RedisDsn", path_with(&[&redis]), None);
    let Some(disk) = Disk::at(&["/var/lib/takk"], "24m") else { return };
    checkout.sees_mounts_of(disk.0.id());
    let modes = |expected: &str| {
        disk.run(&format!("test \"$(stat -c %a /var/lib/takk /var/lib/takk/servers | xargs)\" = '{expected}'"))
    };
    // As a server that root itself runs, or root's umask, once left them.
    assert!(disk.run("mkdir /var/lib/takk/servers && chmod 700 /var/lib/takk /var/lib/takk/servers"));
    is_cured(&checkout, "closed directories");
    assert!(modes("701 701"), "they are opened no further");
    checkout.ends();
    assert!(disk.run("rm -r /var/lib/takk/servers && chown daemon /var/lib/takk && chmod 700 /var/lib/takk"));
    let answer = checkout.takk(&["up", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(
        answer.err.contains("cannot enter /var/lib/takk") && answer.err.contains("hint: chmod o+x /var/lib/takk"),
        "{answer:?}"
    );
    assert!(modes("700 755"), "it is not root's to open");
}

#[test]
fn a_disk_that_is_full_for_an_engine() {
    let full = r#"{"message": "create takk: error while creating volume root path: mkdir /var/lib/docker/volumes/takk: no space left on device"}"#;
    let stub = Stub::new(move |request| match request.split(['?', ' ']).nth(1).unwrap_or_default() {
        path if path.starts_with("/images/") => Answer::Json(200, r#"{"Id": "sha256:1"}"#.to_owned()),
        "/volumes/create" => Answer::Json(500, full.to_owned()),
        _ => usual(request),
    });
    let host = format!("unix://{}", stub.socket().display());
    let checkout = Checkout::with_host("full-engine", "redis_url: RedisDsn", path_with(&[]), &host);
    let answer = checkout.takk(&["up", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.err.contains("no space left on device"), "{answer:?}");
    assert!(answer.err.contains("hint: the disk is full: free some space"), "{answer:?}");
}

#[test]
fn an_engine_that_is_killed_at_any_step() {
    let Some(engine) = Engine::own("killed-engine", &["redis:7.2.11"]) else { return };
    for (number, step) in ["image", "volume", "container", "files", "started", "login"].into_iter().enumerate() {
        let name = format!("engine-killed-{number}");
        let checkout = Checkout::new(&name, "redis_url: RedisDsn", path_with(&[]), Some(&engine));
        let stopped = Stopped::after(&checkout, &format!("redis/default:{step}:stored"));
        engine.kill();
        let (code, said) = stopped.go_on();
        // A server that has accepted its login needs no engine any more to be live.
        assert_eq!(code, i32::from(step != "login"), "{step}: {said}");
        let answer = checkout.takk(&["up", "--env", "dev"]);
        assert!(answer.code == 1 && answer.err.contains("does not respond"), "{step}: {answer:?}");
        engine.start().expect("it starts again");
        is_cured(&checkout, step);
        let present = engine.labelled(&format!("takk.project={name}"));
        assert_eq!((present.containers.len(), present.volumes.len()), (1, 1), "{step}: {present:?}");
    }
}

#[test]
fn a_machine_that_slept_goes_on() {
    let Some(redis) = debian("redis-server") else { return };
    for (number, by) in ["+9d", "-9d"].into_iter().enumerate() {
        let Some(clock) = skewed(by) else { return };
        let checkout = Checkout::new(&format!("slept-{number}"), "redis_url: RedisDsn", path_with(&[&redis]), None);
        let stopped = Stopped::after(&checkout, "redis/default:data:stored");
        // After days by the clock, another process does not take over its work: it is still running.
        let mut second = checkout.command(&["up", "--env", "dev"]);
        second.envs(clock.clone()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut second = second.spawn().expect("run");
        std::thread::sleep(Duration::from_secs(1));
        assert!(second.try_wait().expect("ours").is_none(), "it does not wait");
        let (code, said) = stopped.go_on();
        assert_eq!(code, 0, "{said}");
        let output = second.wait_with_output().expect("run");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("waiting for takk of anna"), "{said}");
        assert_eq!(checkout.servers()[0]["generation"], 1);
        // And what an interrupted one left behind is continued whatever the clock says.
        let checkout = Checkout::new(&format!("jumped-{number}"), "redis_url: RedisDsn", path_with(&[&redis]), None);
        checkout.killed_after("redis/default:data:stored", &["up", "--env", "dev"]);
        let mut again = checkout.command(&["up", "--env", "dev"]);
        again.envs(clock);
        piped(again, b"").done();
        is_cured(&checkout, by);
    }
}

/// A Redis that accepts any password, as some servers of tests do.
fn accepts_anyone(listener: &TcpListener) {
    for mut stream in listener.incoming().flatten() {
        std::thread::spawn(move || {
            let (mut is_in, mut bytes) = (false, [0; 4096]);
            while let Ok(count) = stream.read(&mut bytes)
                && count > 0
            {
                let asked = String::from_utf8_lossy(&bytes[..count]).into_owned();
                is_in = is_in || asked.contains("AUTH");
                let answer = match asked {
                    asked if asked.contains("INFO") => "$21\r\nredis_version:9.9.9\r\n\r\n",
                    asked if asked.contains("PING") && is_in => "+PONG\r\n",
                    _ if is_in => "+OK\r\n",
                    _ => "-NOAUTH Authentication required.\r\n",
                };
                if stream.write_all(answer.as_bytes()).is_err() {
                    break;
                }
            }
        });
    }
}

#[test]
fn a_foreign_server_on_the_chosen_port_is_not_used() {
    let Some(redis) = debian("redis-server") else { return };
    // A server of another test may take the port before this one does.
    let attempt = |number: u32| {
        let name = format!("foreign-port-{number}");
        let checkout = Checkout::new(&name, "redis_url: RedisDsn", path_with(&[&redis]), None);
        let stopped = Stopped::after(&checkout, "redis/default:files:stored");
        let port = checkout.servers()[0]["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
        let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) else {
            assert_eq!(stopped.go_on().0, 0, "another port is chosen");
            return None;
        };
        std::thread::spawn(move || accepts_anyone(&listener));
        Some((checkout, stopped, port))
    };
    let (checkout, stopped, port) = (0..20).find_map(attempt).expect("the port is free once");
    let (code, said) = stopped.go_on();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("port {port} is used by ")), "{said}");
    let servers = checkout.servers();
    assert!(servers[0]["port"] != port && servers[0]["server_version"] != "9.9.9", "{servers:?}");
    is_cured(&checkout, "files");
}
