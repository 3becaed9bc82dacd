//! Many accesses in one transaction, each with its row in the audit log.

use std::sync::Arc;

use takk_vault::store::{Durability, StoreError};
use takk_vault::{Access, AccessResponse, Action, Caller, EnvironmentCache, IdempotencyKey, Result, SecretsError, Vault};

use super::{NOW, Place, get, stories, update};

stories!(
    each_access_has_its_outcome_and_its_row,
    a_request_that_comes_again_gets_the_same_answer,
    an_answer_is_kept_for_a_day,
    the_same_request_at_once_is_done_once,
    without_its_row_nothing_is_written_or_given,
    many_servers_lose_no_change,
    what_another_server_did_is_seen,
    what_was_done_behind_its_back_is_not_given,
    a_long_history_does_not_hide_what_is_current,
);

/// What a caller with all rights does.
pub(super) struct Wanted {
    pub caller: Caller,
    pub project: String,
    pub environment: String,
    pub action: Action,
    pub once: Option<IdempotencyKey>,
}

impl Wanted {
    pub(super) fn access(&self) -> Access<'_> {
        let Self { caller, project, environment, action, once } = self;
        Access { caller: caller.clone(), project, environment, action, once: once.as_ref() }
    }
}

/// Does it in one transaction.
pub(super) fn act(vault: &mut Vault, wanted: &[Wanted]) -> Result<Vec<Result<AccessResponse>>> {
    let accesses: Vec<Access> = wanted.iter().map(Wanted::access).collect();
    vault.transaction(Durability::Synced, |unit| unit.act(&accesses))
}

pub(super) fn access(environment: &str, action: Action) -> Wanted {
    Wanted {
        caller: Caller { user: 1, name: "ada".to_owned(), token: Some(2), request: Some("r1".to_owned()), bounds: None },
        project: "shop".to_owned(),
        environment: environment.to_owned(),
        action,
        once: None,
    }
}

fn change(environment: &str, name: &str, value: &str, expected: Option<i64>, make: bool) -> Wanted {
    access(environment, Action::Change { updates: vec![update(name, Some(value), expected)], make })
}

fn read(environment: &str, names: Option<&[&str]>) -> Wanted {
    let names = names.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    access(environment, Action::Read { names })
}

