//! Every earlier schema migrates to the newest one, without losing anything.

use rusqlite::Connection;

use super::super::Store;
use super::Sqlite;
use super::migrations::MIGRATIONS;

#[test]
fn a_store_of_an_earlier_schema_keeps_what_is_in_it() {
    for schema in 1..MIGRATIONS.len() {
        keeps_what_is_in_it(schema);
    }
}

fn keeps_what_is_in_it(schema: usize) {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("store.db");
    let connection = Connection::open(&file).expect("it opens");
    for migration in &MIGRATIONS[..schema] {
        connection.execute_batch(migration).expect("made");
    }
    connection
        .execute_batch(
            "INSERT INTO facts VALUES ('master key', x'01');
             INSERT INTO environments (id, project, name, wrapped_key, revision, seal, created_at) VALUES (7, 'shop', 'dev', x'02', 3, x'03', 1700);
             INSERT INTO versions VALUES (7, 'KEY', 1, x'04', x'05', 'set', 'me', 1701);
             INSERT INTO versions VALUES (7, 'KEY', 2, x'06', x'07', 'set', 'me', 1702);
             INSERT INTO versions VALUES (7, 'OLD', 1, x'08', x'09', 'set', 'me', 1703);
             INSERT INTO versions VALUES (7, 'OLD', 2, NULL, NULL, 'set', 'me', 1704);
             PRAGMA application_id = 0x74616b6b;",
        )
        .expect("filled");
    connection.pragma_update(None, "user_version", i64::try_from(schema).expect("small")).expect("written");
    drop(connection);
    for _ in 0..2 {
        let mut store = Sqlite::open(&file).expect("it opens");
        assert_eq!(store.schema().expect("read"), i64::try_from(MIGRATIONS.len()).expect("small"));
        assert_eq!(store.fact("master key").expect("read"), Some(vec![1]));
        let (row, current) = store.current("shop", "dev").expect("read").expect("it is there");
        assert_eq!((row.id, row.revision, row.wrapped_key, row.seal), (7, 3, vec![2], vec![3]));
        assert_eq!((row.created_at, row.expires_at), (1700, None));
        let sealed: Vec<_> = current.iter().map(|row| (row.name.as_str(), row.version, row.sealed.clone())).collect();
        assert_eq!(sealed, [("KEY", 2, Some(vec![6])), ("OLD", 2, None)]);
        assert_eq!(store.accounts().expect("there").users().expect("read"), []);
        assert_eq!(store.audit().expect("there").head().expect("read").number, 0);
        assert_eq!((store.history(7, "KEY").expect("read").len(), store.count(7).expect("read")), (2, 1));
    }
}

/// `.cargo/config.toml` disables features of SQLite that takk does not use, such as loading code into the process.
#[test]
fn sqlite_loads_no_extensions() {
    let connection = Connection::open_in_memory().expect("it opens");
    let mut options = connection.prepare("PRAGMA compile_options").expect("SQL");
    let options: Vec<String> =
        options.query_map([], |row| row.get(0)).expect("rows").collect::<rusqlite::Result<_>>().expect("texts");
    assert!(options.iter().any(|option| option == "OMIT_LOAD_EXTENSION"), "{options:?}");
    assert!(!options.iter().any(|option| option.starts_with("ENABLE_FTS") || option == "ENABLE_RTREE"), "{options:?}");
}
