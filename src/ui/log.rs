//! The log of `takk serve`, on stderr: one line for each event, as text or as JSON.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;

use crate::config::LogFormat;

/// Writes the log from now on. Nothing but takk's own events are in it: other crates may say what they read.
pub fn install(format: LogFormat, quiet: bool) {
    let level = if quiet { LevelFilter::WARN } else { LevelFilter::INFO };
    let log = fmt().with_writer(io::stderr).with_target(false).with_max_level(level);
    // A second one in the same process would be refused, and there is none.
    let _ = match format {
        LogFormat::Text => tracing::subscriber::set_global_default(log.with_ansi(false).finish()),
        LogFormat::Json => tracing::subscriber::set_global_default(log.json().flatten_event(true).finish()),
    };
}
