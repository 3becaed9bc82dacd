//! Whether the store is usable. Callers that arrive during a check share the next one, so that checks use one connection, however many
//! callers there are.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Mutex;
use tokio::task::JoinError;

use crate::hosted::{Refusal, Result};
use takk_api::Code;

/// When a check started, and its result.
type Look = (Instant, Result<()>);

#[derive(Default)]
pub(super) struct Health(Arc<Mutex<Option<Look>>>);

impl Health {
    /// Runs a check, unless another one started after this call.
    pub(crate) async fn look(&self, look: impl FnOnce() -> Result<()> + Send + 'static) -> Result<()> {
        let asked = Instant::now();
        let mut last = Arc::clone(&self.0).lock_owned().await;
        if let Some((_, found)) = last.as_ref().filter(|(begun, _)| *begun >= asked) {
            return found.clone();
        }
        // Other checks wait until it is done, even if nobody waits for this one any more.
        let looking = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            let found = look();
            *last = Some((begun, found.clone()));
            found
        });
        let broken = |error: JoinError| Err(Refusal::new(Code::Internal, "internal error").caused_by(error.to_string()));
        looking.await.unwrap_or_else(broken)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn many_who_ask_at_once_share_a_look_and_nobody_gets_an_old_one() {
        let health = Arc::new(Health::default());
        let looks = Arc::new(AtomicUsize::new(0));
        let look = |pause: u64| {
            let looks = Arc::clone(&looks);
            move || {
                looks.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(pause));
                Ok(())
            }
        };
        let asking: Vec<_> = (0..100)
            .map(|_| {
                let (health, look) = (Arc::clone(&health), look(50));
                tokio::spawn(async move { health.look(look).await })
            })
            .collect();
        for asked in asking {
            asked.await.expect("no panic").expect("it is there");
        }
        assert!(looks.load(Ordering::SeqCst) <= 3, "{looks:?}");
        let before = looks.load(Ordering::SeqCst);
        health.look(look(0)).await.expect("it is there");
        assert_eq!(looks.load(Ordering::SeqCst), before + 1, "it is looked at anew");
    }
}
