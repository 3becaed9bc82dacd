//! Invitations, external identities, pending browser logins, and trusted programs.

use std::collections::BTreeMap;

use takk_model::{Role, TokenKind};
use takk_vault::store::{Accounts, IdentityRow, InvitationRow, ProjectRow, SignInRow, StoreError, TokenRow, TrustRow, UserRow};

use super::{NOW, Place, stories};

stories!(
    an_invitation_is_used_once,
    a_user_has_a_name_and_an_address,
    somebody_elsewhere_is_one_user,
    a_browser_comes_back_once,
    programs_are_trusted_by_project_and_issuer,
    old_tokens_of_programs_are_forgotten,
);

fn user(people: &mut dyn Accounts, name: &str) -> i64 {
    let email = Some(format!("{name}@Example.org"));
    people
        .add_user(&UserRow { id: 0, name: name.to_owned(), email, password: None, created_at: NOW, project: None })
        .expect("added")
}

fn project(people: &mut dyn Accounts, name: &str) {
    people
        .add_project(&ProjectRow { name: name.to_owned(), created_at: NOW, production: Vec::new(), not_production: Vec::new() })
        .expect("added");
}

fn an_invitation_is_used_once(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let ada = user(people.as_mut(), "ada");
    project(people.as_mut(), "shop");
    let row = InvitationRow {
        id: 0,
        hash: vec![1; 32],
        project: Some("shop".to_owned()),
        role: Role::Operator,
        user: None,
        label: "Grace".to_owned(),
        inviter: ada,
        made_with: None,
        created_at: NOW,
        expires_at: NOW + 10,
    };
    let one = people.add_invitation(&row).expect("added");
    let set_up = InvitationRow { hash: vec![2; 32], project: None, user: Some(ada), expires_at: NOW + 20, ..row.clone() };
    let two = people.add_invitation(&set_up).expect("added");
    assert!(people.add_invitation(&row).is_err(), "no two have one hash");
    assert_eq!(people.invitation(&[1; 32]).expect("read"), Some(InvitationRow { id: one, ..row.clone() }));
    assert_eq!(people.invitation(&[2; 32]).expect("read"), Some(InvitationRow { id: two, ..set_up }));
    assert_eq!(people.invitation(&[3; 32]).expect("read"), None);
    assert_eq!(people.invitations("shop").expect("read"), [InvitationRow { id: one, ..row }]);
    assert!(people.remove_invitation(one).expect("removed"));
    assert!(!people.remove_invitation(one).expect("gone"));
    assert_eq!(people.forget_invitations(NOW + 19).expect("none"), 0);
    assert_eq!(people.forget_invitations(NOW + 20).expect("one"), 1);
}

fn a_user_has_a_name_and_an_address(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let (ada, bob) = (user(people.as_mut(), "ada"), user(people.as_mut(), "bob"));
    assert!(people.rename_user(ada, "lovelace").expect("renamed"));
    assert!(people.rename_user(ada, "lovelace").expect("the same again"));
    assert!(matches!(people.rename_user(ada, "bob"), Err(StoreError::Exists { .. })));
    assert!(!people.rename_user(ada + bob, "carol").expect("nobody"));
    assert_eq!(people.user(ada).expect("read").expect("there").name, "lovelace");
    let found = people.users_with_email("ADA@example.org").expect("read");
    assert_eq!(found.into_iter().map(|user| user.id).collect::<Vec<_>>(), [ada]);
    assert!(people.users_with_email("%@example.org").expect("read").is_empty());
}

