//! The audit log: its rows stay, and changing them is detected.

use takk_vault::store::{AuditEntry, AuditFilter, StoreError, UserRow};
use takk_vault::{AuditVerified, SecretsError};

use super::{NOW, Place, stories};

stories!(
    rows_are_read_as_they_were_written,
    only_rows_that_are_asked_for_are_given,
    a_log_that_was_changed_is_found_out,
    a_log_whose_end_was_changed_takes_no_more_rows,
    people_change_with_their_row_or_not_at_all,
    many_write_one_log,
);

fn entry(action: &str, project: Option<&str>) -> AuditEntry {
    AuditEntry {
        at: NOW,
        actor: "ada".to_owned(),
        token: Some(7),
        action: action.to_owned(),
        project: project.map(str::to_owned),
        environment: project.map(|_| "dev".to_owned()),
        items: vec!["A@1".to_owned(), "é".to_owned()],
        request: None,
        bounds: project.map(|_| "{\"user\":1}".to_owned()),
    }
}

/// A log of eleven rows; those with odd numbers are about `shop`.
fn fill(place: &dyn Place) {
    let mut vault = place.vault();
    for number in 1..=11 {
        vault.record(vec![entry(&format!("act {number}"), (number % 2 == 1).then_some("shop"))]).expect("recorded");
    }
}

fn verify(place: &dyn Place) -> AuditVerified {
    place.vault().verify_audit().expect("readable")
}

fn rows_are_read_as_they_were_written(place: &dyn Place) {
    assert_eq!(verify(place), AuditVerified::default(), "an empty log");
    fill(place);
    let mut vault = place.vault();
    vault.record(vec![entry("act 12", Some("shop")), AuditEntry::default()]).expect("recorded");
    vault.record(Vec::new()).expect("nothing");
    let mut log = vault.audit_log().expect("there");
    let numbers = |rows: Vec<takk_vault::store::AuditRow>| rows.into_iter().map(|row| row.number).collect::<Vec<_>>();
    assert_eq!(numbers(log.rows_before(None, &AuditFilter::default(), 3).expect("read")), [13, 12, 11]);
    assert_eq!(numbers(log.rows_before(Some(10), &AuditFilter::default(), 2).expect("read")), [9, 8]);
    assert_eq!(numbers(log.rows_before(Some(9), &of_shop(), 2).expect("read")), [7, 5]);
    assert_eq!(numbers(log.rows_after(11, 5).expect("read")), [12, 13]);
    let rows = log.rows_after(11, 5).expect("read");
    assert_eq!(rows[0].entry, entry("act 12", Some("shop")));
    assert_eq!(rows[1].entry, AuditEntry::default());
    drop(log);
    let verified = verify(place);
    assert_eq!((verified.rows, verified.last, verified.link.len()), (13, 13, 64));
    assert!(verified.wrong.is_empty(), "{:?}", verified.wrong);
}

fn of_shop() -> AuditFilter {
    AuditFilter { project: Some("shop".to_owned()), ..AuditFilter::default() }
}

fn only_rows_that_are_asked_for_are_given(place: &dyn Place) {
    fill(place);
    let mut vault = place.vault();
    let other = AuditEntry {
        actor: "grace".to_owned(),
        at: NOW + 10,
        environment: Some("prod".to_owned()),
        items: vec!["A_B@2".to_owned(), "it's \"one\"@3".to_owned()],
        ..entry("values.read", Some("shop"))
    };
    vault.record(vec![other]).expect("recorded");
    let mut log = vault.audit_log().expect("there");
    let mut found = |filter: AuditFilter| {
        let rows = log.rows_before(None, &filter, 100).expect("read");
        rows.into_iter().map(|row| row.number).collect::<Vec<_>>()
    };
    let word = |text: &str| Some(text.to_owned());
    let every = AuditFilter::default;
    assert_eq!(found(AuditFilter { actor: word("grace"), ..every() }), [12]);
    assert_eq!(found(AuditFilter { actor: word("Grace"), ..every() }), [0; 0]);
    assert_eq!(found(AuditFilter { action: word("values"), ..every() }), [12]);
    assert_eq!(found(AuditFilter { action: word("act 1"), ..of_shop() }), [11, 1]);
    assert_eq!(found(AuditFilter { action: word("%"), ..every() }), [0; 0]);
    assert_eq!(found(AuditFilter { environment: word("prod"), ..every() }), [12]);
    assert_eq!(found(AuditFilter { item: word("A_B"), ..every() }), [12]);
    // Rows without an environment do not match any of these.
    assert_eq!(found(AuditFilter { within: Some(vec!["prod".to_owned(), "qa".to_owned()]), ..every() }), [12]);
    assert_eq!(found(AuditFilter { within: Some(vec!["dev".to_owned()]), ..every() }), [11, 9, 7, 5, 3, 1]);
    assert_eq!(found(AuditFilter { within: Some(Vec::new()), ..every() }), [0; 0]);
    assert_eq!(found(AuditFilter { item: word("it's \"one\""), ..every() }), [12]);
    assert_eq!(found(AuditFilter { item: word("A_B@2"), ..every() }), [12]);
    assert_eq!(found(AuditFilter { item: word("é"), since: Some(NOW), until: Some(NOW + 1), ..of_shop() }).len(), 6);
    assert_eq!(found(AuditFilter { since: Some(NOW + 1), ..every() }), [12]);
    assert_eq!(found(AuditFilter { until: Some(NOW + 10), actor: word("grace"), ..every() }), [0; 0]);
    assert_eq!(found(AuditFilter { item: word("A"), project: word("other"), ..every() }), [0; 0]);
    assert_eq!(found(AuditFilter { after: Some(7), ..of_shop() }), [12, 11, 9]);
    let mut back = |before: Option<i64>, project: &str, rows: usize| log.row_back(before, project, rows).expect("read");
    assert_eq!([0, 1, 6, 7].map(|rows| back(None, "shop", rows)), [Some(12), Some(11), Some(1), None]);
    assert_eq!((back(Some(9), "shop", 0), back(None, "nothing", 0)), (Some(7), None));
}

