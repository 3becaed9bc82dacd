//! Prompts for one answer in a terminal: a line, hidden or shown, or one of several choices.
//!
//! takk has its own prompt because of pastes: a block of several lines is one answer, even in a terminal that does not mark pastes, so that
//! its other lines never answer the next prompts, and nothing of it is shown.

mod frame;
mod keys;
mod line;
mod terminal;

use std::io;

use zeroize::Zeroizing;

use self::frame::Frame;
use self::keys::{Input, Key};
use self::line::Line;
use self::terminal::{Event, Terminal};
use takk_model::visible::shown;

/// Shown for a hidden answer, so that its length is not revealed.
const HIDDEN: &str = "********";

/// The help for a pasted block of lines.
const PASTED_HELP: &str = "Enter keeps it, Esc discards it";

/// Says what is wrong with an answer, without quoting it.
pub(super) type Verdict<'v> = dyn Fn(&str) -> Option<String> + 'v;

pub(super) struct Question<'q> {
    pub label: &'q str,
    /// What the user can do besides answering.
    pub help: &'q str,
    /// Whether the answer is secret and shown only on demand.
    pub is_hidden: bool,
    /// The possible answers; if empty, any.
    pub choices: &'q [String],
    /// What was wrong with the previous answer.
    pub wrong: Option<&'q str>,
    /// Says what is wrong with an answer, if it is invalid.
    pub verdict: &'q Verdict<'q>,
}

pub(super) enum Reply {
    /// One valid line.
    Line(Zeroizing<String>),
    /// Several pasted lines, not checked yet.
    Lines(Zeroizing<String>),
    Skip,
    /// The user pressed Ctrl-C, or Ctrl-D on an empty line.
    Stop,
}

/// The effect of a key.
enum Step {
    On,
    Submit,
    End(Reply),
}

/// Asks until there is a reply. Restores the terminal when it returns, and when a signal ends the process.
pub(super) fn ask(question: &Question<'_>) -> io::Result<Reply> {
    let label = shown(question.label);
    let question = &Question { label: &label, ..*question };
    let mut terminal = Terminal::open()?;
    let wrong = question.wrong.map(str::to_owned);
    let mut asking = Asking { question, line: Line::default(), is_hidden: question.is_hidden, chosen: 0, wrong };
    loop {
        if !terminal.is_waiting()? {
            asking.frame().draw(&mut terminal)?;
        }
        let step = match terminal.next()? {
            Event::Input(Input::Key(key)) => asking.press(key),
            Event::Input(Input::Pasted(text)) => asking.paste(&text),
            Event::Gone => return Ok(Reply::Stop),
            Event::Resized => Step::On,
            Event::Signal(signal) => {
                asking.close(&mut terminal, "")?;
                drop(terminal);
                signal_hook::low_level::emulate_default_handler(signal)?;
                return Ok(Reply::Stop);
            }
        };
        let reply = match step {
            Step::On => continue,
            Step::End(reply) => reply,
            Step::Submit => match asking.submit(&mut terminal)? {
                Some(reply) => reply,
                None => continue,
            },
        };
        asking.close(&mut terminal, &asking.shown(&reply))?;
        return Ok(reply);
    }
}

/// A question being asked.
struct Asking<'q> {
    question: &'q Question<'q>,
    line: Line,
    is_hidden: bool,
    chosen: usize,
    wrong: Option<String>,
}

impl<'q> Asking<'q> {
    fn paste(&mut self, text: &str) -> Step {
        self.wrong = None;
        // The line ending of a single line is not part of it.
        let text = text.trim_end_matches(['\r', '\n']);
        self.line.insert(text);
        Step::On
    }