fn somebody_elsewhere_is_one_user(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let (ada, bob) = (user(people.as_mut(), "ada"), user(people.as_mut(), "bob"));
    let row = |subject: &str, user| IdentityRow {
        issuer: "https://id.example".to_owned(),
        subject: subject.to_owned(),
        user,
        created_at: NOW,
    };
    people.add_identity(&row("1", ada)).expect("added");
    people.add_identity(&IdentityRow { issuer: "https://other.example".to_owned(), ..row("1", bob) }).expect("added");
    assert!(matches!(people.add_identity(&row("1", bob)), Err(StoreError::Exists { .. })));
    let name = |people: &mut dyn Accounts, issuer: &str, subject: &str| {
        people.identified(issuer, subject).expect("read").map(|user| user.name)
    };
    assert_eq!(name(people.as_mut(), "https://id.example", "1").as_deref(), Some("ada"));
    assert_eq!(name(people.as_mut(), "https://other.example", "1").as_deref(), Some("bob"));
    assert_eq!(name(people.as_mut(), "https://id.example", "2"), None);
    assert_eq!(people.identities(ada).expect("read"), [row("1", ada)]);
    people.remove_user(ada).expect("removed");
    assert_eq!(name(people.as_mut(), "https://id.example", "1"), None, "it goes with its user");
}

fn a_browser_comes_back_once(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let ada = user(people.as_mut(), "ada");
    let row = SignInRow {
        state_hash: vec![1; 32],
        browser_hash: vec![2; 32],
        next: "/tokens".to_owned(),
        invitation: Some(vec![3; 32]),
        user: Some(ada),
        expires_at: NOW + 10,
    };
    people.add_sign_in(&row).expect("added");
    assert!(people.add_sign_in(&row).is_err(), "no two are the same");
    assert_eq!(people.take_sign_in(&[2; 32]).expect("read"), None);
    assert_eq!(people.take_sign_in(&[1; 32]).expect("read"), Some(row.clone()));
    assert_eq!(people.take_sign_in(&[1; 32]).expect("read"), None);
    people.add_sign_in(&SignInRow { invitation: None, user: None, ..row }).expect("added");
    assert_eq!(people.forget_sign_ins(NOW + 9).expect("none"), 0);
    assert_eq!(people.forget_sign_ins(NOW + 10).expect("one"), 1);
}

fn programs_are_trusted_by_project_and_issuer(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let program = user(people.as_mut(), "shop/deploy");
    project(people.as_mut(), "shop");
    project(people.as_mut(), "other");
    let row = TrustRow {
        id: 0,
        project: "shop".to_owned(),
        user: program,
        issuer: "https://ci.example".to_owned(),
        claims: BTreeMap::from([("sub".to_owned(), "repo:é:*".to_owned())]),
        role: Role::Operator,
        environments: vec!["prod".to_owned()],
        created_at: NOW,
        made_by: None,
        made_with: None,
    };
    let one = people.add_trust(&row).expect("added");
    let two = people.add_trust(&TrustRow { project: "other".to_owned(), ..row.clone() }).expect("added");
    let ids = |rows: Vec<TrustRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(people.trusts("shop").expect("read"), [TrustRow { id: one, ..row }]);
    assert_eq!(ids(people.trusts_in("https://ci.example").expect("read")), [one, two]);
    assert!(people.trusts_in("https://ci.example/").expect("read").is_empty());
    people.remove_user(program).expect("removed");
    assert!(people.trusts("shop").expect("read").is_empty(), "it goes with its user");
}

fn old_tokens_of_programs_are_forgotten(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let (program, ada) = (user(people.as_mut(), "program"), user(people.as_mut(), "ada"));
    let token = |user, hash: u8, expires_at| TokenRow {
        id: 0,
        hash: vec![hash; 32],
        user,
        label: "ci".to_owned(),
        kind: TokenKind::Service,
        projects: Vec::new(),
        environments: Vec::new(),
        role: Role::Viewer,
        created_at: NOW,
        expires_at,
        last_used_at: None,
        revoked_at: None,
        made_by: None,
        made_with: None,
    };
    for row in
        [token(program, 1, Some(NOW)), token(ada, 2, Some(NOW)), token(program, 3, None), token(program, 4, Some(NOW + 1))]
    {
        people.add_token(&row).expect("added");
    }
    assert_eq!(people.forget_tokens(program, NOW).expect("forgotten"), 1);
    assert_eq!(people.tokens(Some(program)).expect("read").len(), 2);
    assert_eq!(people.tokens(Some(ada)).expect("read").len(), 1);
}
