//! The example is a program that runs, and takk's output about it agrees with Python.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::ports::free_port;
use crate::python::{run, venv, venvs};
use takk_project::ops::project::{ProjectOptions, read};

/// A value for every variable without a default, of the classes that the API reads at startup.
pub(crate) const ENVIRONMENT: [(&str, &str); 16] = [
    ("DATABASE_URL", "postgresql://shop:shop@localhost:5432/shop"),
    ("REDIS_URL", "redis://localhost:6379/0"),
    ("SIGNING_KEY", "sixteen characters at least"),
    ("S3_ENDPOINT", "http://localhost:9000"),
    ("S3_ACCESS_KEY", "shop"),
    ("S3_SECRET_KEY", "shop-secret"),
    ("S3_BUCKET", "receipts"),
    ("NATS_URL", "nats://localhost:4222"),
    ("SESSION_SECRET", "the second of two names"),
    ("PAYMENTS_API_KEY", "offline"),
    ("PAYMENTS_MERCHANT_ID", "m-000001"),
    ("API_URL", "http://localhost:8000"),
    ("INTERNAL_API_URL", "http://localhost:8000"),
    ("ADMIN_URL", "http://localhost:9000"),
    ("PAYMENT_CALLBACK_URL", "http://localhost:8000/payments/callback"),
    ("PSQL_CONNINFO", "host=localhost dbname=shop user=shop"),
];

/// The directory of the example.
pub(crate) fn shop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop")
}

/// `takk run` injects what `takk plan` shows: overrides that only change how it is described change nothing.
#[test]
fn is_the_same_for_values() {
    let all = read(&ProjectOptions { path: shop(), ..ProjectOptions::default() }).expect("read");
    for is_last in [false, true] {
        let options = ProjectOptions { path: shop(), only_values: true, is_last, ..ProjectOptions::default() };
        let mut for_values = read(&options).expect("read");
        let proposed = [&all, &for_values].map(|project| project.manifest.suggestions.len());
        assert_eq!((proposed, for_values.findings.as_slice()), ([1, 0], &[][..]));
        for_values.manifest.suggestions.clone_from(&all.manifest.suggestions);
        assert_eq!(for_values.manifest, all.manifest);
    }
}

/// A Python with exactly what the example's `uv.lock` pins, every download checked against its hash.
pub(crate) fn python() -> PathBuf {
    let uv = venv(&["uv==0.13.9"]).join("bin/uv");
    let environment = venvs().join("shop");
    run(Command::new(uv)
        .args(["sync", "--frozen", "--quiet", "--python", "python3", "--project"])
        .arg(shop())
        .env("UV_PROJECT_ENVIRONMENT", &environment)
        .env_remove("VIRTUAL_ENV"));
    environment.join("bin/python")
}

/// Python in the example's directory, with nothing of this process's environment but what Python needs.
pub(crate) fn in_shop(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.current_dir(shop()).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

#[test]
fn lock_names_no_index_but_pypi() {
    let lock = std::fs::read_to_string(shop().join("uv.lock")).expect("the example has a lock");
    let foreign: Vec<_> = lock
        .split('"')
        .filter(|text| text.contains("://"))
        .filter(|url| !url.starts_with("https://files.pythonhosted.org/") && *url != "https://pypi.org/simple")
        .collect();
    assert!(lock.contains("https://pypi.org/simple"), "the lock names its index");
    assert!(foreign.is_empty(), "the lock names other places: {foreign:?}");
}

#[test]
fn own_tests_pass() {
    run(in_shop(&python()).args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]));
}

#[test]
fn check_names_what_is_missing() {
    let python = python();
    let without = in_shop(&python).args(["-m", "shop.check"]).output().expect("Python starts");
    let with = in_shop(&python).args(["-m", "shop.check"]).envs(ENVIRONMENT).output().expect("Python starts");
    let (without, with) = (String::from_utf8_lossy(&without.stdout), String::from_utf8_lossy(&with.stdout));
    assert!(without.contains("FAIL SharedSettings\n     database_url: field required"), "{without}");
    for class in ["SharedSettings", "InfraSettings", "ApiSettings", "PaymentSettings", "ServiceUrls"] {
        assert!(with.contains(&format!("ok   {class}\n")), "{class} lacks nothing:\n{with}");
    }
}

/// A running API, stopped on drop.
struct Api {
    process: Child,
    port: u16,
}

impl Drop for Api {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Api {
    fn start() -> Self {
        let port = free_port();
        let mut command = in_shop(&python());
        command.args(["-m", "uvicorn", "--log-level", "warning", "--port", &port.to_string(), "shop.api:app"]);
        let process = command.envs(ENVIRONMENT).stdout(Stdio::null()).spawn().expect("Python starts");
        Self { process, port }
    }

