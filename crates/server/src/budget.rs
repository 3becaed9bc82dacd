//! Limits the memory for bodies and responses in flight, in total and for each user, so that neither many senders nor many slow readers can
//! exhaust it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::hosted::Refusal;

/// The ID of a signed-in user; all strangers share `None`.
pub type Person = Option<i64>;

/// A limit, and what has been taken of it.
pub(super) struct Budget<K: Who = Person>(Arc<Shared<K>>);

struct Shared<K> {
    in_all: usize,
    each: usize,
    taken: Mutex<Taken<K>>,
}

struct Taken<K> {
    in_all: usize,
    by_person: HashMap<K, usize>,
}

/// What distinguishes persons.
pub trait Who: Copy + Eq + Hash {}

impl<K: Copy + Eq + Hash> Who for K {}

/// A part of the budget, returned when dropped.
pub struct Share<K: Who = Person> {
    budget: Budget<K>,
    person: K,
    taken: usize,
}

impl<K: Who> Budget<K> {
    /// A limit in total and for each person.
    pub(crate) fn new(in_all: usize, each: usize) -> Self {
        let taken = Mutex::new(Taken { in_all: 0, by_person: HashMap::new() });
        Self(Arc::new(Shared { in_all, each, taken }))
    }

    /// An empty share.
    pub(crate) fn share(&self, person: K) -> Share<K> {
        Share { budget: Self(Arc::clone(&self.0)), person, taken: 0 }
    }

    fn taken(&self) -> MutexGuard<'_, Taken<K>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Who> Share<K> {
    /// Takes more, if enough is left.
    pub(crate) fn take(&mut self, more: usize) -> Result<(), Refusal> {
        let mut taken = self.budget.taken();
        let own = taken.by_person.get(&self.person).copied().unwrap_or_default().saturating_add(more);
        let in_all = taken.in_all.saturating_add(more);
        if own > self.budget.0.each {
            return Err(Refusal::too_many_at_once());
        }
        if in_all > self.budget.0.in_all {
            return Err(Refusal::busy());
        }
        taken.in_all = in_all;
        taken.by_person.insert(self.person, own);
        self.taken += more;
        Ok(())
    }
}

impl<K: Who> Drop for Share<K> {
    fn drop(&mut self) {
        if self.taken == 0 {
            return;
        }
        let mut taken = self.budget.taken();
        taken.in_all = taken.in_all.saturating_sub(self.taken);
        if let Entry::Occupied(mut own) = taken.by_person.entry(self.person) {
            *own.get_mut() = own.get().saturating_sub(self.taken);
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use takk_api::Code;

    #[test]
    fn nobody_takes_what_is_for_all() {
        let budget = Budget::new(100, 40);
        let mut ada = budget.share(Some(1));
        assert!(ada.take(40).is_ok());
        let mut again = budget.share(Some(1));
        assert!(again.take(1).is_err_and(|refusal| refusal.code == Code::TooMany));
        let mut others: Vec<Share> = [None, Some(2)].map(|person| budget.share(person)).into();
        assert!(others[0].take(40).is_ok());
        assert!(others[1].take(30).is_err_and(|refusal| refusal.code == Code::Unavailable));
        drop(ada);
        assert!(others[1].take(30).is_ok() && again.take(30).is_ok());
        drop((others, again));
        let taken = budget.taken();
        assert_eq!((taken.in_all, taken.by_person.len()), (0, 0), "everything is given back");
    }
}
