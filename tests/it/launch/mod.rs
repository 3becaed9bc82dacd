//! Real commands: their environment, their output, their signals and their end.

mod environment;
mod output;
mod signals;
mod watch;

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::process::{self, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use takk::launch::{Launch, Sink, Sinks, Watch, protect_memory, redacted, replace, watched};
use takk_vault::SecretValue;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Tells [`helper`] what to do.
const MODE: &str = "TAKK_TEST_LAUNCH_MODE";

/// The script that [`helper`] runs.
const SCRIPT: &str = "TAKK_TEST_LAUNCH_SCRIPT";

/// A shell script with variables.
fn script(text: &str, variables: &[(&str, &str)]) -> Launch {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), SecretValue::from(*value))).collect();
    Launch { command: ["sh", "-c", text].map(OsString::from).into(), variables, removed: Vec::new() }
}

/// The result of a masked script.
struct Masked {
    code: u8,
    out: Vec<u8>,
    err: Vec<u8>,
}

impl Masked {
    fn out(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    fn err(&self) -> String {
        String::from_utf8_lossy(&self.err).into_owned()
    }
}

/// Runs a script with all of its variables masked.
fn masked(text: &str, variables: &[(&str, &str)]) -> Masked {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let launch = script(text, variables);
    let code = in_time(|| {
        let secrets: Vec<_> = launch.variables.iter().map(|(name, value)| (name.as_str(), value)).collect();
        let sinks = Sinks { out: Sink { to: &mut out, terminal: None }, err: Sink { to: &mut err, terminal: None } };
        redacted(&launch, &secrets, sinks).expect("it runs")
    });
    Masked { code, out, err }
}

/// Runs something that must end by itself.
fn in_time<T>(run: impl FnOnce() -> T) -> T {
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            if is_done.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                eprintln!("it did not end");
                process::abort();
            }
        });
        let result = run();
        drop(done);
        result
    })
}

/// This test program as a process that does what `mode` says with a script; its standard output is readable.
fn helper_command(mode: &str, text: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("it is running"));
    command.args(["--exact", "launch::helper", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(MODE, mode).env(SCRIPT, text).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

#[test]
#[ignore = "other tests run it as a process of its own"]
fn helper() {
    let (Ok(mode), Ok(text)) = (env::var(MODE), env::var(SCRIPT)) else { return };
    let mut launch = script(&text, &[("KEY", "hunter2")]);
    protect_memory();
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let (real_out, real_err) = (io::stdout(), io::stderr());
    let sinks = Sinks {
        out: Sink { to: &mut out, terminal: real_out.is_terminal().then(|| real_out.as_fd()) },
        err: Sink { to: &mut err, terminal: real_err.is_terminal().then(|| real_err.as_fd()) },
    };
    let code = match mode.as_str() {
        "replace" => panic!("{}", replace(&launch)),
        "environment" => {
            // Without a shell, which drops names that it considers invalid.
            launch.command = vec!["env".into(), "-0".into()];
            panic!("{}", replace(&launch))
        }
        "redacted" => redacted(&launch, &[("KEY", &"hunter2".into())], sinks),
        "watched" => {
            watched(launch, Watch { interval: Duration::from_millis(20), grace: PATIENCE, next: &mut || Ok(None) }, None)
        }
        _ => panic!("there is no {mode}"),
    };
    io::stdout().flush().expect("it takes everything");
    process::exit(code.expect("it runs").into());
}
