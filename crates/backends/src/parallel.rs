//! Several requests at once, for backends that have no batch.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::interrupt::{Shared, receive_all};

/// Applies `work` to each item on at most `most` threads, and returns the results in order.
pub(crate) fn in_parallel<I: Sync, R: Send>(items: &[I], most: usize, work: impl Fn(&I) -> R + Sync) -> Vec<R> {
    if items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = &|| {
        let mut made = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return made };
            made.push((index, work(item)));
        }
    };
    let together = Shared::begin();
    let mut made: Vec<(usize, R)> = thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let threads: Vec<_> = (1..most.min(items.len()))
            .map(|_| {
                let (join, sender) = (together.join(), sender.clone());
                scope.spawn(move || {
                    join();
                    let _ = sender.send(take());
                })
            })
            .collect();
        drop(sender);
        let mut made = take();
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
}
