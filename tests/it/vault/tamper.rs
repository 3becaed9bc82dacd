//! Rows that were not written by takk. Someone who can write to the file must not be able to pass one value off as another.

use rusqlite::{Connection, params};
use takk_vault::SecretsError;

use super::{Home, get, open, set};

/// A store with two projects, two environments each, two names each with three versions.
fn filled() -> Home {
    let home = Home::new();
    let mut vault = home.vault();
    for project in ["shop", "other"] {
        for environment in ["dev", "prod"] {
            vault.create_environment(project, environment, None).expect("made");
            for name in ["A", "B"] {
                for version in 1..=3 {
                    let value = format!("{project} {environment} {name} {version}");
                    let update = super::update(name, Some(&value), None);
                    vault.update(project, environment, "me", &[update]).expect("kept");
                }
            }
        }
    }
    home
}

/// Asserts that after such a statement everything that can be read is what was stored, or is refused.
fn is_noticed(statement: &str) -> bool {
    let home = filled();
    let connection = Connection::open(home.file()).expect("it opens");
    let changed = connection.execute(statement, params![]).unwrap_or_else(|error| panic!("{statement}: {error}"));
    assert!(changed > 0, "{statement} changes nothing");
    drop(connection);
    let mut refused = false;
    let Ok(mut vault) = open(&home.file()) else { return true };
    for project in ["shop", "other"] {
        for environment in ["dev", "prod"] {
            for name in ["A", "B"] {
                match vault.get(project, environment, name) {
                    Ok(Some((value, version))) => {
                        assert_eq!(value.expose(), format!("{project} {environment} {name} 3"), "after {statement}");
                        assert_eq!(version, 3, "after {statement}");
                    }
                    Ok(None) => panic!("{statement} made a value disappear"),
                    Err(_) => refused = true,
                }
                for version in 1..=3 {
                    match vault.version(project, environment, name, version) {
                        Ok(value) => {
                            let value = value.expect("it was set");
                            assert_eq!(
                                value.expose(),
                                format!("{project} {environment} {name} {version}"),
                                "after {statement}"
                            );
                        }
                        Err(_) => refused = true,
                    }
                }
            }
        }
    }
    refused
}

#[test]
fn rows_cannot_be_changed_unnoticed() {
    let of = |project: &str, environment: &str| {
        format!("(SELECT id FROM environments WHERE project = '{project}' AND name = '{environment}')")
    };
    let here = of("shop", "dev");
    let sealed_of = |environment: &str, name: &str, version: i64| {
        format!("(SELECT sealed FROM versions WHERE environment = {environment} AND name = '{name}' AND version = {version})")
    };
    let mut statements = vec![
        // Rolled back to an earlier version.
        format!("DELETE FROM versions WHERE environment = {here} AND name = 'A' AND version = 3"),
        format!("DELETE FROM versions WHERE environment = {here} AND name = 'A'"),
        // Made up.
        format!("INSERT INTO versions SELECT environment, name, 4, sealed, fingerprint, origin, author, created_at FROM versions WHERE environment = {here} AND name = 'A' AND version = 3"),
        format!("INSERT INTO versions SELECT environment, 'C', 1, sealed, fingerprint, origin, author, created_at FROM versions WHERE environment = {here} AND name = 'A' AND version = 1"),
        // Moved.
        format!("UPDATE versions SET name = 'C' WHERE environment = {here} AND name = 'A'"),
        format!("UPDATE versions SET version = 9 WHERE environment = {here} AND name = 'A' AND version = 3"),
        // Unset, and its metadata.
        format!("UPDATE versions SET sealed = NULL WHERE environment = {here} AND name = 'A' AND version = 3"),
        format!("UPDATE versions SET author = 'somebody' WHERE environment = {here} AND name = 'A' AND version = 3"),
        format!("UPDATE versions SET created_at = 1 WHERE environment = {here} AND name = 'A' AND version = 3"),
        format!("UPDATE versions SET origin = 'generated' WHERE environment = {here} AND name = 'A' AND version = 3"),
        format!("UPDATE versions SET fingerprint = x'00' WHERE environment = {here} AND name = 'A' AND version = 3"),
        // The environment itself.
        "UPDATE environments SET name = 'test' WHERE project = 'shop' AND name = 'dev'".to_owned(),
        "UPDATE environments SET revision = revision - 1 WHERE project = 'shop' AND name = 'dev'".to_owned(),
        format!("UPDATE environments SET wrapped_key = (SELECT wrapped_key FROM environments WHERE id = {}) WHERE id = {here}", of("shop", "prod")),
        format!("UPDATE environments SET seal = (SELECT seal FROM environments WHERE id = {}) WHERE id = {here}", of("other", "dev")),
        "UPDATE environments SET project = CASE project WHEN 'shop' THEN 'x' ELSE project END WHERE name = 'dev' AND project = 'shop'".to_owned(),
        "UPDATE facts SET value = x'00'".to_owned(),
    ];
    // Another value in the same place: of another name, an earlier version, another environment, another project.
    for other in [
        sealed_of(&here, "B", 3),
        sealed_of(&here, "A", 2),
        sealed_of(&of("shop", "prod"), "A", 3),
        sealed_of(&of("other", "dev"), "A", 3),
    ] {
        for version in [1, 3] {
            statements.push(format!(
                "UPDATE versions SET sealed = {other} WHERE environment = {here} AND name = 'A' AND version = {version}"
            ));
        }
    }
    for statement in statements {
        assert!(is_noticed(&statement), "{statement} is not noticed");
    }
}

#[test]
fn an_earlier_state_of_one_environment_does_not_fit() {
    let home = filled();
    let connection = Connection::open(home.file()).expect("it opens");
    let read = "SELECT revision, seal FROM environments WHERE project = 'shop' AND name = 'dev'";
    let (revision, seal): (i64, Vec<u8>) =
        connection.query_row(read, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("there is one");
    set(&mut home.vault(), "dev", "A", "newer");
    let back = "UPDATE environments SET revision = ?1, seal = ?2 WHERE project = 'shop' AND name = 'dev'";
    connection.execute(back, params![revision, seal]).expect("written");
    match home.vault().get("shop", "dev", "A") {
        Err(SecretsError::Tampered { environment, .. }) => assert_eq!(environment, "dev"),
        other => panic!("{:?}", other.map(|_| ()).map_err(|error| error.to_string())),
    }
    assert_eq!(get(&mut home.vault(), "prod", "A").as_deref(), Some("shop prod A 3"));
}
