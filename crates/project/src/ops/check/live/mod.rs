//! `takk check --live`: whether stored credentials work, by asking those who gave them out.
//!
//! A key goes only to the host of its provider, or to one that the user confirmed: a repository that names another one must not get keys.

mod credentials;
mod hosts;

pub use self::hosts::{confirmed, remember};

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use self::credentials::{Credential, Destination};
use crate::config;
use crate::platform::Address;
use takk_catalog::{Probe, Provider};
use takk_model::error::Result;
use takk_model::visible::shell_word;
use takk_model::{EnvironmentName, Place};
use takk_plan::EnvironmentPlan;
pub use takk_provision::provider::Verdict;
use takk_provision::provider::{PATIENCE, Question, ask};
use takk_vault::SecretValue;
use zeroize::Zeroizing;

/// How many requests are under way at once.
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
    /// Who was asked: `OpenAI`.
    pub provider: String,
    pub verdict: Verdict,
    /// What the user can do.
    pub help: String,
}

/// Asks about every stored credential of an environment that has somebody to ask.
pub(super) fn prove(plan: &EnvironmentPlan, values: &HashMap<String, SecretValue>, live: &mut Live<'_>) -> Result<Vec<Proof>> {
    let found = credentials::find(plan, values);
    let mut steps = Vec::new();
    for credential in &found {
        steps.push(step(credential, plan, live)?);
    }
    let verdicts = ask_all(&found, &steps);
    let steps = found.iter().zip(steps).zip(verdicts);
    Ok(steps.filter_map(|((credential, step), verdict)| proof(credential, plan, step, verdict)).collect())
}

/// What to do about a credential.
enum Step {
    Ask {
        provider: &'static Provider,
        probe: &'static Probe,
        base: Zeroizing<String>,
        is_own_host: bool,
    },
    /// It is not sent anywhere, and why; with what the user can do.
    Refuse {
        why: String,
        help: Option<String>,
    },
    /// It can be proved only by a message, which the user did not ask for.
    Skip,
}

fn step(credential: &Credential<'_>, plan: &EnvironmentPlan, live: &mut Live<'_>) -> Result<Step> {
    let refuse = |why: String, help: Option<String>| Ok(Step::Refuse { why, help });
    let (base, is_own_host) = match &credential.destination {
        Destination::Nowhere(why) => return refuse(format!("takk cannot prove it: {why}"), None),
        Destination::Own(base) => (base, true),
        Destination::Other { host, base, is_encrypted } => {
            if !may_send(host, credential, plan, live)? {
                let help = format!("if you trust `{host}` with the key: --allow-host {}", shell_word(host));
                return refuse(format!("takk does not send it to `{host}`, which it does not know"), Some(help));
            }
            if !is_encrypted && !live.allow_http && !is_this_machine(host) {
                let help = "use https://; TAKK_ALLOW_HTTP=1 allows it on a network that you trust".to_owned();
                return refuse(format!("takk does not send it to `{host}` unencrypted"), Some(help));
            }
            (base, false)
        }
    };
    let Some(provider) = credential.provider else {
        return refuse("takk cannot prove it: nothing tells whose it is".to_owned(), None);
    };
    // A message proves more than a request that changes nothing, and is what the user asked for.
    let message = provider.test_message.as_ref().filter(|_| live.sends_messages);
    let Some(probe) = message.or(provider.probe.as_ref()) else { return Ok(Step::Skip) };
    let base = Zeroizing::new(config::redirected(base));
    Ok(Step::Ask { provider, probe, base, is_own_host })
}

fn may_send(host: &str, credential: &Credential<'_>, plan: &EnvironmentPlan, live: &mut Live<'_>) -> Result<bool> {
    if live.hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
        return Ok(true);
    }
    if !live.refused.contains(host) {
        let asked = UnknownHost { host, variable: credential.name, environment: &plan.name };
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
fn ask_all(found: &[Credential<'_>], steps: &[Step]) -> Vec<Option<Verdict>> {
    let verdicts: Vec<Mutex<Option<Verdict>>> = steps.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((at, step)) = { Some(next.fetch_add(1, Ordering::Relaxed)) }.and_then(|at| Some((at, steps.get(at)?))) {
            let Step::Ask { provider, probe, base, is_own_host } = step else { continue };
            let key = if provider.is_webhook() { "" } else { found[at].value.expose() };
            let question = Question { provider, probe, base, key, is_own_host: *is_own_host, patience: PATIENCE };
            *verdicts[at].lock().unwrap_or_else(PoisonError::into_inner) = Some(ask(&question));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(steps.len()) {
            scope.spawn(work);
        }
    });
    verdicts.into_iter().map(|verdict| verdict.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

fn proof(credential: &Credential<'_>, plan: &EnvironmentPlan, step: Step, verdict: Option<Verdict>) -> Option<Proof> {
    let (verdict, help) = match (step, verdict) {
        (Step::Ask { .. }, Some(verdict)) => (verdict, None),
        (Step::Refuse { why, help }, _) => (Verdict::NotProved(why), help),
        (Step::Skip | Step::Ask { .. }, _) => return None,
    };
    let set = || format!("`takk secrets set {} --env {}` stores another one", shell_word(credential.name), plan.name);
    let help = help.unwrap_or_else(|| match verdict {
        Verdict::Exhausted(_) => "add credit to the account, or raise its limits".to_owned(),
        Verdict::NotProved(_) => "try again, or leave out --live".to_owned(),
        Verdict::Works | Verdict::Refused(_) => set(),
    });
    Some(Proof {
        environment: plan.name.clone(),
        name: credential.name.to_owned(),
        place: credential.variable.declared.place().clone(),
        provider: credential.provider.map_or_else(String::new, |provider| provider.name.to_owned()),
        verdict,
        help,
    })
}
