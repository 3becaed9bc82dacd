//! `takk check --live`: whether stored credentials work: keys by asking those who gave them out, logins by logging in.
//!
//! A key goes only to the host of its provider, and a login to the server that a stored value names. Another host has to be confirmed: a
//! repository that names one must not get keys and passwords.

mod credentials;
mod hosts;
mod logins;

pub use self::hosts::{confirmed, remember};

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use self::credentials::{Credential, Destination};
use self::logins::StoredLogin;
use crate::config;
use crate::platform::Address;
use takk_model::error::Result;
use takk_model::visible::shell_word;
use takk_model::{DefaultValue, EnvironmentName, Place};
use takk_plan::{EnvironmentPlan, PlannedVariable};
pub use takk_provision::provider::Verdict;
use takk_provision::provider::{PATIENCE, Question, ask};
use takk_vault::SecretValue;
use zeroize::Zeroizing;

/// How many requests and logins are under way at once.
const AT_ONCE: usize = 8;

/// What the user allows.
pub struct Live<'l> {
    /// Hosts that keys may be sent to, although takk does not know them: `llm.example.org`, `localhost:4000`.
    pub hosts: Vec<String>,
    /// Asks the user whether a key may be sent to another host.
    pub confirm: &'l mut dyn FnMut(&UnknownHost<'_>) -> Result<bool>,
    /// Whether to send messages to the channels of webhooks.
    pub sends_messages: bool,
    /// Whether keys may be sent unencrypted to another machine.
    pub allow_http: bool,
    /// Hosts that the user did not confirm, so that each is asked about once.
    pub refused: HashSet<String>,
}

/// A host that takk does not know, and that a variable or the code names.
pub struct UnknownHost<'h> {
    pub host: &'h str,
    /// The variable with the key.
    pub variable: &'h str,
    pub environment: &'h EnvironmentName,
}

/// What is known of a stored credential.
#[derive(Clone, Debug)]
pub struct Proof {
    pub environment: EnvironmentName,
    /// The variable that holds it.
    pub name: String,
    /// Where the code declares it.
    pub place: Place,
    /// Who was asked: `OpenAI`, `PostgreSQL`.
    pub provider: String,
    pub verdict: Verdict,
    /// What the user can do.
    pub help: String,
}

/// Asks about every stored credential of an environment that has somebody to ask.
pub(super) fn prove(plan: &EnvironmentPlan, values: &HashMap<String, SecretValue>, live: &mut Live<'_>) -> Result<Vec<Proof>> {
    let (keys, logins) = (credentials::find(plan, values), logins::find(plan, values));
    let mut subjects = Vec::new();
    for key in &keys {
        let provider = key.provider.map_or("", |provider| provider.name);
        let set = set_another(key.name, plan);
        subjects.push(Subject { name: key.name, variable: key.variable, provider, set, step: step(key, plan, live)? });
    }
    for login in &logins {
        let set = if login.is_created {
            format!(
                "takk created it, and repairs it: `takk provision --env {0}`, or `takk up --env {0}` on this machine",
                plan.name
            )
        } else {
            set_another(login.name, plan)
        };
        let step = step_of_login(login, plan, live)?;
        subjects.push(Subject { name: login.name, variable: login.variable, provider: login.server, set, step });
    }
    let verdicts = ask_all(&subjects);
    Ok(subjects.into_iter().zip(verdicts).filter_map(|(subject, verdict)| subject.proof(plan, verdict)).collect())
}

/// The value that is stored for a variable, with the name under which it is, unless it is empty.
fn stored<'c>(variable: &'c PlannedVariable, values: &'c HashMap<String, SecretValue>) -> Option<(&'c str, &'c SecretValue)> {
    let stored = variable.declared.names().find_map(|name| Some((name, values.get(name)?)));
    stored.filter(|(_, value)| !value.expose().is_empty())
}

/// The default of a variable as the environment would have it, if the code says it.
fn default_of(variable: &PlannedVariable) -> Option<String> {
    match &variable.declared.default {
        Some(DefaultValue::Value(serde_json::Value::String(text))) if !text.is_empty() => Some(text.clone()),
        Some(DefaultValue::Value(serde_json::Value::Number(number))) => Some(number.to_string()),
        _ => None,
    }
}

fn set_another(name: &str, plan: &EnvironmentPlan) -> String {
    format!("`takk secrets set {} --env {}` stores another one", shell_word(name), plan.name)
}

/// A stored credential, and what to do about it.
struct Subject<'c> {
    name: &'c str,
    variable: &'c PlannedVariable,
    provider: &'static str,
    /// How to get another one.
    set: String,
    step: Step<'c>,
}

enum Step<'c> {
    Ask(Box<dyn Fn() -> Verdict + Sync + 'c>),
    /// It is not sent anywhere, and why; with what the user can do.
    Refuse {
        why: String,
        help: Option<String>,
    },
    /// It can be proved only by a message, which the user did not ask for.
    Skip,
}

