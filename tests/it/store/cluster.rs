//! A PostgreSQL server that the tests start: on a port of its own, in a directory of its own, with every acknowledged write flushed to
//! disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};

use crate::ports::free_port;

/// The number of databases that this process created.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Debian's user for the server, which refuses to run as root.
const USER: &str = "postgres";

/// The data directory of a PostgreSQL server.
pub(crate) struct Cluster {
    directory: PathBuf,
    pub port: u16,
    /// More settings.
    more: String,
    /// Whether it is stopped on drop.
    is_own: bool,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.is_own {
            let data = self.directory.join("data");
            let _ = program("pg_ctl").args(["stop", "-m", "immediate", "-s", "-D"]).arg(data).stderr(Stdio::null()).status();
        }
    }
}

/// The directory of the newest PostgreSQL on this machine.
pub(crate) fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path().join("bin"));
    versions.filter(|path| path.join("initdb").exists()).max()
}

/// A PostgreSQL program, run by a user that it accepts.
pub(crate) fn program(name: &str) -> Command {
    let path = binaries().expect("PostgreSQL is installed").join(name);
    let is_root = fs::metadata("/proc/self").is_ok_and(|facts| std::os::unix::fs::MetadataExt::uid(&facts) == 0);
    let mut command = Command::new(if is_root { PathBuf::from("runuser") } else { path.clone() });
    if is_root {
        command.args(["-u", USER, "--"]).arg(path);
    }
    command.stdin(Stdio::null()).current_dir("/");
    command
}

fn done(command: &mut Command) {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Cluster {
    /// Creates and starts one. Without PostgreSQL `None`, after printing that the test is skipped.
    pub(crate) fn new(directory: &Path) -> Option<Self> {
        Self::with(directory, "")
    }

    /// With more settings on its command line.
    pub(crate) fn with(directory: &Path, more: &str) -> Option<Self> {
        if binaries().is_none() {
            eprintln!("skipped: PostgreSQL is not installed (apt-get install postgresql)");
            return None;
        }
        fs::create_dir_all(directory).expect("writable");
        let _ = Command::new("chown").arg(USER).arg(directory).stderr(Stdio::null()).status();
        let data = directory.join("data");
        done(
            program("initdb")
                .args(["--no-sync", "--auth=trust", "--username=takk", "--encoding=UTF8", "--locale=C.UTF-8", "-D"])
                .arg(&data),
        );
        let port = free_port();
        let cluster = Self { directory: directory.to_owned(), port, more: more.to_owned(), is_own: true };
        cluster.start();
        Some(cluster)
    }

    /// The one that all tests of a run share. It is stopped after the run, however that ends.
    pub(crate) fn shared() -> Option<Self> {
        let run = std::os::unix::process::parent_id();
        let directory = std::env::temp_dir().join(format!("takk-postgres-{run}"));
        let lock = fs::File::create(std::env::temp_dir().join(format!("takk-postgres-{run}.lock"))).expect("writable");
        lock.lock().expect("lockable");
        let note = directory.join("port");
        if let Ok(port) = fs::read_to_string(&note) {
            return Some(Self { directory, port: port.parse().expect("a number"), more: String::new(), is_own: false });
        }
        let mut cluster = Self::new(&directory)?;
        cluster.is_own = false;
        fs::write(note, cluster.port.to_string()).expect("writable");
        let wait = "while kill -0 \"$1\" 2>/dev/null; do sleep 0.5; done; kill -QUIT $(head -n 1 \"$2/data/postmaster.pid\"); \
                    sleep 1; rm -rf \"$2\" \"$2.lock\"";
        // `setsid` detaches it: nothing here waits for it.
        let mut watch = Command::new("setsid");
        watch.arg("--fork");
        watch.args(["sh", "-c", wait, "sh", &run.to_string()]).arg(&cluster.directory);
        watch.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("sh runs");
        Some(cluster)
    }

    /// Starts the server, and waits until it accepts connections.
    pub(crate) fn start(&self) {
        let settings = format!(
            "-p {} -k '' -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=on -c shared_buffers=16MB {}",
            self.port, self.more
        );
        let mut command = program("pg_ctl");
        command.args(["start", "-w", "-t", "60", "-s", "-o", &settings, "-l"]).arg(self.directory.join("log"));
        command.arg("-D").arg(self.directory.join("data"));
        // The server would keep inherited file descriptors open.
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("it runs");
        assert!(status.success(), "{}", fs::read_to_string(self.directory.join("log")).unwrap_or_default());
    }

    /// Stops the server as an administrator does, and waits until it has exited.
    pub(crate) fn stop(&self) {
        done(program("pg_ctl").args(["stop", "-m", "fast", "-w", "-s", "-D"]).arg(self.directory.join("data")));
    }

    /// Kills the server with all of its processes, as a loss of power does.
    pub(crate) fn kill(&self) {
        let file = self.directory.join("data/postmaster.pid");
        let text = fs::read_to_string(&file).expect("it runs");
        let pid = text.lines().next().expect("a number");
        // The children notice that the postmaster has exited, and exit too.
        done(Command::new("kill").args(["-KILL", pid]));
        let started = Instant::now();
        while Client::connect(&self.url("postgres"), NoTls).is_ok() || self.has_children() {
            assert!(started.elapsed() < Duration::from_secs(30), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = fs::remove_file(file);
    }

    /// Suspends all processes of the server for a while: connections stay open, and nothing responds.
    pub(crate) fn freeze(&self, is_frozen: bool) {
        let signal = if is_frozen { "-STOP" } else { "-CONT" };
        for process in self.processes() {
            // A process that has just exited does not matter.
            let _ = Command::new("kill").args([signal, &process]).stderr(Stdio::null()).status();
        }
    }

    /// Whether a process still uses the data directory.
    fn has_children(&self) -> bool {
        !self.processes().is_empty()
    }

    /// The processes that use the data directory.
    fn processes(&self) -> Vec<String> {
        let data = self.directory.join("data");
        let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
        let is_own = |entry: &fs::DirEntry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == data);
        processes.flatten().filter(is_own).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    /// The URL of one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgresql://takk@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Creates a database for one test and returns its URL.
    pub(crate) fn database(&self) -> String {
        let mut client = Client::connect(&self.url("postgres"), NoTls).expect("it answers");
        let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        client.batch_execute(&format!("CREATE DATABASE {name}")).expect("made");
        self.url(&name)
    }
}