    fn press(&mut self, key: Key) -> Step {
        let was_wrong = self.wrong.take();
        match key {
            Key::LineBreak => return Step::Submit,
            Key::Control('c') => return Step::End(Reply::Stop),
            Key::Control('d') if self.line.text().is_empty() => return Step::End(Reply::Stop),
            Key::Escape if self.line.pasted_lines().is_some() => self.line = Line::default(),
            Key::Escape => return Step::End(Reply::Skip),
            Key::Up => self.chosen = self.chosen.saturating_sub(1),
            Key::Down => self.chosen += 1,
            Key::Control('r') => self.is_hidden = self.question.is_hidden && !self.is_hidden,
            _ if self.line.pasted_lines().is_some() => {}
            Key::Other => self.wrong = was_wrong,
            other => self.edit(other),
        }
        self.chosen = self.chosen.min(self.choices().len().saturating_sub(1));
        Step::On
    }

    /// Moves within the line, or changes it.
    fn edit(&mut self, key: Key) {
        match key {
            Key::Left | Key::Control('b') => self.line.left(),
            Key::Right | Key::Control('f') => self.line.right(),
            Key::Home | Key::Control('a') => self.line.home(),
            Key::End | Key::Control('e') => self.line.end(),
            Key::Backspace => self.line.backspace(),
            Key::Delete | Key::Control('d') => self.line.delete(),
            Key::Control('u') => self.line.delete_before(),
            Key::Control('k') => self.line.delete_after(),
            Key::Control('w') => self.line.delete_word(),
            Key::Character(character) => self.line.insert(character.encode_utf8(&mut [0; 4])),
            _ => {}
        }
    }

    /// The reply, unless it is invalid.
    fn submit(&mut self, terminal: &mut Terminal) -> io::Result<Option<Reply>> {
        let rest = terminal.rest_of_paste()?;
        if terminal.is_stopped {
            return Ok(Some(Reply::Stop));
        }
        if let Some(rest) = &rest {
            self.line.end();
            self.line.insert("\n");
            self.line.insert(rest.trim_end());
        }
        if rest.is_some() || self.line.pasted_lines().is_some() {
            return Ok(Some(Reply::Lines(self.line.take())));
        }
        let chosen = self.choices().get(self.chosen).map(|choice| Zeroizing::new((*choice).to_owned()));
        let answer = match chosen {
            Some(chosen) => chosen,
            None if self.question.choices.is_empty() => Zeroizing::new(self.line.text().to_owned()),
            None => {
                self.wrong = Some("no choice matches".to_owned());
                return Ok(None);
            }
        };
        self.wrong = (self.question.verdict)(&answer);
        Ok(self.wrong.is_none().then_some(Reply::Line(answer)))
    }

    /// The choices that contain what was typed.
    fn choices(&self) -> Vec<&'q str> {
        let typed = self.line.text().to_lowercase();
        let choices = self.question.choices.iter().map(String::as_str);
        choices.filter(|choice| choice.to_lowercase().contains(&typed)).collect()
    }

    fn frame(&self) -> Frame<'_> {
        let wrong = self.wrong.as_deref();
        if let Some(count) = self.line.pasted_lines() {
            let answer = format!("{count} lines pasted");
            return Frame {
                label: self.question.label,
                cursor: answer.len(),
                answer,
                help: PASTED_HELP,
                wrong,
                ..Frame::default()
            };
        }
        let (width, _) = Terminal::size();
        let view = self.line.view(Frame::room(self.question.label, width), self.is_hidden);
        Frame {
            label: self.question.label,
            answer: view.shown,
            cursor: view.cursor,
            wrong,
            choices: self.choices(),
            chosen: self.chosen,
            help: self.question.help,
        }
    }

    /// The text that stands for a reply.
    fn shown(&self, reply: &Reply) -> String {
        match reply {
            Reply::Line(text) if text.is_empty() => String::new(),
            Reply::Line(_) if self.question.is_hidden => HIDDEN.to_owned(),
            Reply::Line(text) => text.chars().map(|shown| if shown.is_control() { '\u{fffd}' } else { shown }).collect(),
            Reply::Lines(text) => format!("{} lines pasted", text.trim().lines().count()),
            Reply::Skip => "skipped".to_owned(),
            Reply::Stop => "stopped".to_owned(),
        }
    }

    fn close(&self, terminal: &mut Terminal, answer: &str) -> io::Result<()> {
        Frame { label: self.question.label, answer: answer.to_owned(), ..Frame::default() }.close(terminal)
    }
}
