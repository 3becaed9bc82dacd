//! Runs takk in a sandbox, and inspects what it did: with limits of time, memory and output; with pipes or terminals; comparing everything
//! around it before and after.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use tempfile::TempDir;

/// The time limit of a command on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);
/// The CPU time limit, in seconds.
const PROCESSOR: u32 = 20;
/// The memory limit, in KiB.
const MEMORY: u32 = 1 << 20;
/// The output limit.
const MOST_OUTPUT: u64 = 256 << 20;

/// The type of the output streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    /// Pipes, without colours.
    Pipes,
    /// Terminals, with colours.
    Terminals,
}

/// The result of a command.
#[derive(Debug)]
pub(super) struct Said {
    /// The exit status.
    pub code: i32,
    /// Its standard output, with `\n` as line break.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

/// Somebody else's checkout, a home directory, and a directory for evidence.
pub(super) struct Site {
    directory: TempDir,
}

impl Site {
    /// An empty checkout.
    pub(super) fn new() -> Self {
        let site = Self { directory: tempfile::tempdir().expect("a directory") };
        fs::create_dir(site.root()).expect("made");
        fs::create_dir(site.outside()).expect("made");
        site
    }

    /// The checkout.
    pub(super) fn root(&self) -> PathBuf {
        self.directory.path().join("checkout")
    }

    /// A directory next to the checkout. Nothing in the checkout may write there; anything that is executed does.
    pub(super) fn outside(&self) -> PathBuf {
        self.directory.path().join("outside")
    }

    /// The data directory of takk.
    pub(super) fn home(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Writes a file of the checkout.
    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        fs::write(path, content).expect("written");
    }

    /// Every file in the checkout and outside, with its content, or the target of a link.
    pub(super) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut directories = vec![self.root(), self.outside()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).expect("readable") {
                let entry = entry.expect("readable");
                let kind = entry.file_type().expect("known");
                if kind.is_dir() {
                    directories.push(entry.path());
                } else if kind.is_file() {
                    files.insert(entry.path(), fs::read(entry.path()).expect("readable"));
                } else {
                    let target = fs::read_link(entry.path()).unwrap_or_default();
                    files.insert(entry.path(), target.into_os_string().into_encoded_bytes());
                }
            }
        }
        files
    }

    /// Runs takk in the checkout.
    pub(super) fn takk(&self, arguments: &[&str], to: To) -> Said {
        self.takk_with(arguments, &[], to)
    }

    /// Runs takk in the checkout, with additional variables.
    pub(super) fn takk_with(&self, arguments: &[&str], variables: &[(&str, &str)], to: To) -> Said {
        let mut command = Command::new("sh");
        let limits = format!("ulimit -d {MEMORY} && ulimit -t {PROCESSOR} && exec \"$0\" \"$@\"");
        command.args(["-c", &limits]).arg(assert_cmd::cargo::cargo_bin("takk")).args(arguments);
        command.current_dir(self.root()).env_clear().env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("TERM", "xterm-256color").env("HOME", self.directory.path()).env("USER", "ada");
        command.env("TAKK_HOME", self.home()).env("TAKK_KEYRING", "off").envs(variables.iter().copied());
        command.stdin(Stdio::null());
        let (out, err) = (Channel::open(to), Channel::open(to));
        command.stdout(out.given).stderr(err.given);
        let mut child = command.spawn().expect("sh starts");
        drop(command);
        let (out, err) = (read(out.kept), read(err.kept));
        let code = ended(&mut child, arguments);
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap_or_else(|error| panic!("{arguments:?} prints what is no text: {error}"));
            // Terminals convert line endings.
            if to == To::Terminals { text.replace("\r\n", "\n") } else { text }
        };
        let said = Said { code, out: text(out.join().expect("read")), err: text(err.join().expect("read")) };
        assert!(!said.err.contains("internal error"), "{arguments:?}: {}", said.err);
        said
    }
}

/// Both ends of an output stream.
struct Channel {
    given: Stdio,
    kept: File,
}

impl Channel {
    fn open(to: To) -> Self {
        match to {
            To::Pipes => {
                let (kept, given) = std::io::pipe().expect("a pipe");
                Self { given: Stdio::from(given), kept: File::from(OwnedFd::from(kept)) }
            }
            To::Terminals => {
                let kept = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
                grantpt(&kept).and_then(|()| unlockpt(&kept)).expect("a terminal");
                let name = ptsname(&kept, Vec::new()).expect("it has a name").into_string().expect("text");
                let given = OpenOptions::new().read(true).write(true).open(name).expect("a terminal");
                let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
                tcsetwinsize(&given, size).expect("a terminal");
                Self { given: Stdio::from(given), kept: File::from(kept) }
            }
        }
    }
}

fn read(from: File) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // A terminal returns an error once nobody has its other end open.
        let _ = from.take(MOST_OUTPUT).read_to_end(&mut bytes);
        assert!((bytes.len() as u64) < MOST_OUTPUT, "it prints without end");
        bytes
    })
}

/// The exit status, if it ended by itself.
pub(super) fn ended(child: &mut Child, arguments: &[&str]) -> i32 {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("waited for") {
            return status.code().unwrap_or_else(|| panic!("{} was killed: {status}", shortened(arguments)));
        }
        if begin.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("{} does not end", shortened(arguments));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn shortened(arguments: &[&str]) -> String {
    format!("{arguments:?}").chars().take(200).collect()
}

/// Every command of takk that can be run, from its help: `secrets get`; also a group that does something by itself: `provision`.
pub(super) fn commands() -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![Vec::new()];
    while let Some(path) = open.pop() {
        let help = help(&path);
        let children = below(&help);
        open.extend(children.iter().map(|child| [path.clone(), vec![child.clone()]].concat()));
        if children.is_empty() || runs_by_itself(&help) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Whether a command with subcommands can be run without one: only then does its first usage not end with the subcommand.
fn runs_by_itself(help: &str) -> bool {
    let usage = help.lines().find_map(|line| line.strip_prefix("Usage: ")).expect("every help has a usage");
    !usage.ends_with(" <COMMAND>")
}

/// The values of `--format` that a command supports.
pub(super) fn formats(command: &[String]) -> Vec<String> {
    let help = help(command);
    let Some((_, option)) = help.split_once("--format <") else { return Vec::new() };
    let option = option.split("\n  -").next().unwrap_or_default().split("\n      --").next().unwrap_or_default();
    let listed = option.lines().filter_map(|line| line.trim().strip_prefix("- "));
    let listed: Vec<String> = listed.filter_map(|line| line.split(':').next()).map(|name| name.trim().to_owned()).collect();
    if !listed.is_empty() {
        return listed;
    }
    let inline = option.split_once("possible values: ").map(|(_, values)| values.split(']').next().unwrap_or_default());
    inline.into_iter().flat_map(|values| values.split(',')).map(|value| value.trim().to_owned()).collect()
}

fn below(help: &str) -> Vec<String> {
    let Some((_, commands)) = help.split_once("\nCommands:\n") else { return Vec::new() };
    let names = commands.lines().take_while(|line| line.starts_with("  ")).filter(|line| !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

fn help(path: &[String]) -> String {
    let output = Command::new(assert_cmd::cargo::cargo_bin("takk")).args(path).arg("--help").output().expect("run");
    String::from_utf8(output.stdout).expect("text")
}
