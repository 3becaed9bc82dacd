//! The output of `takk env`.

use super::palette::{BAD, DIM, DOUBTFUL, GOOD, HEADING, NAME, line, paint};
use takk_model::EnvironmentName;
use takk_model::age::{age, until};
use takk_model::counted::counted;
use takk_project::ops::env::create::{Created, Wanted};
use takk_project::ops::env::delete::Doomed;
use takk_project::ops::env::list::Listed;

/// The environments of a project, one per line.
pub fn list(environments: &[Listed], now: i64) -> String {
    let width = |text: fn(&Listed) -> usize| environments.iter().map(text).max().unwrap_or(0);
    let (name_width, level_width) = (width(|listed| listed.name.len()), width(|listed| listed.level.len()));
    let values_width = width(|listed| values(listed).len());
    let mut text = String::new();
    for listed in environments {
        let mark = if listed.in_use { paint(GOOD, "*") } else { " ".to_owned() };
        let name_padding = " ".repeat(name_width - listed.name.len());
        let values = format!("{:<values_width$}", values(listed));
        let level = format!("{:<level_width$}", listed.level);
        let rest = [values, level].into_iter().chain(facts(listed, now)).collect::<Vec<_>>().join("  ");
        text.push_str(&line!("{mark} {}{name_padding}  {}", paint(NAME, &listed.name), rest.trim_end()));
    }
    if environments.iter().any(|listed| listed.in_use) {
        text.push_str(&line!("{}", paint(DIM, "* in use in this checkout")));
    }
    if environments.iter().any(|listed| listed.expired) {
        text.push_str(&line!("{} takk env delete --expired", paint(HEADING, "Next:")));
    }
    text
}

fn values(listed: &Listed) -> String {
    if listed.stored { counted(listed.values, "value") } else { "not stored".to_owned() }
}

fn facts(listed: &Listed, now: i64) -> Vec<String> {
    let mut facts = Vec::new();
    match (listed.expires_at, listed.ttl) {
        (Some(end), _) if listed.expired => facts.push(paint(BAD, &format!("expired {}", age(end, now)))),
        (Some(end), _) => facts.push(paint(DOUBTFUL, &format!("expires {}", until(end, now)))),
        (None, Some(seconds)) => facts.push(format!("lives {}", lifetime(seconds))),
        (None, None) => {}
    }
    facts.extend(listed.base.as_ref().map(|base| format!("based on {base}")));
    facts.extend(listed.domain.as_ref().map(|domain| paint(DIM, domain)));
    facts
}

/// Seconds in the largest unit that divides them.
fn lifetime(seconds: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("d", 86_400), ("h", 3600), ("min", 60)];
    let unit = UNITS.iter().find(|(_, length)| seconds.is_multiple_of(*length));
    unit.map_or(format!("{seconds} s"), |(unit, length)| format!("{} {unit}", seconds / length))
}

/// The note before values are copied.
pub fn copying(wanted: &Wanted) -> Option<String> {
    let (from, values) = wanted.copy.as_ref()?;
    let values = counted(values.len(), "value");
    Some(line!("Copying {values} from {from}. Change the values that differ between the two environments."))
}

/// The note that an environment was created.
pub fn created(created: &Created, now: i64) -> String {
    let Created { name, expires_at, values, .. } = created;
    let held = if *values == 0 { "empty".to_owned() } else { counted(*values, "value") };
    let end = expires_at.map(|end| format!(", expires {}", until(end, now))).unwrap_or_default();
    let next = if *values == 0 { format!("takk secrets set --env {name}") } else { format!("takk plan --env {name}") };
    line!("{} {name}, {held}{end}", paint(GOOD, "created")) + &line!("{} {next}", paint(HEADING, "Next:"))
}

/// What will be deleted.
pub fn doomed(doomed: &[Doomed]) -> String {
    let line = |doomed: &Doomed| format!("{} with {}", doomed.name, counted(doomed.values, "value"));
    let lines: Vec<String> = doomed.iter().map(line).collect();
    line!("This deletes {}, with all versions. It cannot be undone.", lines.join(", "))
}

/// The note that an environment was deleted.
pub fn deleted(doomed: &Doomed) -> String {
    line!("{} {} with {}; its key was destroyed", paint(GOOD, "deleted"), doomed.name, counted(doomed.values, "value"))
}

/// The note that an environment is in use.
pub fn used(name: &EnvironmentName) -> String {
    line!("Commands in this checkout now use {name} unless they name another environment.")
}

/// The note that no environment is in use any more.
pub fn cleared(name: Option<&str>) -> String {
    match name {
        Some(name) => line!("{name} is no longer in use in this checkout."),
        None => "No environment is in use in this checkout.\n".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_in_its_greatest_whole_unit() {
        assert_eq!([604_800, 129_600, 5400, 90].map(lifetime), ["7 d", "36 h", "90 min", "90 s"]);
    }
}
