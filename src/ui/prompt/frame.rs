//! The display of a prompt: one input line, and the text below it. It is redrawn after every key.

use std::io::{self, Write};

use super::terminal::Terminal;
use crate::ui::outgoing::outgoing;
use crate::ui::palette::{BAD, DIM, GOOD, NAME, PLAIN, paint};
use crate::ui::plain;
use crate::ui::value_text::{shortened, wrapped};
use takk_model::visible::shown;

/// The maximum number of visible choices.
const MOST_CHOICES: usize = 8;

const HIDE_CURSOR: &str = "\x1b[?25l";
const SHOW_CURSOR: &str = "\x1b[?25h";

/// Moves to the beginning of the line, and clears everything after it.
const START_OVER: &str = "\r\x1b[J";

/// The current state of a question.
#[derive(Default)]
pub(super) struct Frame<'f> {
    pub label: &'f str,
    /// The answer so far, as shown.
    pub answer: String,
    /// The position of the cursor in it.
    pub cursor: usize,
    /// What is wrong with it.
    pub wrong: Option<&'f str>,
    /// The choices, and the selected one.
    pub choices: Vec<&'f str>,
    pub chosen: usize,
    pub help: &'f str,
}

impl Frame<'_> {
    /// The number of columns left for the answer.
    pub(super) fn room(label: &str, width: usize) -> usize {
        width.saturating_sub(label.chars().count() + "? ".len() + " ".len() + 1).max(8)
    }

    /// Draws it at the cursor, and leaves the cursor in the line of the answer.
    pub(super) fn draw(&self, terminal: &mut Terminal) -> io::Result<()> {
        let (width, height) = Terminal::size();
        let mut below = self.below(width);
        below.truncate(height.saturating_sub(2));
        let first = format!("{} {} {}", paint(GOOD, "?"), self.label, self.answer);
        let column = "? ".len() + self.label.chars().count() + " ".len() + self.cursor;
        let mut text = HIDE_CURSOR.to_owned();
        up(&mut text, terminal.column / width);
        text.push_str(START_OVER);
        text.push_str(&colored(&first, terminal.is_colored));
        for line in &below {
            text.push_str(&format!("\r\n{}", colored(line, terminal.is_colored)));
        }
        up(&mut text, below.len());
        terminal.column = column;
        text.push_str(&format!("\x1b[{}G{SHOW_CURSOR}", column + 1));
        terminal.out.write_all(text.as_bytes())
    }

    /// Leaves only the question and its result.
    pub(super) fn close(&self, terminal: &mut Terminal) -> io::Result<()> {
        let (width, _) = Terminal::size();
        let answer = shortened(&self.answer, Self::room(self.label, width));
        let line = format!("{} {} {}", paint(GOOD, ">"), self.label, paint(NAME, &answer));
        let text = format!("{START_OVER}{}\r\n", colored(&line, terminal.is_colored));
        terminal.out.write_all(text.as_bytes())
    }

    fn below(&self, width: usize) -> Vec<String> {
        let width = width.saturating_sub(3).max(8);
        let mut lines = Vec::new();
        for line in wrapped(self.wrong.unwrap_or_default(), width) {
            lines.push(format!("{} {}", paint(BAD, "#"), paint(BAD, &line)));
        }
        let first = (self.chosen + 1).saturating_sub(MOST_CHOICES);
        for (at, choice) in self.choices.iter().enumerate().skip(first).take(MOST_CHOICES) {
            let (mark, style) = if at == self.chosen { (">", NAME) } else { (" ", PLAIN) };
            lines.push(format!("{} {}", paint(style, mark), paint(style, &shortened(choice, width))));
        }
        let hidden = self.choices.len().saturating_sub(MOST_CHOICES);
        let more = if hidden > 0 { format!("{hidden} more; {}", self.help) } else { self.help.to_owned() };
        lines.extend(wrapped(&more, width).iter().map(|line| paint(DIM, line)));
        lines
    }
}

/// Moves the cursor up by that many lines.
fn up(text: &mut String, lines: usize) {
    if lines > 0 {
        text.push_str(&format!("\x1b[{lines}A"));
    }
}

/// A line, with its colours if they are enabled. Nothing in it moves the cursor.
fn colored(line: &str, is_colored: bool) -> String {
    let line = shown(line);
    if is_colored { outgoing(&line) } else { plain(&line) }
}
