//! Transactions: each takes effect exactly once, however often it is retried, or not at all.

use takk_vault::store::{Durability, StoreError};
use takk_vault::{Action, Result, SecretsError};

use super::served::{Wanted, access};
use super::{Place, get, stories, update};

stories!(
    what_was_overtaken_is_done_again_and_once,
    a_conflict_without_an_end_is_the_outcome,
    what_failed_is_undone_and_not_tried_again,
    a_first_value_comes_with_its_environment,
    who_creates_an_environment_at_once_with_others_loses_nothing,
);

fn set(environment: &str, value: &str) -> Wanted {
    access(environment, Action::Change { updates: vec![update("KEY", Some(value), None)], make: true })
}

/// The result of a transaction whose every attempt sets the value and then ends this way, and the number of attempts.
fn attempts(place: &dyn Place, ends: impl Fn(u32) -> Result<()>) -> (Result<()>, u32) {
    let (wanted, mut attempts) = (set("dev", "new"), 0);
    let outcome = place.vault().transaction(Durability::Synced, |unit| {
        unit.act(&[wanted.access()])?.remove(0)?;
        attempts += 1;
        ends(attempts)
    });
    (outcome, attempts)
}

/// The number of versions of the value, and of rows in the audit log.
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

fn a_first_value_comes_with_its_environment(place: &dyn Place) {
    let mut vault = place.vault();
    let refused = [update("KEY", Some("one"), Some(0)), update("OTHER", Some("one"), Some(3))];
    let refused = vault.update_or_create("shop", "dev", "ada", &refused);
    assert!(matches!(refused, Err(SecretsError::Changed { expected: 3, found: 0, .. })));
    assert!(vault.environments("shop").expect("read").is_empty(), "no environment is left");
    let first = [update("KEY", Some("one"), Some(0))];
    assert_eq!(vault.update_or_create("shop", "dev", "ada", &first).expect("kept"), [1]);
    assert_eq!(vault.revision("shop", "dev").expect("read"), Some(0), "it was created with it");
    assert_eq!(vault.update_or_create("shop", "dev", "bob", &[update("KEY", Some("two"), Some(1))]).expect("kept"), [2]);
    assert_eq!(
        (get(&mut vault, "dev", "KEY").as_deref(), vault.revision("shop", "dev").expect("read")),
        (Some("two"), Some(1))
    );
    assert!(matches!(vault.update("shop", "none", "ada", &first), Err(SecretsError::NoEnvironment(_))));
    assert_eq!(written(place), (2, 0));
}

fn who_creates_an_environment_at_once_with_others_loses_nothing(place: &dyn Place) {
    const THREADS: usize = 8;
    drop(place.vault());
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                let mine = [update(&format!("KEY_{thread}"), Some("value"), Some(0))];
                assert_eq!(place.vault().update_or_create("shop", "dev", "ada", &mine).expect("kept"), [1]);
            });
        }
    });
    assert_eq!(place.vault().list("shop", "dev").expect("read").len(), THREADS);
}
