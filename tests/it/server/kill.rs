//! A server that is killed under load: what it has acknowledged is there, on both databases.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Server, in_shop};
use crate::store::cluster::Cluster;

const CLIENTS: usize = 64;

#[test]
fn no_acknowledged_write_is_lost_on_sqlite() {
    nothing_is_lost(&[]);
}

#[test]
fn no_acknowledged_write_is_lost_on_postgresql() {
    let Some(cluster) = Cluster::shared() else { return };
    nothing_is_lost(&["--database", &cluster.database()]);
}

fn nothing_is_lost(options: &[&str]) {
    let first = Server::with(Arc::new(tempfile::tempdir().expect("a directory")), options);
    first.shop();
    let mut home = first.kill();
    let kept: Mutex<Vec<i64>> = Mutex::new(vec![0; CLIENTS]);
    let sum = |kept: &Mutex<Vec<i64>>| kept.lock().expect("whole").iter().sum::<i64>();
    for round in 0..3 {
        let server = Server::with(home, options);
        let write = |client: usize| {
            loop {
                let version = kept.lock().expect("whole")[client];
                let value = format!("{client} after {version} {}", "x".repeat(client * 7));
                let body = json!({"changes": [{"name": format!("KEY_{client}"), "value": value}]});
                match server.try_ask(&server.owner, "POST", &in_shop("dev", "changes"), Some(body), &[]) {
                    Ok(answer) if answer.status == 200 => {
                        kept.lock().expect("whole")[client] = answer.body["versions"][0].as_i64().expect("a version");
                    }
                    _ => break,
                }
            }
        };
        let id = server.child.id().to_string();
        thread::scope(|scope| {
            (0..CLIENTS).for_each(|client| drop(scope.spawn(move || write(client))));
            let (start, before) = (Instant::now(), sum(&kept));
            while sum(&kept) < before + 64 && start.elapsed() < Duration::from_secs(20) {
                thread::sleep(Duration::from_millis(20));
            }
            thread::sleep(Duration::from_millis(100 + 137 * round));
            std::process::Command::new("kill").args(["-KILL", &id]).status().expect("kill runs");
        });
        home = server.kill();
    }
    let server = Server::with(home, options);
    let versions = server.own("GET", &in_shop("dev", "values"), None).expect(200);
    let kept = kept.into_inner().expect("whole");
    assert!(kept.iter().sum::<i64>() > 0, "nothing was written");
    for (client, acknowledged) in kept.iter().enumerate().filter(|(_, version)| **version > 0) {
        let name = format!("KEY_{client}");
        let found = versions["values"].as_array().expect("values").iter().find(|held| held["name"] == json!(name));
        let found = found.unwrap_or_else(|| panic!("{name} is lost"));
        assert!(found["version"].as_i64() >= Some(*acknowledged), "{name}: {} of {acknowledged}", found["version"]);
    }
    for verify in [["store", "verify"], ["audit", "verify"]] {
        let (code, said) = server.takk(&[&verify, options].concat());
        assert_eq!(code, 0, "{said}");
    }
}
