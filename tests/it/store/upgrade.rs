//! Stores of every earlier schema are migrated to the newest with all of their data: values decrypt, the audit log is unchanged, and so are
//! users.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;
use takk_model::{Role, TokenKind};
use takk_vault::store::{
    AuditEntry, Durability, EnvironmentRow, InvitationRow, ProjectRow, SessionRow, Store, StoreError, TokenRow, TrustRow,
    UserRow, VersionRow,
};
use takk_vault::{MasterKey, SecretsError, SystemRandom, Vault};

use super::{Database, File, MASTER, NOW, Place, get, update};

/// What an earlier takk wrote under the master key of the tests, before users were sealed.
fn earlier() -> Value {
    serde_json::from_str(include_str!("earlier.json")).expect("JSON")
}

fn bytes(value: &Value) -> Vec<u8> {
    let digits = value.as_str().expect("digits").as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("text"), 16).expect("digits")).collect()
}

fn words(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn number(value: &Value) -> i64 {
    value.as_i64().expect("a number")
}

/// The environment `dev` of the shop, as an earlier takk wrote it.
fn put_environment(store: &mut dyn Store) {
    let earlier = earlier();
    let row = &earlier["environment"];
    let versions = earlier["versions"].as_array().expect("a list").iter().map(|row| VersionRow {
        name: words(&row["name"]),
        version: number(&row["version"]),
        sealed: Some(bytes(&row["sealed"])),
        fingerprint: Some(bytes(&row["fingerprint"])),
        origin: words(&row["origin"]),
        author: words(&row["author"]),
        created_at: number(&row["created_at"]),
    });
    let mut row = EnvironmentRow {
        id: 0,
        project: words(&row["project"]),
        name: words(&row["name"]),
        wrapped_key: bytes(&row["wrapped_key"]),
        revision: number(&row["revision"]),
        seal: bytes(&row["seal"]),
        created_at: number(&row["created_at"]),
        expires_at: None,
    };
    let mut transaction = store.begin(Durability::Synced).expect("begun");
    row.id = transaction.add_environment(&row, &versions.collect::<Vec<_>>()).expect("added");
    transaction.rewrite(&row).expect("written");
    transaction.commit().expect("kept");
}

/// The migrations of a database, in order.
fn migrations(database: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/vault/src/store/migrations").join(database);
    let mut files: Vec<PathBuf> = fs::read_dir(directory).expect("there").map(|entry| entry.expect("read").path()).collect();
    files.sort();
    files
}

fn text(file: &Path) -> String {
    fs::read_to_string(file).expect("text")
}

/// A store with a sample of everything that any schema stores.
fn fill(place: &dyn Place) {
    let mut vault = place.vault();
    for _ in 0..2 {
        vault.record(vec![AuditEntry { at: NOW, actor: "ada".to_owned(), ..AuditEntry::default() }]).expect("kept");
    }
    let mut store = place.store();
    put_environment(store.as_mut());
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
    let (created_at, expires_at) = (NOW, NOW + 1);
    people.add_session(&SessionRow { hash: vec![2; 32], user: ada, token: None, created_at, expires_at }).expect("added");
    for (hash, project, user) in [(3, Some("shop".to_owned()), None), (4, None, Some(ada))] {
        let (label, role) = ("bob".to_owned(), Role::Viewer);
        let hash = vec![hash; 32];
        let row =
            InvitationRow { id: 0, hash, project, role, user, label, inviter: ada, made_with: None, created_at, expires_at };
        people.add_invitation(&row).expect("added");
    }
    drop(people);
    store.set_fact("master key", &bytes(&earlier()["check"])).expect("set");
    assert!(store.remove_fact("people key").expect("removed"));
}

/// Everything that the earlier schema could store is there, and the new columns work.
fn assert_kept(place: &dyn Place, tables: &[String], newest: usize) {
    let (mut vault, store) = (place.vault(), place.store());
    let has = |table: &str| tables.iter().any(|name| name == table);
    let has_people = has("audit");
    assert_eq!(store.schema().expect("read"), i64::try_from(newest).expect("small"));
    assert_eq!(get(&mut vault, "dev", "KEY").as_deref(), Some("second"));
    assert_eq!(vault.version("shop", "dev", "KEY", 1).expect("read").expect("set").expose(), "first");
    let wrapped = store.fact("people key").expect("read").expect("there");
    let log = vault.verify_audit().expect("readable");
    assert_eq!((log.rows, log.wrong.len()), (if has_people { 2 } else { 0 }, 0), "{:?}", log.wrong);
    assert_people(&mut vault, has);
    // Rows are sealed once, by the migration: a row that is inserted in the old form later is not accepted.
    if has_people {
        assert_eq!(place.run("DELETE FROM facts WHERE name = 'people key'"), 1);
        let master = MasterKey::from_hex(MASTER).expect("a key");
        let opened = Vault::open(place.store(), master, Box::new(SystemRandom), Box::new(|| NOW));
        assert!(matches!(opened.map(drop), Err(SecretsError::Store(StoreError::Forged { .. }))));
        let kept = store.fact("people key").expect("read");
        assert_eq!(kept, None, "no key is made for those who are there");
        store.set_fact("people key", &wrapped).expect("set");
        assert_people(&mut place.vault(), has);
    }
    vault.update("shop", "dev", "ada", &[update("KEY", Some("third"), Some(2))]).expect("kept");
    vault.create_environment("shop", "new", None).expect("made");
    vault.record(vec![AuditEntry::default()]).expect("kept");
    assert!(vault.verify().expect("readable").wrong.is_empty() && vault.verify_audit().expect("readable").wrong.is_empty());
    drop(vault);
    // An attacker who kept the old check value of the master key restores it and removes every sign that users are sealed: they get no
    // value that was written since.
    store.set_fact("master key", &bytes(&earlier()["check"])).expect("set");
    store.remove_fact("people key").expect("removed");
    place.run("DELETE FROM seals");
    assert!(matches!(place.vault().get("shop", "dev", "KEY"), Err(SecretsError::Tampered { .. })));
}

/// All credentials from before the upgrade still work.
fn assert_people(vault: &mut Vault, has: impl Fn(&str) -> bool) {
    let mut people = vault.people().expect("there");
    let token = people.token(&[1; 32]).expect("read").map(|(token, user)| (token.label, user.name, user.password));
    let expected = ("laptop".to_owned(), "ada".to_owned(), Some("$argon2id$".to_owned()));
    assert_eq!(token, has("tokens").then_some(expected));
    assert_eq!(people.session(&[2; 32]).expect("read").is_some(), has("sessions"));
    for hash in [3, 4] {
        assert_eq!(people.invitation(&[hash; 32]).expect("read").is_some(), has("invitations"));
    }
    if has("members") {
        let ada = people.user_named("ada").expect("read").expect("there");
        assert_eq!(people.role(ada.id, "shop").expect("read"), Some(Role::Owner));
    }
    // Environments that were marked as production stay so; who created what is unknown.
    let shop = people.project("shop").expect("read").map(|shop| (shop.production, shop.not_production));
    assert_eq!(shop, has("projects").then(|| (vec!["live".to_owned()], Vec::new())));
    // The service accounts of trust rules belong to the project.
    let trusts = people.trusts("shop").expect("read");
    for trust in &trusts {
        let user = people.user(trust.user).expect("read").expect("there");
        assert_eq!((user.project.as_deref(), trust.made_by, trust.made_with), (Some("shop"), None, None));
    }
    assert_eq!(!trusts.is_empty(), has("trusts"));
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
        assert_kept(&old, &tables, migrations.len());
    }
}

#[test]
fn a_database_of_every_earlier_schema_keeps_what_is_in_it() {
    let Some(full) = Database::new() else { return };
    fill(&full);
    let migrations = migrations("postgres");
    for schema in 1..migrations.len() {
        // The tables of the earlier schema exist too, in another namespace.
        let namespace = format!("old{schema}");
        let mut client = postgres::Client::connect(&full.0, postgres::NoTls).expect("it answers");
        client.batch_execute(&format!("CREATE SCHEMA {namespace}; SET search_path = {namespace}")).expect("made");
        migrations[..schema].iter().for_each(|file| client.batch_execute(&text(file)).expect("made"));
        client.batch_execute("SET session_replication_role = replica").expect("no order of tables");
        let query = "SELECT table_name::text, string_agg(column_name::text, ', '), bool_or(is_identity = 'YES') \
                     FROM information_schema.columns WHERE table_schema = $1 GROUP BY table_name";
        let mut tables: Vec<String> = Vec::new();
        for row in client.query(query, &[&namespace]).expect("rows") {
            let (table, columns, has_identity): (String, String, bool) = (row.get(0), row.get(1), row.get(2));
            tables.push(table.clone());
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
        assert_kept(&old, &tables, migrations.len());
    }
}
