//! The output of `takk secrets`. It never contains values.

use super::palette::{BAD, DIM, DOUBTFUL, GOOD, HEADING, NAME, line, paint, paragraph};
use super::value_text::{listed, wrapped};
use takk_model::EnvironmentName;
use takk_model::age::age;
use takk_model::counted::counted;
use takk_project::ops::effective::Trouble;
use takk_project::ops::secrets::history::Version;
use takk_project::ops::secrets::list::{Listed, Listing};
use takk_project::ops::secrets::missing::Ask;
use takk_project::ops::secrets::set::Stored;

/// The width of the text below a question.
const WIDTH: usize = 74;

/// The note that a value was stored.
pub fn stored(stored: &Stored) -> String {
    let Stored { name, environment, version, unchecked } = stored;
    let mut text = line!("{} {name} in {environment}, version {version}", paint(GOOD, "stored"));
    if let Some(reason) = unchecked {
        let said = format!("not checked: {reason}");
        for line in wrapped(&said, WIDTH) {
            text.push_str(&line!("  {}", paint(DOUBTFUL, &line)));
        }
    }
    text
}

/// The missing values, if the user cannot be asked.
pub fn lacking(environment: &EnvironmentName, asks: &[Ask]) -> String {
    let mut text = line!("{} in {environment}:", paint(BAD, &format!("{} missing", counted(asks.len(), "value"))));
    let width = asks.iter().map(|ask| ask.name.len()).max().unwrap_or(0);
    for ask in asks {
        let padding = " ".repeat(width - ask.name.len());
        text.push_str(&line!("  {}{padding}  {}", paint(NAME, &ask.name), ask.type_name));
        text.push_str(&line!("      {}", paint(DIM, &ask.place.short())));
        text.push_str(&example(ask, 6));
    }
    text.push_str(&line!("{} run `takk secrets set --env {environment}` in a terminal to enter them", paint(HEADING, "Next:")));
    text
}

/// An example of a value, if there is one, on its own line.
fn example(ask: &Ask, indent: usize) -> String {
    let line = |example: &String| line!("{}{}", " ".repeat(indent), paint(DIM, &format!("such as {example}")));
    ask.example.iter().map(line).collect()
}

pub fn filling(environment: &EnvironmentName, count: usize, project: &str) -> String {
    let title = paint(HEADING, &format!("{} of {project} in {environment}", counted(count, "value")));
    let help = paint(DIM, "Press Esc to skip, Ctrl-C to stop (stored values are kept), or paste NAME=value.");
    line!("{title}") + &line!("{help}")
}

/// The text above a question. `services` is the number of services in the project.
pub fn question(at: usize, of: usize, ask: &Ask, services: usize) -> String {
    let kind = if ask.secret { ", secret" } else { "" };
    let mut text = paragraph!("{} {}  {}{kind}", paint(DIM, &format!("[{at}/{of}]")), paint(NAME, &ask.name), ask.type_name);
    for line in wrapped(ask.description.as_deref().unwrap_or_default(), WIDTH) {
        text.push_str(&line!("  {line}"));
    }
    if let Some(part) = &ask.part {
        text.push_str(&line!("  {}", paint(DIM, part)));
    }
    text.push_str(&example(ask, 2));
    let class = ask.class.as_ref().map(|class| format!("{class}, ")).unwrap_or_default();
    let readers = match ask.services.len() {
        0 => String::new(),
        count if count == services && count > 2 => ", read by all services".to_owned(),
        _ => format!(", read by {}", listed(&ask.services)),
    };
    let made = ask.made.as_ref().map(|made| format!(", {made}")).unwrap_or_default();
    for line in wrapped(&format!("{class}{}{made}{readers}", ask.place.short()), WIDTH) {
        text.push_str(&line!("  {}", paint(DIM, &line)));
    }
    text
}

/// The note that a value need not be entered.
pub fn composed(name: &str) -> String {
    paragraph!("{} {name} is composed from stored values", paint(GOOD, "composed"))
}

pub fn filled(environment: &EnvironmentName, stored: usize, left: usize) -> String {
    let done = format!("{} stored in {environment}", counted(stored, "value"));
    let rest = match left {
        0 => "nothing is missing.".to_owned(),
        1 => "one is still missing; run the command again to enter it.".to_owned(),
        left => format!("{left} are still missing; run the command again to enter them."),
    };
    wrapped(&format!("{done}, {rest}"), 80).iter().fold("\n".to_owned(), |text, words| text + &line!("{words}"))
}

/// The problems with exported values, one sentence each.
pub fn incomplete(environment: &EnvironmentName, troubles: &[Trouble]) -> Vec<String> {
    let mut missing = Vec::new();
    let mut sentences = Vec::new();
    for trouble in troubles {
        match trouble {
            Trouble::Missing { name, .. } => missing.push(name.as_str()),
            Trouble::Refused { name, refused } => {
                let why = refused.sentence();
                sentences.push(format!("{name} must be {}: {why} ({})", refused.type_name, refused.place.short()));
            }
        }
    }
    match missing.as_slice() {
        [] => {}
        [one] => sentences.insert(0, format!("{one} is required but has no value in {environment}")),
        several => sentences.insert(0, format!("{} are required but have no value in {environment}", listed(several))),
    }
    sentences
}

pub fn listings(listings: &[Listing], now: i64) -> String {
    let filled: Vec<&Listing> = listings.iter().filter(|listing| !listing.values.is_empty()).collect();
    if filled.is_empty() {
        let names: Vec<&str> = listings.iter().map(|listing| listing.environment.as_str()).collect();
        return line!("Nothing is stored in {}.", listed(&names));
    }
    let mut text = String::new();
    for listing in filled {
        if !text.is_empty() {
            text.push('\n');
        }
        let server = listing.server.as_ref().map(|server| paint(DIM, &format!(", on {server}")));
        let heading = paint(HEADING, listing.environment.as_str());
        text.push_str(&line!("{heading}{}", server.unwrap_or_default()));
        let width = listing.values.iter().map(|value| value.name.len()).max().unwrap_or(0);
        for value in &listing.values {
            text.push_str(&row(value, width, now));
        }
    }
    text
}

fn row(value: &Listed, width: usize, now: i64) -> String {
    let Listed { name, version, set_at, origin, author } = value;
    let padding = " ".repeat(width - name.len());
    let rest = format!("version {version}, {origin} {} by {author}", age(*set_at, now));
    line!("  {}{padding}  {}", paint(NAME, name), paint(DIM, &rest))
}

/// The versions of a value.
pub fn history(name: &str, environment: &EnvironmentName, versions: &[Version], now: i64) -> String {
    if versions.is_empty() {
        return line!("{name} never had a value in {environment}.");
    }
    let mut text = line!("{} in {environment}", paint(NAME, name));
    for version in versions {
        let what = if version.is_set { version.origin.as_str() } else { "unset" };
        let same = version.same_as.map(|other| format!(", the same as version {other}")).unwrap_or_default();
        text.push_str(&line!("  {:>4}  {what} {} by {}{same}", version.version, age(version.set_at, now), version.author));
    }
    text
}
