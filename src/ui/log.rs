//! The log of `takk serve`, on stderr: one line for each event, as text or as JSON.

use std::io::{self, Write};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;

use super::{outgoing, palette};
use takk_project::config::LogFormat;

/// Starts writing the log. It contains only takk's own events, because other crates may log what they read.
pub fn install(format: LogFormat, quiet: bool) {
    let level = if quiet { LevelFilter::WARN } else { LevelFilter::INFO };
    let log = fmt().with_writer(move || Events { format }).with_target(false).with_max_level(level);
    // This fails only if a logger is already installed, and none is.
    let _ = match format {
        LogFormat::Text => tracing::subscriber::set_global_default(log.with_ansi(false).finish()),
        LogFormat::Json => tracing::subscriber::set_global_default(log.json().flatten_event(true).finish()),
    };
}

/// Writes one event at a time. Request data cannot start a new line, or send control characters to a terminal.
struct Events {
    format: LogFormat,
}

impl Write for Events {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        io::stderr().lock().write_all(line(self.format, &String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn line(format: LogFormat, event: &str) -> String {
    match format {
        LogFormat::Text => outgoing::outgoing(&palette::ended(event.strip_suffix('\n').unwrap_or(event).to_owned())),
        LogFormat::Json => outgoing::json(event),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_that_steers_nothing() {
        let event = "INFO user=a\n::error::b\u{1b}[2J\u{9b}1m\u{202e}\n";
        assert_eq!(line(LogFormat::Text, event), "INFO user=a\\n::error::b\\x1b[2J\\x9b1m\\u202e\n");
        assert_eq!(line(LogFormat::Json, "{\"a\":\"\u{9b}\u{202e}##[b]\"}\n"), "{\"a\":\"\\u009b\\u202e#\\u0023[b]\"}\n");
    }
}
