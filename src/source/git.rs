//! The `git` program: its plumbing only, without a shell, and without what the environment says of another repository.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use crate::error::{Error, Result};

/// Variables that name a repository, as `git rev-parse --local-env-vars` lists them without those of the configuration. A hook has them set.
const REPOSITORY_VARIABLES: [&str; 13] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// The repository that a directory belongs to.
#[derive(Clone, Debug)]
pub(super) struct Git {
    directory: PathBuf,
}

impl Git {
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// What a command prints, or `None` where it fails.
    pub fn ask(&self, arguments: &[&str]) -> Result<Option<Vec<u8>>> {
        let output = self.run(arguments)?;
        Ok(output.status.success().then_some(output.stdout))
    }

    /// What a command prints; a failure is an error with git's own words.
    pub fn tell(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let output = self.run(arguments)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if words.contains("not a git repository") {
            let message = format!("`{}` is not in a git repository", self.directory.display());
            return Err(Error::environment(message).hint("`--base` compares with a commit of the repository the project is in"));
        }
        let asked = arguments.first().copied().unwrap_or_default();
        Err(Error::environment(format!("`git {asked}` failed in `{}`", self.directory.display())).caused_by(words))
    }

    /// The object store, open for reading.
    pub fn objects(&self) -> Result<Objects> {
        let mut command = self.command(&["cat-file", "--batch"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(not_run)?;
        let requests = child.stdin.take().expect("stdin was asked to be a pipe");
        let answers = BufReader::new(child.stdout.take().expect("stdout was asked to be a pipe"));
        Ok(Objects { child, requests: Some(requests), answers })
    }

    fn run(&self, arguments: &[&str]) -> Result<Output> {
        self.command(arguments).stdin(Stdio::null()).output().map_err(not_run)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.directory).args(arguments);
        command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
        for variable in REPOSITORY_VARIABLES {
            command.env_remove(variable);
        }
        command
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that `map_err` takes")]
fn not_run(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound {
        return Error::environment("the program `git` was not found").hint("install git: `--base` reads the commit with it");
    }
    Error::environment("cannot run `git`").caused_by(error)
}

/// One `git cat-file --batch` that answers for many objects.
#[derive(Debug)]
pub(super) struct Objects {
    child: Child,
    /// Closed before the child is waited for, which ends it.
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    /// The bytes of an object.
    pub fn read(&mut self, id: &str) -> io::Result<Vec<u8>> {
        let requests = self.requests.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(requests, "{id}")?;
        let mut header = String::new();
        self.answers.read_line(&mut header)?;
        let size = header.split_whitespace().nth(2).and_then(|size| size.parse().ok());
        let size: usize = size.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("git has no object {id}")))?;
        // The content ends with a line feed of its own.
        let mut bytes = vec![0; size + 1];
        self.answers.read_exact(&mut bytes)?;
        bytes.truncate(size);
        Ok(bytes)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        self.requests = None;
        let _ = self.child.wait();
    }
}
