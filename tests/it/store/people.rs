//! Users, projects, members, tokens, replayed responses and logins.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use takk_model::{Role, TokenKind};
use takk_vault::store::{
    Accounts, AnswerRow, DeviceLoginRow, Durability, ProjectRow, SessionRow, StoreError, TokenRow, UserRow,
};

use super::{NOW, Place, stories};

stories!(
    users_have_names_of_their_own,
    members_have_a_role_in_a_project,
    projects_come_in_pages,
    a_token_is_found_by_its_hash,
    an_answer_is_kept_once,
    a_program_is_let_in_once,
    of_many_programs_each_gets_its_own_person,
    a_session_lasts_until_its_end,
    a_session_ends_with_its_token_and_its_user,
    nobody_decides_while_people_change,
);

fn user(name: &str) -> UserRow {
    UserRow { id: 0, name: name.to_owned(), email: None, password: None, created_at: NOW, project: None }
}

fn project(name: &str) -> ProjectRow {
    ProjectRow { name: name.to_owned(), created_at: NOW, production: vec!["live".to_owned()], not_production: Vec::new() }
}

fn token(user: i64, hash: u8) -> TokenRow {
    TokenRow {
        id: 0,
        hash: vec![hash; 32],
        user,
        label: "laptop".to_owned(),
        kind: TokenKind::Service,
        projects: vec!["shop".to_owned()],
        environments: vec!["dev".to_owned(), "preview/é".to_owned()],
        role: Role::Operator,
        created_at: NOW,
        expires_at: Some(NOW + 1),
        last_used_at: None,
        revoked_at: None,
        made_by: None,
        made_with: None,
    }
}

fn is_taken<T>(outcome: &takk_vault::store::Result<T>) -> bool {
    matches!(outcome, Err(StoreError::Exists { .. }))
}

fn users_have_names_of_their_own(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let ada = people.add_user(&UserRow { email: Some("ada@example.org".to_owned()), ..user("ada") }).expect("added");
    let bob = people.add_user(&user("bob")).expect("added");
    assert!(is_taken(&people.add_user(&user("ada"))));
    assert_eq!(people.user(ada).expect("read").expect("there").email.as_deref(), Some("ada@example.org"));
    assert!(people.set_password(ada, Some("$argon2id$...")).expect("set"));
    assert!(!people.set_password(ada + bob, None).expect("nobody"));
    let found = people.user_named("ada").expect("read").expect("there");
    assert_eq!((found.id, found.password.as_deref()), (ada, Some("$argon2id$...")));
    let names: Vec<String> = people.users().expect("read").into_iter().map(|user| user.name).collect();
    assert_eq!(names, ["ada", "bob"]);
    assert!(people.remove_user(ada).expect("removed"));
    assert!(!people.remove_user(ada).expect("gone"));
    assert_eq!(people.user(ada).expect("read"), None);
}

fn members_have_a_role_in_a_project(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let (ada, bob) = (people.add_user(&user("ada")).expect("added"), people.add_user(&user("bob")).expect("added"));
    assert!(people.add_project(&project("shop")).expect("added"));
    assert!(!people.add_project(&ProjectRow { created_at: 1, ..project("shop") }).expect("there already"));
    assert_eq!(people.project("shop").expect("read"), Some(project("shop")));
    for role in Role::ALL {
        people.set_member(ada, "shop", role).expect("set");
        assert_eq!(people.role(ada, "shop").expect("read"), Some(role));
        let (project, standing) = people.standing(ada, "shop").expect("read").expect("it is there");
        assert_eq!((project, standing), (people.project("shop").expect("read").expect("it is there"), role));
    }
    assert_eq!(people.role(bob, "shop").expect("read"), None);
    assert_eq!(people.standing(bob, "shop").expect("read"), None);
    people.set_member(bob, "shop", Role::Viewer).expect("set");
    assert!(people.set_member(bob, "none", Role::Viewer).is_err(), "there is no such project");
    let roles = |people: &mut dyn Accounts| -> Vec<(String, Role)> {
        people.members("shop").expect("read").into_iter().map(|member| (member.name, member.role)).collect()
    };
    assert_eq!(roles(people.as_mut()), [("ada".to_owned(), Role::Owner), ("bob".to_owned(), Role::Viewer)]);
    assert!(people.remove_member(ada, "shop").expect("removed"));
    assert!(!people.remove_member(ada, "shop").expect("gone"));
    people.remove_user(bob).expect("removed");
    assert!(roles(people.as_mut()).is_empty());
    assert!(people.set_production("shop", &[], &["staging".to_owned()]).expect("set"));
    assert!(!people.set_production("none", &[], &[]).expect("nothing"));
    let shop = people.project("shop").expect("read").expect("there");
    assert_eq!((shop.production, shop.not_production), (Vec::new(), vec!["staging".to_owned()]));
}

