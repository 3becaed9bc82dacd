//! Real container engines for tests: Debian's dockerd and podman, on sockets of their own, with images that `images` builds.
//!
//! They need root and have their own bridges and addresses, so that other engines on this machine are not touched. All tests of a run share
//! one; a test that kills it starts its own. `watchdog.sh` stops it when its users have ended, however they ended; images stay under
//! `target/`.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::api::{self, Answer, encoded};
use super::images;
use super::servers::{debian, is_root, kept};
use crate::python::run;

const WATCHDOG: &str = include_str!("watchdog.sh");

/// The kind of engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    Docker,
    Podman,
}

/// An engine that is running, or was until a test killed it.
pub(crate) struct Engine {
    maker: Maker,
    /// Its files while it is running.
    directory: PathBuf,
    /// Its images, which are kept.
    data: PathBuf,
    /// The process that uses it.
    user: u32,
}

/// An engine's objects, by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Present {
    pub containers: Vec<String>,
    pub volumes: Vec<String>,
    pub networks: Vec<String>,
}

impl Engine {
    /// Docker's, one for all tests of a run, with these images. `None`, after printing why, if it cannot run.
    pub(crate) fn shared(images: &[&str]) -> Option<Self> {
        Self::with(Maker::Docker, "shared", std::os::unix::process::parent_id(), images)
    }

    /// Podman's, likewise.
    pub(crate) fn podman(images: &[&str]) -> Option<Self> {
        Self::with(Maker::Podman, "podman", std::os::unix::process::parent_id(), images)
    }

    /// A Docker engine for one test, which may kill it. `name` is the test's.
    pub(crate) fn own(name: &str, images: &[&str]) -> Option<Self> {
        Self::with(Maker::Docker, name, std::process::id(), images)
    }

    /// An engine that exists as long as the process `user`.
    pub(super) fn with(maker: Maker, name: &str, user: u32, images: &[&str]) -> Option<Self> {
        if !is_root() {
            eprintln!("skipped: a container engine is started by root only");
            return None;
        }
        for program in [if maker == Maker::Docker { "dockerd" } else { "podman" }, "busybox"] {
            debian(program)?;
        }
        let data = kept("engine", name);
        let mut hasher = DefaultHasher::new();
        data.hash(&mut hasher);
        // The path of a socket has at most 107 bytes.
        let directory = std::env::temp_dir().join(format!("takk-engine-{:016x}", hasher.finish()));
        let engine = Self { maker, directory, data, user };
        engine.begin().map_err(|why| eprintln!("skipped: {maker:?} runs no containers here: {why}")).ok()?;
        images.iter().all(|image| images::provide(&engine, image)).then_some(engine)
    }

    /// Starts the engine, unless another process has done that.
    fn begin(&self) -> Result<(), String> {
        let lock = File::create(self.data.with_extension("lock")).expect("target is writable");
        lock.lock().expect("files under target can be locked");
        if self.answers() {
            return fs::write(self.directory.join("users").join(self.user.to_string()), "").map_err(|error| error.to_string());
        }
        self.watchdog("now");
        fs::create_dir_all(self.directory.join("users")).expect("the system's directory of temporary files is writable");
        fs::write(self.directory.join("users").join(self.user.to_string()), "").expect("it is writable");
        fs::write(self.directory.join("pool"), free_network()).expect("it is writable");
        let begun = self.start().and_then(|()| {
            self.remove_all();
            images::probe(self)
        });
        self.watchdog(if begun.is_ok() { "wait" } else { "now" });
        begun
    }

