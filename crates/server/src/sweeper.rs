//! The sweeper: a thread that ends expired environments of the level `temporary` with what was created for them, once at the start and then
//! at an interval.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::hosted::sweep::{Swept, sweep};
use crate::hosted::{Opener, Refusal, Result};
use takk_model::error::{Error, Result as Outcome};

/// Stops the thread when it is dropped, after the environment that it is ending.
pub(super) struct Sweeper {
    _stop: Sender<()>,
}

impl Sweeper {
    /// Starts the thread.
    pub(crate) fn start(opener: Arc<Opener>, interval: Duration) -> Outcome<Self> {
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::Builder::new().name("sweeper".to_owned()).spawn(move || {
            loop {
                report(once(&opener));
                if stopped.recv_timeout(interval) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        });
        thread.map_err(|error| Error::system("cannot start the server's threads").caused_by(error))?;
        Ok(Self { _stop: stop })
    }
}

/// Sweeps with a connection of its own, which is closed afterwards: the next time is far away.
fn once(opener: &Opener) -> Result<Vec<Swept>> {
    let mut hosted = opener.open().map_err(Refusal::from)?;
    sweep(&mut hosted)
}

fn report(swept: Result<Vec<Swept>>) {
    let swept = swept.unwrap_or_else(|refusal| {
        tracing::error!(cause = refusal.cause.as_deref().unwrap_or(&refusal.detail), "cannot look for expired environments");
        Vec::new()
    });
    for one in swept {
        let (project, environment) = (one.project.as_str(), one.environment.as_str());
        if let Some(cause) = one.failure() {
            tracing::error!(project, environment, cause, "cannot end an expired environment; it is tried again later");
        } else {
            tracing::info!(project, environment, "ended an expired environment with its resources");
        }
    }
}
