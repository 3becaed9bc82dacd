//! What a server in a container writes.

use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::StreamExt;
use takk_model::error::{Error, Result};

use super::Engine;
use crate::ledger::Entry;

/// The longest line that an error repeats, in characters.
const LONGEST_LINE: usize = 300;

impl Engine {
    pub(super) fn tail(&self, entry: &Entry, lines: usize) -> Vec<String> {
        let Some(name) = &entry.place else { return Vec::new() };
        let options = LogsOptionsBuilder::new().stdout(true).stderr(true).tail(&lines.to_string()).build();
        let text = self.wait(async {
            let mut stream = std::pin::pin!(self.docker.logs(name, Some(options)));
            let mut text = Vec::new();
            while let Some(Ok(output)) = stream.next().await {
                text.extend_from_slice(&output.into_bytes());
            }
            text
        });
        let text = String::from_utf8_lossy(&text);
        let all: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = all.iter().skip(all.len().saturating_sub(lines));
        last.map(|line| line.chars().take(LONGEST_LINE).collect()).collect()
    }

    pub(super) fn stream(&self, entry: &Entry, follow: bool, sink: &mut dyn FnMut(&[u8]) -> bool) -> Result<()> {
        let Some(name) = &entry.place else { return Err(Error::usage(format!("{} has no container yet", entry.key()))) };
        let options = LogsOptionsBuilder::new().stdout(true).stderr(true).follow(follow).build();
        self.wait(async {
            let mut stream = std::pin::pin!(self.docker.logs(name, Some(options)));
            while let Some(output) = stream.next().await {
                let output = output.map_err(|error| self.failed(&format!("cannot read the log of {name}"), error))?;
                if !sink(&output.into_bytes()) {
                    break;
                }
            }
            Ok(())
        })
    }
}
