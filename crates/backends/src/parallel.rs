//! Several requests at once, for backends that have no batch.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::interrupt::{Shared, receive_all};

/// The time in which a batch should finish if there are enough threads. Starting a thread with a connection of its own costs
/// more than a few requests to a nearby server.
const WORTH: Duration = Duration::from_millis(50);

/// Applies `work` to each item on at most `most` threads, and returns the results in order. Starts another thread when the last
/// item took so long that the rest would not finish soon.
pub(crate) fn in_parallel<I: Sync, R: Send>(items: &[I], most: usize, work: impl Fn(&I) -> R + Sync) -> Vec<R> {
    if items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = &|| {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let item = items.get(index)?;
        let begun = Instant::now();
        Some((index, work(item), begun.elapsed()))
    };
    let together = Shared::begin();
    let mut made: Vec<(usize, R)> = thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let mut threads = Vec::new();
        let mut made = Vec::new();
        while let Some((index, result, time)) = take() {
            made.push((index, result));
            let left = items.len().saturating_sub(next.load(Ordering::Relaxed));
            for _ in threads.len() + 1..wanted(time, left).min(most) {
                let (join, sender) = (together.join(), sender.clone());
                threads.push(scope.spawn(move || {
                    join();
                    let made: Vec<_> = std::iter::from_fn(take).map(|(index, result, _)| (index, result)).collect();
                    let _ = sender.send(made);
                }));
            }
        }
        drop(sender);
        made.extend(receive_all(&receiver).into_iter().flatten());
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
        made
    });
    made.sort_unstable_by_key(|(index, _)| *index);
    made.into_iter().map(|(_, result)| result).collect()
}

/// How many threads can process `left` items within [`WORTH`], if each item takes `time`.
fn wanted(time: Duration, left: usize) -> usize {
    let all = time.as_nanos().saturating_mul(left as u128);
    usize::try_from(all.div_ceil(WORTH.as_nanos())).unwrap_or(usize::MAX).min(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order() {
        let items: Vec<usize> = (0..100).collect();
        assert_eq!(in_parallel(&items, 8, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(in_parallel(&[1], 8, |item| item + 1), [2]);
        assert!(in_parallel(&[], 8, |item: &u8| *item).is_empty());
    }

    #[test]
    fn threads_are_started_for_what_is_slow() {
        let threads = |wait: Duration| {
            let used = in_parallel(&[(); 30], 8, |()| {
                thread::sleep(wait);
                thread::current().id()
            });
            used.into_iter().collect::<std::collections::HashSet<_>>().len()
        };
        assert!(threads(Duration::from_millis(20)) > 1);
        assert_eq!(wanted(Duration::from_micros(400), 99), 1);
        assert_eq!(wanted(Duration::from_millis(2), 99), 4);
        assert_eq!((wanted(Duration::from_secs(9), 3), wanted(Duration::from_secs(9), 0)), (3, 0));
    }
}
