//! What `takk up`, `down`, `ps` and `status` say.

use std::collections::BTreeMap;

use super::palette::{BAD, DIM, DOUBTFUL, GOOD, HEADING, NAME, line, paint};
use super::up_events::{extensions, word};
use takk_model::age::{age, until};
use takk_model::counted::counted;
use takk_model::{Environment, EnvironmentName};
use takk_plan::EnvironmentPlan;
use takk_project::ops::up::{Fate, Intent, Need, Outcome, Seen, Values};
use takk_provision::Entry;

/// What would be done for each resource.
pub fn preview(needs: &[Need<'_>], intent: &Intent, environment: &Environment) -> String {
    let width = needs.iter().map(|need| need.key().len()).max().unwrap_or(0);
    let mut text = String::new();
    for need in needs {
        let key = need.key();
        let padding = " ".repeat(width - key.len());
        let is_known = intent.kept.iter().any(|(known, _)| *known == key);
        let what = match &need.fate {
            Fate::Create { .. } | Fate::Inside { .. } if is_known => paint(GOOD, "exists, would be checked and started"),
            Fate::Create { .. } => format!("{} {}", paint(GOOD, "create"), paint(DIM, &image(need))),
            Fate::Inside { host, .. } => {
                format!("{} {}", paint(GOOD, "create"), paint(DIM, &format!("on the server of {host}")))
            }
            Fate::SetByHand { .. } => paint(DOUBTFUL, &left_alone(need)),
            Fate::NotNeeded => paint(DIM, "not needed: the program starts without it"),
            Fate::Impossible { why, .. } => paint(BAD, &format!("cannot be created: {why}")),
        };
        text.push_str(&line!("{}{padding}  {what}", paint(NAME, &key)));
        let is_created = matches!(need.fate, Fate::Create { .. } | Fate::Inside { .. });
        for variable in need.variables.iter().filter(|variable| is_created && need.can_set(variable)) {
            text.push_str(&line!("{}  sets {}", " ".repeat(width), variable.declared.name));
        }
        for extension in extensions(need).filter(|_| is_created) {
            text.push_str(&line!("{}  creates the extension {extension}", " ".repeat(width)));
        }
    }
    if needs.is_empty() {
        text.push_str(&line!("`{}` needs no servers.", environment.name));
    }
    text
}

fn image(need: &Need<'_>) -> String {
    let version = need.resource.version.as_ref().map(|answer| answer.version.as_str());
    let image =
        need.server().and_then(|(kind, _)| kind.container_image_with(version.or(kind.default_version)?, extensions(need)));
    image.map(|(image, _)| image).unwrap_or_default()
}

/// `DATABASE_URL is set by hand (v3, anna): left alone`
fn left_alone(need: &Need<'_>) -> String {
    let Fate::SetByHand { stored, missing } = &need.fate else { return String::new() };
    let mut text = format!("{} is set by hand (v{}, {}): left alone", stored.name, stored.version, stored.author);
    if !missing.is_empty() {
        text.push_str(&format!("; {} still missing", missing.join(", ")));
    }
    text
}

/// After all resources are done.
pub fn outcome(outcome: &Outcome, environment: &Environment, command: &str) -> String {
    let mut text = String::new();
    if !outcome.generated.is_empty() {
        text.push_str(&line!("Generated {}.", outcome.generated.join(", ")));
    }
    let failed = outcome.failed.len();
    if failed > 0 {
        let of = failed + outcome.live.len();
        text.push_str(&line!(
            "{}",
            paint(BAD, &format!("{failed} of {} failed in `{}`.", counted(of, "resource"), environment.name))
        ));
        text.push_str(&line!("{} {command} continues where this stopped", paint(HEADING, "Next:")));
    } else if outcome.live.is_empty() && outcome.generated.is_empty() {
        text.push_str(&line!("Nothing to create in `{}`.", environment.name));
    }
    text
}

/// What remains to be done before the program can start.
pub fn next(values: &Values, plan: &EnvironmentPlan) -> String {
    // The plan only knows what takk stores.
    let finds_rest = values.missing.is_empty() && !values.elsewhere.is_empty();
    let starts = || format!("`takk run --env {} -- COMMAND` starts the program", plan.name);
    line!("{} {}", paint(HEADING, "Next:"), if finds_rest { starts() } else { plan.next_step.clone() })
}

pub fn interrupted() -> String {
    line!("Interrupted. `takk up` continues where this stopped.")
}

/// Where a server is, with its version.
pub fn place(entry: &Entry) -> String {
    let version = entry.server_version.as_deref().or(entry.version.as_deref()).unwrap_or_default();
    let port = entry.port.map(|port| format!("{}:{port}", entry.host())).unwrap_or_default();
    [version, port.as_str(), &format!("({})", entry.provisioner)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The servers of an environment, one per line.
pub fn list(seen: &[Seen], environment: &EnvironmentName, now: i64) -> String {
    let width = |text: &dyn Fn(&Seen) -> usize| seen.iter().map(text).max().unwrap_or(0);
    let (keys, words, places) =
        (width(&|seen| seen.key.len()), width(&|seen| word(seen).len()), width(&|seen| place(&seen.entry).len()));
    let mut text = String::new();
    for one in seen {
        let style = if one.is_ready() { GOOD } else { BAD };
        let state = paint(style, word(one));
        let mut facts = Vec::new();
        facts.extend(one.entry.live_at.map(|live| format!("created {}", age(live, now))));
        if one.entry.state.as_str() != "live" {
            facts.push(one.entry.state.as_str().to_owned());
        }
        facts.extend(one.entry.ends_at.map(|end| format!("expires {}", until(end, now))));
        if one.entry.is_protected(now) {
            facts.push("protected".to_owned());
        }
        let (key_padding, word_padding) = (" ".repeat(keys - one.key.len()), " ".repeat(words - word(one).len()));
        text.push_str(&line!(
            "{}{key_padding}  {state}{word_padding}  {:<places$}  {}",
            paint(NAME, &one.key),
            place(&one.entry),
            paint(DIM, &facts.join(", "))
        ));
        let why = one.refusal.as_ref().or(one.status.as_ref().err());
        text.extend(why.map(|why| line!("{}  {}", " ".repeat(keys), paint(DIM, why))));
    }
    if seen.is_empty() {
        text.push_str(&line!("takk runs nothing in `{environment}`."));
        text.push_str(&line!("{} takk up --env {environment}", paint(HEADING, "Next:")));
    }
    text
}

/// Whether the program could start.
pub fn status(seen: &[Seen], values: &Values, plan: &EnvironmentPlan) -> String {
    let mut text = String::new();
    let width = seen.iter().map(|seen| seen.key.len()).max().unwrap_or(0);
    for one in seen {
        let padding = " ".repeat(width - one.key.len());
        let what = if one.is_ready() { paint(GOOD, "accepts a login") } else { paint(BAD, word(one)) };
        text.push_str(&line!("{}{padding}  {what}  {}", paint(NAME, &one.key), place(&one.entry)));
        let why = one.refusal.as_ref().or(one.status.as_ref().err());
        text.extend(why.map(|why| line!("{}  {}", " ".repeat(width), paint(DIM, why))));
    }
    let mut places: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, file) in &values.elsewhere {
        places.entry(file.clone().unwrap_or_else(|| "the environment".to_owned())).or_default().push(name);
    }
    for (place, names) in &places {
        text.push_str(&line!("{} {}", paint(DOUBTFUL, &format!("from {place}")), names.join(", ")));
    }
    if values.missing.is_empty() {
        text.push_str(&line!("Every required variable has a value."));
    } else {
        text.push_str(&line!("{} {}", paint(BAD, "missing"), values.missing.join(", ")));
    }
    text.push_str(&match repair(seen, &plan.name) {
        Some(repair) if values.missing.is_empty() => line!("{} {repair}", paint(HEADING, "Next:")),
        _ => next(values, plan),
    });
    text
}

/// Which command starts or repairs what does not accept a login.
fn repair(seen: &[Seen], environment: &EnvironmentName) -> Option<String> {
    let broken: Vec<&Seen> = seen.iter().filter(|one| !one.is_ready()).collect();
    let own = broken.iter().any(|one| !one.entry.is_on_server());
    let command = match broken.len() {
        0 => return None,
        _ if own => format!("`takk up --env {environment}`"),
        _ => format!("`takk provision --env {environment}`"),
    };
    Some(match broken.as_slice() {
        [one] => format!("{} is not ready; {command} starts or repairs it", one.key),
        several => format!("{} are not ready; {command} starts or repairs them", counted(several.len(), "resource")),
    })
}

pub fn stopping(key: &str) -> String {
    line!("Stopping {key}")
}

pub fn stopped(keys: &[String], environment: &EnvironmentName) -> String {
    if keys.is_empty() {
        return nothing(environment);
    }
    line!("Stopped {} in `{environment}`. Data and credentials stay.", counted(keys.len(), "server"))
}

pub fn nothing(environment: &EnvironmentName) -> String {
    line!("takk runs nothing in `{environment}`.")
}

/// What is removed along with the data.
pub fn removal(entries: &[(&str, &Entry)], environment: &EnvironmentName) -> String {
    let mut text = line!("{}", paint(HEADING, &format!("This removes from `{environment}`, with all data:")));
    for (key, entry) in entries {
        text.push_str(&line!("  {}  {}", paint(NAME, key), place(entry)));
        let held = entry.volume.as_ref().or(entry.place.as_ref());
        text.extend(held.map(|held| line!("    {}", paint(DIM, held))));
        for variable in entry.published.keys() {
            text.push_str(&line!("    unsets {variable}"));
        }
    }
    text
}

pub fn which(environment: &str) -> String {
    format!("Type `{environment}` to remove it: ")
}

pub fn removing(key: &str) -> String {
    line!("Removing {key}")
}

pub fn removed(keys: &[String], environment: &EnvironmentName) -> String {
    line!("Removed {} from `{environment}`.", counted(keys.len(), "resource"))
}
