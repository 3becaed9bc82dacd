//! `takk serve` as a process: what it responds, to whom, and what is left when it is killed.

mod bad_input;
#[cfg(target_os = "linux")]
mod beside;
mod bounded;
mod compare;
mod database;
mod elsewhere;
mod external_secrets;
mod fingerprints;
mod granted;
mod held_back;
mod invitations;
mod jobs;
mod kill;
mod limits;
mod manifests;
mod memory;
mod mutated;
mod operated;
pub(crate) mod pages;
mod provider;
mod published;
mod roles;
mod skew;
mod story;
mod value_form;
mod versions;
#[cfg(unix)]
mod writer;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::Request;

use self::pages::Browser;
use crate::process::{piped, program};

/// A running server with a store of its own.
pub(crate) struct Server {
    child: Child,
    home: Arc<TempDir>,
    agent: Agent,
    pub url: String,
    /// The token printed at the first start.
    pub owner: String,
    /// The link printed at the first start.
    pub set_up: String,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body, asserting the status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// The body as text, asserting the status.
    #[track_caller]
    pub(crate) fn expect_text(self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        self.text
    }
}

impl Server {
    /// On a new store.
    pub(crate) fn start() -> Self {
        Self::with(Arc::new(tempfile::tempdir().expect("a directory")), &[])
    }

    /// On a store, with more options.
    pub(crate) fn with(home: Arc<TempDir>, options: &[&str]) -> Self {
        Self::with_variables(home, options, &[])
    }

    /// On a store, with more options and environment variables.
    pub(crate) fn with_variables(home: Arc<TempDir>, options: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::launched(command(&home.path().join("home")), home, options, variables)
    }

    /// On a store, in a control group: its process ID is written into that file before the program starts.
    pub(crate) fn within(home: Arc<TempDir>, options: &[&str], group: Option<PathBuf>) -> Self {
        let plain = command(&home.path().join("home"));
        let Some(group) = group else { return Self::launched(plain, home, options, &[]) };
        let mut entering = Command::new("sh");
        entering.args(["-c", "echo $$ > \"$0\" && exec \"$@\""]).arg(group).arg(plain.get_program());
        entering.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Self::launched(entering, home, options, &[])
    }

    fn launched(mut command: Command, home: Arc<TempDir>, options: &[&str], variables: &[(&str, &str)]) -> Self {
        let log = fs::OpenOptions::new().create(true).append(true).open(home.path().join("log")).expect("a file");
        command.args(["serve", "--listen", "127.0.0.1:0", "--print-token"]).args(options).envs(variables.iter().copied());
        if !options.contains(&"--failures-per-minute") {
            command.args(["--failures-per-minute", "100000"]);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().map(|line| line.expect("text"));
        let first = lines.next().expect("the first line says where it listens");
        let url = first.split_whitespace().last().expect("an address").to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{first}");
        lines.next();
        let mut begins = |with: &str| lines.find_map(|line| line.trim().starts_with(with).then(|| line.trim().to_owned()));
        let (owner_file, set_up_file) = (home.path().join("owner"), home.path().join("set-up"));
        if !owner_file.exists() {
            fs::write(&set_up_file, begins("http").expect("a link")).expect("written");
            fs::write(&owner_file, begins("takk_p_").expect("a token")).expect("written");
        }
        let owner = fs::read_to_string(owner_file).expect("text");
        let set_up = fs::read_to_string(set_up_file).expect("text");
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_mins(1)));
        Self { child, home, agent: config.build().into(), url, owner, set_up }
    }

    /// What it prints at the first start on a store without `--print-token` or an owner.
    pub(crate) fn first_words(home: &TempDir) -> String {
        let mut command = command(&home.path().join("home"));
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        for name in ["USER", "LOGNAME", "USERNAME"] {
            command.env_remove(name);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut output = child.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(&mut output).lines().map(|line| line.expect("text"));
        let mut said = Vec::new();
        for line in lines.by_ref() {
            let is_link = line.trim().starts_with("http");
            said.push(line);
            if is_link {
                break;
            }
        }
        // What is written together arrives together.
        std::thread::sleep(Duration::from_millis(500));
        child.kill().expect("it is killed");
        child.wait().expect("it has ended");
        said.extend(lines);
        said.join("\n")
    }

    /// Sends a request with a token.
    pub(crate) fn ask(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.ask_with(token, method, path, body, &[])
    }

    /// Sends a request as the owner.
    pub(crate) fn own(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.ask(&self.owner, method, path, body)
    }

    /// Sends a request with more headers.
    pub(crate) fn ask_with(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.try_ask(token, method, path, body, headers).expect("an answer")
    }

    /// Sends a request to a server that may go away.
    pub(crate) fn try_ask(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Result<Answer, ureq::Error> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answered = match body {
            Some(body) => {
                let request = request.header("Content-Type", "application/json").body(body.to_string());
                self.agent.run(request.expect("a request"))
            }
            None => self.agent.run(request.body(()).expect("a request")),
        };
        let mut response = answered?;
        let text = response.body_mut().read_to_string()?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), body, text })
    }

    /// A project with two environments that hold `KEY`.
    pub(crate) fn shop(&self) {
        self.own("PUT", "/api/v1/projects/shop", None).expect(201);
        for environment in ["dev", "prod"] {
            let body = serde_json::json!({"changes": [{"name": "KEY", "value": format!("the value of {environment}")}]});
            self.own("POST", &in_shop(environment, "changes"), Some(body)).expect(200);
        }
    }

    /// An unlimited token of a new user with a role in the shop.
    pub(crate) fn member(&self, name: &str, role: &str) -> String {
        self.person(name, role).0
    }

    /// The same, with the browser that they are signed in with.
    pub(crate) fn person(&self, name: &str, role: &str) -> (String, Browser<'_>) {
        let link = invitations::invite(self, role);
        let mut browser = Browser::new(self);
        assert_eq!(invitations::accept(&mut browser, &link, name).status, 303);
        (invitations::let_in(self, &mut browser), browser)
    }

    /// Its process ID.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).expect("text")
    }

    /// Kills it and returns its store.
    pub(crate) fn kill(mut self) -> Arc<TempDir> {
        self.stop();
        Arc::clone(&self.home)
    }

    /// Kills it.
    pub(crate) fn stop(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it has ended");
    }

    /// Logs takk in with the owner's token.
    #[track_caller]
    pub(crate) fn log_in(&self, project: &Path, home: &[(&str, &str)]) {
        let mut command = program(&project.join("no home"));
        command.current_dir(project).args(["login", &self.url, "--token-stdin"]).envs(home.iter().copied());
        piped(command, format!("{}\n", self.owner).as_bytes()).done();
    }

    /// Its master key, as digits.
    pub(crate) fn master_key(&self) -> String {
        fs::read_to_string(self.data().join("master.key")).expect("a key").trim().to_owned()
    }

    /// Asks it to shut down, and waits until it has.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }

    /// Runs takk on its store.
    pub(crate) fn takk(&self, arguments: &[&str]) -> (i32, String) {
        let output = command(&self.data()).args(arguments).output().expect("run");
        (output.status.code().expect("ended"), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Its data directory.
    pub(crate) fn home(&self) -> Arc<TempDir> {
        Arc::clone(&self.home)
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("home")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(home: &Path) -> Command {
    let mut command = program(home);
    command.env("USER", "ada");
    command
}

/// A path in an environment of the shop.
pub(crate) fn in_shop(environment: &str, rest: &str) -> String {
    format!("/api/v1/projects/shop/environments/{environment}/{rest}")
}
