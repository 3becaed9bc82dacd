//! Freshness, single flight, batches, outages and forks.

use std::sync::atomic::AtomicUsize;
use std::sync::{Barrier, Mutex};
use std::thread;

use super::*;
use crate::backend::Proof;
use crate::generation::after_fork;

/// Counts its requests, takes its time, and fails on demand.
#[derive(Default)]
struct Slow {
    wait: Duration,
    requests: Mutex<Vec<Vec<String>>>,
    failure: Mutex<Option<Error>>,
    served: AtomicUsize,
}

impl Slow {
    fn new(millis: u64) -> Arc<Self> {
        Arc::new(Self { wait: Duration::from_millis(millis), ..Self::default() })
    }

    fn requests(&self) -> Vec<Vec<String>> {
        self.requests.lock().expect("no panic").clone()
    }

    fn fail(&self, error: Option<Error>) {
        *self.failure.lock().expect("no panic") = error;
    }
}

impl Backend for Slow {
    fn name(&self) -> String {
        "a slow backend".to_owned()
    }

    fn fetch(&self, key: &Key, deadline: Deadline) -> Result<Fetched> {
        self.fetch_many(std::slice::from_ref(key), deadline).remove(0)
    }

    fn fetch_many(&self, keys: &[Key], _: Deadline) -> Vec<Result<Fetched>> {
        thread::sleep(self.wait);
        self.requests.lock().expect("no panic").push(keys.iter().map(ToString::to_string).collect());
        let failure = self.failure.lock().expect("no panic").clone();
        let serve = |key: &Key| {
            if key.path() == "/missing" {
                return Err(Error::not_found("no"));
            }
            let number = self.served.fetch_add(1, Ordering::SeqCst);
            failure.clone().map_or_else(|| Ok(Fetched::new(format!("{key} {number}"))), Err)
        };
        keys.iter().map(serve).collect()
    }

    fn prove(&self, _: &[Key], _: Deadline) -> Vec<Proof> {
        Vec::new()
    }
}

const STALE: ReadOptions = ReadOptions { stale_on_error: true, deadline: Deadline::NONE };

fn plain() -> ReadOptions {
    ReadOptions::default()
}

fn text(read: &Result<Read>) -> &str {
    read.as_ref().map_or("", |read| read.cached.fetched.text.expose())
}

#[test]
fn a_value_is_kept_as_long_as_its_reader_says() {
    let slow = Slow::new(0);
    let cache = Cache::new(slow.clone());
    let key = Key::new("/a");
    for _ in 0..3 {
        assert_eq!(text(&cache.read(&key, Ttl::Forever, plain())), "/a 0");
    }
    // Two readers of one path, with different ttls.
    let short = Ttl::For(Duration::from_millis(30));
    assert_eq!(text(&cache.read(&key, short, plain())), "/a 0");
    thread::sleep(Duration::from_millis(40));
    assert_eq!(text(&cache.read(&key, short, plain())), "/a 1");
    assert_eq!(text(&cache.read(&key, Ttl::Forever, plain())), "/a 1");
    assert_eq!(text(&cache.read(&key, Ttl::Never, plain())), "/a 2");
    assert_eq!(text(&cache.read(&key, Ttl::Never, plain())), "/a 3");
    assert_eq!(text(&cache.read(&Key::pinned("/a", Some("1")), Ttl::Forever, plain())), "/a@1 4");
    assert_eq!(text(&cache.refresh(&key, plain())), "/a 5");
    cache.expire_all();
    assert_eq!(text(&cache.read(&key, Ttl::Forever, plain())), "/a 6");
}

