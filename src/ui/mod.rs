//! All output: data to stdout, messages to stderr; one file per format. Renderers return text with style marks, which [`Output`] turns into
//! colours where they are enabled; nothing else that it prints controls a terminal.

#![allow(
    clippy::format_push_string,
    reason = "renderers append to one text, and `write!` to a String only adds a Result that cannot fail"
)]

pub mod ask;
pub mod comparison_text;
pub mod compose_yaml;
pub mod confirm;
pub mod diff_text;
pub mod docs_markdown;
pub mod doctor_text;
pub mod dotenv_text;
pub mod env_text;
mod error_text;
pub mod explain_text;
pub mod findings_text;
pub mod github;
pub mod import_text;
pub mod inspect_text;
pub mod json;
pub mod junit;
pub mod link_text;
pub mod log;
mod markdown;
mod outgoing;
mod output;
mod palette;
pub mod panic_text;
pub mod paste_text;
pub mod plan_html;
pub mod plan_markdown;
mod plan_rows;
pub mod plan_text;
mod plan_words;
pub mod promote_text;
mod prompt;
pub mod provision_text;
pub mod report;
pub mod run_text;
pub mod sarif;
pub mod secrets_text;
pub mod serve_text;
pub mod server_text;
pub mod sessions_text;
pub mod store_text;
pub mod up_events;
pub mod up_progress;
pub mod up_text;
mod value_text;
pub mod why_text;

pub use error_text::error_text;
use error_text::error_text_after;
pub use output::{ColorChoice, Output};
pub(crate) use palette::{ended, line};

/// An argument of the command line in a form that an error can repeat.
pub(crate) fn argument(text: &str) -> String {
    outgoing::outgoing(&takk_model::visible::shown(text))
}

/// The text for a pipe.
pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(&outgoing::outgoing(text)).to_string()
}
