//! Transactions: what is done in one is done once, however often it takes another attempt, or not at all.

use takk_vault::store::{Durability, StoreError};
use takk_vault::{Action, Result, SecretsError};

use super::served::{Wanted, access};
use super::{Place, stories, update};

stories!(
    what_was_overtaken_is_done_again_and_once,
    a_conflict_without_an_end_is_the_outcome,
    what_failed_is_undone_and_not_tried_again,
);

fn set(environment: &str, value: &str) -> Wanted {
    access(environment, Action::Change { updates: vec![update("KEY", Some(value), None)], make: true })
}

/// What a transaction comes to in which each attempt sets the value and then ends so, and how many attempts there were.
fn attempts(place: &dyn Place, ends: impl Fn(u32) -> Result<()>) -> (Result<()>, u32) {
    let (wanted, mut attempts) = (set("dev", "new"), 0);
    let outcome = place.vault().transaction(Durability::Synced, |unit| {
        unit.act(&[wanted.access()])?.remove(0)?;
        attempts += 1;
        ends(attempts)
    });
    (outcome, attempts)
}

/// How many versions the value has, and how many rows the audit log.
fn written(place: &dyn Place) -> (usize, usize) {
    let mut vault = place.vault();
    let versions = vault.history("shop", "dev", "KEY").expect("read").len();
    let verified = vault.verify_audit().expect("readable");
    assert!(verified.wrong.is_empty() && vault.verify().expect("readable").wrong.is_empty());
    (versions, verified.rows)
}

fn what_was_overtaken_is_done_again_and_once(place: &dyn Place) {
    let conflict = |attempt| if attempt < 4 { Err(StoreError::Conflict.into()) } else { Ok(()) };
    let (outcome, attempts) = attempts(place, conflict);
    outcome.expect("the fourth attempt is kept");
    assert_eq!((attempts, written(place)), (4, (1, 1)));
}

fn a_conflict_without_an_end_is_the_outcome(place: &dyn Place) {
    place.vault().create_environment("shop", "dev", None).expect("made");
    let (outcome, attempts) = attempts(place, |_| Err(StoreError::Conflict.into()));
    assert!(matches!(outcome, Err(SecretsError::Store(StoreError::Conflict))));
    assert_eq!((attempts, written(place)), (16, (0, 0)));
}

fn what_failed_is_undone_and_not_tried_again(place: &dyn Place) {
    place.vault().create_environment("shop", "dev", None).expect("made");
    let (outcome, attempts) = attempts(place, |_| Err(StoreError::Locked.into()));
    assert!(matches!(outcome, Err(SecretsError::Store(StoreError::Locked))));
    assert_eq!((attempts, written(place)), (1, (0, 0)));
}