    /// Starts the engine, and waits until it responds.
    pub(crate) fn start(&self) -> Result<(), String> {
        let pool = fs::read_to_string(self.directory.join("pool")).expect("it was written");
        let log = File::create(self.directory.join("log")).map_err(|error| error.to_string())?;
        let _ = fs::remove_file(self.directory.join("pid"));
        let mut command = if self.maker == Maker::Docker { self.dockerd(&pool)? } else { self.podman_service(&pool) };
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env("PATH", format!("{path}:/usr/sbin:/sbin"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("it is open"));
        let mut process = command.stderr(log).spawn().map_err(|error| error.to_string())?;
        if self.maker == Maker::Podman {
            fs::write(self.directory.join("pid"), process.id().to_string()).map_err(|error| error.to_string())?;
        }
        let started = Instant::now();
        while !self.answers() {
            let ended = process.try_wait().is_ok_and(|status| status.is_some());
            if ended || started.elapsed() > Duration::from_mins(1) {
                return Err(self.log().lines().rev().take(3).collect::<Vec<_>>().join("\n"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// dockerd without iptables, whose rules another one would overwrite: ports on 127.0.0.1 need none.
    fn dockerd(&self, pool: &str) -> Result<Command, String> {
        let bridge = format!("takk{}", pool.replace('.', "-"));
        // An existing link is kept.
        let _ = busybox(&["ip", "link", "add", "name", &bridge, "type", "bridge"]);
        let _ = busybox(&["ip", "addr", "add", &format!("{pool}.255.1/24"), "dev", &bridge]);
        busybox(&["ip", "link", "set", &bridge, "up"])?;
        let mut command = Command::new("setsid");
        command.arg("dockerd").arg("--data-root").arg(&self.data).arg("--exec-root").arg(self.directory.join("exec"));
        command.arg("-p").arg(self.directory.join("pid")).args(["-H", &self.host(), "--bridge", &bridge]);
        command.args(["--iptables=false", "--ip6tables=false", "--default-ulimit", "nofile=1024:1024"]);
        command.args(["--default-address-pool", &format!("base={pool}.0.0/17,size=24")]);
        Ok(command)
    }

    /// Podman, with limits that a process without `CAP_SYS_RESOURCE` may set. Its default runtime does not start where both versions of
    /// cgroups are mounted.
    fn podman_service(&self, pool: &str) -> Command {
        let networks = self.directory.join("networks");
        fs::create_dir_all(&networks).expect("it is writable");
        let bridge = format!("takkp{}", pool.replace('.', "-"));
        let network = json!({ "cniVersion": "0.4.0", "name": "podman", "plugins": [
            { "type": "bridge", "bridge": bridge, "isGateway": true, "ipMasq": false, "hairpinMode": true,
              "ipam": { "type": "host-local", "dataDir": self.directory.join("addresses"), "routes": [{ "dst": "0.0.0.0/0" }],
                        "ranges": [[{ "subnet": format!("{pool}.0.0/24"), "gateway": format!("{pool}.0.1") }]] } },
            { "type": "portmap", "capabilities": { "portMappings": true } },
        ] });
        fs::write(networks.join("87-podman.conflist"), network.to_string()).expect("it is writable");
        let configuration = format!(
            "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n[engine]\nruntime = \"runc\"\n\
             cgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\n[network]\nnetwork_backend = \"cni\"\n\
             network_config_dir = \"{}\"\ndefault_subnet = \"{pool}.0.0/24\"\n",
            networks.display()
        );
        fs::write(self.directory.join("containers.conf"), configuration).expect("it is writable");
        let mut command = Command::new("setsid");
        command.arg("podman").arg("--root").arg(&self.data).arg("--runroot").arg(self.directory.join("exec"));
        command.args(["system", "service", "--time", "0", &self.host()]);
        command.env("CONTAINERS_CONF", self.directory.join("containers.conf"));
        command
    }

    /// Kills the engine, as a crash does: its containers keep running until the next start finds them.
    pub(crate) fn kill(&self) {
        let pid = fs::read_to_string(self.directory.join("pid")).expect("it runs");
        run(Command::new("kill").args(["-KILL", pid.trim()]));
        // Its containerd exits with it, and would otherwise keep the next one from starting.
        let helper = fs::read_to_string(self.directory.join("exec/containerd/containerd.pid")).unwrap_or_default();
        let started = Instant::now();
        while self.answers() || (!helper.is_empty() && fs::exists(format!("/proc/{}", helper.trim())).unwrap_or(false)) {
            assert!(started.elapsed() < Duration::from_secs(30), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs the watchdog: `now` stops what is left of an engine; `wait` does so once this process no longer uses it.
    fn watchdog(&self, how: &str) {
        let mut command = Command::new("setsid");
        command.arg(if how == "wait" { "--fork" } else { "--wait" });
        command.args(["sh", "-c", WATCHDOG, "watchdog", how]).arg(&self.directory).arg(&self.data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("setsid and sh run");
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }

    /// The file that is locked while an image is built.
    pub(super) fn building(&self) -> PathBuf {
        self.data.with_extension("building")
    }

    /// The socket of its API.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.join("docker.sock")
    }

    /// The same as in `DOCKER_HOST`.
    pub(crate) fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    fn answers(&self) -> bool {
        api::ask(&self.socket(), "GET", "/_ping", &Value::Null).is_some_and(|(status, _)| status == 200)
    }

    /// Sends a request to the engine.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        api::ask(&self.socket(), method, path, body).unwrap_or_else(|| panic!("no answer to {method} {path}\n{}", self.log()))
    }

    /// Gets something that must exist.
    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, value) = self.ask("GET", path, &Value::Null);
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    /// The objects with this label, `name` or `name=value`.
    pub(crate) fn labelled(&self, label: &str) -> Present {
        self.present(&format!("?all=1&filters={}", encoded(&json!({ "label": [label] }).to_string())))
    }

    fn present(&self, query: &str) -> Present {
        let names = |list: &Value, name: &str| {
            let mut names: Vec<String> = list.as_array().into_iter().flatten().map(|entry| text(&entry[name])).collect();
            names.sort();
            names
        };
        let mut containers = self.get(&format!("/containers/json{query}"));
        for container in containers.as_array_mut().expect("a list") {
            container["Name"] = Value::from(text(&container["Names"][0]).trim_start_matches('/'));
        }
        Present {
            containers: names(&containers, "Name"),
            volumes: names(&self.get(&format!("/volumes{query}"))["Volumes"], "Name"),
            networks: names(&self.get(&format!("/networks{query}")), "Name"),
        }
    }

    /// Removes every container, volume and network that earlier runs left.
    fn remove_all(&self) {
        let Present { containers, volumes, .. } = self.present("?all=1");
        for path in containers.iter().map(|name| format!("/containers/{name}?force=1&v=1")) {
            self.ask("DELETE", &path, &Value::Null);
        }
        for path in volumes.iter().map(|name| format!("/volumes/{name}?force=1")) {
            self.ask("DELETE", &path, &Value::Null);
        }
        self.ask("POST", "/networks/prune", &Value::Null);
        // Images that were rebuilt.
        self.ask("POST", "/images/prune", &Value::Null);
    }

    /// Tags an image with another name.
    pub(crate) fn tag(&self, image: &str, name: &str) {
        let (repository, tag) = name.rsplit_once(':').expect("a name with a tag");
        let path = format!("/images/{image}/tag?repo={}&tag={}", encoded(repository), encoded(tag));
        let (status, said) = self.ask("POST", &path, &Value::Null);
        assert_eq!(status, 201, "{said}");
    }

    /// Both streams of a container's log, with or without a terminal.
    pub(crate) fn container_log(&self, container: &str) -> String {
        let (_, log) = self.ask("GET", &format!("/containers/{container}/logs?stdout=1&stderr=1"), &Value::Null);
        log.as_str().map_or_else(|| log.to_string(), str::to_owned)
    }
}

/// The first half of a network that this machine has no route to, such as `10.145`.
fn free_network() -> String {
    let routes = fs::read_to_string("/proc/net/route").unwrap_or_default();
    // The destination in hexadecimal, its last byte first.
    let is_free = |second: &u32| !routes.contains(&format!("{second:02X}0A\t"));
    let from = std::process::id() % 100;
    let second = (0..100)
        .map(|step| 128 + (from + step) % 100)
        .find(is_free)
        .expect("a machine with a hundred networks tests elsewhere");
    format!("10.{second}")
}

fn busybox(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("busybox").args(arguments).output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
