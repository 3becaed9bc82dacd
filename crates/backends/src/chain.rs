//! Several backends, asked one after another.

use std::sync::Arc;

use super::backend::{Backend, Fetched, Proof};
use super::deadline::Deadline;
use super::error::{Error, Result};
use super::key::Key;

/// Returns what the first backend has. The next one is asked only for keys that the previous one does not have: if a backend cannot be
/// reached or denies access, that is an error, so that an outage never leads to a value from elsewhere.
pub struct Chain(Vec<Arc<dyn Backend>>);

impl Chain {
    /// Asks the backends in this order.
    ///
    /// # Errors
    ///
    /// `Config` if there are none.
    pub fn new(backends: Vec<Arc<dyn Backend>>) -> Result<Self> {
        if backends.is_empty() { Err(Error::config("a chain of backends needs at least one")) } else { Ok(Self(backends)) }
    }

    /// Asks each backend for the keys that are still open. `is_open` decides whether to ask the next one.
    fn ask<A>(&self, keys: &[Key], ask: impl Fn(&dyn Backend, &[Key]) -> Vec<A>, is_open: impl Fn(&A) -> bool) -> Vec<A> {
        let mut answers: Vec<Option<A>> = keys.iter().map(|_| None).collect();
        for backend in &self.0 {
            let open: Vec<usize> = (0..keys.len()).filter(|index| answers[*index].as_ref().is_none_or(&is_open)).collect();
            if open.is_empty() {
                break;
            }
            let asked: Vec<Key> = open.iter().map(|index| keys[*index].clone()).collect();
            for (index, answer) in open.into_iter().zip(ask(&**backend, &asked)) {
                answers[index] = Some(answer);
            }
        }
        answers.into_iter().map(|answer| answer.expect("a chain has a backend, and each answers for every key")).collect()
    }

    fn nowhere(&self, key: &Key) -> Error {
        Error::not_found(format!("`{key}` is in none of {}", self.name())).hint("add it to one of them, or correct the path")
    }
}

impl Backend for Chain {
    fn name(&self) -> String {
        self.0.iter().map(super::backend::Backend::name).collect::<Vec<_>>().join(", then ")
    }

    fn fetch(&self, key: &Key, deadline: Deadline) -> Result<Fetched> {
        let mut results = self.fetch_many(std::slice::from_ref(key), deadline);
        results.pop().unwrap_or_else(|| Err(self.nowhere(key)))
    }

    fn fetch_many(&self, keys: &[Key], deadline: Deadline) -> Vec<Result<Fetched>> {
        let is_missing = |result: &Result<Fetched>| {
            result.as_ref().is_err_and(|error| error.kind() == super::error::ErrorKind::SecretNotFound)
        };
        let results = self.ask(keys, |backend, keys| backend.fetch_many(keys, deadline), is_missing);
        let results = keys.iter().zip(results);
        results
            .map(|(key, result)| if self.0.len() > 1 && is_missing(&result) { Err(self.nowhere(key)) } else { result })
            .collect()
    }

    fn prove(&self, keys: &[Key], deadline: Deadline) -> Vec<Proof> {
        let is_missing = |proof: &Proof| matches!(proof, Proof::Missing(_) | Proof::VersionMissing(_) | Proof::Destroyed(_));
        self.ask(keys, |backend, keys| backend.prove(keys, deadline), is_missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::mock::Mock;

    struct Down;

    impl Backend for Down {
        fn name(&self) -> String {
            "what is down".to_owned()
        }

        fn fetch(&self, _: &Key, _: Deadline) -> Result<Fetched> {
            Err(Error::transient("it is down"))
        }

        fn prove(&self, keys: &[Key], _: Deadline) -> Vec<Proof> {
            keys.iter().map(|_| Proof::Unknown(Error::transient("it is down"))).collect()
        }
    }

    #[test]
    fn the_next_is_asked_only_for_what_is_missing() {
        let first = Arc::new(Mock::new([("/a", "first")], []));
        let second = Arc::new(Mock::new([("/a", "second"), ("/b", "second")], []));
        let chain = Chain::new(vec![first.clone(), second.clone()]).expect("two");
        let keys = ["/a", "/b", "/c"].map(Key::new);
        let results = chain.fetch_many(&keys, Deadline::NONE);
        let texts: Vec<_> = results.iter().map(|read| read.as_ref().ok().map(|read| read.text.expose())).collect();
        assert_eq!(texts, [Some("first"), Some("second"), None]);
        assert_eq!(second.calls(), keys[1..]);
        let error = chain.fetch(&keys[2], Deadline::NONE).expect_err("nobody has it");
        assert_eq!(error.kind(), ErrorKind::SecretNotFound);
        assert!(error.to_string().contains("none of the mock backend, then the mock backend"), "{error}");
        let words: Vec<_> = chain.prove(&keys, Deadline::NONE).iter().map(Proof::word).collect();
        assert_eq!(words, ["exists", "exists", "missing"]);
    }

    #[test]
    fn an_outage_does_not_give_the_value_of_another_place() {
        let chain = Chain::new(vec![Arc::new(Down), Arc::new(Mock::new([("/a", "other")], []))]).expect("two");
        assert!(chain.fetch(&Key::new("/a"), Deadline::NONE).is_err_and(|error| error.is_transient()));
        assert_eq!(chain.prove(&[Key::new("/a")], Deadline::NONE)[0].word(), "not checked");
        assert!(Chain::new(vec![]).is_err());
    }
}
