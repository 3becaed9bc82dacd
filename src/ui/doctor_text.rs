//! The results of `takk doctor`, one line each, with hints below.

use super::palette::{BAD, DIM, DOUBTFUL, GOOD, line, paint};
use super::value_text::wrapped;
use takk_project::ops::doctor::{Diagnosis, Health};

pub fn render(found: &[Diagnosis]) -> String {
    let width = found.iter().map(|diagnosis| diagnosis.what.len()).max().unwrap_or(0);
    let below = width + "doubtful".len() + 4;
    let mut text = String::new();
    for Diagnosis { what, health, found, advice } in found {
        let (style, word) = match health {
            Health::Good => (GOOD, "good"),
            Health::Doubtful => (DOUBTFUL, "doubtful"),
            Health::Bad => (BAD, "bad"),
        };
        let mut lines = wrapped(found, 80 - below).into_iter();
        let first = lines.next().unwrap_or_default();
        let padding = " ".repeat("doubtful".len() - word.len());
        text.push_str(&line!("{}{padding}  {what:width$}  {first}", paint(style, word)));
        for line in lines {
            text.push_str(&line!("{:below$}{line}", ""));
        }
        for line in wrapped(advice.as_deref().unwrap_or_default(), 80 - below) {
            text.push_str(&line!("{:below$}{}", "", paint(DIM, &line)));
        }
    }
    text
}