#[test]
fn many_threads_share_one_request_and_its_error() {
    let slow = Slow::new(50);
    let cache = Cache::new(slow.clone());
    let (key, start) = (Key::new("/a"), Barrier::new(20));
    let read_all = || {
        thread::scope(|scope| {
            let read = || {
                start.wait();
                cache.read(&key, Ttl::Forever, plain())
            };
            let threads: Vec<_> = (0..20).map(|_| scope.spawn(read)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
        })
    };
    slow.fail(Some(Error::transient("down")));
    assert!(read_all().iter().all(Result::is_err));
    assert_eq!(slow.requests().len(), 1);
    slow.fail(None);
    assert!(read_all().iter().all(|read| text(read) == "/a 1"));
    assert_eq!(slow.requests().len(), 2);
}

#[test]
fn a_request_that_was_under_way_before_the_values_expired_is_not_shared_after_that() {
    let slow = Slow::new(100);
    let cache = Cache::new(slow.clone());
    let key = Key::new("/a");
    thread::scope(|scope| {
        let early = scope.spawn(|| cache.read(&key, Ttl::Forever, plain()));
        thread::sleep(Duration::from_millis(40));
        cache.expire_all();
        assert_eq!(text(&cache.read(&key, Ttl::Forever, plain())), "/a 1");
        assert_eq!(text(&early.join().expect("no panic")), "/a 0");
    });
}

#[test]
fn what_is_missing_is_read_in_one_batch_and_a_missing_name_loses_no_other() {
    let slow = Slow::new(0);
    let cache = Cache::new(slow.clone());
    assert_eq!(text(&cache.read(&Key::new("/b"), Ttl::Forever, plain())), "/b 0");
    let wanted = ["/c", "/missing", "/b", "/a", "/c"].map(|path| (Key::new(path), Ttl::Forever));
    let read = cache.read_many(&wanted, plain());
    assert_eq!(read.iter().map(text).collect::<Vec<_>>(), ["/c 2", "", "/b 0", "/a 1", "/c 2"]);
    assert_eq!(slow.requests()[1..], [["/a", "/c", "/missing"]]);
}

#[test]
fn batches_and_single_reads_do_not_ask_twice() {
    let slow = Slow::new(50);
    let cache = Cache::new(slow.clone());
    let wanted = ["/a", "/b", "/c"].map(|path| (Key::new(path), Ttl::Forever));
    let start = Barrier::new(6);
    thread::scope(|scope| {
        for index in 0..6 {
            let (cache, wanted, start) = (&cache, &wanted, &start);
            scope.spawn(move || {
                start.wait();
                if index % 2 == 0 {
                    assert!(cache.read_many(wanted, plain()).iter().all(Result::is_ok));
                } else {
                    assert!(cache.read(&wanted[index % 3].0, Ttl::Forever, plain()).is_ok());
                }
            });
        }
    });
    assert_eq!(slow.requests().concat().len(), 3, "{:?}", slow.requests());
}

#[test]
fn an_old_value_is_better_than_an_outage_if_the_reader_says_so() {
    let slow = Slow::new(0);
    let cache = Cache::new(slow.clone());
    let (key, short) = (Key::new("/a"), Ttl::For(Duration::from_nanos(1)));
    assert!(cache.read(&key, short, STALE).is_ok_and(|read| read.stale.is_none()));
    slow.fail(Some(Error::transient("down")));
    let read = cache.read(&key, short, STALE);
    assert_eq!(text(&read), "/a 0");
    assert!(read.is_ok_and(|read| read.stale.is_some_and(|error| error.message() == "down")));
    // The same goes for a batch and after a refresh: a failure discards nothing.
    assert_eq!(text(&cache.read_many(&[(key.clone(), short)], STALE)[0]), "/a 0");
    assert!(cache.read(&key, short, plain()).is_err() && cache.refresh(&key, plain()).is_err());
    assert_eq!(text(&cache.refresh(&key, STALE)), "/a 0");
    assert_eq!(text(&cache.read(&key, Ttl::Forever, plain())), "/a 0");
    // Only outages are bridged, not a secret that was deleted.
    slow.fail(Some(Error::not_found("gone")));
    assert!(cache.read(&key, short, STALE).is_err());
    let [source] = &cache.sources()[..] else { panic!("one key") };
    assert!(source.last_error.is_some() && source.hits == 1 && source.key == key);
}

#[test]
fn a_change_is_told() {
    let slow = Slow::new(0);
    let cache = Cache::new(slow);
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&told);
    let id = cache.subscribe(Arc::new(move |key, cached| {
        seen.lock().expect("no panic").push(format!("{key}: {}", cached.fetched.text.expose()));
    }));
    let key = Key::new("/a");
    assert!(cache.read(&key, Ttl::Forever, plain()).is_ok() && told.lock().expect("no panic").is_empty());
    assert!(cache.refresh(&key, plain()).is_ok());
    cache.unsubscribe(id);
    assert!(cache.refresh(&key, plain()).is_ok());
    assert_eq!(*told.lock().expect("no panic"), ["/a: /a 1"]);
}

#[test]
fn a_child_keeps_values_and_does_not_wait_for_its_parents_requests() {
    let slow = Slow::new(0);
    let cache = Arc::new(Cache::new(slow));
    let (kept, asked) = (Key::new("/kept"), Key::new("/asked"));
    assert!(cache.read(&kept, Ttl::Forever, plain()).is_ok());
    // The state in a child whose parent was about to send the request: it was started, its turn is taken, and nobody will complete it.
    let entry = cache.entry(&asked);
    let turn = thread::scope(|scope| scope.spawn(|| entry.turn.take(Deadline::NONE)).join().expect("no panic"));
    entry.begin();
    let soon = ReadOptions { deadline: Deadline::after(Duration::from_millis(20)), ..plain() };
    assert!(cache.read(&asked, Ttl::Forever, soon).is_err_and(|error| error.is_transient()));
    after_fork();
    assert_eq!(text(&cache.read(&kept, Ttl::Forever, plain())), "/kept 0");
    assert_eq!(text(&cache.read(&asked, Ttl::Forever, plain())), "/asked 1");
    drop(turn);
}

#[test]
fn a_cached_read_is_cheap() {
    let cache = Cache::new(Slow::new(0));
    let keys: Vec<Key> = (0..100).map(|index| Key::new(format!("/key/{index}"))).collect();
    let entries: Vec<_> = keys.iter().map(|key| cache.entry(key)).collect();
    for entry in &entries {
        assert!(cache.read_entry(entry, Ttl::Forever, plain()).is_ok());
    }
    let minute = Ttl::For(Duration::from_mins(1));
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| (0..10_000).for_each(|index| assert!(entries[index % 100].fresh(minute).is_some())));
        }
    });
    // The goal for a release build is 0.2 s; this is a debug build on a busy machine.
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(cache.sources().iter().map(|source| source.hits).sum::<u64>(), 200_000);
}
