//! A store of every earlier schema becomes one of the newest, with everything in it: values decrypt, the audit log is what was written,
//! people are who they were.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use takk::secrets::Vault;
use takk::store::{AuditEntry, ProjectRow, Store, TokenRow, TrustRow, UserRow};
use takk::wire::{Role, TokenKind};

use super::{Database, File, NOW, Place, get, update};

/// The migrations of a database, in order.
fn migrations(database: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations").join(database);
    let mut files: Vec<PathBuf> = fs::read_dir(directory).expect("there").map(|entry| entry.expect("read").path()).collect();
    files.sort();
    files
}

fn text(file: &Path) -> String {
    fs::read_to_string(file).expect("text")
}

/// A store with something in it of all that every schema keeps.
fn fill(place: &dyn Place) {
    let mut vault = place.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    for value in ["first", "second"] {
        let updates = [update("KEY", Some(value), None), update("OTHER", Some("x"), None)];
        vault.update("shop", "dev", "ada", &updates).expect("kept");
        vault.record(vec![AuditEntry { at: NOW, actor: "ada".to_owned(), ..AuditEntry::default() }]).expect("kept");
    }
    let mut store = place.store();
    let mut people = store.accounts().expect("there");
    let ada = UserRow {
        id: 0,
        name: "ada".to_owned(),
        email: None,
        password: Some("$argon2id$".to_owned()),
        created_at: NOW,
        project: None,
    };
    let ada = people.add_user(&ada).expect("added");
    let (production, not_production) = (vec!["live".to_owned()], Vec::new());
    people.add_project(&ProjectRow { name: "shop".to_owned(), created_at: NOW, production, not_production }).expect("added");
    people.set_member(ada, "shop", Role::Owner).expect("set");
    people
        .add_token(&TokenRow {
            id: 0,
            hash: vec![1; 32],
            user: ada,
            label: "laptop".to_owned(),
            kind: TokenKind::Personal,
            projects: Vec::new(),
            environments: Vec::new(),
            role: Role::Owner,
            created_at: NOW,
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
            made_by: None,
            made_with: None,
        })
        .expect("added");
    let program = UserRow {
        id: 0,
        name: "shop/deploy".to_owned(),
        email: None,
        password: None,
        created_at: NOW,
        project: Some("shop".to_owned()),
    };
    let user = people.add_user(&program).expect("added");
    people
        .add_trust(&TrustRow {
            id: 0,
            project: "shop".to_owned(),
            user,
            issuer: "https://ci.example".to_owned(),
            claims: BTreeMap::new(),
            role: Role::Operator,
            environments: Vec::new(),
            created_at: NOW,
            made_by: None,
            made_with: None,
        })
        .expect("added");
}

/// Everything that the earlier schema could keep is there, and more can be kept.
fn assert_kept(mut vault: Vault, mut store: Box<dyn Store>, (has_people, has_trusts): (bool, bool), newest: usize) {
    assert_eq!(store.schema().expect("read"), i64::try_from(newest).expect("small"));
    assert_eq!(get(&mut vault, "dev", "KEY").as_deref(), Some("second"));
    assert_eq!(vault.version("shop", "dev", "KEY", 1).expect("read").expect("set").expose(), "first");
    let log = vault.verify_audit().expect("readable");
    assert_eq!((log.rows, log.wrong.len()), (if has_people { 2 } else { 0 }, 0), "{:?}", log.wrong);
    let mut people = store.accounts().expect("there");
    let token = people.token(&[1; 32]).expect("read").map(|(token, user)| (token.label, user.name, user.password));
    let expected = ("laptop".to_owned(), "ada".to_owned(), Some("$argon2id$".to_owned()));
    assert_eq!(token, has_people.then_some(expected));
    // What its owners named production stays so; who made what is not known.
    let shop = people.project("shop").expect("read").map(|shop| (shop.production, shop.not_production));
    assert_eq!(shop, has_people.then(|| (vec!["live".to_owned()], Vec::new())));
    // The users of programs that are trusted are the project's own.
    let trusts = people.trusts("shop").expect("read");
    for trust in &trusts {
        let user = people.user(trust.user).expect("read").expect("there");
        assert_eq!((user.project.as_deref(), trust.made_by, trust.made_with), (Some("shop"), None, None));
    }
    assert_eq!(!trusts.is_empty(), has_trusts);
    drop(people);
    vault.update("shop", "dev", "ada", &[update("KEY", Some("third"), Some(2))]).expect("kept");
    vault.create_environment("shop", "new", None).expect("made");
    vault.record(vec![AuditEntry::default()]).expect("kept");
    assert!(vault.verify().expect("readable").wrong.is_empty() && vault.verify_audit().expect("readable").wrong.is_empty());
}