fn projects_come_in_pages(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let ada = people.add_user(&user("ada")).expect("added");
    // In byte order, which is not that of any language.
    for name in ["zoo", "shop", "Shop", "a-b", "ab", "ä"] {
        people.add_project(&project(name)).expect("added");
    }
    for name in ["zoo", "Shop"] {
        people.set_member(ada, name, Role::Viewer).expect("set");
    }
    let names = |rows: Vec<ProjectRow>| rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
    assert_eq!(names(people.projects(None, None, 3).expect("read")), ["Shop", "a-b", "ab"]);
    assert_eq!(names(people.projects(None, Some("ab"), 9).expect("read")), ["shop", "zoo", "ä"]);
    assert_eq!(names(people.projects(Some(ada), None, 9).expect("read")), ["Shop", "zoo"]);
    assert_eq!(names(people.projects(Some(ada), Some("Shop"), 9).expect("read")), ["zoo"]);
}

fn a_token_is_found_by_its_hash(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let ada = people.add_user(&user("ada")).expect("added");
    let one = people.add_token(&token(ada, 1)).expect("added");
    let two = people.add_token(&TokenRow { projects: Vec::new(), ..token(ada, 2) }).expect("added");
    assert!(people.add_token(&token(ada, 1)).is_err(), "no two tokens have one hash");
    let (found, owner) = people.token(&[1; 32]).expect("read").expect("there");
    assert_eq!(found, TokenRow { id: one, ..token(ada, 1) });
    assert_eq!(owner.name, "ada");
    assert_eq!(people.token(&[3; 32]).expect("read"), None);
    people.use_token(one, NOW + 5).expect("noted");
    people.use_token(one, NOW + 3).expect("an earlier use is no news");
    assert!(people.revoke_token(one, NOW + 6).expect("revoked"));
    assert!(!people.revoke_token(one, NOW + 7).expect("revoked already"));
    let (found, _) = people.token(&[1; 32]).expect("read").expect("there");
    assert_eq!((found.last_used_at, found.revoked_at), (Some(NOW + 5), Some(NOW + 6)));
    let ids = |rows: Vec<TokenRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(people.tokens(Some(ada)).expect("read")), [one, two]);
    assert_eq!(ids(people.tokens(None).expect("read")), [one, two]);
    assert!(people.tokens(Some(ada + 1)).expect("read").is_empty());
    people.remove_user(ada).expect("removed");
    assert_eq!(people.token(&[2; 32]).expect("read"), None, "it goes with its owner");
}

fn an_answer_is_kept_once(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let row =
        AnswerRow { caller: 1, key: "key".to_owned(), digest: vec![1; 32], status: 200, body: b"{}".to_vec(), created_at: NOW };
    people.keep_answer(&row).expect("kept");
    assert!(is_taken(&people.keep_answer(&AnswerRow { status: 201, ..row.clone() })));
    people.keep_answer(&AnswerRow { caller: 2, created_at: NOW + 1, ..row.clone() }).expect("another's");
    assert_eq!(people.answer(1, "key").expect("read"), Some(row));
    assert_eq!(people.forget_answers(NOW + 1).expect("forgotten"), 1);
    assert_eq!(people.answer(1, "key").expect("read"), None);
    assert!(people.answer(2, "key").expect("read").is_some());
}

fn a_program_is_let_in_once(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let ada = people.add_user(&user("ada")).expect("added");
    let row = DeviceLoginRow {
        code: "ABCD-EFGH".to_owned(),
        poll_hash: vec![7; 32],
        name: "takk on laptop".to_owned(),
        created_at: NOW,
        expires_at: NOW + 10,
        user: None,
        token: None,
    };
    people.add_device_login(&row).expect("added");
    assert!(is_taken(&people.add_device_login(&DeviceLoginRow { poll_hash: vec![8; 32], ..row.clone() })));
    assert_eq!(people.polling(&[7; 32]).expect("read"), Some(row.clone()));
    assert!(people.let_in("ABCD-EFGH", ada, None).expect("let in"));
    assert!(!people.let_in("ABCD-EFGH", ada, None).expect("it is in"));
    assert!(!people.let_in("none", ada, None).expect("nobody waits"));
    assert_eq!(people.device_login("ABCD-EFGH").expect("read").expect("there").user, Some(ada));
    assert!(people.remove_device_login("ABCD-EFGH").expect("removed"));
    assert!(!people.remove_device_login("ABCD-EFGH").expect("gone"));
    people.add_device_login(&row).expect("added");
    assert_eq!(people.forget_device_logins(NOW + 9).expect("none"), 0);
    assert_eq!(people.forget_device_logins(NOW + 10).expect("one"), 1);
}