    /// Sends a request and returns the whole response; retries for half a minute while nothing listens yet.
    fn ask(&mut self, request: &str, body: &str) -> String {
        let begun = Instant::now();
        let mut stream = loop {
            match TcpStream::connect(("127.0.0.1", self.port)) {
                Ok(stream) => break stream,
                Err(error) => assert!(begun.elapsed() < Duration::from_secs(30), "the API does not listen: {error}"),
            }
            let ended = self.process.try_wait().expect("the API is this process's child");
            assert!(ended.is_none(), "the API stopped: {ended:?}");
            sleep(Duration::from_millis(50));
        };
        let length = body.len();
        let head = "Host: localhost\r\nConnection: close\r\nContent-Type: application/json";
        write!(stream, "{request} HTTP/1.1\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}").expect("the API reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the API answers with text");
        answer
    }
}

#[test]
fn api_answers() {
    let mut api = Api::start();
    let health = api.ask("GET /healthz", "");
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    assert!(health.ends_with(r#"{"status":"ok","shop":"The Shop","release":"unreleased"}"#), "{health}");
    let order = r#"{"country": "NO", "lines": [{"sku": "MUG-1", "quantity": 2, "unit_price": "9.90"}]}"#;
    let quote = api.ask("POST /quotes", order);
    assert!(quote.ends_with(r#"{"currency":"EUR","net":"19.80","vat":"4.95","total":"24.75"}"#), "{quote}");
}

/// Classes by module and name, with their fields by name.
type Classes = BTreeMap<String, BTreeMap<String, Value>>;

fn classes(list: &Value) -> Classes {
    let text = |value: &Value, key: &str| value[key].as_str().expect("names are text").to_owned();
    let rows = |value: &Value| value.as_array().expect("lists are lists").clone();
    let fields = |class: &Value| rows(&class["fields"]).into_iter().map(|field| (text(&field, "name"), field)).collect();
    rows(list).iter().map(|class| (text(class, "module") + ":" + &text(class, "qualname"), fields(class))).collect()
}

/// The example's classes as Python imports them.
fn truth() -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/shop_truth.py");
    let printed = run(in_shop(&python()).arg(script).arg(shop()));
    serde_json::from_str(&printed).expect("the script prints JSON")
}

/// The environment names of a field's leaves by path.
fn nested(field: &Value, names: &str) -> BTreeMap<String, Value> {
    let leaves = field["nested"].as_array().cloned().unwrap_or_default();
    leaves.into_iter().map(|leaf| (leaf["path"].to_string(), leaf[names].clone())).collect()
}

/// How takk's output about one field differs from Python's.
fn differences(truth: &Value, answer: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (theirs, ours) in [("env_names", "env"), ("required", "required"), ("optional", "optional")] {
        if truth[theirs] != answer[ours] {
            found.push(format!("{ours} is {} and not {}", truth[theirs], answer[ours]));
        }
    }
    // takk knows from a tag that a plain string is a password; pydantic does not.
    let may_know_better = truth["tagged"] == true && answer["secret"] == true;
    if truth["is_secret"] != answer["secret"] && !may_know_better {
        found.push(format!("secret is {} and not {}", truth["is_secret"], answer["secret"]));
    }
    let answers = nested(answer, "env");
    for (path, names) in nested(truth, "env_names") {
        if answers.get(&path) != Some(&names) {
            found.push(format!("{path} is read from {names} and not {:?}", answers.get(&path)));
        }
    }
    found
}

#[test]
fn takk_agrees_with_pydantic() {
    let truth = truth();
    assert_eq!(truth["modules"]["failed"], serde_json::json!({}), "every module of the example can be imported");
    let inspected = run(Command::new(env!("CARGO_BIN_EXE_takk")).args(["inspect", "--format", "json"]).arg(shop()));
    let mut inspected: Value = serde_json::from_str(&inspected).expect("takk prints JSON");
    let listed = inspected["settings"].as_array_mut().expect("the contract has a list of classes");
    // takk's ready-made classes are not the project's; the other kinds do not read the environment through pydantic.
    listed.retain(|class| {
        class["kind"] == "settings" && !class["module"].as_str().is_some_and(|module| module.starts_with("takk."))
    });
    let (truth, answers) = (classes(&truth["classes"]), classes(&inspected["settings"]));

    let names = |classes: &Classes| -> Vec<String> {
        classes.iter().flat_map(|(class, fields)| fields.keys().map(move |field| format!("{class}.{field}"))).collect()
    };
    assert_eq!(names(&truth), names(&answers), "the classes and their fields");
    let mut wrong = Vec::new();
    for (class, fields) in &truth {
        for (name, field) in fields {
            let mut found = differences(field, &answers[class][name]);
            // takk's documentation describes these as plain types, and the published package allows `None` as well.
            if ["loki_user", "loki_token"].contains(&name.as_str()) {
                found.retain(|difference| !difference.starts_with("optional"));
            }
            wrong.extend(found.into_iter().map(|difference| format!("{class}.{name}: {difference}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