#[test]
fn a_file_of_every_earlier_schema_keeps_what_is_in_it() {
    let migrations = migrations("sqlite");
    let full = File::new();
    fill(&full);
    for schema in 1..migrations.len() {
        let old = File::new();
        let connection = Connection::open(old.path()).expect("it opens");
        migrations[..schema].iter().for_each(|file| connection.execute_batch(&text(file)).expect("made"));
        connection.execute("ATTACH ?1 AS full", [full.path().to_str().expect("text")]).expect("attached");
        let names = |query: &str| -> Vec<String> {
            let mut statement = connection.prepare(query).expect("a query");
            statement.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("texts")
        };
        let tables = names("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
        for table in &tables {
            let columns = names(&format!("SELECT name FROM pragma_table_info('{table}', 'main')")).join(", ");
            let copy = format!("DELETE FROM {table}; INSERT INTO main.{table} ({columns}) SELECT {columns} FROM full.{table};");
            connection.execute_batch(&copy).expect("copied");
        }
        let has_people = tables.contains(&"audit".to_owned());
        if !has_people {
            connection.execute_batch("DELETE FROM facts WHERE name = 'audit key'").expect("a log that is not there has no key");
        }
        connection.execute_batch(&format!("PRAGMA application_id = 0x74616b6b; PRAGMA user_version = {schema}")).expect("set");
        drop(connection);
        let has_trusts = tables.contains(&"trusts".to_owned());
        assert_kept(old.vault(), old.store(), (has_people, has_trusts), migrations.len());
    }
}

#[test]
fn a_database_of_every_earlier_schema_keeps_what_is_in_it() {
    let Some(full) = Database::new() else { return };
    fill(&full);
    let migrations = migrations("postgres");
    for schema in 1..migrations.len() {
        // The tables of the earlier schema stand beside the others, in a namespace of their own.
        let namespace = format!("old{schema}");
        let mut client = postgres::Client::connect(&full.0, postgres::NoTls).expect("it answers");
        client.batch_execute(&format!("CREATE SCHEMA {namespace}; SET search_path = {namespace}")).expect("made");
        migrations[..schema].iter().for_each(|file| client.batch_execute(&text(file)).expect("made"));
        client.batch_execute("SET session_replication_role = replica").expect("no order of tables");
        let query = "SELECT table_name::text, string_agg(column_name::text, ', '), bool_or(is_identity = 'YES') \
                     FROM information_schema.columns WHERE table_schema = $1 GROUP BY table_name";
        for row in client.query(query, &[&namespace]).expect("rows") {
            let (table, columns, has_identity): (String, String, bool) = (row.get(0), row.get(1), row.get(2));
            let copy = format!(
                "DELETE FROM {table}; INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM public.{table};"
            );
            client.batch_execute(&copy).expect("copied");
            if has_identity {
                let next = format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)");
                client.batch_execute(&next).expect("numbers go on after those that are there");
            }
        }
        client.execute("UPDATE takk_schema SET version = $1", &[&i64::try_from(schema).expect("small")]).expect("set");
        let old = Database(format!("{}&options=-csearch_path%3D{namespace}", full.0));
        // They came with the fourth.
        assert_kept(old.vault(), old.store(), (true, schema >= 4), migrations.len());
    }
}