fn of_many_programs_each_gets_its_own_person(place: &dyn Place) {
    let row = |number: u8| DeviceLoginRow {
        code: format!("ABCD-EFG{number}"),
        poll_hash: vec![number; 32],
        name: format!("takk on laptop {number}"),
        created_at: NOW,
        expires_at: NOW + i64::from(number),
        user: None,
        token: None,
    };
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let (ada, bob) = (people.add_user(&user("ada")).expect("added"), people.add_user(&user("bob")).expect("added"));
    (1..=3).for_each(|number| people.add_device_login(&row(number)).expect("added"));
    assert!(people.let_in("ABCD-EFG1", ada, None).expect("let in") && people.let_in("ABCD-EFG2", bob, None).expect("let in"));
    let who = |people: &mut dyn Accounts, hash: u8| people.polling(&[hash; 32]).expect("read").map(|row| row.user);
    assert_eq!([1, 2, 3, 4].map(|hash| who(people.as_mut(), hash)), [Some(Some(ada)), Some(Some(bob)), Some(None), None]);
    // A program that was let in by a user who has been deleted has no access.
    people.remove_user(bob).expect("removed");
    assert_eq!([1, 2, 3].map(|hash| who(people.as_mut(), hash)), [Some(Some(ada)), None, Some(None)]);
    assert_eq!(people.forget_device_logins(NOW + 1).expect("one"), 1);
    assert_eq!(who(people.as_mut(), 3), Some(None));
    // Of two concurrent polls one gets the token.
    let removed = std::thread::scope(|scope| {
        let poll = || place.store().accounts().expect("there").remove_device_login("ABCD-EFG3").expect("asked");
        let polls: Vec<_> = (0..4).map(|_| scope.spawn(poll)).collect();
        polls.into_iter().filter_map(|poll| poll.join().expect("no panic").then_some(())).count()
    });
    assert_eq!(removed, 1);
}

fn session(hash: u8, user: i64, token: Option<i64>) -> SessionRow {
    SessionRow { hash: vec![hash; 32], user, token, created_at: NOW, expires_at: NOW + i64::from(hash) }
}

fn is_there(people: &mut dyn Accounts, hash: u8) -> bool {
    people.session(&[hash; 32]).expect("read").is_some()
}

fn a_session_lasts_until_its_end(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let (ada, bob) = (people.add_user(&user("ada")).expect("added"), people.add_user(&user("bob")).expect("added"));
    for row in [session(1, ada, None), session(2, ada, None), session(3, ada, None), session(4, bob, None)] {
        people.add_session(&row).expect("added");
    }
    assert!(people.add_session(&session(1, bob, None)).is_err(), "no two sessions have one hash");
    let (found, owner) = people.session(&[1; 32]).expect("read").expect("there");
    assert_eq!((found, owner.name.as_str()), (session(1, ada, None), "ada"));
    assert!(!is_there(people.as_mut(), 9));
    assert!(people.remove_session(&[1; 32]).expect("ended"));
    assert!(!people.remove_session(&[1; 32]).expect("gone"));
    assert_eq!(people.remove_sessions(ada, &[2; 32]).expect("ended"), 1, "all of ada's but this one");
    assert_eq!([1, 2, 3, 4].map(|hash| is_there(people.as_mut(), hash)), [false, true, false, true]);
    assert_eq!(people.forget_sessions(NOW + 1).expect("none"), 0);
    assert_eq!(people.forget_sessions(NOW + 2).expect("one"), 1);
    assert_eq!([2, 4].map(|hash| is_there(people.as_mut(), hash)), [false, true]);
}

fn a_session_ends_with_its_token_and_its_user(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let (ada, bob) = (people.add_user(&user("ada")).expect("added"), people.add_user(&user("bob")).expect("added"));
    let of_bob = people.add_token(&token(bob, 1)).expect("added");
    assert!(people.add_session(&session(1, ada, Some(of_bob + 1))).is_err(), "there is no such token");
    for row in [session(2, ada, None), session(3, bob, Some(of_bob)), session(4, ada, Some(of_bob))] {
        people.add_session(&row).expect("added");
    }
    assert_eq!(people.session(&[3; 32]).expect("read").expect("there").0.token, Some(of_bob));
    // Deleting bob deletes his tokens, and all sessions that were created with them.
    people.remove_user(bob).expect("removed");
    assert_eq!([2, 3, 4].map(|hash| is_there(people.as_mut(), hash)), [true, false, false]);
    people.remove_user(ada).expect("removed");
    assert!(!is_there(people.as_mut(), 2));
}

/// A transaction that checks a role runs before or after a change of it, never in between.
fn nobody_decides_while_people_change(place: &dyn Place) {
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let ada = people.add_user(&user("ada")).expect("added");
    people.add_project(&project("shop")).expect("added");
    people.set_member(ada, "shop", Role::Owner).expect("set");
    drop(people);
    let is_changed = AtomicBool::new(false);
    let mut change = store.begin_people().expect("begun");
    std::thread::scope(|scope| {
        let decide = scope.spawn(|| {
            let mut store = place.store();
            let mut transaction = store.begin(Durability::Synced).expect("begun");
            let role = transaction.accounts().role(ada, "shop").expect("read");
            (is_changed.load(Ordering::SeqCst), role)
        });
        let again = scope.spawn(|| {
            let mut store = place.store();
            let mut transaction = store.begin_people().expect("begun");
            let role = transaction.accounts().role(ada, "shop").expect("read");
            (is_changed.load(Ordering::SeqCst), role)
        });
        std::thread::sleep(Duration::from_millis(400));
        change.accounts().remove_member(ada, "shop").expect("removed");
        is_changed.store(true, Ordering::SeqCst);
        change.commit().expect("committed");
        assert_eq!(decide.join().expect("no panic"), (true, None));
        assert_eq!(again.join().expect("no panic"), (true, None));
    });
}
