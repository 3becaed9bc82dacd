//! The progress of `takk up`: in a terminal one line for each resource, which changes; else one line for each event.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Output;
use super::palette::{BAD, DIM, DOUBTFUL, GOOD, NAME, line, paint};
use super::up_text::place;
use takk_model::visible::one_line;
use takk_project::ops::up::Event;
use takk_provision::Phase;

const MEGABYTE: u64 = 1_000_000;
const TICK: Duration = Duration::from_millis(100);

/// Shows events as they happen.
pub struct Progress {
    output: Output,
    /// The progress bars on a terminal; `None` otherwise.
    lines: Option<MultiProgress>,
    bars: BTreeMap<String, ProgressBar>,
    /// The last message for each resource, so that none is repeated.
    told: BTreeMap<String, String>,
    /// The details of errors so far: where no engine was found is the same for every resource.
    shown: HashSet<String>,
}

impl Progress {
    pub fn new(output: Output) -> Self {
        let is_shown = io::stderr().is_terminal() && !output.is_quiet();
        let lines = is_shown.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10)));
        Self { output, lines, bars: BTreeMap::new(), told: BTreeMap::new(), shown: HashSet::new() }
    }

    pub fn show(&mut self, event: &Event<'_>) {
        match event {
            Event::Phase { key, phase } => self.phase(key, &words(phase)),
            Event::Note { key, text } => self.say(&line!("{}  {}", paint(NAME, key), paint(DOUBTFUL, text))),
            Event::Ready { key, entry, milliseconds } => {
                self.end(key);
                let seconds = format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100);
                self.say(&line!("{}  {} {seconds}  {}", paint(NAME, key), paint(GOOD, "ready"), paint(DIM, &place(entry))));
            }
            Event::Interrupted { key } => {
                self.end(key);
                self.say(&line!("{}  {}", paint(NAME, key), paint(DOUBTFUL, "interrupted")));
            }
            Event::Failed { key, error } => {
                self.end(key);
                self.say(&line!("{}  {}", paint(NAME, key), paint(BAD, "failed")));
                let (output, mut shown) = (self.output.clone(), std::mem::take(&mut self.shown));
                self.suspended(|| output.error_after(error, &mut shown));
                self.shown = shown;
            }
        }
    }

    /// Removes the progress bars that did not finish.
    pub fn finish(&mut self) {
        for bar in std::mem::take(&mut self.bars).into_values() {
            bar.finish_and_clear();
        }
    }

    fn phase(&mut self, key: &str, words: &str) {
        let Some(lines) = &self.lines else {
            // Without a terminal, a download is shown on one line rather than a thousand.
            let begin = words.split(' ').next().unwrap_or_default().to_owned();
            if self.told.insert(key.to_owned(), begin.clone()).as_ref() != Some(&begin) {
                self.output.note(&line!("{}  {words}", paint(NAME, key)));
            }
            return;
        };
        let bar = self.bars.entry(key.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{spinner} {prefix}  {msg}  {elapsed}");
            let bar = lines.add(ProgressBar::new_spinner());
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            // The library writes to the terminal directly, so a name must not contain control characters.
            bar.set_prefix(one_line(key));
            bar
        });
        bar.set_message(words.to_owned());
        bar.enable_steady_tick(TICK);
    }

    fn end(&mut self, key: &str) {
        if let Some(bar) = self.bars.remove(key) {
            bar.finish_and_clear();
        }
    }

    fn say(&self, text: &str) {
        let output = self.output.clone();
        self.suspended(|| output.note(text));
    }

    /// Prints between the progress bars.
    fn suspended(&self, work: impl FnOnce()) {
        match &self.lines {
            Some(lines) => lines.suspend(work),
            None => work(),
        }
    }
}

fn words(phase: &Phase) -> String {
    match phase {
        Phase::Pulling { total: 0, .. } => "pulling the image".to_owned(),
        Phase::Pulling { done, total } => format!("pulling {}/{} MB", done / MEGABYTE, total.div_ceil(MEGABYTE)),
        Phase::Creating => "creating".to_owned(),
        Phase::Starting => "starting".to_owned(),
        Phase::LoggingIn => "waiting for a login".to_owned(),
    }
}