/// The result of an access, in short.
fn told(outcome: &Result<AccessResponse>) -> String {
    match outcome {
        Ok(AccessResponse::Values { revision, values }) => {
            let values: Vec<_> = values.iter().map(|(entry, value)| format!("{}={}", entry.name, value.expose())).collect();
            format!("values of revision {revision}: {}", values.join(" "))
        }
        Ok(AccessResponse::Version(entry, value)) => {
            format!("{}@{} {}", entry.name, entry.version, value.as_ref().map_or("unset", |value| value.expose()))
        }
        Ok(AccessResponse::Changed { changed, made, again }) => {
            format!("revision {} versions {:?} made {made} again {again}", changed.revision, changed.versions)
        }
        Ok(AccessResponse::Deleted) => "deleted".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn serve(vault: &mut Vault, accesses: &[Wanted]) -> Vec<String> {
    act(vault, accesses).expect("it is committed").iter().map(told).collect()
}

/// The audit log: action, environment, items.
fn log(place: &dyn Place) -> Vec<String> {
    let mut vault = place.vault();
    assert!(vault.verify_audit().expect("readable").wrong.is_empty());
    let rows = vault.audit_log().expect("there").rows_after(0, 1000).expect("read");
    let line = |row: takk_vault::store::AuditRow| {
        let entry = row.entry;
        assert_eq!((entry.at, entry.actor.as_str(), entry.token, entry.request.as_deref()), (NOW, "ada", Some(2), Some("r1")));
        assert_eq!(entry.project.as_deref(), Some("shop"));
        format!("{} {} {}", entry.action, entry.environment.unwrap_or_default(), entry.items.join(","))
    };
    rows.into_iter().map(line).collect()
}

fn each_access_has_its_outcome_and_its_row(place: &dyn Place) {
    let mut vault = place.connection(&Arc::default());
    assert!(serve(&mut vault, &[]).is_empty());
    let create = Action::Create { expires_at: None, updates: vec![update("A", Some("one"), Some(0))] };
    let both = vec![update("A", Some("two"), Some(1)), update("B", None, None)];
    let outcomes = serve(
        &mut vault,
        &[
            read("prod", None),
            access("dev", create),
            access("dev", Action::Change { updates: both, make: false }),
            change("dev", "A", "three", Some(1), false),
            change("dev", "A", "four", Some(2), false),
            change("new", "A", "five", None, false),
            change("new", "A", "six", None, true),
            read("dev", None),
            read("dev", Some(&["B", "NONE"])),
            access("dev", Action::ReadVersion { name: "A".to_owned(), version: Some(1) }),
            access("dev", Action::ReadVersion { name: "B".to_owned(), version: None }),
            access("dev", Action::ReadVersion { name: "A".to_owned(), version: Some(9) }),
            access("dev", Action::Create { expires_at: None, updates: Vec::new() }),
            access("new", Action::Delete),
            access("new", Action::Delete),
        ],
    );
    assert_eq!(
        outcomes,
        [
            "there is no environment `prod`",
            "revision 0 versions [1] made true again false",
            "revision 1 versions [2, 1] made false again false",
            "`A` has changed: expected version 1, but it has version 2",
            "revision 2 versions [3] made false again false",
            "there is no environment `new`",
            "revision 0 versions [1] made true again false",
            "values of revision 2: A=four",
            "values of revision 2: ",
            "A@1 one",
            "B@1 unset",
            "`A` has no version 9",
            "an environment `dev` already exists",
            "deleted",
            "there is no environment `new`",
        ]
    );
    assert_eq!(
        log(place),
        [
            "environment.create dev A@1",
            "values.change dev A@2,B@1",
            "values.change dev A@3",
            "environment.create new A@1",
            "values.read dev A@3",
            "values.read dev ",
            "values.read dev A@1",
            "values.read dev B@1",
            "environment.delete new ",
        ]
    );
    assert_eq!(get(&mut vault, "dev", "A").as_deref(), Some("four"));
    assert!(vault.verify().expect("readable").wrong.is_empty());
}

fn once(access: Wanted, key: &str, digest: u8) -> Wanted {
    Wanted { once: Some(IdempotencyKey { key: key.to_owned(), digest: vec![digest; 32] }), ..access }
}

fn a_request_that_comes_again_gets_the_same_answer(place: &dyn Place) {
    let mut vault = place.connection(&Arc::default());
    let first = || once(change("dev", "A", "one", Some(0), true), "k1", 1);
    let other = || once(change("dev", "A", "two", None, false), "k2", 2);
    let mut reused = other();
    reused.once = first().once.map(|once| IdempotencyKey { digest: vec![9; 32], ..once });
    let mut somebody = first();
    somebody.caller.user = 7;
    assert_eq!(
        serve(&mut vault, &[first(), first(), other(), reused, somebody]),
        [
            "revision 0 versions [1] made true again false",
            "revision 0 versions [1] made true again true",
            "revision 1 versions [2] made false again false",
            "the idempotency key was already used for another request",
            "`A` has changed: expected version 0, but it has version 2",
        ]
    );
    assert_eq!(
        serve(&mut place.vault(), &[other(), first()]),
        ["revision 1 versions [2] made false again true", "revision 0 versions [1] made true again true"]
    );
    assert_eq!(log(place), ["environment.create dev A@1", "values.change dev A@2"], "once each");
}

fn an_answer_is_kept_for_a_day(place: &dyn Place) {
    let day = 24 * 60 * 60 * 1000;
    let first = || once(change("dev", "A", "one", None, true), "k1", 1);
    let later = || once(change("dev", "A", "two", None, true), "k1", 2);
    let reused = "the idempotency key was already used for another request";
    serve(&mut place.vault(), &[first()]);
    place.run(&format!("UPDATE answers SET created_at = {NOW} - {day}"));
    assert_eq!(serve(&mut place.vault(), &[later()]), [reused]);
    place.run(&format!("UPDATE answers SET created_at = {NOW} - {day} - 1"));
    assert_eq!(serve(&mut place.vault(), &[later()]), ["revision 1 versions [2] made false again false"]);
    assert_eq!(serve(&mut place.vault(), &[first()]), [reused]);
}

fn the_same_request_at_once_is_done_once(place: &dyn Place) {
    place.vault().create_environment("shop", "dev", None).expect("made");
    let recent = Arc::default();
    let outcomes: Vec<String> = std::thread::scope(|scope| {
        let ask = || serve(&mut place.connection(&recent), &[once(change("dev", "A", "one", None, true), "key", 1)]).remove(0);
        let asked: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        asked.into_iter().map(|one| one.join().expect("it ends")).collect()
    });
    let first = outcomes.iter().filter(|told| *told == "revision 1 versions [1] made false again false").count();
    let again = outcomes.iter().filter(|told| *told == "revision 1 versions [1] made false again true").count();
    assert_eq!((first, again), (1, 7), "{outcomes:?}");
    assert_eq!(log(place), ["values.change dev A@1"]);
}

fn without_its_row_nothing_is_written_or_given(place: &dyn Place) {
    let mut vault = place.connection(&Arc::default());
    assert_eq!(serve(&mut vault, &[change("dev", "A", "one", None, true)]).len(), 1);
    place.run("UPDATE audit_head SET number = number + 1");
    let both = [change("dev", "A", "two", None, true), read("dev", None)];
    assert!(matches!(act(&mut vault, &both), Err(SecretsError::AuditTampered)));
    place.run("UPDATE audit_head SET number = number - 1");
    assert_eq!(get(&mut vault, "dev", "A").as_deref(), Some("one"));
    place.run("ALTER TABLE audit RENAME TO hidden");
    assert!(matches!(act(&mut vault, &both), Err(SecretsError::Store(StoreError::Database(_)))));
    place.run("ALTER TABLE hidden RENAME TO audit");
    assert_eq!(get(&mut vault, "dev", "A").as_deref(), Some("one"), "it did not happen");
    assert_eq!(log(place), ["environment.create dev A@1"]);
}

fn many_servers_lose_no_change(place: &dyn Place) {
    const THREADS: usize = 8;
    const TIMES: usize = 6;
    for environment in ["a", "b", "c"] {
        place.vault().create_environment("shop", environment, None).expect("made");
    }
    // Two processes with a pool each.
    let processes: [Arc<EnvironmentCache>; 2] = [Arc::default(), Arc::default()];
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let recent = &processes[thread % 2];
            scope.spawn(move || {
                let mut vault = place.connection(recent);
                for _ in 0..TIMES {
                    // Each in a different order.
                    let mut all: Vec<Wanted> =
                        ["a", "b", "c"].iter().map(|environment| change(environment, "KEY", "value", None, false)).collect();
                    all.rotate_left(thread % 3);
                    all.push(read("a", None));
                    for outcome in act(&mut vault, &all).expect("it is committed") {
                        outcome.unwrap_or_else(|error| panic!("{error}: {:?}", std::error::Error::source(&error)));
                    }
                }
            });
        }
    });
    let mut vault = place.vault();
    for environment in ["a", "b", "c"] {
        let entry = &vault.list("shop", environment).expect("read")[0];
        assert_eq!(entry.version, i64::try_from(THREADS * TIMES).expect("small"));
    }
    assert_eq!(log(place).len(), THREADS * TIMES * 4);
}