fn refuse<'c>(why: String, help: Option<String>) -> Step<'c> {
    Step::Refuse { why, help }
}

fn step<'c>(credential: &'c Credential<'_>, plan: &EnvironmentPlan, live: &mut Live<'_>) -> Result<Step<'c>> {
    let (base, is_own_host) = match &credential.destination {
        Destination::Nowhere(why) => return Ok(refuse(format!("takk cannot prove it: {why}"), None)),
        Destination::Own(base) => (base, true),
        Destination::Other { host, base, is_encrypted } => {
            if !may_send(host, credential.name, plan, live)? {
                return Ok(not_sent(host, "the key"));
            }
            if !is_encrypted && !live.allow_http && !is_this_machine(host) {
                let help = "use https://; TAKK_ALLOW_HTTP=1 allows it on a network that you trust".to_owned();
                return Ok(refuse(format!("takk does not send it to `{host}` unencrypted"), Some(help)));
            }
            (base, false)
        }
    };
    let Some(provider) = credential.provider else {
        return Ok(refuse("takk cannot prove it: nothing tells whose it is".to_owned(), None));
    };
    // A message proves more than a request that changes nothing, and is what the user asked for.
    let message = provider.test_message.as_ref().filter(|_| live.sends_messages);
    let Some(probe) = message.or(provider.probe.as_ref()) else { return Ok(Step::Skip) };
    let base = Zeroizing::new(config::redirected(base));
    Ok(Step::Ask(Box::new(move || {
        let key = if provider.is_webhook() { "" } else { credential.value.expose() };
        ask(&Question { provider, probe, base: &base, key, is_own_host, patience: PATIENCE })
    })))
}

fn step_of_login<'c>(login: &'c StoredLogin<'_>, plan: &EnvironmentPlan, live: &mut Live<'_>) -> Result<Step<'c>> {
    let address = match &login.address {
        Ok(address) => address,
        Err(why) => return Ok(refuse(format!("takk cannot prove it: {why}"), None)),
    };
    if let Some(host) = &login.named_by_code
        && !may_send(host, login.name, plan, live)?
    {
        return Ok(not_sent(host, "the password"));
    }
    Ok(Step::Ask(Box::new(move || logins::prove(login.server, address))))
}

fn not_sent<'c>(host: &str, what: &str) -> Step<'c> {
    let help = format!("if you trust `{host}` with {what}: --allow-host {}", shell_word(host));
    refuse(format!("takk does not send it to `{host}`, which it does not know"), Some(help))
}

fn may_send(host: &str, variable: &str, plan: &EnvironmentPlan, live: &mut Live<'_>) -> Result<bool> {
    if live.hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
        return Ok(true);
    }
    if !live.refused.contains(host) {
        let asked = UnknownHost { host, variable, environment: &plan.name };
        if (live.confirm)(&asked)? {
            live.hosts.push(host.to_owned());
            return Ok(true);
        }
        live.refused.insert(host.to_owned());
    }
    Ok(false)
}

/// Whether `HOST` or `HOST:PORT` is this machine.
fn is_this_machine(host: &str) -> bool {
    Address::parse(&format!("http://{host}"), true).is_ok_and(|address| address.is_local())
}

/// The verdicts of the credentials that are to be asked about, several at once.
fn ask_all(subjects: &[Subject<'_>]) -> Vec<Option<Verdict>> {
    let verdicts: Vec<Mutex<Option<Verdict>>> = subjects.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((at, subject)) =
            { Some(next.fetch_add(1, Ordering::Relaxed)) }.and_then(|at| Some((at, subjects.get(at)?)))
        {
            let Step::Ask(ask) = &subject.step else { continue };
            *verdicts[at].lock().unwrap_or_else(PoisonError::into_inner) = Some(ask());
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(subjects.len()) {
            scope.spawn(work);
        }
    });
    verdicts.into_iter().map(|verdict| verdict.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

impl Subject<'_> {
    fn proof(self, plan: &EnvironmentPlan, verdict: Option<Verdict>) -> Option<Proof> {
        let (verdict, help) = match (self.step, verdict) {
            (Step::Ask(_), Some(verdict)) => (verdict, None),
            (Step::Refuse { why, help }, _) => (Verdict::NotProved(why), help),
            (Step::Skip | Step::Ask(_), _) => return None,
        };
        let help = help.unwrap_or_else(|| match verdict {
            Verdict::Exhausted(_) => "add credit to the account, or raise its limits".to_owned(),
            Verdict::NotProved(_) => "try again, or leave out --live".to_owned(),
            Verdict::Works | Verdict::Refused(_) => self.set,
        });
        Some(Proof {
            environment: plan.name.clone(),
            name: self.name.to_owned(),
            place: self.variable.declared.place().clone(),
            provider: self.provider.to_owned(),
            verdict,
            help,
        })
    }
}
