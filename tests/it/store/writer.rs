//! An attacker who can write to the database but has no master key: with another client they insert, change, replay and delete rows of
//! users. Nobody gains access or a role by it, and `verify` reports it, even if a server has already cached the state before.

use std::sync::Arc;

use takk_model::{Role, TokenKind};
use takk_vault::store::{
    Accounts, AuditEntry, DeviceLoginRow, IdentityRow, InvitationRow, ProjectRow, SessionRow, StoreError, TokenRow, TrustRow,
    UserRow,
};
use takk_vault::{SecretsError, Vault};

use super::{Database, File, NOW, Place};

/// What the attacker runs, in the SQL of both databases, and a query that must be refused.
type Attack = (&'static str, fn(&mut dyn Accounts) -> takk_vault::store::Result<bool>);

/// Numbers and columns as each database writes them.
struct Words {
    /// The column with the ID of a user.
    user: &'static str,
    is_postgres: bool,
}

impl Words {
    /// The statement with `USER` as the column, and `#07` as 32 bytes of 07.
    fn said(&self, statement: &str) -> String {
        let mut text = statement.replace("USER", self.user);
        while let Some(at) = text.find('#') {
            let bytes = text[at + 1..at + 3].repeat(32);
            let literal = if self.is_postgres { format!("'\\x{bytes}'") } else { format!("x'{bytes}'") };
            text.replace_range(at..at + 3, &literal);
        }
        text
    }
}

fn change<T>(vault: &mut Vault, work: impl FnOnce(&mut dyn Accounts) -> takk_vault::store::Result<T>) -> T {
    let entry = AuditEntry { at: NOW, actor: "ada".to_owned(), action: "test".to_owned(), ..AuditEntry::default() };
    vault
        .change_people(|people| Ok::<_, SecretsError>((work(people)?, entry)))
        .unwrap_or_else(|error| panic!("{error}: {:?}", std::error::Error::source(&error)))
}

fn user(name: &str) -> UserRow {
    let email = Some(format!("{name}@example.org"));
    UserRow { id: 0, name: name.to_owned(), email, password: Some("$argon2id$".to_owned()), created_at: NOW, project: None }
}

fn token(user: i64, hash: u8) -> TokenRow {
    TokenRow {
        id: 0,
        hash: vec![hash; 32],
        user,
        label: "laptop".to_owned(),
        kind: TokenKind::Personal,
        projects: vec!["shop".to_owned()],
        environments: vec!["dev".to_owned()],
        role: Role::Viewer,
        created_at: NOW,
        expires_at: Some(NOW + 1),
        last_used_at: None,
        revoked_at: None,
        made_by: Some(1),
        made_with: None,
    }
}

/// Ada (1) owns the shop and the mill, Bob (2) is a viewer of the shop, Carol (3) is no member, and job (4) is a service account. Tokens:
/// Ada has 01, and 04, which was revoked; Bob has 02.
fn team(vault: &mut Vault) {
    change(vault, |people| {
        let ids = ["ada", "bob", "carol", "job"].map(|name| people.add_user(&user(name)).expect("added"));
        assert_eq!(ids, [1, 2, 3, 4]);
        for project in ["shop", "mill"] {
            people.add_project(&ProjectRow {
                name: project.to_owned(),
                created_at: NOW,
                production: vec!["live".to_owned()],
                not_production: Vec::new(),
            })?;
            people.set_member(1, project, Role::Owner)?;
        }
        people.set_member(2, "shop", Role::Viewer)?;
        let numbers = [(1, 1), (2, 2), (1, 4)].map(|(user, hash)| people.add_token(&token(user, hash)).expect("added"));
        assert!(people.revoke_token(numbers[2], NOW)?);
        let (created_at, expires_at) = (NOW, NOW + 1);
        people.add_session(&SessionRow { hash: vec![5; 32], user: 2, token: None, created_at, expires_at })?;
        people.add_invitation(&InvitationRow {
            id: 0,
            hash: vec![6; 32],
            project: Some("shop".to_owned()),
            role: Role::Viewer,
            user: None,
            label: "dora".to_owned(),
            inviter: 1,
            made_with: None,
            created_at,
            expires_at,
        })?;
        let (issuer, subject) = ("https://id.example".to_owned(), "ada".to_owned());
        people.add_identity(&IdentityRow { issuer: issuer.clone(), subject, user: 1, created_at })?;
        people.add_trust(&TrustRow {
            id: 0,
            project: "shop".to_owned(),
            user: 4,
            issuer,
            claims: [("sub".to_owned(), "shop".to_owned())].into(),
            role: Role::Viewer,
            environments: vec!["dev".to_owned()],
            created_at,
            made_by: Some(1),
            made_with: None,
        })?;
        let (code, poll_hash, name) = ("BCDF-GHJK".to_owned(), vec![7; 32], "cli".to_owned());
        people.add_device_login(&DeviceLoginRow { code, poll_hash, name, created_at, expires_at, user: None, token: None })
    });
}

/// Changes that would give someone access or rights.
const ATTACKS: &[Attack] = &[
    (
        "INSERT INTO tokens (hash, USER, label, kind, projects, environments, role, created_at) \
         VALUES (#09, 1, 'x', 'personal', '[]', '[]', 'owner', 0)",
        |people| Ok(people.token(&[9; 32])?.is_some() || people.tokens(Some(1)).is_ok()),
    ),
    ("UPDATE tokens SET USER = 1 WHERE USER = 2", |people| people.token(&[2; 32]).map(|found| found.is_some())),
    ("UPDATE tokens SET role = 'owner' WHERE USER = 2", |people| people.token(&[2; 32]).map(|found| found.is_some())),
    ("UPDATE tokens SET projects = '[]' WHERE USER = 2", |people| people.token(&[2; 32]).map(|found| found.is_some())),
    ("UPDATE tokens SET environments = '[]' WHERE USER = 2", |people| people.token(&[2; 32]).map(|found| found.is_some())),
    ("UPDATE tokens SET expires_at = NULL WHERE USER = 2", |people| people.token(&[2; 32]).map(|found| found.is_some())),
    ("UPDATE tokens SET revoked_at = NULL", |people| people.token(&[4; 32]).map(|found| found.is_some())),
    ("DELETE FROM tokens WHERE USER = 2", |people| people.tokens(Some(2)).map(|_| true)),
    (
        // The hash of one's own token, in a row of someone else.
        "CREATE TABLE mine AS SELECT hash FROM tokens WHERE USER = 2; DELETE FROM tokens WHERE USER = 2; \
         UPDATE tokens SET hash = (SELECT hash FROM mine) WHERE USER = 1 AND revoked_at IS NULL",
        |people| people.token(&[2; 32]).map(|found| found.is_some()),
    ),
    ("INSERT INTO sessions (hash, USER, created_at, expires_at) VALUES (#09, 1, 0, 9999999999999)", |people| {
        people.session(&[9; 32]).map(|found| found.is_some())
    }),
    ("UPDATE sessions SET USER = 1", |people| people.session(&[5; 32]).map(|found| found.is_some())),
    ("UPDATE sessions SET expires_at = 9999999999999", |people| people.session(&[5; 32]).map(|found| found.is_some())),
    (
        "INSERT INTO invitations (hash, project, role, label, inviter, created_at, expires_at) \
         VALUES (#09, 'shop', 'owner', 'x', 1, 0, 9999999999999)",
        |people| Ok(people.invitation(&[9; 32])?.is_some() || people.invitations("shop").is_ok()),
    ),
    ("UPDATE invitations SET role = 'owner'", |people| people.invitation(&[6; 32]).map(|found| found.is_some())),
    ("UPDATE invitations SET project = 'mill'", |people| people.invitation(&[6; 32]).map(|found| found.is_some())),
    ("UPDATE invitations SET expires_at = 9999999999999", |people| people.invitation(&[6; 32]).map(|found| found.is_some())),
    ("INSERT INTO members (USER, project, role) VALUES (3, 'shop', 'owner')", |people| {
        Ok(people.role(3, "shop").is_ok() || people.standing(3, "shop").is_ok())
    }),
    ("UPDATE members SET role = 'owner' WHERE USER = 2", |people| people.standing(2, "shop").map(|found| found.is_some())),
    ("UPDATE members SET USER = 3 WHERE USER = 2", |people| people.members("shop").map(|_| true)),
    ("UPDATE members SET project = 'mill' WHERE USER = 2", |people| people.role(2, "mill").map(|found| found.is_some())),
    ("DELETE FROM members WHERE USER = 1 AND project = 'shop'", |people| people.role(1, "shop").map(|_| true)),
    ("UPDATE projects SET production = '[]' WHERE name = 'shop'", |people| people.standing(1, "shop").map(|_| true)),
    ("UPDATE projects SET not_production = '[\"eu\"]' WHERE name = 'shop'", |people| people.standing(1, "shop").map(|_| true)),
    ("INSERT INTO projects (name, created_at, production) VALUES ('new', 0, '[]')", |people| {
        people.project("new").map(|_| true)
    }),
    // What is deleted with a user, and what is not.
    ("UPDATE tokens SET made_by = NULL", |people| people.token(&[2; 32]).map(|found| found.is_some())),
    ("UPDATE tokens SET made_with = 2 WHERE USER = 1", |people| people.token(&[1; 32]).map(|found| found.is_some())),
    ("UPDATE invitations SET made_with = 1", |people| people.invitation(&[6; 32]).map(|found| found.is_some())),
    ("UPDATE trusts SET made_by = NULL", |people| people.trusts("shop").map(|_| true)),
    ("UPDATE trusts SET made_with = 1", |people| people.trusts_in("https://id.example").map(|_| true)),
    ("UPDATE users SET project = 'shop' WHERE id = 2", |people| people.user(2).map(|_| true)),
    ("INSERT INTO users (name, password, created_at) VALUES ('eve', 'x', 0)", |people| {
        Ok(people.user_named("eve").is_ok() || people.users().is_ok())
    }),
    ("UPDATE users SET password = 'x' WHERE name = 'ada'", |people| people.user_named("ada").map(|_| true)),
    ("UPDATE users SET email = 'eve@example.org' WHERE id = 1", |people| {
        people.users_with_email("eve@example.org").map(|_| true)
    }),
    ("UPDATE users SET name = 'x' WHERE id = 1; UPDATE users SET name = 'ada' WHERE id = 2", |people| {
        people.user_named("ada").map(|_| true)
    }),
    // The first start creates an owner if there is no user.
    ("DELETE FROM users", |people| people.users().map(|_| true)),
    ("DELETE FROM users WHERE id = 3", |people| Ok(people.users().is_ok() || people.user(3).is_ok())),
    ("INSERT INTO identities VALUES ('https://id.example', 'eve', 1, 0)", |people| {
        people.identified("https://id.example", "eve").map(|_| true)
    }),
    ("UPDATE identities SET subject = 'eve'", |people| people.identified("https://id.example", "eve").map(|_| true)),
    ("DELETE FROM identities", |people| people.identities(1).map(|_| true)),
    ("UPDATE trusts SET claims = '{\"sub\":\"*\"}'", |people| people.trusts_in("https://id.example").map(|_| true)),
    ("UPDATE trusts SET USER = 1", |people| people.trusts("shop").map(|_| true)),
    ("UPDATE device_logins SET USER = 1", |people| people.polling(&[7; 32]).map(|_| true)),
    ("UPDATE seals SET revision = revision + 1 WHERE scope = ''", |people| people.user(1).map(|_| true)),
    ("DELETE FROM seals", |people| people.user(1).map(|_| true)),
    ("DELETE FROM seals WHERE scope = 'user 3'; DELETE FROM users WHERE id = 3", |people| people.users().map(|_| true)),
];

/// A query is refused, or finds nothing.
#[track_caller]
fn assert_refused(vault: &mut Vault, (statement, look): &Attack) {
    match look(vault.people().expect("there").as_mut()) {
        Ok(false) | Err(StoreError::Forged { .. }) => {}
        Ok(true) => panic!("{statement}: it was believed"),
        Err(error) => panic!("{statement}: {error}"),
    }
}

fn each(new: impl Fn() -> Option<Box<dyn Place>>, words: &Words) {
    for attack in ATTACKS {
        let Some(place) = new() else { return };
        let recent = Arc::default();
        let mut server = place.connection(&recent);
        team(&mut server);
        assert_eq!(server.verify().expect("readable").wrong, Vec::<String>::new());
        place.run(&words.said(attack.0));
        // The server that has cached everything, another one in the same process, and a new one.
        assert_refused(&mut server, attack);
        assert_refused(&mut place.connection(&recent), attack);
        assert_refused(&mut place.vault(), attack);
        assert_ne!(place.vault().verify_people().expect("readable"), Vec::<String>::new(), "{}", attack.0);
    }
}

const SQLITE: Words = Words { user: "user", is_postgres: false };
const POSTGRES: Words = Words { user: "user_id", is_postgres: true };

fn database() -> Option<Box<dyn Place>> {
    Database::new().map(|place| Box::new(place) as Box<dyn Place>)
}

#[test]
fn a_row_that_takk_did_not_write_is_refused_in_sqlite() {
    each(|| Some(Box::new(File::new())), &SQLITE);
}

#[test]
fn a_row_that_takk_did_not_write_is_refused_in_postgres() {
    each(database, &POSTGRES);
}

/// A revoked row is restored with everything that was sealed along with it.
fn what_was_taken_back(place: &dyn Place, words: &Words) {
    let mut vault = place.connection(&Arc::default());
    team(&mut vault);
    let save = "CREATE TABLE kept_seals AS SELECT * FROM seals; CREATE TABLE kept_members AS SELECT * FROM members; \
                CREATE TABLE kept_tokens AS SELECT * FROM tokens";
    place.run(save);
    change(&mut vault, |people| {
        assert!(people.remove_member(2, "shop")?);
        let number = people.tokens(Some(2))?[0].id;
        people.revoke_token(number, NOW)
    });
    assert_eq!(vault.people().expect("there").role(2, "shop").expect("read"), None);
    assert_eq!(vault.verify_people().expect("readable"), Vec::<String>::new());
    let back = "DELETE FROM members; INSERT INTO members SELECT * FROM kept_members; \
                UPDATE tokens SET revoked_at = NULL WHERE USER = 2; \
                DELETE FROM seals WHERE scope <> ''; INSERT INTO seals SELECT * FROM kept_seals WHERE scope <> ''";
    place.run(&words.said(back));
    for mut vault in [vault, place.vault()] {
        let mut people = vault.people().expect("there");
        assert!(matches!(people.role(2, "shop"), Err(StoreError::Forged { .. })));
        assert!(matches!(people.token(&[2; 32]), Err(StoreError::Forged { .. })));
        drop(people);
        let wrong = vault.verify_people().expect("readable");
        assert!(wrong[0].contains("rolled back"), "{wrong:?}");
    }
}

#[test]
fn what_was_taken_away_stays_away_in_sqlite() {
    what_was_taken_back(&File::new(), &SQLITE);
}

#[test]
fn what_was_taken_away_stays_away_in_postgres() {
    if let Some(place) = Database::new() {
        what_was_taken_back(&place, &POSTGRES);
    }
}

/// Without the key for users, and without the mark that they are sealed, nobody is accepted.
fn a_new_beginning(place: &dyn Place, words: &Words) {
    let mut vault = place.vault();
    team(&mut vault);
    vault.create_environment("shop", "dev", None).expect("made");
    let insert = words.said(ATTACKS[0].0);
    place.run(&format!("{insert}; DELETE FROM seals; DELETE FROM facts WHERE name IN ('people key', 'master key')"));
    let mut vault = place.vault();
    let mut people = vault.people().expect("there");
    for hash in [1, 2, 9] {
        assert!(!matches!(people.token(&[hash; 32]), Ok(Some(_))));
    }
    assert!(matches!(people.users(), Err(StoreError::Forged { .. })), "no first start gives everything away");
    drop(people);
    assert!(vault.verify_people().expect("readable").len() >= 4);
}

#[test]
fn nobody_is_taken_over_by_a_new_beginning_in_sqlite() {
    a_new_beginning(&File::new(), &SQLITE);
}

#[test]
fn nobody_is_taken_over_by_a_new_beginning_in_postgres() {
    if let Some(place) = Database::new() {
        a_new_beginning(&place, &POSTGRES);
    }
}

/// Every change of users is sealed, even where it is part of another one.
fn what_people_do(place: &dyn Place) {
    let recent = Arc::default();
    let (mut one, mut two) = (place.connection(&recent), place.vault());
    team(&mut one);
    let sound = |vault: &mut Vault| assert_eq!(vault.verify_people().expect("readable"), Vec::<String>::new());
    sound(&mut two);
    change(&mut two, |people| {
        people.set_member(2, "mill", Role::Operator)?;
        people.set_production("shop", &["eu".to_owned()], &["stage".to_owned()])?;
        people.rename_user(2, "robert")?;
        people.set_password(2, None)?;
        let token = people.tokens(Some(2))?[0].id;
        people.let_in("BCDF-GHJK", 2, Some(token))
    });
    sound(&mut one);
    assert_eq!(one.people().expect("there").user_named("robert").expect("read").expect("there").password, None);
    // The token expires, and with it the access of the program that it let in.
    change(&mut one, |people| {
        people.add_session(&SessionRow { hash: vec![8; 32], user: 2, token: Some(2), created_at: NOW, expires_at: NOW + 9 })?;
        people.add_token(&TokenRow { expires_at: None, ..token(1, 11) })?;
        people.forget_tokens(2, NOW + 1)
    });
    sound(&mut two);
    assert_eq!(two.people().expect("there").polling(&[7; 32]).expect("read"), None);
    change(&mut two, |people| {
        people.forget_sessions(NOW + 9)?;
        people.forget_invitations(NOW + 9)?;
        people.forget_device_logins(NOW + 9)
    });
    sound(&mut one);
    // Deleting a trust rule deletes its service account, and deleting a person deletes all that they have.
    change(&mut one, |people| {
        assert!(people.remove_user(4)?);
        people.remove_user(2)
    });
    sound(&mut two);
    let mut people = two.people().expect("there");
    assert_eq!((people.trusts("shop").expect("read"), people.members("mill").expect("read").len()), (Vec::new(), 1));
    assert_eq!(people.users().expect("read").len(), 2);
    drop(people);
    // A failed change leaves everything as it was.
    let failed: Result<(), SecretsError> = one.change_people(|people| {
        people.set_member(3, "shop", Role::Owner)?;
        Err(SecretsError::AuditTampered)
    });
    assert!(failed.is_err() && one.people().expect("there").role(3, "shop").expect("read").is_none());
    sound(&mut two);
}

#[test]
fn what_people_do_is_sealed_in_sqlite() {
    what_people_do(&File::new());
}

#[test]
fn what_people_do_is_sealed_in_postgres() {
    if let Some(place) = Database::new() {
        what_people_do(&place);
    }
}

/// Many servers at once: none reads an inconsistent state, and no change is lost.
fn many_at_once(place: &dyn Place) {
    team(&mut place.vault());
    std::thread::scope(|scope| {
        for writer in 0..4_u8 {
            scope.spawn(move || {
                let mut vault = place.connection(&Arc::default());
                for round in 0..8_u8 {
                    let hash = 100 + writer * 8 + round;
                    change(&mut vault, |people| people.add_token(&token(1, hash)));
                    let mut people = vault.people().expect("there");
                    assert!(people.token(&[hash; 32]).expect("read").is_some());
                    assert!(people.token(&[2; 32]).expect("read").is_some());
                    assert_eq!(people.role(2, "shop").expect("read"), Some(Role::Viewer));
                }
            });
        }
    });
    let mut vault = place.vault();
    assert_eq!(vault.people().expect("there").tokens(Some(1)).expect("read").len(), 2 + 32);
    assert_eq!(vault.verify_people().expect("readable"), Vec::<String>::new());
}

#[test]
fn many_change_people_at_once_in_sqlite() {
    many_at_once(&File::new());
}

#[test]
fn many_change_people_at_once_in_postgres() {
    if let Some(place) = Database::new() {
        many_at_once(&place);
    }
}