fn what_another_server_did_is_seen(place: &dyn Place) {
    let (mut one, mut other) = (place.connection(&Arc::default()), place.connection(&Arc::default()));
    serve(&mut one, &[change("dev", "A", "one", None, true), change("dev", "B", "two", None, true)]);
    let all = || [read("dev", None)];
    assert_eq!(serve(&mut other, &all()), ["values of revision 1: A=one B=two"]);
    serve(&mut other, &[change("dev", "A", "three", Some(1), true), change("dev", "C", "four", Some(0), true)]);
    assert_eq!(serve(&mut one, &all()), ["values of revision 3: A=three B=two C=four"]);
    assert_eq!(one.list("shop", "dev").expect("read").len(), 3);
    serve(&mut other, &[access("dev", Action::Delete), change("dev", "A", "five", Some(0), true)]);
    assert_eq!(serve(&mut one, &all()), ["values of revision 0: A=five"]);
    assert_eq!(get(&mut one, "dev", "A").as_deref(), Some("five"));
}

fn what_was_done_behind_its_back_is_not_given(place: &dyn Place) {
    let mut vault = place.connection(&Arc::default());
    serve(&mut vault, &[change("dev", "A", "one", None, true), change("dev", "A", "two", None, true)]);
    assert_eq!(serve(&mut vault, &[read("dev", None)]), ["values of revision 1: A=two"]);
    place.run("DELETE FROM versions WHERE version = 2");
    // The cache has what was written; the rows were changed since.
    assert_eq!(serve(&mut vault, &[read("dev", None)]), ["values of revision 1: A=two"]);
    assert_eq!(vault.verify().expect("it looks").wrong.len(), 1, "whoever looks at the rows sees it");
    let mut other = place.connection(&Arc::default());
    assert!(serve(&mut other, &[read("dev", None)])[0].contains("fails authentication"), "it is not given");
    place.run("UPDATE environments SET revision = 0");
    assert!(serve(&mut vault, &[read("dev", None)])[0].contains("fails authentication"), "an old revision is not known");
}

fn a_long_history_does_not_hide_what_is_current(place: &dyn Place) {
    let mut vault = place.connection(&Arc::default());
    serve(&mut vault, &[change("dev", "FIRST", "1", None, true), change("dev", "LAST", "1", None, true)]);
    for round in 0..11 {
        let many: Vec<Wanted> = (0..100).map(|count| change("dev", "MANY", &format!("{round}.{count}"), None, false)).collect();
        assert_eq!(serve(&mut vault, &many).len(), 100);
    }
    let unset = access("dev", Action::Change { updates: vec![update("LAST", None, Some(1))], make: false });
    serve(&mut vault, &[unset, change("dev", "\u{e9}TRANGE", "2", None, false)]);
    let (mut known, mut anew) = (Vec::new(), Vec::new());
    for (vault, entries) in [(&mut vault, &mut known), (&mut place.vault(), &mut anew)] {
        entries
            .extend(vault.list("shop", "dev").expect("it is what was written").into_iter().map(|one| (one.name, one.version)));
    }
    assert_eq!(known, anew);
    let told: Vec<_> = anew.iter().map(|(name, version)| (name.as_str(), *version)).collect();
    assert_eq!(told, [("FIRST", 1), ("LAST", 2), ("MANY", 1100), ("\u{e9}TRANGE", 1)]);
    assert_eq!(place.vault().history("shop", "dev", "MANY").expect("read").len(), 1100);
}
