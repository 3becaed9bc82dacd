//! What a core dump of takk would contain.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::process::Stdio;

use super::Desk;
use crate::process::program;
use crate::server::Server;

/// A region of a process's memory.
struct Part {
    start: u64,
    end: u64,
    flags: Vec<String>,
}

impl Part {
    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|known| known == flag)
    }
}

fn parts(pid: u32) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in fs::read_to_string(format!("/proc/{pid}/smaps")).unwrap_or_default().lines() {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        if let Some((start, end)) = first.split_once('-').filter(|_| !first.ends_with(':')) {
            let number = |text| u64::from_str_radix(text, 16).expect("an address");
            parts.push(Part { start: number(start), end: number(end), flags: Vec::new() });
        } else if let Some(part) = parts.last_mut().filter(|_| first == "VmFlags:") {
            part.flags = words.map(str::to_owned).collect();
        }
    }
    parts
}

/// What a core dump of a process would contain: all writable memory, except what it excludes.
fn dumped(pid: u32) -> Vec<u8> {
    let memory = File::open(format!("/proc/{pid}/mem")).expect("readable for root");
    let mut all = Vec::new();
    for part in parts(pid).iter().filter(|part| part.has("rd") && part.has("wr") && !part.has("dd")) {
        let mut page = [0; 4096];
        for at in (part.start..part.end).step_by(page.len()) {
            if let Ok(read) = memory.read_at(&mut page, at) {
                all.extend_from_slice(&page[..read]);
            }
        }
    }
    all
}

fn holds(memory: &[u8], bytes: &[u8]) -> bool {
    memchr::memmem::find(memory, bytes).is_some()
}

#[test]
fn a_server_that_served_values_has_no_master_key_where_a_dump_would_find_it() {
    let server = Server::start();
    let desk = Desk::on(&server);
    desk.write(".value", "canary-of-a-value");
    for _ in 0..3 {
        desk.done(&["secrets", "set", "TOKEN", "--env", "dev", "--file", ".value"]);
        assert_eq!(desk.done(&["secrets", "get", "TOKEN", "--env", "dev"]), "canary-of-a-value");
    }
    if File::open(format!("/proc/{}/mem", server.id())).is_err() {
        eprintln!("skipped: nobody but root may look into the server, which is what is wanted");
        return;
    }
    let digits = server.master_key();
    let key: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("a digit")).collect();
    let memory = dumped(server.id());
    assert!(holds(&memory, b"takk"), "the memory was read");
    assert!(!holds(&memory, &key), "the master key is in the memory that is dumped");
    assert!(!holds(&memory, digits.as_bytes()), "the digits of the master key are in the memory that is dumped");
    assert!(!holds(&memory, &key[..16]) && !holds(&memory, &key[16..]), "half of the master key is");
    assert!(parts(server.id()).iter().any(|part| part.has("dd") && part.has("lo")), "a page is locked and left out");
}

#[test]
fn every_command_switches_core_dumps_off_before_anything_else() {
    let server = Server::start();
    let desk = Desk::on(&server);
    let limit = |pid: u32| {
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).expect("readable");
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("it has one").to_owned();
        core.split_whitespace().nth(4).expect("a number").to_owned()
    };
    assert_eq!(limit(server.id()), "0");
    for arguments in [&["login", server.url.as_str(), "--token-stdin"][..], &["secrets", "set", "TOKEN", "--env", "dev"]] {
        let mut command = program(&desk.home());
        command.args(arguments).current_dir(desk.root()).envs(desk.variables());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("run");
        let begin = std::time::Instant::now();
        while limit(child.id()) != "0" {
            assert!(begin.elapsed().as_secs() < 10, "{arguments:?} leaves core dumps");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        child.kill().expect("it waits for its input");
        child.wait().expect("ended");
    }
}
