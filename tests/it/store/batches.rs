//! Batches of a server: requests of many callers, each authorized and carried out in one transaction.

use std::sync::Arc;

use takk_api::Code;
use takk_model::{Role, TokenKind};
use takk_server::hosted::authorize::Need;
use takk_server::hosted::{AccessRequest, Bearer, Hosted, Result, Visitor};
use takk_vault::store::{Accounts, AuditEntry, ProjectRow, TokenRow, UserRow};
use takk_vault::{AccessResponse, Action, SecretsError, token_hash};

use super::{NOW, Place, stories, update};

stories!(
    each_request_of_a_batch_is_authorized_when_it_is_its_turn,
    one_that_fails_does_not_keep_the_others_from_what_they_want
);

/// Changes rows of users.
fn change<T>(place: &dyn Place, work: impl FnOnce(&mut dyn Accounts) -> takk_vault::store::Result<T>) -> T {
    let changed = place.vault().change_people(|people| Ok::<_, SecretsError>((work(people)?, AuditEntry::default())));
    changed.expect("changed")
}

/// The project `shop`, with a member for each name, whose token is that name. Returns the IDs of the tokens.
fn members(place: &dyn Place, names: &[(&str, Role)]) -> Vec<i64> {
    change(place, |people| {
        let (production, not_production) = (Vec::new(), Vec::new());
        people.add_project(&ProjectRow { name: "shop".to_owned(), created_at: NOW, production, not_production })?;
        let member = |(name, role): &(&str, Role)| {
            let user = people.add_user(&UserRow {
                id: 0,
                name: (*name).to_owned(),
                email: None,
                password: None,
                created_at: NOW,
                project: None,
            })?;
            people.set_member(user, "shop", *role)?;
            people.add_token(&TokenRow {
                id: 0,
                hash: token_hash(name),
                user,
                label: "laptop".to_owned(),
                kind: TokenKind::Personal,
                projects: Vec::new(),
                environments: Vec::new(),
                role: Role::Owner,
                created_at: NOW,
                expires_at: None,
                last_used_at: None,
                revoked_at: None,
                made_by: Some(user),
                made_with: None,
            })
        };
        names.iter().map(member).collect()
    })
}

fn request(token: &str, environment: &str, action: Action) -> AccessRequest {
    let bearer = Bearer {
        token: token_hash(token),
        request: "r1".to_owned(),
        need: Need::Values,
        project: "shop".to_owned(),
        environment: environment.to_owned(),
        name: Arc::default(),
    };
    AccessRequest::new(Visitor::Bearer(bearer), action)
}

fn set(token: &str, environment: &str, name: &str) -> AccessRequest {
    request(token, environment, Action::Change { updates: vec![update(name, Some("value"), None)], make: true })
}

fn read(token: &str, environment: &str) -> AccessRequest {
    request(token, environment, Action::Read { names: None })
}

/// The result of each request: the names it returned, the versions it created, or the code of the refusal.
fn told(responses: Vec<Result<AccessResponse>>) -> Vec<String> {
    let told = |response: Result<AccessResponse>| match response {
        Ok(AccessResponse::Values { values, .. }) => {
            values.iter().map(|(entry, _)| format!("{}@{}", entry.name, entry.version)).collect::<Vec<_>>().join(" ")
        }
        Ok(AccessResponse::Changed { changed, .. }) => format!("{:?}", changed.versions),
        Ok(_) => "something else".to_owned(),
        Err(refusal) => refusal.code.as_str().to_owned(),
    };
    responses.into_iter().map(told).collect()
}

/// The audit rows about values.
fn log(place: &dyn Place) -> Vec<String> {
    let mut vault = place.vault();
    assert!(vault.verify_audit().expect("readable").wrong.is_empty());
    let rows = vault.audit_log().expect("there").rows_after(0, 1000).expect("read").into_iter().map(|row| row.entry);
    let rows = rows.filter(|entry| !entry.action.is_empty());
    rows.map(|entry| format!("{} {} {}", entry.actor, entry.action, entry.items.join(","))).collect()
}

fn each_request_of_a_batch_is_authorized_when_it_is_its_turn(place: &dyn Place) {
    let tokens = members(place, &[("ada", Role::Operator), ("bob", Role::Developer), ("eve", Role::Viewer)]);
    let mut hosted = Hosted::new(place.vault());
    let batch = || {
        [
            set("ada", "prod", "KEY"),
            set("bob", "dev", "KEY"),
            read("eve", "dev"),
            read("bob", "prod"),
            read("nobody", "dev"),
            read("bob", "dev"),
        ]
    };
    let (forbidden, unknown) = (Code::Forbidden.as_str(), Code::Unauthenticated.as_str());
    assert_eq!(told(hosted.serve(&batch())), ["[1]", "[1]", forbidden, forbidden, unknown, "KEY@1"]);
    assert_eq!(log(place), ["ada environment.create KEY@1", "bob environment.create KEY@1", "bob values.read KEY@1"]);
    // What another server committed a moment ago holds in the next transaction.
    change(place, |people| people.revoke_token(tokens[1], NOW));
    change(place, |people| {
        let ada = people.user_named("ada")?.expect("she is there").id;
        people.set_member(ada, "shop", Role::Developer)
    });
    assert_eq!(told(hosted.serve(&batch())), [forbidden, unknown, forbidden, unknown, unknown, unknown]);
    assert_eq!(log(place).len(), 3, "nothing was done");
}

fn one_that_fails_does_not_keep_the_others_from_what_they_want(place: &dyn Place) {
    members(place, &[("ada", Role::Operator)]);
    let mut hosted = Hosted::new(place.vault());
    assert_eq!(told(hosted.serve(&[set("ada", "dev", "FULL")])), ["[1]"]);
    place.run("CREATE UNIQUE INDEX only_one ON versions (name) WHERE name = 'FULL'");
    let batch = [set("ada", "dev", "KEY"), set("ada", "dev", "FULL"), read("nobody", "dev"), read("ada", "dev")];
    let (unavailable, unknown) = (Code::Unavailable.as_str(), Code::Unauthenticated.as_str());
    assert_eq!(told(hosted.serve(&batch)), ["[1]", unavailable, unknown, "FULL@1 KEY@1"]);
    assert_eq!(
        log(place),
        ["ada environment.create FULL@1", "ada values.change KEY@1", "ada values.read FULL@1,KEY@1"],
        "each once"
    );
    assert!(place.vault().verify().expect("readable").wrong.is_empty());
}