fn a_log_that_was_changed_is_found_out(place: &dyn Place) {
    let row_is_other = |number: i64| format!("row {number} of the audit log fails authentication");
    fill(place);
    place.run("CREATE TABLE kept AS SELECT * FROM audit; CREATE TABLE kept_head AS SELECT * FROM audit_head");
    for (statement, wrong) in [
        ("UPDATE audit SET actor = 'eve' WHERE number = 4", vec![row_is_other(4)]),
        ("UPDATE audit SET at = at - 1 WHERE number = 4", vec![row_is_other(4)]),
        ("UPDATE audit SET token = NULL WHERE number = 4", vec![row_is_other(4)]),
        ("UPDATE audit SET action = 'nothing' WHERE number = 1", vec![row_is_other(1)]),
        ("UPDATE audit SET project = '' WHERE number = 4", vec![row_is_other(4)]),
        ("UPDATE audit SET project = NULL WHERE number = 5", vec![row_is_other(5)]),
        ("UPDATE audit SET environment = 'test' WHERE number = 5", vec![row_is_other(5)]),
        ("UPDATE audit SET request = 'r' WHERE number = 4", vec![row_is_other(4)]),
        ("UPDATE audit SET items = '[]' WHERE number = 4", vec![row_is_other(4)]),
        (
            "UPDATE audit SET link = (SELECT link FROM audit WHERE number = 3) WHERE number = 4",
            vec![row_is_other(4), row_is_other(5)],
        ),
        ("DELETE FROM audit WHERE number = 4", vec!["row 4 of the audit log is missing".to_owned()]),
        ("DELETE FROM audit WHERE number = 1", vec!["row 1 of the audit log is missing".to_owned()]),
        ("DELETE FROM audit WHERE number IN (6, 7)", vec!["rows 6 to 7 of the audit log are missing".to_owned()]),
        ("DELETE FROM audit WHERE number = 11", vec!["row 11 of the audit log is missing".to_owned()]),
        ("DELETE FROM audit", vec!["rows 1 to 11 of the audit log are missing".to_owned()]),
        (
            "DELETE FROM audit WHERE number = 11; UPDATE audit_head SET number = 10, link = (SELECT link FROM audit WHERE number = 10)",
            vec!["the last entry of the audit log fails authentication".to_owned()],
        ),
        (
            "UPDATE audit SET number = 40 WHERE number = 4; UPDATE audit SET number = 4 WHERE number = 5; UPDATE audit SET number = 5 WHERE number = 40",
            vec![row_is_other(4), row_is_other(5), row_is_other(6)],
        ),
    ] {
        place.run(statement);
        assert_eq!(verify(place).wrong, wrong, "{statement}");
        place.run(
            "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; \
             DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_head",
        );
        assert!(verify(place).wrong.is_empty());
    }
    place.run("DELETE FROM facts WHERE name = 'audit key'");
    assert_eq!(verify(place).wrong, ["the key of the audit log is missing"]);
}

fn a_log_whose_end_was_changed_takes_no_more_rows(place: &dyn Place) {
    fill(place);
    place.run("UPDATE audit_head SET number = 0");
    place.run("DELETE FROM audit");
    let another = |place: &dyn Place| place.vault().record(vec![entry("more", None)]);
    assert!(matches!(another(place), Err(SecretsError::AuditTampered)));
    place.run("DELETE FROM facts WHERE name = 'audit key'");
    assert!(matches!(another(place), Err(SecretsError::AuditTampered)));
}

fn people_change_with_their_row_or_not_at_all(place: &dyn Place) {
    let mut vault = place.vault();
    let ada = UserRow { id: 0, name: "ada".to_owned(), email: None, password: None, created_at: NOW, project: None };
    let add =
        |vault: &mut takk_vault::Vault| vault.change_people(|people| Ok((people.add_user(&ada)?, entry("user.add", None))));
    let id = add(&mut vault).expect("added");
    assert_eq!(vault.people().expect("there").user_named("ada").expect("read").map(|user| user.id), Some(id));
    assert!(matches!(add(&mut vault), Err(SecretsError::Store(StoreError::Exists { .. }))));
    place.run("UPDATE audit_head SET number = number + 1");
    let bob = UserRow { name: "bob".to_owned(), ..ada.clone() };
    let refused = vault.change_people(|people| Ok((people.add_user(&bob)?, entry("user.add", None))));
    assert!(matches!(refused, Err(SecretsError::AuditTampered)));
    assert_eq!(vault.people().expect("there").user_named("bob").expect("read"), None, "it did not happen");
    place.run("UPDATE audit_head SET number = number - 1");
    assert_eq!(verify(place).rows, 1);
    assert!(verify(place).wrong.is_empty());
}

fn many_write_one_log(place: &dyn Place) {
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut vault = place.vault();
                for _ in 0..10 {
                    vault.record(vec![entry("one", None), entry("two", Some("shop"))]).expect("recorded");
                }
            });
        }
    });
    let verified = verify(place);
    assert_eq!((verified.rows, verified.last), (160, 160));
    assert!(verified.wrong.is_empty(), "{:?}", verified.wrong);
}
