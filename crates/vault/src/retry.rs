//! Retries a transaction that conflicted with another.

use super::SecretsError;
use crate::store::StoreError;

/// The maximum number of attempts. After that, the caller gets the conflict.
pub(super) const ATTEMPTS: u32 = 16;

/// Retries an operation as long as it fails because of a concurrent change, which `is_overtaken` recognizes by the error, at most `times`
/// times. Each attempt gets its number, counted from 0. Returns the outcome of the last one.
pub(super) fn retry<T, E>(
    times: u32,
    is_overtaken: impl Fn(&E) -> bool,
    mut attempt: impl FnMut(u32) -> Result<T, E>,
) -> Result<T, E> {
    let mut number = 0;
    loop {
        match attempt(number) {
            Err(error) if number + 1 < times && is_overtaken(&error) => number += 1,
            outcome => return outcome,
        }
    }
}

/// Whether another transaction changed the same data. The next attempt sees that change.
pub(super) fn is_conflict(error: &SecretsError) -> bool {
    matches!(error, SecretsError::Store(StoreError::Conflict))
}

/// Converts the error of adding something that did not exist a moment ago: if it exists now, somebody else has added it.
pub(super) fn as_conflict(error: SecretsError) -> SecretsError {
    match error {
        SecretsError::Store(StoreError::Exists { .. }) => StoreError::Conflict.into(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result for these outcomes in order, and how many of them were needed.
    fn tried(outcomes: &[Result<u32, &'static str>]) -> (Result<u32, &'static str>, u32) {
        let mut attempts = 0;
        let outcome = retry(
            4,
            |error| *error == "overtaken",
            |number| {
                assert_eq!(number, attempts, "each attempt knows its number");
                attempts += 1;
                outcomes[usize::try_from(number).expect("small")]
            },
        );
        (outcome, attempts)
    }

    #[test]
    fn it_is_tried_until_it_succeeds_or_fails_for_another_reason() {
        let overtaken = Err("overtaken");
        assert_eq!(tried(&[Ok(7)]), (Ok(7), 1));
        assert_eq!(tried(&[overtaken, overtaken, Ok(7)]), (Ok(7), 3));
        assert_eq!(tried(&[overtaken, Err("broken"), Ok(7)]), (Err("broken"), 2));
        assert_eq!(tried(&[overtaken, overtaken, overtaken, Ok(7)]), (Ok(7), 4));
        assert_eq!(tried(&[overtaken; 5]), (overtaken, 4), "it ends");
    }

    #[test]
    fn a_conflict_is_what_somebody_else_did() {
        let exists = || SecretsError::from(StoreError::Exists { what: "an environment", name: "dev".to_owned() });
        assert!(is_conflict(&StoreError::Conflict.into()) && is_conflict(&as_conflict(exists())));
        assert!(!is_conflict(&exists()) && !is_conflict(&as_conflict(StoreError::Locked.into())));
    }
}
