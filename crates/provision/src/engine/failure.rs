//! What an engine answers → errors for the user.

use bollard::errors::Error as EngineError;
use takk_model::error::Error;

use super::Engine;
use crate::disk::{FREE_SPACE, is_disk_full};

/// The longest message of an engine that an error repeats.
const LONGEST: usize = 300;

impl Engine {
    /// The error for a failed request; `doing` describes the operation.
    pub(super) fn failed(&self, doing: &str, error: EngineError) -> Error {
        let error = match error {
            EngineError::DockerResponseServerError { status_code, message } => {
                let said = format!("{doing}: {} answered {status_code}: {}", self.flavour.name(), shortened(&message));
                if is_disk_full(&message) {
                    return Error::system(said).hint(FREE_SPACE);
                }
                Error::system(said)
            }
            EngineError::RequestTimeoutError => {
                Error::system(format!("{doing}: {} does not respond ({})", self.flavour.name(), self.address))
            }
            EngineError::JsonDataError { .. } | EngineError::JsonSerdeError { .. } => {
                Error::system(format!("{doing}: the server at {} does not speak the Docker API", self.address))
            }
            other => Error::system(format!("{doing}: {}", shortened(&other.to_string()))),
        };
        error.hint(format!("check that {} runs: `{} info`", self.flavour.name(), self.flavour.name()))
    }
}

/// An engine's own message, without what the library adds.
pub(super) fn words(error: &EngineError) -> String {
    match error {
        EngineError::DockerResponseServerError { message, .. } => shortened(message),
        EngineError::DockerStreamError { error } => shortened(error),
        other => shortened(&other.to_string()),
    }
}

/// Whether the object does not exist, according to the engine.
pub(super) fn is_missing(error: &EngineError) -> bool {
    matches!(error, EngineError::DockerResponseServerError { status_code: 404, .. })
}

/// Whether a name is taken, according to the engine.
pub(super) fn is_conflict(error: &EngineError) -> bool {
    matches!(error, EngineError::DockerResponseServerError { status_code: 409, .. })
}

/// Whether an engine could not publish a port because another process listens on it. There is no code for it, only a message.
pub(super) fn is_port_taken(error: &EngineError) -> bool {
    let EngineError::DockerResponseServerError { message, .. } = error else { return false };
    let message = message.to_lowercase();
    ["port is already allocated", "address already in use", "ports are not available"]
        .iter()
        .any(|words| message.contains(words))
}

/// A text from outside, shortened to fit on a line.
pub(super) fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
